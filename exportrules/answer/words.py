"""Format outcomes, policies, facts, days and lists for prose."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date

from exportrules.law.model import Instrument, Party, Provision
from exportrules.law.ruleset import Ruleset

POLICY = {
    "policy_of_denial": "policy of denial",
    "presumption_of_denial": "presumption of denial",
    "indeterminate": "review policy undetermined",
    "case_by_case": "case-by-case review",
    "presumption_of_approval": "presumption of approval",
    "unpublished": "review policy not published",
}
_OUTCOME = {
    "no_license_requirement": "no license requirement found",
    "license_exception": "a license exception, on conditions",
    "license_required": "license required",
    "not_released": "not released",
    "indeterminate": "undetermined",
}
_SHORT = {
    "no_license_requirement": "none found",
    "license_exception": "exception",
    "license_required": "license",
    "not_released": "not released",
    "indeterminate": "undetermined",
}
_SHORT_POLICY = {
    "policy_of_denial": "denial",
    "presumption_of_denial": "presumed denial",
    "indeterminate": "policy open",
    "case_by_case": "case by case",
    "presumption_of_approval": "presumed approval",
    "unpublished": "policy not public",
}
ACTIVITY = {"export": "export", "reexport": "reexport", "transfer": "in-country transfer"}


def decision(outcome: str, policy: str | None) -> str:
    """An outcome and its policy in a few words."""
    return _OUTCOME[outcome] + (f" ({POLICY[policy]})" if policy and outcome != "indeterminate" else "")


def short(outcome: str, policy: str | None) -> str:
    """A short form of an outcome and its policy, for a cell of a table or a segment of a chart."""
    return _SHORT[outcome] + (f" ({_SHORT_POLICY[policy]})" if policy and outcome == "license_required" else "")


def html_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table for a notebook, every cell escaped."""
    from html import escape  # late: a plain answer does not need it

    top = "".join(f"<th>{escape(name)}</th>" for name in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def day_of(day: date) -> str:
    """A day as written in a letter: June 1, 2023."""
    return f"{day:%B} {day.day}, {day.year}"


#: The question that settles each doubtful or missing term.
_QUESTIONS = {
    "end_user": "is the end user the listed party with a similar name, or the body that its name describes?",
    "exporter": "is the exporter the addressee of a letter, or another company?",
    "headquarters": "in which country does the end user have its headquarters?",
    "ultimate_parent": "in which country does the ultimate parent have its headquarters?",
    "parties": "is a party the listed one with a similar name, or the body that its name describes?",
    "variant": "which variant is it?",
}
_LINKS = {name.lower(): name for name in ("BLink", "C2C", "CXL", "HCCS", "NVLink", "PCIe", "RoCE", "UALink")}
_LINKS |= {name.lower(): name for name in ("Ethernet", "Fabric", "GPU", "Infinity", "Link", "Xe")}
_ID = r"\b[a-z0-9]+(?:_[a-z0-9]+)+\b|\b(?:blink|hccs|nvlink|(?:[fbt][fp]|int)\d+)\b"


def fact_name(law: Ruleset, fact: str) -> str:
    """The label of a fact, or a description for a provision of uncertain reach."""
    if listed_party(law, fact):
        return "since when a party is listed"
    if "#" in fact:
        return "how far a provision reaches"
    known = law.facts.get(fact)
    return (known.label if known else "") or fact.replace("_", " ")


def open_question(law: Ruleset, fact: str) -> str:
    """The question that settles an unknown fact, or the reach of an uncertain provision."""
    if fact in law.provisions:
        provision = law.provisions[fact][0]
        if provision.effective_by and provision.certain:
            return f"had this begun by then ({window(provision)}): {provision.title}?"
        return f"does this reach the deal: {provision.title}?"
    if party := listed_party(law, fact):
        return f"was {party.name} on the {value_name(law, fact.partition('#')[0])} by then?"
    known = law.facts.get(fact)
    if known and known.question:
        return known.question
    if fact in _QUESTIONS:
        return _QUESTIONS[fact]
    if known and known.type == "boolean":
        return f"is this so: {known.definition.rstrip('.')}?"
    name = fact_name(law, fact)
    return f"what is the {name}?" if known and known.type == "number" else f"{name}: which?"


def listed_party(law: Ruleset, fact: str) -> Party | None:
    """The party of an entry whose first day is not known, if the name of an open fact is that of such an entry."""
    entry = fact.partition("#")[2].removesuffix("-owner")
    return law.parties.get(entry) or law.parties.get(re.sub(r"-\d+$", "", entry))


def window(provision: Provision) -> str:
    """The first day of a provision, or the days between which it began if no source gives the day."""
    by = provision.effective_by
    return f"some day from {provision.effective} to {by}" if by else str(provision.effective)


def opening(law: Ruleset, opened_by: str, day: date) -> str:
    """The provision that opened an answer, with the window of its first day if that is not known."""
    provision, _ = law.provisions.get(opened_by, (None, None))
    if provision is None or provision.effective_by is None:
        return opened_by
    if day not in (provision.effective, provision.effective_by):
        return opened_by
    return f"{opened_by} (begins on {window(provision)})"


def value_name(law: Ruleset, value: str) -> str:
    """The label of a value: Entity List for entity_list."""
    if value in ("true", "false"):
        return "yes" if value == "true" else "no"
    labels = (known.value_labels for known in law.facts.values() if known.value_labels)
    return next((names[value] for names in labels if value in names), value)


def case_words(law: Ruleset, text: str) -> str:
    """The words of a case, with small groups of countries spelled out: Belarus or Russia for meu-russia-belarus."""
    return "".join(_countries(law, part) for part in re.split(r"( and | or )", text))


def _countries(law: Ruleset, word: str) -> str:
    group = law.groups.get(word)
    names = sorted({law.places[member.country].name for member in group.member}) if group and not group.union else []
    return " or ".join(names) if 0 < len(names) < 4 else word


_BEGINS_WITHIN = r"[a-z,;]"
_ENDS = r"[.?!][\"”’)]?$"


def excerpt(quote: str) -> str:
    """A quotation as it is shown: word for word, with an ellipsis where its sentence begins before it or goes on."""
    before = "… " if re.match(_BEGINS_WITHIN, quote) else ""
    after = "" if re.search(_ENDS, quote) else " …"
    return f"{before}{quote}{after}" if quote else ""


def spelled(source: str) -> str:
    """The source of a figure, with formats and links in their makers' spelling: FP16/BF16, NVLink + PCIe 5.0 x16."""
    return re.sub(_ID, lambda match: _spelled(match.group()), source)


def _spelled(name: str) -> str:
    parts = re.sub(r"^pcie_(\d)_(\d)", r"PCIe_\1.\2", name).split("_")
    if all(re.fullmatch(r"(?:[fbt][fp]|int)\d+", part) for part in parts):
        return "/".join(parts).upper()
    words = (re.sub(r"^(fp\d+)$", lambda m: m.group().upper(), part).replace("gbe", "GbE") for part in parts)
    return " ".join(_LINKS.get(word, word) for word in words)


def listed(words: Iterable[object], between: str = ", ", last: str = "and") -> str:
    """Words joined for a sentence: one, two and three. Use "; " as `between` if the words contain commas."""
    texts = [str(word) for word in words]
    if len(texts) < 2:
        return "".join(texts)
    joint = f" {last} " if between == ", " else f"; {last} "
    return between.join(texts[:-1]) + joint + texts[-1]


def capitalised(text: str) -> str:
    """The text with a capital first letter; the rest keeps its own."""
    return text[:1].upper() + text[1:]


def width_of(text: str) -> int:
    """The width of a text in columns of a terminal: letters of East Asia take two."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def rows_of(count: int) -> str:
    """'1 row', '2,340 rows'."""
    return f"{count:,} row{'' if count == 1 else 's'}"


def called(instrument: Instrument) -> str:
    """The name of an instrument that changed an answer: its citation.

    Letters without an addressee are supposed, not known. Their citation is about letters to other companies, which
    changed nothing here, so they are named in words.
    """
    if instrument.type == "letter" and not instrument.addressee:
        return "letters to unnamed companies, if any"
    return instrument.citation
