"""Cures for mistakes on the command line: unquoted names, options and commands under other names."""

from __future__ import annotations

import difflib
import re
import shlex
from collections.abc import Mapping, Sequence

import click

from exportrules.errors import ExportRulesError, UnknownNameError
from exportrules.files.load import default_ruleset
from exportrules.law.ruleset import Ruleset
from exportrules.question.names.chips import find_chip

#: Options by the names that other programs give them, the likeliest first. A command suggests only its own options.
_OPTIONS: Mapping[str, Sequence[str]] = {
    "--on": ("date", "day", "when", "as-of", "asof", "at", "export-date", "ship-date", "shipment-date"),
    "--to": ("country", "destination", "dest", "place", "ship-to", "into", "ultimate-destination"),
    "--exporter": ("by", "from", "seller", "shipper", "vendor", "supplier", "company", "who"),
    "--end-user": ("buyer", "customer", "user", "client", "ultimate-consignee"),
    "--party": ("parties", "consignee", "purchaser", "intermediary", "forwarder", "name"),
    "--ultimate-parent": ("parent", "owner", "group", "parent-company"),
    "--headquarters": ("hq", "headquarter", "seat", "user-country", "buyer-country"),
    "--end-use": ("use", "purpose", "application"),
    "--activity": ("kind", "type", "what", "transaction"),
    "--not-listed": ("unlisted", "cleared"),
    "--known-on": ("known", "known-at", "knowledge-date"),
    "--as-printed": ("printed",),
    "--chip": ("chip-file", "item", "product", "part", "model", "gpu"),
    "--fact": ("facts", "set", "given", "param", "eccn", "tpp"),
    "--output": ("out", "file", "save", "to-file", "report"),
    "--format": ("form", "as"),
    "--style": ("format", "form", "as", "bibtex", "csl"),
    "--json": ("as-json",),
    "--explain": ("trace", "why", "verbose", "detail", "details"),
    "--receipt": ("proof",),
    "--force": ("overwrite", "replace", "yes"),
    "--overlay": ("overlays", "extra", "letters", "letter", "rules"),
    "--ruleset": ("law", "data", "edition"),
    "--log": ("journal", "audit-log", "logfile", "log-file"),
    "--for": ("recipient", "client-name", "attention"),
    "--matter": ("case", "case-number", "matter-number", "reference"),
    "--order": ("po", "purchase-order", "invoice"),
    "--preparer": ("author", "prepared-by", "signer"),
    "--paper": ("size", "page-size", "paper-size"),
    "--from": ("since", "start", "after"),
    "--dates": ("date-format", "dayfirst", "date-order"),
}
#: Commands by the names that other programs give them.
_COMMANDS: Mapping[str, Sequence[str]] = {
    "check": ("ask", "query", "screen", "classify", "answer", "is"),
    "timeline": ("history", "spans", "when"),
    "memo": ("memorandum", "report", "letter", "document", "opinion"),
    "audit": ("ledger", "batch", "file", "shipments", "lookback", "bulk"),
    "verify": ("validate", "receipt"),
    "cite": ("citation", "reference", "bibtex"),
    "diff": ("compare", "difference"),
    "changes": ("calendar", "changelog", "updates"),
    "what-if": ("whatif", "suppose", "simulate"),
    "chips": ("list", "catalogue", "catalog", "items", "products", "gpus"),
    "instruments": ("rules", "law", "laws", "regulations", "letters"),
    "show": ("provision", "view", "cat", "info"),
    "coverage": ("limits", "scope", "gaps"),
    "parties": ("lists", "entities", "screening", "import"),
    "chart": ("plot", "graph", "draw", "picture"),
    "matrix": ("table", "grid"),
    "casebook": ("claims", "cases"),
}
_EXTRA = re.compile(r"Got unexpected extra arguments? \((.*)\)$", re.DOTALL)


def near_command(name: str, commands: Sequence[str]) -> list[str]:
    """The commands that a name may mean, at most three, the most similar first."""
    return _near(name.casefold(), commands, _COMMANDS)


def message_of(error: click.ClickException) -> str:
    """The message of a command-line error, with the cure if one is known."""
    if isinstance(error, click.NoSuchOption):
        return _option(error)
    extra = _EXTRA.match(error.format_message())
    if extra and isinstance(error, click.UsageError) and error.ctx is not None:
        return _extra(error.ctx, extra[1])
    return error.format_message()


def unquoted(law: Ruleset, chips: Sequence[str]) -> str:
    """A message if several words of a list together name one chip, a name without its quotes; else ''."""
    for size in range(len(chips), 1, -1):
        for first in range(len(chips) - size + 1):
            whole = " ".join(chips[first : first + size])
            try:
                find_chip(law, whole)
            except UnknownNameError:
                continue
            return f"{chips[first]!r} is not a chip. Put a name of several words in quotes: {shlex.quote(whole)}"
    return ""


def _known(name: str) -> bool:
    """True if the package's own rulesets have a chip with that name."""
    try:
        find_chip(default_ruleset(), name)
    except ExportRulesError:
        return False
    return True


def _option(error: click.NoSuchOption) -> str:
    """The message for an unknown option, with similar options of the command."""
    context = error.ctx
    options = _options(context) if context else []
    bare = error.option_name.lstrip("-").casefold().replace("_", "-")
    near = _near(bare, [option.lstrip("-") for option in options], _bare(_OPTIONS))
    shown = [f"--{name}" for name in near]
    hint = f" Did you mean {' or '.join(shown)}?" if shown else ""
    of = f" of {_path(context)!r}" if context else ""
    rest = f" See {_path(context)} --help." if context and not shown else ""
    return f"there is no option {error.option_name!r}{of}.{hint}{rest}"


def _path(context: click.Context) -> str:
    """The command as users write it, however the program was started."""
    names = []
    while context.parent is not None:
        names.append(context.info_name or "")
        context = context.parent
    return " ".join(["exportrules", *reversed(names)])


def _options(context: click.Context) -> list[str]:
    return [o for p in context.command.params if isinstance(p, click.Option) for o in p.opts if o.startswith("--")]


def _bare(names: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    return {name.lstrip("-"): others for name, others in names.items()}


def _near(written: str, known: Sequence[str], others: Mapping[str, Sequence[str]], most: int = 3) -> list[str]:
    """Suggestions for a name: those with the same meaning, or else with the same beginning or a similar spelling."""
    meant = [name for name, words in others.items() if written in words and name in known]
    begun = [
        name for name in known if len(written) > 2 and (name.startswith(written) or _joined(name) == _joined(written))
    ]
    spelt = difflib.get_close_matches(written, known, n=most, cutoff=0.7)
    # a misspelt alternative name means its option
    words = {word: name for name, same in others.items() if name in known for word in same if len(word) > 3}
    slipped = [words[word] for word in difflib.get_close_matches(written, words, n=1, cutoff=0.85)]
    return list(dict.fromkeys(meant or [*begun, *spelt, *slipped]))[:most]


def _joined(name: str) -> str:
    return name.replace("-", "").replace("_", "")


def _extra(context: click.Context, rest: str) -> str:
    """The message for words after a complete command line, usually the rest of an unquoted name."""
    named = next(
        (
            p
            for p in context.command.params
            if isinstance(p, click.Argument) and p.nargs == 1 and context.params.get(p.name or "")
        ),
        None,
    )
    if named is None:
        return f"{rest!r} is an extra argument: {_path(context)} does not take it. See {_path(context)} --help."
    first = str(context.params[named.name or ""])
    if _known(first) and _known(rest):
        return (
            f"{_path(context)} asks about one chip, and {first!r} and {rest!r} are two. Ask about one, or about "
            f"several with: exportrules matrix {shlex.quote(first)} {shlex.quote(rest)} --on DAY"
        )
    whole = shlex.quote(f"{first} {rest}")
    return f"{rest!r} is extra after {first!r}. Put a name of several words in quotes: {_path(context)} {whole}"
