"""The tables of the data package: their fields, with types, units and descriptions, and their rows.

A row is a tuple of plain values in the order of its fields: `str`, `int`, `Decimal`, `bool`, `date`, a tuple of
strings, or None if unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args

from exportrules.answer.result import OUTCOMES, STANDINGS
from exportrules.law.model import FactDefinition, Policy
from exportrules.law.ruleset import Ruleset
from exportrules.question.catalogue import FIGURES, ChipRow, Figure, figure_value
from exportrules.study.answers import Grouped, Spell, members_by_place

POLICIES: tuple[Policy, ...] = get_args(Policy)


@dataclass(frozen=True, slots=True)
class Field:
    """One column: `type` is string, integer, number, boolean, date or list; `parts` separates the words of a list."""

    name: str
    type: str
    description: str
    unit: str = ""
    values: tuple[str, ...] = ()
    parts: str = ""
    required: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its fields, its key, the tables that its fields refer to ((field, table, field of it)), its rows."""

    name: str
    title: str
    description: str
    fields: tuple[Field, ...]
    key: tuple[str, ...]
    refers: tuple[tuple[str, str, str], ...]
    rows: tuple[tuple[Any, ...], ...]


def tables(ruleset: Ruleset, chips: Sequence[ChipRow], families: Sequence[str], answers: Grouped) -> list[Table]:
    """Every table of the package. `chips` and `families` are those that `answers` were asked about."""
    return [
        Table("chips", "Chips", "One row for each variant of the catalogue, with the first reading of its figures.",
              _chip_fields(ruleset.facts), ("chip",), (("family", "families", "family"),), tuple(map(_chip, chips))),
        Table("families", "Families of chips", "What people mean by a name such as A100: one or more variants.",
              _FAMILY, ("family",), (), tuple(_family(ruleset, name) for name in families)),
        Table("figures", "Figures of chips",
              "One row for each reading of each known figure. A figure that is not known has no row.",
              _FIGURE, ("chip", "figure", "reading"), (("chip", "chips", "chip"),),
              tuple(_figure(figure) for chip in chips for figure in chip.figures)),
        Table("places", "Destinations", "Each destination, and the group whose answers are its own.",
              _PLACE, ("place",), (), tuple(_places(ruleset, answers))),
        Table("provisions", "Provisions", "The provisions that answers name, with their citations.",
              _PROVISION, ("provision",), (), tuple(_provisions(ruleset))),
        Table("segments", "Answers about chips",
              "For each variant, group of destinations and exporter, the answer on every day: consecutive days with "
              f"one answer are one row. {_DEAL}",
              _segment("chip", "Id of a variant."), _key("chip"), (("chip", "chips", "chip"),),
              tuple(_segments(answers, [chip.chip for chip in chips]))),
        Table("family_segments", "Answers about families of chips",
              "The same for a family, whose variants are folded into one answer: indeterminate where they differ. "
              f"{_DEAL}",
              _segment("family", "Id of a family."), _key("family"), (("family", "families", "family"),),
              tuple(_segments(answers, families))),
    ]  # fmt: skip


_DEAL = (
    "The deal is an export to an unlisted civil buyer whose headquarters and parent are in the destination; what else "
    "could be asked (reexport, other end uses, listed parties, a parent elsewhere) is for `exportrules check`."
)
_FAMILY = (
    Field("family", "string", "Id of the family.", required=True),
    Field("name", "string", "Its name.", required=True),
    Field("vendor", "string", "Id of its maker.", required=True),
    Field("variants", "integer", "How many variants the catalogue has of it.", required=True),
    Field("aliases", "list", "Other spellings.", parts="|"),
    Field("note", "string", "A remark."),
)
_CHIP = (
    Field("chip", "string", "Id of the variant.", required=True),
    Field("name", "string", "Its name.", required=True),
    Field("family", "string", "Id of its family.", required=True),
    Field("vendor", "string", "Id of its maker.", required=True),
    Field("vendor_name", "string", "Name of its maker."),
    Field("vendor_country", "string", "Country of its maker, ISO 3166-1 alpha-2."),
    Field("kind", "string", "An integrated circuit, a system of several, or a memory stack.",
          values=("ic", "system", "hbm_stack"), required=True),
    Field("status", "string", "Announced by its maker, or only reported.",
          values=("announced", "reported"), required=True),
    Field("announced", "date", "Day on which it was made public; empty where that day is not known."),
    Field("announced_by", "string", "Who made it public.", values=("maker", "press")),
    Field("announced_source", "string", "Where that is said."),
    Field("not_public_before", "date", "If that day is not known: a day before which it certainly was not public."),
    Field("contains", "list", "Of a system: its variants, each with its count, as COUNTxID.", parts=" "),
    Field("figures_of", "string", "Id of the variant whose figures these are: of a system, each chip in it.",
          required=True),
)  # fmt: skip
_CHIP_SOURCES = (
    Field("bounded", "list", "Figures of which bounds alone are known: see the table of figures.", parts=" "),
    Field("estimated", "list", "Figures under which there is an estimate.", parts=" "),
    Field("disputed", "list", "Figures on which sources differ: see the table of figures.", parts=" "),
    Field("confidence", "string", "What the figures rest on.",
          values=("datasheet", "secondary", "estimated"), required=True),
    Field("aliases", "list", "Other spellings.", parts="|"),
    Field("sources", "list", "Where the figures are from.", parts=" | "),
    Field("note", "string", "A remark."),
)  # fmt: skip
_FIGURE = (
    Field("chip", "string", "Id of the variant.", required=True),
    Field("figure", "string", "Which figure.", values=FIGURES, required=True),
    Field("unit", "string", "Its unit; empty for a yes or no."),
    Field("reading", "integer", "1 is the first reading; more than one where sources differ.", required=True),
    Field("value", "number", "The number, to six decimals at most; empty for a yes or no and for bounds."),
    Field("yes", "boolean", "The value of a yes or no."),
    Field("at_least", "number", "A bound that the figure reaches."),
    Field("more_than", "number", "A bound that the figure exceeds."),
    Field("at_most", "number", "A bound that the figure does not exceed."),
    Field("less_than", "number", "A bound that the figure does not reach."),
    Field("origin", "string", "Stated by a source, or derived.", values=("stated", "derived"), required=True),
    Field("derivation", "string", "The arithmetic of a derived figure."),
    Field("estimated", "boolean", "True if the figure rests on an estimate.", required=True),
    Field("basis", "string", "The basis of a reading other than the first."),
)
_PLACE = (
    Field("place", "string", "Code of the destination.", required=True),
    Field("name", "string", "Its name in the Export Administration Regulations.", required=True),
    Field("iso", "list", "Its codes in ISO 3166.", parts=" "),
    Field("destinations", "string", "The group whose answers are its own, as in the tables of answers.", required=True),
)
_PROVISION = (
    Field("provision", "string", "Id of the provision: instrument#paragraph.", required=True),
    Field("instrument", "string", "Id of the instrument: a rule, a letter, a guidance.", required=True),
    Field("kind", "string", "What the provision does.", required=True),
    Field("title", "string", "What it says, in short.", required=True),
    Field("citation", "string", "Its citation.", required=True),
    Field("url", "string", "Its official address, or a source that reports a letter."),
    Field("evidence", "string", "Read in the official text, disclosed by an addressee, or from secondary sources.",
          values=("published", "disclosed", "reported")),
    Field("effective", "date", "First day in force; the earliest, where no source gives it.", required=True),
    Field("effective_by", "date", "If no source gives the first day: the latest that it can be."),
    Field("compliance", "date", "First day of the duty as enforced, where later."),
    Field("addressee", "string", "Of a letter: the exporters that it binds."),
    Field("published", "date", "Day of publication; of a letter, of its disclosure."),
)  # fmt: skip


def _segment(subject: str, says: str) -> tuple[Field, ...]:
    return (
        Field(subject, "string", says, required=True),
        Field("destinations", "string",
              "A group of destinations with the same answers: the code of its only member, or the first code and the "
              "number of the others (AD+58). The table of places says which group a place is in.", required=True),
        Field("exporter", "string",
              "Who exports: maker is the maker of the chip, other a company without a public letter, else an id.",
              required=True),
        Field("layer", "string",
              "The law as enforced, or the text as printed (announcements not to enforce set aside); both where the "
              "two say the same on every day.", values=("both", "as_enforced", "as_printed"), required=True),
        Field("valid_from", "date", "First of the days; empty: no first day is known."),
        Field("valid_through", "date", "Last of the days, included; empty: no last day is known."),
        Field("outcome", "string", "The answer. no_license_requirement: nothing encoded requires one.",
              values=OUTCOMES, required=True),
        Field("review_policy", "string", "How an application would be reviewed: the strictest policy that applies.",
              values=POLICIES),
        Field("standing", "string", "The basis of the answer: verified law, or the reason why it is only a projection.",
              values=STANDINGS, required=True),
        Field("projected_outcome", "string",
              "The encoded law's own answer, if the answer may not rest on it alone; else empty.",
              values=OUTCOMES),
        Field("projected_policy", "string", "The review policy of that.", values=POLICIES),
        Field("eccn", "list", "Entries whose parameters are met. Not a classification ruling.", parts=" "),
        Field("requirements", "list", "Provisions that require a license.", parts=" "),
        Field("exceptions", "list", "Exceptions that overcome every requirement, on their conditions.", parts=" "),
        Field("turns_on", "list", "Unknown facts on which the answer turns.", parts=" "),
    )  # fmt: skip


def _chip_fields(vocabulary: Mapping[str, FactDefinition]) -> tuple[Field, ...]:
    """The fields of a chip; its figures are described as the vocabulary defines them."""
    figures = (_figure_field(name, vocabulary.get(name)) for name in FIGURES)
    return *_CHIP, *figures, *_CHIP_SOURCES


def _figure_field(name: str, known: FactDefinition | None) -> Field:
    says = [known.definition] if known else []
    description = " ".join([*says, "First reading; empty where unknown, or known within bounds alone."])
    kind = "boolean" if known and known.type == "boolean" else "number"
    return Field(name, kind, description, known.unit if known else "")


def _key(subject: str) -> tuple[str, ...]:
    return (subject, "destinations", "exporter", "layer", "valid_from")


def _chip(row: ChipRow) -> tuple[Any, ...]:
    first = {figure.figure: figure for figure in row.figures if figure.reading == 1}
    values = [figure_value(first[name].value) if name in first else None for name in FIGURES]
    return (
        row.chip, row.name, row.family, row.vendor, row.vendor_name, row.vendor_country, row.kind, row.status,
        row.announced, row.announced_by, row.announced_source, row.not_public_before,
        tuple(f"{count}x{chip}" for chip, count in row.contains), row.figures_of, *values,
        tuple(name for name, figure in first.items() if figure.bounds is not None),
        tuple(name for name, figure in first.items() if figure.estimated),
        tuple(dict.fromkeys(figure.figure for figure in row.figures if figure.reading > 1)),
        row.confidence, row.aliases, row.sources, row.note,
    )  # fmt: skip


def _figure(row: Figure) -> tuple[Any, ...]:
    yes = row.value if isinstance(row.value, bool) else None
    ends = [getattr(row.bounds, end, None) for end in ("at_least", "more_than", "at_most", "less_than")]
    return (
        row.chip, row.figure, row.unit, row.reading, None if yes is not None else figure_value(row.value), yes,
        *map(figure_value, ends), row.origin, row.derivation, row.estimated, row.basis,
    )  # fmt: skip


def _family(ruleset: Ruleset, name: str) -> tuple[Any, ...]:
    family = ruleset.families[name]
    return family.id, family.name, family.vendor, len(family.variant), family.aliases, family.note


def _places(ruleset: Ruleset, answers: Grouped) -> Iterator[tuple[Any, ...]]:
    for code, group in sorted(members_by_place(answers.members).items()):
        place = ruleset.places[code]
        yield code, place.name, place.iso, group


def _provisions(ruleset: Ruleset) -> Iterator[tuple[Any, ...]]:
    for provision, instrument in sorted(ruleset.provisions.values(), key=lambda pair: pair[0].id):
        yield (
            provision.id, instrument.id, provision.kind, provision.title, provision.cite,
            provision.url or instrument.url, provision.evidence or instrument.evidence, provision.effective,
            provision.effective_by, provision.compliance, instrument.addressee, instrument.published,
        )  # fmt: skip


def _segments(answers: Grouped, subjects: Iterable[str]) -> Iterator[tuple[Any, ...]]:
    wanted = set(subjects)
    for group, column in answers.columns.items():
        for question, enforced in column.items():
            if question.chip not in wanted or question.layer != "as_enforced":
                continue
            printed = column[question._replace(layer="as_printed")]
            for layer, days in (("both", enforced),) if printed == enforced else (
                ("as_enforced", enforced), ("as_printed", printed),
            ):  # fmt: skip
                yield from (_days(question.chip, group, question.exporter, layer, spell) for spell in days)


def _days(subject: str, group: str, exporter: str, layer: str, spell: Spell) -> tuple[Any, ...]:
    first: date | None = spell.valid_from
    return (subject, group, exporter, layer, first, spell.valid_through, *spell.answer)
