"""The answer to one question on every day. A single question is a bisection in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import NamedTuple

from exportrules.answer.result import DEFINITE, Answer, Change, Projection
from exportrules.answer.words import decision, html_table
from exportrules.engine.cases import together
from exportrules.engine.course import Course, course_of, joined
from exportrules.engine.evaluate import Law, Reading
from exportrules.law.attestation import vouching
from exportrules.law.facts import Fact
from exportrules.law.model import Attestation, Policy
from exportrules.law.paragraphs import closes, refers
from exportrules.law.ruleset import Ruleset
from exportrules.law.span import DAY, index_at, last_day
from exportrules.law.truth import TRUE
from exportrules.question.figures import settled
from exportrules.question.question import Question

#: The causes that open a span if no provision does.
START, END, RELEASE = "start of coverage", "end of the verified period", "chip first made public"


class SpanOfAnswer(NamedTuple):
    """Consecutive days with the same outcome, review policy and standing. `stop` is the first day after, or None."""

    start: date | None
    last: date | None
    answer: Answer
    opened_by: tuple[str, ...]
    also: tuple[tuple[date, tuple[str, ...]], ...] = ()


class Timeline:
    """The answer to one question on every day. Immutable."""

    def __init__(self, ruleset: Ruleset, question: Question, courses: tuple[Course, ...] = ()) -> None:
        """`courses` are those of the question's described subjects, if already known from a similar question."""
        self.ruleset, self.question = ruleset, question
        described = [s for s in question.subjects if s.has_figures] or question.subjects
        self.undescribed = tuple(s for s in question.subjects if s not in described)
        self.courses = courses or tuple(course_of(ruleset, question, s) for s in described)
        self.view = self.courses[0].view
        self.starts, self.answers = joined(self._days(), self._answer)

    def __repr__(self) -> str:
        return f"<Timeline {self.question.label} to {self.question.to}: {len(self.spans)} spans>"

    def _repr_html_(self) -> str:
        """The spans as a table, for a notebook."""
        rows = (
            (span.start or "", span.last or "", decision(span.answer.outcome, span.answer.review_policy),
             ", ".join(span.opened_by))
            for span in self.spans
        )  # fmt: skip
        return html_table(("from", "through", "answer", "opened by"), rows)

    def supposing(self, figures: Mapping[str, Fact]) -> Timeline:
        """The timeline with some facts of each variant changed, even facts that a question may not contradict."""
        changed = tuple(s.changed(facts=settled(s.facts, figures)) for s in self.question.subjects)
        return Timeline(self.ruleset, self.question.changed(subjects=changed))

    def index(self, day: date) -> int:
        return index_at(self.starts, day)

    def at(self, day: date) -> Answer:
        """The shared answer of the span that contains the day."""
        return self.answers[index_at(self.starts, day)]

    def foreseen(self, day: date) -> tuple[str, Policy | None]:
        """The outcome and policy on a day, ignoring the horizon. Used to compare days and editions.

        They are the same on both sides of the horizon, on which no law changes: an unannounced chip or a gap in the
        law is not a change there.
        """
        answer = self.at(day)
        if answer.standing != "beyond_horizon":
            return answer.outcome, answer.review_policy
        public, _ = self._public(self.starts[self.index(day)])
        return _reported(answer.law, self._within(public), bool(public))

    def holds(self, index: int) -> tuple[int, int]:
        """The first and last index of the run of segments with the same outcome, policy and standing."""
        decision = self.answers[index].decision
        first = last = index
        while first > 0 and self.answers[first - 1].decision == decision:
            first -= 1
        while last + 1 < len(self.answers) and self.answers[last + 1].decision == decision:
            last += 1
        return first, last

    @property
    def spans(self) -> tuple[SpanOfAnswer, ...]:
        """The spans of constant answer, in order. The first has no start, the last no end."""
        spans, index = [], 0
        while index < len(self.answers):
            first, last = self.holds(index)
            stop = self.starts[last + 1] if last + 1 < len(self.starts) else None
            steps = ((self.starts[i], self.opened_by(i)) for i in range(first + 1, last + 1))
            also = tuple((day, by) for day, by in steps if by)
            spans.append(
                SpanOfAnswer(
                    None if first == 0 else self.starts[first],
                    last_day(stop),
                    self.answers[first],
                    self.opened_by(first),
                    also,
                )
            )
            index = last + 1
        return tuple(spans)

    def change(self, index: int, towards: int) -> Change:
        """The change at the start of segment `index`, with the answer of the segment `towards`."""
        answer = self.answers[towards]
        by = self.opened_by(index)
        return Change(self.starts[index], answer.outcome, answer.review_policy, answer.standing, by)

    def opened_by(self, index: int) -> tuple[str, ...]:
        """The causes of the difference from the previous segment's answer: provision ids, or a phrase."""
        if index == 0:
            return ()
        day, before, after = self.starts[index], self.answers[index - 1], self.answers[index]
        if after.standing != before.standing:
            if day == self.ruleset.edition.covers_from:
                return (START,)
            if after.standing == "beyond_horizon" or before.standing == "attested":
                return (END,)
            if after.standing == "attested":
                # a # would make the name look like a provision's id
                return tuple(f"attested by {attestation.by.replace('#', '')}" for attestation in self.vouching(day))
        # also a release: the first variants were only reported, and now the maker announces one
        released = after.standing != before.standing or "not_released" in (before.outcome, after.outcome)
        if released and any(_first_day(c) == day for c in self.courses):
            return (RELEASE,)
        moved = self._moved(before.law, after.law, day)
        return moved or self._memberships_on(day) or self._provisions_on(day, "notice", "gap", "bar")

    @property
    def _horizon(self) -> date:
        return self.ruleset.edition.verified_through + DAY

    def _moved(self, before: Law, after: Law, day: date) -> tuple[str, ...]:
        """Provisions of the answers that begin or end on the day, or else the bars that close an exception of one."""
        names = set(_parts(before)) ^ set(_parts(after))
        turning = self._provisions_on(day, "notice", "gap")
        moved = tuple(name for name in turning if name in names)
        written = self.ruleset.provisions
        exceptions = [written[name][0] for name in set(before.exceptions) ^ set(after.exceptions) if name in written]

        def reaches(name: str) -> bool:
            return name in written and any(closes(written[name][0], exception) for exception in exceptions)

        return moved or tuple(name for name in turning if reaches(name))

    def _provisions_on(self, day: date, *silent: str) -> tuple[str, ...]:
        """The provisions that begin on the day or, if none does, that end on it; without those of `silent` kinds."""
        turning = [(begins, name) for kind, name, begins in self._turns.get(day, ()) if kind not in silent]
        beginning = [name for begins, name in turning if begins]
        return tuple(dict.fromkeys(beginning or [name for _, name in turning]))

    @cached_property
    def _turns(self) -> dict[date, list[tuple[str, str, bool]]]:
        """By day, the provisions that begin or end on it as (kind, id, True if it begins), in the order of the law."""
        turns: dict[date, list[tuple[str, str, bool]]] = {}
        for course in self.courses:
            for entry in course.docket.prepared:
                for span in entry.in_force.spans:
                    for day, begins in ((span.start, True), (span.stop, False)):
                        if day:
                            turns.setdefault(day, []).append((entry.kind, entry.in_force.provision.id, begins))
        return turns

    def _memberships_on(self, day: date) -> tuple[str, ...]:
        changes = []
        q = self.question
        seats = {fact.value for s in q.subjects if (fact := s.facts.get("headquarters")) and fact.value}
        for country in {q.to, q.headquarters, q.ultimate_parent, *seats}:
            for group in self.ruleset.groups.values():
                for m in group.member:
                    # only groups of the EAR's own tables ("D:5"): those of single rules follow them
                    if m.country == country and ":" in group.id and day in (m.start, m.stop):
                        enters = day == m.start
                        by = m.by if enters or not m.start else m.stop_by
                        changes.append(f"{by or m.cite} ({country} {'enters' if enters else 'leaves'} {group.id})")
        return tuple(sorted(changes))

    def _days(self) -> list[date]:
        days = {date.min, self.ruleset.edition.covers_from, self._horizon}
        days |= {attestation.through + DAY for attestation in self.ruleset.attestations.values()}
        for course in self.courses:
            days |= set(course.starts)
            chip = course.subject.chip
            if chip is not None:
                days |= {d for d in (chip.announced, chip.not_public_before) if d}
        return sorted(days)

    def _answer(self, day: date) -> Answer:
        public, left_out = self._public(day)
        courses = public or self.courses
        verdicts = [(course.subject.words, course.at(day)) for course in courses]
        verdict = verdicts[0][1] if len(verdicts) == 1 else together(verdicts)
        law = verdict.law
        standing = self._standing(day, public, law)
        outcome, policy = _reported(law, standing, bool(public))
        turns_on = verdict.turns_on
        if self.question.unsaid and outcome in ("no_license_requirement", "license_exception"):
            # a buyer that describes itself as a military body is free only once its nature and country are given
            outcome, policy = "indeterminate", "indeterminate"
            turns_on = tuple(dict.fromkeys((*self.question.unsaid, *turns_on)))
        differs = (outcome, policy) != (law.outcome, law.review_policy)
        return Answer(
            outcome=outcome,
            review_policy=policy,
            standing=standing,
            law=law,
            projection=Projection(law.outcome, law.review_policy) if differs else None,
            turns_on=turns_on,
            cases=verdict.cases,
            asked=tuple(dict.fromkeys(course.subject.id for course in courses)),
            left_out=left_out,
        )

    def vouching(self, day: date) -> tuple[Attestation, ...]:
        """The attestations that cover a day past the edition's horizon."""
        return vouching(self.ruleset.edition, self.ruleset.attestations.values(), day)

    def _standing(self, day: date, public: Sequence[Course], law: Law) -> str:
        edition, within = self.ruleset.edition, self._within(public)
        if day > edition.verified_through:
            attestations = self.vouching(day)
            if not attestations:
                return "beyond_horizon"
            if attestations[0].provisions is not None:
                named = [reference for attestation in attestations for reference in attestation.provisions or ()]
                if not public or not _rests_on(law, public, day, named):
                    return "beyond_horizon"
            return "attested" if within == "verified" else within
        return "before_coverage" if day < edition.covers_from else within

    def _within(self, public: Sequence[Course]) -> str:
        """The standing, between coverage and horizon, of an answer about these variants: the most restrictive."""
        if self.question.to in self.ruleset.edition.destinations_not_encoded:
            return "destination_not_encoded"
        chips = [course.subject.chip for course in public]
        return "unannounced" if chips and all(c and c.status == "reported" for c in chips) else "verified"

    def released(self, day: date) -> date | None:
        """The first day after this one on which a variant was, or may have been, public."""
        return min((first for c in self.courses if (first := _first_day(c)) and first > day), default=None)

    def _public(self, day: date) -> tuple[tuple[Course, ...], tuple[tuple[str, str], ...]]:
        """The variants that were public on a day and have figures; and the others, each with the reason.

        A variant without a known day counts as public from the first announcement of a sibling.
        """
        left = [*self.question.left_out, *((s.name, "no throughput figures are known") for s in self.undescribed)]
        first = min((announced for c in self.courses if (announced := _announced(c))), default=None)
        public_courses = []
        for course in self.courses:
            public = course.public(day)
            if public is False or (public is None and first is not None and day < first):
                left.append((course.subject.name, "not public yet"))
            else:
                public_courses.append(course)
        # if none was public, all are evaluated for the projection, so none is left out for that reason
        left_out = dict.fromkeys((name, why) for name, why in left if public_courses or why != "not public yet")
        return tuple(public_courses), tuple(left_out)


def _reported(law: Law, standing: str, public: bool) -> tuple[str, Policy | None]:
    """The reported outcome and policy, given the law's own answer, the standing, and whether the chip was public."""
    if not public and standing != "beyond_horizon":
        return "not_released", None
    blocked = law.blocked and law.outcome != "license_required"
    unsure = standing == "beyond_horizon" or (standing not in DEFINITE and law.outcome != "license_required")
    return ("indeterminate", "indeterminate") if blocked or unsure else (law.outcome, law.review_policy)


def _rests_on(law: Law, courses: Iterable[Course], day: date, named: Sequence[str]) -> bool:
    """True if a license is required by provisions that are all named, so that other, newer law cannot change that.

    An answer without a requirement, or with an exception, rests on all of the law, and partial attestations never
    suffice. A requirement rests on itself, its review policy and the conclusions that make it hold: entries and lists.
    """
    if law.outcome != "license_required":
        return False
    names = {*law.requirements, *(name for _, _, by in law.policies for name in by)}
    rests = []
    for course in courses:
        rests += [entry.provision for entry in course.docket.pool if entry.provision.id in names]
        rests += [
            entry.in_force.provision
            for entry, held in Reading(course.docket, day).truths.values()
            if held == TRUE and entry.in_force.provision.concludes is not None
        ]
    return all(any(refers(reference, provision) for reference in named) for provision in rests)


def _parts(law: Law) -> tuple[str, ...]:
    return (*law.requirements, *law.overcome, *law.exceptions, *(name for _, _, by in law.policies for name in by))


def _announced(course: Course) -> date | None:
    return course.subject.chip.announced if course.subject.chip else None


def _first_day(course: Course) -> date | None:
    chip = course.subject.chip
    return chip.announced or chip.not_public_before if chip else None
