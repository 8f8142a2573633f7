"""The summary of an audit as text or Markdown."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from exportrules.answer.words import rows_of
from exportrules.render.safe import safe
from exportrules.render.text import DISCLAIMER, WIDTH, table

if TYPE_CHECKING:
    from exportrules.law.ruleset import Ruleset
    from exportrules.ledger.answers import Layer
    from exportrules.ledger.report import Overview
    from exportrules.ledger.run import Account
    from exportrules.ledger.spellings import Spelling
    from exportrules.ledger.summary import RowGroup, Summary

#: Column heads, short enough for a terminal; what needs attention comes first.
_OUTCOMES = {
    "license_required": "license",
    "license_exception": "exception",
    "indeterminate": "open",
    "no_license_requirement": "none found",
    "not_released": "not released",
    "not_an_ai_chip": "no AI chip",
}
_WORDS = {
    "license_required": "needed a license",
    "license_exception": "under a license exception, if its conditions were met",
    "indeterminate": "open: the law, the record or the row does not settle it",
    "no_license_requirement": "no license requirement found",
    "not_released": "the chip was not public that day",
    "not_an_ai_chip": "not an AI chip: no listed party or embargoed place; the item's classification was not examined",
}
_NUMBERS = ("rows", "share", *_OUTCOMES.values())
_MOST_LINES = 20


class _Section(NamedTuple):
    title: str
    rows: list[dict[str, Any]]
    note: str = ""


def counts_text(account: Account, summary: Summary) -> str:
    """The counts of a run in a few lines, if its summary was not asked for."""
    counts = ", ".join(f"{summary.outcomes[outcome]:,} {outcome}" for outcome in _WORDS if summary.outcomes[outcome])
    lines = [
        f"{rows_of(account.rows_in)} in, {account.rows_out:,} out: {counts or 'the ledger has a header and no rows'}."
    ]
    if summary.unread:
        lines.append(f"{rows_of(summary.unread)} could not be read; the column 'problem' says why.")
    if summary.decided:
        lines.append(f"{_decided(summary)}; the column 'problem' says which.")
    lines += [*_columns(account), *_warnings(summary)]
    return "\n".join(lines)


def audit_text(
    account: Account,
    summary: Summary,
    spelled: Sequence[Spelling],
    layer: Layer,
    ruleset: Ruleset,
    markdown: bool = False,
) -> str:
    """The summary of a run, for a terminal or as Markdown."""
    edition = ruleset.edition
    blocks = [f"{'# ' if markdown else ''}Audit of {safe(account.source.name)}"]
    blocks.append(f"{rows_of(summary.rows)}, each under the law of its own day{_as_asked(layer)}.")
    opening = [_Section("", _shares(summary))] if summary.rows else []
    for title, rows, note in (*opening, *_sections(summary, spelled, layer)):
        blocks += [f"## {title}" if markdown else title] * bool(title)
        blocks.append(
            table([{name: _plain(cell) for name, cell in row.items()} for row in rows], "github", numbers=_NUMBERS)
            if markdown
            else table(rows, "simple", numbers=_NUMBERS, width=WIDTH)
        )
        blocks += [note] * bool(note)
        if not title:
            blocks += _next(summary, markdown)
            blocks += _terms(account, summary)
    blocks.append(f"Ruleset {edition.edition} ({ruleset.digest[:12]}), {safe(ruleset.currency)}. {DISCLAIMER}")
    if not markdown:
        blocks = [block if "\n" in block else textwrap.fill(block, WIDTH) for block in blocks]
    return "\n\n".join(blocks)


NEXT = "What to do next"


def _next(summary: Summary, markdown: bool) -> Iterator[str]:
    """The heading of the next steps, and the list of them; nothing if there are none."""
    if summary.steps:
        yield f"## {NEXT}" if markdown else NEXT
        steps = [f"{number}. {safe(says)}" for number, says in enumerate(summary.steps, 1)]
        yield "\n".join(steps if markdown else [textwrap.fill(s, WIDTH, subsequent_indent="   ") for s in steps])


def overview(
    account: Account, summary: Summary, spelled: Sequence[Spelling], layer: Layer, ruleset: Ruleset
) -> Overview:
    """The summary of a run for a document with a layout of its own; rows that could not be read are a count of their
    own, of the kind 'unread'. Nothing in it is escaped."""
    from exportrules.ledger.report import Overview

    edition, unread = ruleset.edition, summary.unread
    numbers = {outcome: summary.outcomes[outcome] for outcome in _WORDS}
    numbers["indeterminate"] -= unread
    words = {**_WORDS, "unread": "could not be read: a cell was not understood"}
    counts = [
        {"kind": kind, "rows": f"{rows:,}", "share": _share(rows, summary.rows), "outcome": words[kind]}
        for kind, rows in {**numbers, "unread": unread}.items()
        if rows
    ]
    return Overview(
        f"Audit of {safe(account.source.name)}",
        f"{rows_of(summary.rows)}, each under the law of its own day{_as_asked(layer)}.",
        counts,
        NEXT,
        list(map(safe, summary.steps)),
        list(_terms(account, summary)),
        [(s.title, s.rows, s.note) for s in _sections(summary, spelled, layer)],
        f"Ruleset {edition.edition} (SHA-256 {ruleset.digest}), {safe(ruleset.currency)}. {DISCLAIMER}",
    )


def _plain(cell: str) -> str:
    """A cell with the characters of Markdown escaped, so that a table shows it as it is."""
    return re.sub(r"([\\|`*_<\[])", r"\\\1", cell)


def _decided(summary: Summary) -> str:
    be = "needs" if summary.decided == 1 else "need"
    return f"{rows_of(summary.decided)} of which a part could not be read {be} a license whatever that part says"


def _shares(summary: Summary) -> list[dict[str, Any]]:
    unread = summary.unread
    counts = [(words, summary.outcomes[outcome]) for outcome, words in _WORDS.items() if summary.outcomes[outcome]]
    lines = [{"rows": f"{rows:,}", "share": _share(rows, summary.rows), "outcome": words} for words, rows in counts]
    for line in lines:
        if line["outcome"] == _WORDS["indeterminate"] and unread:
            line["outcome"] += f"; {unread:,} could not be read"
    return lines


def _terms(account: Account, summary: Summary) -> Iterator[str]:
    """The meaning of the columns, and the values assumed where no column gives a fact."""
    yield from _columns(account)
    if assumed := list(_assumed(account.columns.fields)):
        yield f"Assumed for every row, since no column says otherwise: {'; '.join(assumed)}."
    if empty := list(_empty(account.columns.fields, summary)):
        yield f"Assumed where the cell is empty: {'; '.join(empty)}."
    if summary.decided:
        yield f"{_decided(summary)}; they are among those that needed one."
    yield from _warnings(summary)


def _columns(account: Account) -> Iterator[str]:
    """The columns that were read, each with its field, and those that were not."""
    from exportrules.ledger.unread import MOST_TEXTS

    columns = account.columns
    read = [f"{field} from {' and '.join(map(repr, names))}" for field, names in columns.fields.items()]
    read += [f"{field} {value!r} for all rows" for field, value in columns.constant.items()]
    yield from map(safe, getattr(account.source, "remarks", ()))
    yield f"Read: {safe('; '.join(read))}."
    # the columns behind the ledger's own say where a row is in its workbook
    own = len(columns.names) - getattr(account.source, "places", 0)
    if unread := [number for number in columns.unread if number < own]:
        yield f"Not read: {safe(', '.join(map(repr, columns.named(unread))))}."
        if account.rows_in > MOST_TEXTS:
            yield (
                f"In these, whole listed names were looked for everywhere, near ones among the first {MOST_TEXTS:,} "
                "different cells of each."
            )
    if columns.ignored:
        yield f"Ignored, as requested: {safe(', '.join(map(repr, columns.named(columns.ignored))))}."


def _warnings(summary: Summary) -> Iterator[str]:
    if summary.fips:
        alone = ", ".join(summary.fips.alone)
        both = ", ".join(f"{code} ({iso}; in FIPS {fips})" for code, iso, fips in summary.fips.ambiguous)
        yield (
            f"WARNING: the countries look like FIPS codes ({alone}), and codes are read as ISO 3166: {both}. If "
            "they are FIPS, say what they mean in a names file, or write ISO codes."
        )


def _empty(fields: Mapping[str, Any], summary: Summary) -> Iterator[str]:
    """For each column with empty cells, what was assumed of their rows."""
    for field, words in _ASSUMED.items():
        if field in fields and (rows := summary.assumed[field]):
            yield f"{words} ({field}: {rows_of(rows)})"


def _as_asked(layer: Layer) -> str:
    layer_words = ", as printed" if layer.as_printed else ""
    return layer_words + (f", as known on {layer.known_on}" if layer.known_on else "")


#: The assumption for each field that is not given.
_ASSUMED = {
    "activity": "it is an export from the United States",
    "headquarters": "the end user's headquarters are where the party data say, or else in the country of destination",
    "ultimate_parent": "and its ultimate parent there too",
    "end_use": "the end use is civil",
    "end_user": "the buyer is on no list",
    "parties": "no other party is on a list",
}


def _assumed(fields: Mapping[str, Any]) -> Iterator[str]:
    for field, words in _ASSUMED.items():
        if field not in fields and field != "parties" and not (field == "end_user" and "parties" in fields):
            if field == "ultimate_parent" and "headquarters" in fields:
                words = "its ultimate parent is where its headquarters are"
            yield words


def _sections(summary: Summary, spelled: Sequence[Spelling], layer: Layer) -> Iterator[_Section]:
    if summary.licensed:
        rest = summary.outcomes["license_required"] - sum(group.rows for group in summary.licensed)
        note = f"{rows_of(rest)} more in smaller groups." if rest else ""
        yield _Section(
            "Largest groups that needed a license, and the change of law they fell under",
            [_group(group) for group in summary.licensed],
            note,
        )
    unread = summary.unread
    if layer.also_on:
        rows = [{"rows": f"{rows:,}", "list": name} for name, rows in summary.lists.items()]
        rows += [{"rows": f"{unread:,}", "list": "could not be read"}] * bool(unread)
        yield _Section(f"Beside the law of {layer.also_on}", rows)
        for name in ("license then", "lawful then, license now"):
            lines = [
                {"rows": f"{rows:,}", "chip": chip, "to": to, "under": law}
                for which, chip, to, law, rows in summary.listed
                if which == name
            ]
            if lines:
                yield _Section(f"List: {name}", _cut(lines))
    for head, counted in (
        ("chip", summary.by_chip),
        ("destination", summary.by_destination),
        ("year", summary.by_year),
    ):
        if counted:
            yield _Section(f"By {head}", list(_counts(head, counted, summary)))
    if summary.problems:
        yield _Section(
            "Rows that could not be read, whole or in part" if summary.decided else "Rows that could not be read",
            [
                {"rows": f"{rows:,}", "problem": kind, "for example": example}
                for kind, (rows, example) in summary.problems.items()
            ],
        )
    yield from _names(summary, spelled)


def _names(summary: Summary, spelled: Sequence[Spelling]) -> Iterator[_Section]:
    """The spellings that were not understood, and the names of parties by what they were taken for."""
    if odd := [s for s in spelled if s.problem]:
        yield _Section(
            "Spellings that were not understood",
            _cut([{**_spelling(s), "why": s.problem} for s in odd]),
            "To define them, write every spelling to a file with --write-names FILE, fill in its column `means`, and "
            f"give it back with --names FILE.{_NO_CHIP if any(s.column == 'chip' for s in odd) else ''}",
        )
    if close := [s for s in spelled if s.near]:
        yield _Section(
            "Names close to that of a listed party, or of the addressee of a letter",
            _cut([{**_spelling(s), "close to": ", ".join(s.near)} for s in close]),
            f"{_turning(summary.doubtful)}, write these names to a file with --write-names FILE, enter in `means` the "
            "exact name of the listed party, or 'not listed' (for an exporter its exact name, or 'other'), and give "
            "the file back with --names FILE.",
        )
    parties = [s for s in spelled if s.column in ("end_user", "parties") and not (s.near or s.problem)]
    if bodies := [s for s in parties if s.taken_for.endswith(_BODY)]:
        yield _Section(
            "Names of what may be a military or intelligence body",
            _cut([{**_spelling(s), "taken for": s.taken_for} for s in bodies]),
            "Under 744.21 and 744.22 it matters whether they are, and of which country. Say so for each row in columns "
            "military_end_user, military_intelligence_end_user (yes or no) and headquarters.",
        )
    if declared := [s for s in parties if s.taken_for == _DECLARED]:
        yield _Section("Names declared not listed", _cut([_spelling(s) for s in declared]))
    if listed := [s for s in parties if s.taken_for not in _UNLISTED and not s.taken_for.endswith(_BODY)]:
        yield _Section(
            "Listed parties (a listing binds from its own day)",
            _cut([{**_spelling(s), "taken for": s.taken_for} for s in listed]),
        )


def _turning(rows: int) -> str:
    """The number of rows that turn on a near name, as the beginning of a sentence."""
    if not rows:
        return "No row that could be read is open because of such a name. To settle one all the same"
    return f"{rows_of(rows)} open because of such a name: the answer turns on whom it means. To settle it"


_NO_CHIP = " For what is not an AI chip at all (memory, a CPU, freight), write 'not an AI chip'."
#: The meanings of names that are on no list.
_DECLARED = "not listed, as declared"
_UNLISTED = ("on no list", "not said", _DECLARED)
_BODY = " body by its name"


def _group(g: RowGroup) -> dict[str, Any]:
    return {
        "rows": f"{g.rows:,}",
        "chip": g.chip,
        "to": g.to,
        "from": str(g.holds_from or "..."),
        "through": str(g.holds_until or "..."),
        "policy": {"indeterminate": "undetermined"}.get(g.review_policy, g.review_policy.replace("_", " ")),
        "under": g.opened_by or g.provisions,
    }


def _counts(head: str, counted: Mapping[str, Counter[str]], summary: Summary) -> Iterator[dict[str, Any]]:
    """A line for each; the smallest and the unread rows have a line each, so that the columns add up to the ledger."""
    items = list(counted.items())
    shown, rest = items[:_MOST_LINES], items[_MOST_LINES:]
    if rest:
        shown.append((f"{len(rest):,} more", sum((counts for _, counts in rest), Counter())))
    if summary.unread:
        shown.append(("could not be read", Counter(indeterminate=summary.unread)))
    for name, counts in shown:
        yield {head: name, "rows": f"{counts.total():,}"} | {
            short: f"{counts[outcome]:,}" if counts[outcome] else ""
            for outcome, short in _OUTCOMES.items()
            if outcome != "not_an_ai_chip" or summary.outcomes[outcome]
        }


def _spelling(s: Spelling) -> dict[str, Any]:
    written = s.written if len(s.written) < 60 else s.written[:59] + "…"
    return {"rows": f"{s.rows:,}", "column": s.column, "written": written}


def _cut(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The first rows of a long table, and a row with the number of the rest."""
    if len(rows) <= _MOST_LINES:
        return rows
    rest = dict.fromkeys(rows[0], "")
    rest[list(rest)[-1]] = f"and {len(rows) - _MOST_LINES:,} more"
    return [*rows[:_MOST_LINES], rest]


def _share(rows: int, total: int) -> str:
    share = 100 * rows / total if total else 0
    return "< 0.1%" if 0 < share < 0.05 else f"{share:.1f}%"
