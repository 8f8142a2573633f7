"""A memorandum for the compliance file: the question, the answer, and the steps of 15 CFR part 732 between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any

from exportrules.answer.assumptions import in_dispute
from exportrules.answer.determination import Determination
from exportrules.answer.next_steps import REVIEWED
from exportrules.answer.parties import parties
from exportrules.answer.result import DEFINITE, Assumption, Change, Citation, Finding
from exportrules.answer.timeline import END, RELEASE, START
from exportrules.answer.trace import is_open
from exportrules.answer.words import (
    called,
    capitalised,
    case_words,
    day_of,
    decision,
    excerpt,
    fact_name,
    listed,
    open_question,
    value_name,
)
from exportrules.engine.unknowns import Branch
from exportrules.law.attestation import clause
from exportrules.law.model import Bounds
from exportrules.law.span import DAY
from exportrules.question.figures import facts_of
from exportrules.question.values import show
from exportrules.render.decisive import HEAD, figures, rows
from exportrules.render.head import Head
from exportrules.render.page import Block, Heading, Items, Pairs, Paragraph, Signature, Table, cited, markdown, page
from exportrules.render.safe import safe
from exportrules.render.sections import gathered
from exportrules.render.text import DISCLAIMER, deal, given

_EVIDENCE = {
    "published": "text published",
    "disclosed": "disclosed by its addressee",
    "reported": "as reported; the text itself was not read",
}
#: Causes of a change other than provisions, with a place for its day.
_CHANGES = {
    RELEASE: "the chip was first made public on {}",
    START: "the encoded law begins on {}",
    END: "the law was not verified beyond that day",
}


def memo(d: Determination, form: str) -> str:
    """The memorandum as `md` or `html`."""
    return (page if form == "html" else markdown)(*contents(d))


def contents(d: Determination, head: Head | None = None, *, signed: bool = False) -> tuple[str, list[Block]]:
    """The title and the blocks of the memorandum, for any output format.

    A `head` with entries is printed at the top with the day of the question, and a line to sign at the end; `signed`
    asks for that line without a head.
    """
    memo, entries = _Memo(d), head.rows() if head else []
    blocks = list(memo.blocks())
    if entries:
        day = [("Day of export", day_of(d.on))]
        blocks.insert(0, Pairs([(label, safe(text)) for label, text in entries + day]))
    if entries or signed:
        blocks.append(Signature(safe(head.preparer) if head else ""))
    return memo.title, blocks


class _Memo:
    def __init__(self, d: Determination) -> None:
        self.d = d
        self.q = d.timeline.question
        self.law = d.timeline.ruleset
        self.place = {code: place.name for code, place in self.law.places.items()}
        self.citations = d.citations
        self.number = {c.provision: n for n, c in enumerate(self.citations, 1)}

    @property
    def title(self) -> str:
        aside = " (facts as given)" if self.q.facts else ""
        return f"Memorandum: {safe(self.q.label)}{aside} to {self.place[self.q.to]}, {day_of(self.d.on)}"

    def blocks(self) -> Iterator[Block]:
        yield Heading("Question")
        yield Paragraph(self.question())
        yield Heading("Short answer")
        yield Paragraph(" ".join([self.answer(), *self.disputed()]), "answer")
        yield Paragraph(" ".join(self.duration()))
        if self.d.cases:
            yield Items([self.case(c) for c in self.d.cases])
        if settled := list(self.settle()):
            yield Paragraph(" ".join(settled))
        yield Heading("Assumptions")
        yield from self.assumptions()
        yield Heading("Analysis, in the order of 15 CFR part 732")
        yield from (Paragraph(text, lead=f"{n}. {lead}.") for n, (lead, text) in enumerate(self.analysis()))
        tests = list(rows(self.d, self.findings, self.number, self.ref))
        if tests:
            yield Heading("Decisive tests")
            yield Table(HEAD, tests)
            yield from (Paragraph(text, "small") for text in figures(self.d))
        if self.d.notices:
            yield Heading("Points to watch")
            yield Items([safe(notice) for notice in self.d.notices])
        if steps := self.d.next_steps:
            yield Heading("Next steps")
            yield Items([safe(step.says) for step in steps])
        if self.citations:
            yield Heading("Authorities")
            yield Items([self.authority(c) for c in self.citations], numbered=True)
        yield Heading("Record")
        yield Paragraph(self.record(), "small")

    def case(self, branch: Branch) -> str:
        case = (
            " and ".join(
                f"{fact_name(self.law, fact)}: {safe(case_words(self.law, text))}" for fact, text in branch.conditions
            )
            or "otherwise"
        )
        return f"{capitalised(case)}. Then {decision(branch.outcome, branch.review_policy)}."

    def question(self) -> str:
        q, d = self.q, self.d
        chip, to = safe(q.label), self.place[q.to]
        moved = {"export": f"be exported from the United States to {to}", "reexport": f"be reexported to {to}"}
        known = self.law.exporters.get(q.exporter or "")
        who = known.name if known else "an exporter to whom no public letter is addressed"
        who = safe(q.asked_exporter) if q.doubt("exporter") else who
        seat = f"headquartered in {self.place[q.headquarters]}"
        if "headquarters" in d.turns_on:
            seat = "whose headquarters are not known"
        elif q.ultimate_parent != q.headquarters:
            seat += f", with its ultimate parent in {self.place[q.ultimate_parent]}"
        buyer = f"for {safe(q.end_user)}, " if q.end_user else "for an end user "
        if q.parties:
            others = "another party" if len(q.parties) == 1 else "other parties"
            seat += f", with {listed(map(safe, q.parties))} as {others}"
        the = "" if chip.startswith("a ") else "the "
        text = f"Could {the}{chip} {moved.get(q.activity, f'be transferred within {to}')} by {who} on {day_of(d.on)} "
        uses = listed(f"a {use.replace('_', '-')} end use" for use in q.end_use) or "an end use that is not known"
        text += f"{buyer}{seat}, for {uses}, without a license"
        text += ", as the Code was printed, announcements not to enforce left aside" if q.as_printed else ""
        text += f", going by what was known on {day_of(q.known_on)}" if q.known_on else ""
        declared = f" Declared to be on no list: {listed(map(safe, q.not_listed))}." if q.not_listed else ""
        return f"{text}?{declared}{self.given()}"

    def given(self) -> str:
        """The facts that the caller gave, with the values that they replace in the chip's own data."""
        stated = []
        for name, fact in self.q.facts.items():
            known = self.law.facts[name]
            unit = f" {known.unit}" if known.unit and fact.value is not None else ""
            own = dict.fromkeys(
                show(v) for v in self.own(name) if v != fact.value and not isinstance(fact.value, Bounds)
            )
            instead = f" (in place of {listed(own, last='or')})" if own else ""
            stated.append(f"{fact_name(self.law, name)}: {safe(given(fact.value))}{unit}{instead}")
        return f" Given for this question: {'; '.join(stated)}." if stated else ""

    def own(self, fact: str) -> Iterator[object]:
        """The values of a fact in the data of the variants in question."""
        for course in self.d.timeline.courses:
            chip = course.subject.chip
            own = facts_of(chip).get(fact) if chip and course.subject.id in self.d.variants else None
            yield from (own.candidates or (own.value,)) if own else ()

    def answer(self) -> str:
        d = self.d
        rules = cited(*(self.number[r] for r in d.requirements if r in self.number))
        if d.outcome == "no_license_requirement":
            on = ", on the facts given" if self.q.facts else ""
            return f"Yes{on}: no license requirement was found in the encoded law."
        if d.outcome == "license_required":
            return f"No, not without a license{rules}. {self.reviewed()}"
        if d.outcome == "license_exception":
            names = " and ".join(dict.fromkeys(e["name"] for e in d.exceptions))
            refuse = " BIS may refuse." if any(e["may_be_refused"] for e in d.exceptions) else ""
            by = cited(*(self.number[e["provision"]] for e in d.exceptions if e["provision"] in self.number))
            met = f"Only if the conditions of {names} are met{by}; it overcomes every license requirement found{rules}."
            return met + refuse
        would = f" Under the encoded law: {decision(*d.projection)}." if d.projection else ""
        if d.outcome == "not_released":
            return f"It does not arise: the chip had not been made public by then.{would}"
        if d.turns_on and d.standing in DEFINITE:
            return f"Undetermined. {self.turns()}"
        if d.standing in DEFINITE:
            return "Undetermined: the encoded law does not settle it; the points to watch say what is not encoded."
        return f"Undetermined: the day or the place is outside the verified law.{would}"

    def disputed(self) -> Iterator[str]:
        """The answer by the other list, where a country's place in a group is disputed and decides."""
        for assumed in self.d.moment.once(in_dispute):
            for other in assumed.otherwise:
                yield f"This is disputed: with {safe(other.value)}, {decision(other.outcome, other.review_policy)}."

    def reviewed(self) -> str:
        review = f"An application is reviewed {REVIEWED[self.d.review_policy or 'indeterminate']}."
        return f"{review} {self.turns()}" if self.d.turns_on else review

    def turns(self) -> str:
        """The unknown facts on which the answer turns, as questions."""
        questions = [safe(self.put(fact)) for fact in dict.fromkeys(self.d.turns_on)]
        return f"It turns on what is not known: {' '.join(questions)}"

    def put(self, fact: str) -> str:
        """The question that settles a fact; for a word with several meanings, the doubt. The options of this program do
        not belong into the file."""
        doubt = self.q.doubt(fact)
        return f"{doubt.says}." if doubt else open_question(self.law, fact)

    def settle(self) -> Iterator[str]:
        """For each fact that decides, the value that is right in each case."""
        for fact in dict.fromkeys(self.d.turns_on):
            ways = [f"{s.value} {s.case}" for s in self.d.settle if s.fact == fact and s.case.startswith("if ")]
            if ways:
                yield f"{capitalised(fact_name(self.law, fact))}: {listed(ways)}."

    def duration(self) -> Iterator[str]:
        d = self.d
        first, last = d.holds
        since = f"since {day_of(first)}" if first else "since before any known change"
        until = f" and holds through {day_of(last)}." if last else ", with no known end."
        if last and d.next and d.next.standing == "beyond_horizon":
            until = f" and was still so on {day_of(last)}, the last day verified."
        yield f"This has held {since}{until}"
        if d.moment.named:
            yield f"It holds {listed(f'by {name} from {day_of(day)}' for day, name in d.moment.named if name)}."
        if d.previous:
            was = decision(d.previous.outcome, d.previous.review_policy)
            yield f"Until {day_of(d.previous.date - DAY)} the answer was: {was}{self.by(d.previous)}."
        if d.next:
            then = decision(d.next.outcome, d.next.review_policy)
            yield f"From {day_of(d.next.date)} it is: {then}{self.by(d.next)}."

    def by(self, change: Change) -> str:
        """The causes of a change: instruments by their citation, anything else in words."""
        names, day = change.by, day_of(change.date)
        instruments = dict.fromkeys(called(self.law.provisions[n][1]) for n in names if n in self.law.provisions)
        instruments |= dict.fromkeys(filter(None, map(self.listing, names)))
        plain = ", ".join(
            _CHANGES[n].format(day) if n in _CHANGES else n
            for n in names
            if n not in self.law.provisions and not self.listing(n)
        )
        return f"; changed by {listed(instruments)}" if instruments else f"; {plain}" if plain else ""

    def listing(self, name: str) -> str:
        """The list and the party whose listing began or ended, from an id `list#party`; '' for any other id."""
        which, _, party = name.partition("#")
        return (
            f"the {value_name(self.law, which)} ({self.law.parties[party].name})" if party in self.law.parties else ""
        )

    @cached_property
    def assumed(self) -> list[Assumption]:
        return self.d.assumptions

    def assumptions(self) -> Iterator[Block]:
        assumed = self.assumed
        if not assumed:
            yield Paragraph("None: everything that the answer rests on was stated.")
            return
        yield Paragraph(
            f"It is assumed, since nothing else was stated, that {listed([safe(a.says) for a in assumed], '; ')}."
        )
        others = [o for a in assumed for o in a.otherwise]
        if others:
            yield Paragraph("The answer would be different with:")
            by_decision: dict[str, list[str]] = {}
            for other in others:
                by_decision.setdefault(decision(other.outcome, other.review_policy), []).append(safe(other.value))
            yield Items([f"{listed(ways, ', ', 'or')}: {what}." for what, ways in by_decision.items()])

    @cached_property
    def findings(self) -> list[Finding]:
        return self.d.findings

    @property
    def open(self) -> bool:
        """True if it is open whether a license is required at all."""
        return is_open(self.d.moment)

    def held(self, kind: str, truth: str = "true") -> list[Finding]:
        """The provisions of a kind that hold for some variant, each once."""
        held = {f.provision: f for f in self.findings if f.kind == kind and f.truth == truth}
        return list(held.values())

    def analysis(self) -> Iterator[tuple[str, str]]:
        """The steps of the analysis in order, as (title, text); the documentation numbers them from 0."""
        yield "Coverage, release, jurisdiction", " ".join(self.gate())
        yield "Classification", " ".join(self.classification())
        yield "License requirements", " ".join(self.requirements())
        yield "Savings clauses and suspensions", " ".join(self.savings())
        yield "License exceptions and authorizations", " ".join(self.exceptions())
        none = "No requirement remains for which an application would have to be made."
        yield "Review policy", " ".join(self.policies()) or none

    def gate(self) -> Iterator[str]:
        edition, d = self.law.edition, self.d
        inside = {
            "verified": "The day is within that period.",
            "attested": " ".join(safe(_attested(a)) for a in d.attestations),
            "beyond_horizon": "The day is after that period, so the analysis below is a projection.",
            "before_coverage": "The day is before that period, so the analysis below is only an indication.",
            "destination_not_encoded": "The law for this destination is not encoded.",
            "unannounced": "The day is within that period. The chip was never announced; its figures are as reported.",
        }[d.standing]
        start, end = day_of(edition.covers_from), day_of(edition.verified_through)
        yield f"The law is verified from {start} through {end}. {inside}"
        shown = [c.subject.chip for c in d.timeline.courses if c.subject.chip and c.subject.id in d.variants]
        days = sorted(chip.announced for chip in shown if chip.announced)
        if days:
            first = next(chip for chip in shown if chip.announced == days[0])
            source = f" ({safe(first.announced_source)})" if first.announced_source else ""
            verb = "was" if days[0] <= d.on else "was only"
            yield f"The chip {verb} made public on {day_of(days[0])}{source}."
        facts = d.timeline.courses[0].subject.facts
        subject = facts.get("subject_to_ear")
        if subject is not None and subject.value is True:
            how = "is taken to be" if subject.source == "assumed" else "is"
            yield f"The item {how} subject to the EAR."
        else:
            yield (
                "The item is not subject to the EAR."
                if subject and subject.value is False
                else "Open: subject to the EAR?"
            )

    def classification(self) -> Iterator[str]:
        entries = [f for f in self.findings if f.kind == "classification"]
        met = self.held("classification")
        if not entries:
            yield "On this day no entry of the Commerce Control List was keyed on AI throughput."
        for entry in met:
            named = (row.paragraph for row in entry.when if row.truth == "true" and row.paragraph)
            paragraphs = ", ".join(dict.fromkeys(named))
            at = f", at {paragraphs}" if paragraphs else ""
            yield f"The parameters of this entry are met{at}: {safe(entry.title)}{self.ref(entry.provision)}."
        unknown = self.held("classification", "unknown")
        for entry in unknown:
            yield f"Whether this entry is met is open: {safe(entry.title)}{self.ref(entry.provision)}."
        done = {f.provision for f in met + unknown}
        missed = list(
            dict.fromkeys(f.provision for f in entries if f.provision not in done and f.provision in self.number)
        )
        if missed:
            titles = [f"{safe(self.citations[self.number[m] - 1].title)}{self.ref(m)}" for m in missed]
            yield f"Not met: {listed(titles, '; ')}."
        if met:
            yield "These are entries whose parameters are met, not a classification ruling on a board or system."

    def requirements(self) -> Iterator[str]:
        law = self.d.moment.answer.law
        standing = list(dict.fromkeys([*law.requirements, *law.overcome]))
        for name in standing:
            c = self.citations[self.number[name] - 1] if name in self.number else None
            if c:
                may = (
                    "Whether a license is required is open"
                    if self.open
                    else "May require one, depending on what is not known"
                )
                yield f"{may if c.role == 'may apply' else 'A license is required'}: {safe(c.title)}{self.ref(name)}."
        for party in parties(self.d):
            yield f"{safe(party.written)} is {safe(party.known)}{self.ref(party.entry)}."
        for finding in self.held("requirement", "unknown"):
            if finding.provision not in standing and finding.provision in self.number:
                yield f"Open, depending on what is not known: {safe(finding.title)}{self.ref(finding.provision)}."
        tested = [f for f in self.findings if f.kind == "requirement" and f.provision not in standing]
        sections = {_section(self.law.provisions[f.provision][0].cite) for f in tested if f.truth == "false"}
        if not standing:
            yield "None was found."
        if sections:
            yield f"Also in force, tested, and not reaching this transaction: {listed(gathered(sections), '; ')}."

    def savings(self) -> Iterator[str]:
        held = [*self.held("savings"), *self.held("suspension")]
        for finding in held:
            yield f"{safe(finding.title)} ({safe(finding.cite)}){self.ref(finding.provision)}."
        maybe = self.held("savings", "unknown")
        for finding in maybe:
            yield f"Open, since its reach is not known: {safe(finding.title)} ({safe(finding.cite)})."
        if "en_route_since" not in self.q.facts:
            for finding in self.held("savings", "false"):
                if _may_reach(finding):
                    yield f"Not claimed: {safe(finding.title)} ({safe(finding.cite)})."
        if not held and not maybe:
            yield "None that is encoded and in force reaches this transaction."
        yield from self.left_out("savings", "Known, but not applied here")

    def exceptions(self) -> Iterator[str]:
        d = self.d
        for e in d.exceptions:
            conditions = f" Its conditions: {listed(e['conditions'], '; ')}." if e["conditions"] else ""
            may = "may overcome the requirement, depending on what is not known"
            how = "overcomes what is required" if d.moment.answer.law.outcome == "license_exception" else may
            yield f"{self.condition()}{e['name']} {how}{self.ref(e['provision'])}.{conditions}"
        for closed in d.closed_exceptions:
            bars = closed["bars"]
            by = "; ".join(f"{safe(self.law.provisions[bar][0].title)}{self.ref(bar)}" for bar in bars)
            yield f"{safe(closed['name'])} would overcome a requirement by its own terms, but is closed: {by}."
        if not d.exceptions:
            holding = sorted({f.title for f in self.held("exception")})
            # no claim that there is none: some are not encoded
            if d.requirements and holding:
                yield f"These hold by their terms, yet a requirement remains: {listed(map(safe, holding), '; ')}."
            elif self.open:
                yield "None that is encoded would overcome what may be required."
            else:
                yield "None that is encoded overcomes what is required." if d.requirements else "None is needed."
        if d.moment.answer.law.outcome != "no_license_requirement":
            yield from self.left_out("exceptions", "Not encoded; read these yourself")

    def left_out(self, step: str, lead: str) -> Iterator[str]:
        """The law of this step that is known and not encoded, if its days and its tests may reach the deal.

        Law without tests is always named if a license is or may be required.
        """
        reached = {f.provision: f for f in self.findings if f.kind == "gap" and _may_reach(f)}
        required = self.d.moment.answer.law.outcome != "no_license_requirement"
        left_out = []
        for gap in self.law.edition.not_encoded:
            reaches = f"not_encoded#{gap.id}" in reached
            if gap.step == step and (reaches or (gap.quiet and required)):
                left_out.append(f"{safe(gap.what)} {safe(gap.effect)}" if reaches else safe(gap.what))
        if left_out:
            yield f"{lead}: {' '.join(left_out)}"

    def condition(self) -> str:
        """The words that introduce a statement as conditional if it is open whether a license is required."""
        return "If a license is required, " if self.open else ""

    def policies(self) -> Iterator[str]:
        several = len(self.d.policies) > 1
        without = (
            "Without the exception, " if self.d.moment.answer.law.outcome == "license_exception" else self.condition()
        )
        for p in self.d.policies:
            refs = cited(*(self.number[b] for b in p["by"] if b in self.number))
            of = f" under {_section(self.law.provisions[p['requirement']][0].cite)}" if several else ""
            yield capitalised(f"{without}an application{of} is reviewed {REVIEWED[p['review_policy']]}{refs}.")

    def ref(self, provision: str) -> str:
        return cited(self.number[provision]) if provision in self.number else ""

    def authority(self, c: Citation) -> str:
        quote = f" “{safe(excerpt(c.quote))}”" if c.quote else ""
        links = " ".join(dict.fromkeys(filter(None, (c.url, c.code_url))))
        return f"{safe(c.cite)} ({_EVIDENCE[c.evidence]}).{quote} {links}"

    def record(self) -> str:
        import exportrules

        r = self.d.ruleset
        attestations = "".join(f"{safe(clause(a))}; " for a in self.law.attestations.values())
        return (
            f"Made with exportrules {exportrules.__version__} from the data edition {r['edition']}, law verified "
            f"through {day_of(date.fromisoformat(r['verified_through']))}; {attestations}SHA-256 of the data: "
            f"{r['sha256']}. Cite with that digest and the question: {deal(self.d)} {DISCLAIMER}"
        )


def _may_reach(finding: Finding) -> bool:
    """True if a row of a provision may hold. `en_route_since` counts as open, since nobody gave it."""
    return any(
        all(test.truth != "false" or test.fact == "en_route_since" for test in row.tests) for row in finding.when
    ) and not any(row.truth == "true" for row in finding.unless)


def _attested(attestation: Mapping[str, Any]) -> str:
    """An attestation as a sentence."""
    of = f" for {', '.join(attestation['provisions'])}" if attestation["provisions"] else ""
    note = f" ({attestation['note']})" if attestation["note"] else ""
    on, through = (day_of(date.fromisoformat(attestation[name])) for name in ("on", "through"))
    return f"{attestation['by']} attested on {on} that the encoded law is current through {through}{of}{note}."


def _section(cite: str) -> str:
    """The first pin-point of a citation."""
    return cite.split(";")[0].strip()
