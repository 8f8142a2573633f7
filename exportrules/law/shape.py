"""Frozen values defined by their annotations: dataclasses without their cost at every start.

Importing `dataclasses` and generating the methods of forty classes took a fifth of a cold `check`. All shapes share the
methods of one base instead. A shape becomes a real dataclass when its fields are first requested, so `fields`,
`replace`, `asdict` and pydantic work on it, and `dataclass_transform` tells type checkers to treat it as one.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any, ClassVar, NoReturn, Self, dataclass_transform

#: The configuration with which pydantic reads a shape: strictly, and refusing keys that it does not name.
STRICT: dict[str, Any] = {"extra": "forbid", "strict": True, "arbitrary_types_allowed": False}


class _Fields:
    """`__dataclass_fields__` of each shape: the first access registers the shape as a dataclass."""

    def __get__(self, _: object, shape: type[Shape]) -> dict[str, Any]:
        if shape is Shape:
            raise AttributeError("the base of the shapes has no fields")
        from dataclasses import dataclass

        registered: Any = dataclass(init=False, repr=False, eq=False, kw_only=True)(shape)
        fields: dict[str, Any] = registered.__dict__["__dataclass_fields__"]
        return fields


@dataclass_transform(kw_only_default=True, frozen_default=True, eq_default=False)
class Shape:
    """Base of the shapes. Annotations are the fields, given by name; `eq=True` compares shapes by their fields."""

    __dataclass_fields__: ClassVar[Any] = _Fields()
    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    #: The fields in their order, and those without a default.
    _names: ClassVar[dict[str, None]] = {}
    _needed: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, *, eq: bool = False) -> None:
        cls._names = {name: None for name, kind in cls.__annotations__.items() if "ClassVar" not in str(kind)}
        cls._needed = frozenset(name for name in cls._names if name not in cls.__dict__)
        if eq:
            key = attrgetter(*cls._names)
            cls.__eq__ = lambda self, other: key(self) == key(other) if type(other) is cls else NotImplemented  # type: ignore[method-assign]
            cls.__hash__ = lambda self: hash(key(self))  # type: ignore[method-assign]

    def __init__(self, **given: Any) -> None:
        self._complete(given)
        self.__dict__.update(given)

    @classmethod
    def _complete(cls, given: dict[str, Any]) -> None:
        """Check the names of fields. Raises TypeError if one is missing or unknown."""
        if not cls._needed <= given.keys() <= cls._names.keys():
            missing, unknown = sorted(cls._needed - given.keys()), sorted(given.keys() - cls._names.keys())
            problems = [
                f"{what}: {', '.join(names)}" for what, names in (("missing", missing), ("unknown", unknown)) if names
            ]
            raise TypeError(f"{cls.__name__}: fields {'; '.join(problems)}")

    @classmethod
    def restored(cls, fields: dict[str, Any]) -> Self:
        """A shape that adopts the dict as its fields; the values were validated before."""
        cls._complete(fields)
        shape = cls.__new__(cls)
        object.__setattr__(shape, "__dict__", fields)
        return shape

    def stated(self) -> dict[str, Any]:
        """The fields that differ from their defaults."""
        given, needed, kind = self.__dict__, self._needed, type(self)
        stated = (name for name in self._names if name in given)
        return {name: given[name] for name in stated if name in needed or given[name] != getattr(kind, name)}

    def changed(self, **fields: Any) -> Self:
        """A copy with some fields changed."""
        return type(self)(**{name: getattr(self, name) for name in self._names} | fields)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(
            f"{type(self).__name__} is frozen: {name} cannot be set. Make another with dataclasses.replace."
        )

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} cannot be deleted.")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.stated().items())})"
