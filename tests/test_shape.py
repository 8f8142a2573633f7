"""Shapes are frozen values; to whoever asks for their fields they are dataclasses."""

import dataclasses
import pickle
import subprocess
import sys
from datetime import date

import pytest

from exportrules.law.model import Bounds, Group, Membership
from exportrules.law.shape import Shape


class Place(Shape):
    name: str
    days: tuple[date, ...] = ()


class Point(Shape, eq=True):
    x: int
    y: int = 0


def test_a_shape_has_its_fields_by_name_and_its_defaults() -> None:
    place = Place(name="Macau")
    assert (place.name, place.days) == ("Macau", ())
    assert repr(place) == "Place(name='Macau')"


def test_a_field_that_is_missing_or_unknown_is_named() -> None:
    with pytest.raises(TypeError, match="Place: fields missing: name; unknown: code"):
        Place(code="MO")  # type: ignore[call-arg]


def test_a_shape_is_frozen() -> None:
    place = Place(name="Macau")
    with pytest.raises(AttributeError, match="Place is frozen: name"):
        place.name = "Macao"  # type: ignore[misc]
    with pytest.raises(AttributeError, match="Place is frozen: name"):
        del place.name


def test_only_shapes_that_say_so_are_equal_by_their_fields() -> None:
    assert Point(x=1) == Point(x=1, y=0) != Point(x=1, y=2)
    assert hash(Point(x=1)) == hash(Point(x=1, y=0))
    assert Point(x=1).__eq__((1, 0)) is NotImplemented
    assert Place(name="Macau") != Place(name="Macau")


def test_a_changed_shape_leaves_the_first_as_it_was() -> None:
    first = Place(name="Macau")
    assert (first.changed(name="Macao").name, first.name) == ("Macao", "Macau")


def test_dataclasses_know_a_shape() -> None:
    group = Group(id="g", title="G", member=(Membership(country="MO"),))
    assert dataclasses.is_dataclass(Group)
    assert dataclasses.replace(group, title="H").member == group.member
    assert dataclasses.asdict(group)["member"][0]["country"] == "MO"
    assert [f.name for f in dataclasses.fields(Bounds)] == ["at_least", "more_than", "at_most", "less_than"]


def test_a_pickled_shape_is_the_same() -> None:
    assert pickle.loads(pickle.dumps(Bounds(at_most=600))) == Bounds(at_most=600)


def test_a_plain_answer_pays_for_none_of_what_it_does_not_use() -> None:
    script = (
        "import sys; from exportrules.cli import main\n"
        "sys.argv = ['exportrules', *'check H800 --on 2023-06-01'.split()]\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "dear = 'click dataclasses inspect tomllib tempfile pathlib difflib fractions pydantic'\n"
        "print([name for name in dear.split() if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_a_stored_shape_of_other_fields_is_refused() -> None:
    # a compiled form that another version wrote is compiled anew, never read half
    assert Place.restored({"name": "Macau"}).days == ()
    for fields in ({}, {"name": "Macau", "code": "MO"}):
        with pytest.raises(TypeError):
            Place.restored(dict(fields))
