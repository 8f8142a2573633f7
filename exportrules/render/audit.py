"""The account of an audit as text or Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from exportrules.render.safe import safe
from exportrules.render.text import DISCLAIMER, table

if TYPE_CHECKING:
    from collections import Counter

    from exportrules.law import Ruleset
    from exportrules.ledger.answers import Layer
    from exportrules.ledger.run import Account
    from exportrules.ledger.spellings import Spelling
    from exportrules.ledger.summary import Group, Summary

#: Column heads, short enough for a terminal; in the order of what wants attention.
_OUTCOMES = {
    "license_required": "license",
    "license_exception": "exception",
    "indeterminate": "open",
    "no_license_requirement": "none found",
    "not_released": "not released",
}
_WORDS = {
    "license_required": "needed a license",
    "license_exception": "under a license exception, if its conditions were met",
    "indeterminate": "undetermined",
    "no_license_requirement": "no license requirement found",
    "not_released": "the chip was not public that day",
}
_MOST_LINES = 20


def audit_text(
    account: Account,
    summary: Summary,
    spelled: Sequence[Spelling],
    layer: Layer,
    ruleset: Ruleset,
    markdown: bool = False,
) -> str:
    """The summary of a run, for a terminal or as Markdown."""
    form, head = ("github", "## {}") if markdown else ("simple", "{}")
    blocks = [f"# Audit of {safe(account.source.name)}" if markdown else f"Audit of {safe(account.source.name)}"]
    blocks.append("\n".join(_opening(account, summary, layer)))
    for title, rows in _sections(summary, spelled, layer):
        blocks.append(f"{head.format(title)}\n\n{table(rows, form)}")
    edition = ruleset.edition
    blocks.append(
        f"Ruleset {edition.edition} ({ruleset.digest[:12]}), verified through {edition.verified_through}. {DISCLAIMER}"
    )
    return "\n\n".join(blocks)


def _opening(account: Account, summary: Summary, layer: Layer) -> Iterator[str]:
    yield f"{summary.rows:,} rows, each under the law of its own day{_as_asked(layer)}."
    for outcome, said in _WORDS.items():
        if rows := summary.outcomes[outcome]:
            yield f"{rows:>14,}  {_share(rows, summary.rows):>6}  {said}"
    fields = account.columns.fields
    read = [f"{field} from {' and '.join(map(repr, names))}" for field, names in fields.items()]
    read += [f"{field} {value!r} for all rows" for field, value in account.columns.constant.items()]
    yield f"Read: {safe('; '.join(read))}."
    if assumed := list(_assumed(fields)):
        yield f"Assumed where no column says otherwise: {'; '.join(assumed)}."


def _as_asked(layer: Layer) -> str:
    said = ", as printed" if layer.as_printed else ""
    return said + (f", as known on {layer.known_on}" if layer.known_on else "")


def _assumed(fields: Mapping[str, Any]) -> Iterator[str]:
    for field, said in (
        ("activity", "an export from the United States"),
        ("headquarters", "end users have their headquarters where the goods go"),
        ("ultimate_parent", "and their ultimate parent there"),
        ("end_use", "civil end uses"),
        ("end_user", "buyers on no list"),
    ):
        if field not in fields and not (field == "end_user" and "parties" in fields):
            yield said


def _sections(
    summary: Summary, spelled: Sequence[Spelling], layer: Layer
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    if summary.licensed:
        yield "Largest groups that needed a license, and the change of law they fell under", _groups(summary.licensed)
    if layer.also_on:
        rows = [{"list": name, "rows": f"{rows:,}"} for name, rows in summary.lists.most_common()]
        yield f"Beside the law of {layer.also_on}", rows
        for name in ("license then", "lawful then, license now"):
            lines = [
                {"rows": f"{rows:,}", "chip": chip, "to": to, "under": law}
                for found, chip, to, law, rows in summary.listed
                if found == name
            ]
            if lines:
                yield f"List: {name}", _cut(lines)
    for title, counted in (
        ("By chip", summary.by_chip),
        ("By destination", summary.by_destination),
        ("By year", summary.by_year),
    ):
        if counted:
            yield title, _cut(list(_counts(title.removeprefix("By "), counted)))
    if summary.problems:
        yield (
            "Rows that could not be read",
            [
                {"rows": f"{rows:,}", "problem": kind, "for example": said}
                for kind, (rows, said) in summary.problems.items()
            ],
        )
    if odd := [s for s in spelled if s.problem]:
        yield "Spellings that were not understood", _cut([_spelling(s) for s in odd])
    if close := [s for s in spelled if s.near]:
        yield (
            "Names close to a listed party, and not taken for it",
            _cut([{"rows": f"{s.rows:,}", "written": s.written, "listed": ", ".join(s.near)} for s in close]),
        )
    if listed := [
        s for s in spelled if s.column in ("end_user", "parties") and not s.near and s.taken_for != "on no list"
    ]:
        yield "Listed parties (a listing binds from its own day)", _cut([_spelling(s) for s in listed])


def _groups(groups: Iterable[Group]) -> list[dict[str, Any]]:
    return [
        {
            "rows": f"{g.rows:,}",
            "chip": g.chip,
            "to": g.to,
            "shipped from": str(g.holds_from or "..."),
            "through": str(g.holds_until or "..."),
            "review policy": g.review_policy.replace("_", " "),
            "under": g.opened_by or g.provisions,
        }
        for g in groups
    ]


def _counts(head: str, counted: Mapping[str, Counter[str]]) -> Iterator[dict[str, Any]]:
    for name, counts in counted.items():
        yield {head: name, "rows": f"{counts.total():,}"} | {
            short: f"{counts[outcome]:,}" if counts[outcome] else "" for outcome, short in _OUTCOMES.items()
        }


def _spelling(s: Spelling) -> dict[str, Any]:
    written = s.written if len(s.written) < 60 else s.written[:59] + "…"
    return {"rows": f"{s.rows:,}", "column": s.column, "written": written, "taken for": s.taken_for or "nothing"}


def _cut(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first rows of a long table, and how many there are more."""
    if len(rows) <= _MOST_LINES:
        return rows
    rest = dict.fromkeys(rows[0], "")
    rest[list(rest)[-1]] = f"and {len(rows) - _MOST_LINES:,} more"
    return [*rows[:_MOST_LINES], rest]


def _share(rows: int, total: int) -> str:
    share = 100 * rows / total if total else 0
    return "< 0.1%" if 0 < share < 0.05 else f"{share:.1f}%"
