"""What was known on a day, over every provision, entry and membership of the data; and each disputed membership."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

import exportrules
from exportrules.law.model import FAVOURS, Group, Instrument, Membership, Provision
from exportrules.law.span import Span, holds_on
from exportrules.law.view import View, view_of

LAW = exportrules.default_ruleset()
DAY = timedelta(days=1)
NOW = view_of(LAW)
PUBLIC_FROM = sorted({p.public_from for p, _ in LAW.provisions.values() if p.public_from})
DAYS = sorted({d + move for d in PUBLIC_FROM for move in (-DAY, timedelta(0), DAY)} | {date(2020, 12, 18)})


def was_public(instrument: Instrument, day: date) -> bool:
    """Released or published by the day; what has neither day is taken as known."""
    days = [d for d in (instrument.released, instrument.published) if d]
    return not days or min(days) <= day


def addressed(instrument: Instrument, exporter: str) -> bool:
    return exporter in instrument.addressee.split(",")


def was_known(provision: Provision, instrument: Instrument, day: date, exporter: str) -> bool:
    if addressed(instrument, exporter):
        return was_public(instrument, day) or min(p.effective for p in instrument.provision) <= day
    return was_public(instrument, day) and (provision.public_from or day) <= day


def ids(view: View) -> set[str]:
    return {f.provision.id for f in view.provisions if f.provision.kind != "gap"}


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("exporter", ["other", "nvidia", "amd"])
def test_a_provision_is_known_from_the_day_its_source_is_public_or_to_its_addressee_at_once(
    day: date, exporter: str
) -> None:
    view = view_of(LAW, as_printed=True, known_on=day, exporter=exporter)
    known = {name for name, (p, i) in LAW.provisions.items() if was_known(p, i, day, exporter)}
    # what a document settles may be a notice of the doubt, which is then left out; what is replaced is never in force
    gone = {t for name in known for t in LAW.provisions[name][0].settles + LAW.provisions[name][0].replaces}
    assert known - gone <= ids(view) <= known


def test_what_was_not_known_of_an_entry_had_not_begun_or_not_ended() -> None:
    day = date(2022, 12, 19)
    then = view_of(LAW, known_on=day)
    counted = [0, 0, 0]
    for party in LAW.parties.values():
        for owner in (False, True):
            listings = [x for x in party.listing if not (owner and x.list in FAVOURS)]
            certain = [e for e in NOW.listings(party, owner) if e.provision.certain]
            perhaps = [e for e in NOW.listings(party, owner) if not e.provision.certain]
            assert [e.provision.effective for e in certain] == [x.perhaps_from or x.start for x in listings]
            assert [e.spans for e in certain] == [(Span(x.start, x.stop),) for x in listings]
            assert [e.spans for e in perhaps] == [(Span(x.perhaps_from, x.start),) for x in listings if x.perhaps_from]
            begun = [
                x for x in listings
                if (
                    was_public(LAW.instruments[x.by], day) if x.by in LAW.instruments
                    else (x.perhaps_from or x.start) <= day
                )
            ]  # fmt: skip
            stops = [x.stop if x.stop and x.stop <= day else None for x in begun]
            assert [e.spans for e in then.listings(party, owner) if e.provision.certain] == [
                (Span(x.start, stop),) for x, stop in zip(begun, stops, strict=True)
            ]
            counted = [counted[0] + len(listings), counted[1] + len(begun), counted[2] + len([s for s in stops if s])]
    assert counted[0] > counted[1] > counted[2] > 0


@pytest.mark.parametrize("day", [date(2021, 3, 1), date(2024, 3, 15), date(2024, 5, 9), date(2024, 5, 10)], ids=str)
def test_a_membership_is_known_with_the_instrument_that_made_or_ended_it(day: date) -> None:
    view = view_of(LAW, known_on=day)

    def known(by: str, step: date) -> bool:
        return was_public(LAW.instruments[by], day) if by in LAW.instruments else step <= day

    for group in LAW.groups.values():
        if group.union or group.less:
            continue
        for country in {m.country for m in group.member}:
            for on in {d for m in group.member if m.country == country for d in (m.start, m.stop) if d} | {day}:
                inside = any(
                    (m.start is None or (known(m.by, m.start) and m.start <= on))
                    and not (m.stop and known(m.stop_by or ("" if m.start else m.by), m.stop) and m.stop <= on)
                    for m in group.member
                    if m.country == country
                )
                assert holds_on(view.membership(group.id, country), on) == inside, (group.id, country, on)


DISPUTED = [(group, m) for group in LAW.groups.values() for m in group.disputed]


@pytest.mark.parametrize(("group", "member"), DISPUTED, ids=[f"{g.id} {m.country}" for g, m in DISPUTED])
def test_a_membership_read_the_other_way_differs_on_its_disputed_days_and_of_that_country_alone(
    group: Group, member: Membership
) -> None:
    # words that are equal to those of the data, and not the same
    other = view_of(LAW, otherwise=("".join(list(group.id)), "".join(list(member.country))))
    for country in LAW.places:
        if country != member.country:
            assert other.membership(group.id, country) == NOW.membership(group.id, country)
    for on in (date(2020, 1, 1) + timedelta(days=n) for n in range(2400)):
        read, turned = (holds_on(view.membership(group.id, member.country), on) for view in (NOW, other))
        assert (read != turned) == (on in Span(member.start or date.min, member.stop)), on


def test_an_entry_that_is_left_out_takes_no_other_with_it() -> None:
    listing = next(x for p in LAW.parties.values() for x in p.listing if x.list == "entity_list" and not x.by)
    early, late = (listing.changed(start=date(year, 3, 1), stop=None) for year in (2021, 2025))
    favour = early.changed(list=min(FAVOURS))
    party = next(iter(LAW.parties.values())).changed(id="someone", listing=(favour, late, early))
    view = view_of(LAW, known_on=date(2022, 12, 19))
    assert [e.provision.id for e in view.listings(party)] == [f"{favour.list}#someone", "entity_list#someone-3"]
    assert [e.provision.id for e in view.listings(party, owner=True)] == ["entity_list#someone-3-owner"]
    assert len(NOW.listings(party, owner=True)) == 2
