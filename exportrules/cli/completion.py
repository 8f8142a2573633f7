"""Shell completion of names: chips, places, exporters, provisions, casebooks.

Names come from the compiled law in the user's cache, so that a completion takes a fifth of a second and imports
neither pydantic nor a table library. Until a first answer has filled the cache, nothing is offered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem

    from exportrules.law.ruleset import Ruleset


def names(kind: str, *, several: bool = False) -> Callable[[click.Context, click.Parameter, str], list[CompletionItem]]:
    """A click completer for names of this kind; with `several`, it completes the last name of a list with commas.

    If anything is wrong, nothing is offered and nothing is printed.
    """

    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from click.shell_completion import CompletionItem

        from exportrules.errors import ExportRulesError

        written = incomplete[: incomplete.rfind(",") + 1] if several else ""
        begun = incomplete.removeprefix(written)
        try:
            candidates = _KINDS[kind](begun)
        except (ExportRulesError, OSError):
            return []
        wanted = begun.casefold()
        return [
            CompletionItem(written + name, help=note) for name, note in candidates if name.casefold().startswith(wanted)
        ]

    return complete


def _law() -> Ruleset | None:
    from exportrules.files.load import compiled_ruleset

    return compiled_ruleset()


def _chips(incomplete: str) -> Iterable[tuple[str, str]]:
    from exportrules.question.names.chips import names_beginning

    law = _law()
    # a name with a space would need quotes: names match with hyphens in place of spaces
    return [(name.replace(" ", "-"), maker) for name, maker in names_beginning(law, incomplete)] if law else ()


def _places(_: str) -> Iterable[tuple[str, str]]:
    return [(place.code, place.name) for place in _values("places")]


def _exporters(_: str) -> Iterable[tuple[str, str]]:
    known = [(e.id, e.name) for e in _values("exporters")]
    return [("maker", "the chip's own vendor"), ("other", "anyone without a public letter"), *known]


def _instruments(_: str) -> Iterable[tuple[str, str]]:
    return [(i.id, i.citation) for i in _values("instruments")]


def _provisions(incomplete: str) -> Iterable[tuple[str, str]]:
    """The instruments, or the provisions of one once its name is complete."""
    if "#" not in incomplete:
        return [(f"{i.id}#", i.citation) for i in _values("instruments") if i.provision]
    return [(p.id, p.title) for i in _values("instruments") for p in i.provision]


def _facts(_: str) -> Iterable[tuple[str, str]]:
    law = _law()
    return [(f"{name}=", fact.unit) for name, fact in law.facts.items()] if law else []


def _casebooks(_: str) -> Iterable[tuple[str, str]]:
    from exportrules.files.load import cases_directory

    return [(path.stem, "") for path in sorted(cases_directory().glob("*.toml"))]


def _activities(_: str) -> Iterable[tuple[str, str]]:
    from exportrules.question.question import ACTIVITIES

    return [(name, "") for name in ACTIVITIES]


def _end_uses(_: str) -> Iterable[tuple[str, str]]:
    law = _law()
    return [(name, "") for name in law.facts["end_use"].values] if law else []


def _values(table: str) -> Iterable[Any]:
    law = _law()
    return getattr(law, table).values() if law else ()


_KINDS: dict[str, Callable[[str], Iterable[tuple[str, str]]]] = {
    "chips": _chips,
    "places": _places,
    "exporters": _exporters,
    "instruments": _instruments,
    "provisions": _provisions,
    "facts": _facts,
    "casebooks": _casebooks,
    "activities": _activities,
    "end_uses": _end_uses,
}
