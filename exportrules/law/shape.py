"""Frozen values by their annotations: dataclasses, without what dataclasses cost at every start.

To import `dataclasses` and to generate the methods of forty classes was a fifth of a cold `check`. A shape has its
methods from here, once for all, and is registered as a dataclass when somebody asks for its fields: `fields`, `replace`
and `asdict`, pydantic and a type checker meet an ordinary one.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Any, ClassVar, NoReturn, Self, dataclass_transform

#: How pydantic reads a shape: strictly, and no key that it does not name.
STRICT: dict[str, Any] = {"extra": "forbid", "strict": True, "arbitrary_types_allowed": False}


class _Fields:
    """`__dataclass_fields__` of each shape: the first who asks makes it a dataclass."""

    def __get__(self, _: object, shape: type[Shape]) -> dict[str, Any]:
        if shape is Shape:
            raise AttributeError("the base of the shapes has no fields")
        from dataclasses import dataclass

        made: Any = dataclass(init=False, repr=False, eq=False, kw_only=True)(shape)
        found: dict[str, Any] = made.__dict__["__dataclass_fields__"]
        return found


@dataclass_transform(kw_only_default=True, frozen_default=True, eq_default=False)
class Shape:
    """Base of the shapes: fields are what a class annotates, given by name. With `eq=True` equal fields are equal."""

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
        """Raises TypeError for a field that is missing or unknown."""
        if not cls._needed <= given.keys() <= cls._names.keys():
            missing, unknown = sorted(cls._needed - given.keys()), sorted(given.keys() - cls._names.keys())
            told = [
                f"{what}: {', '.join(names)}" for what, names in (("missing", missing), ("unknown", unknown)) if names
            ]
            raise TypeError(f"{cls.__name__}: fields {'; '.join(told)}")

    @classmethod
    def restored(cls, fields: dict[str, Any]) -> Self:
        """A shape that takes the dict over as its fields, of values that were validated before."""
        cls._complete(fields)
        made = cls.__new__(cls)
        object.__setattr__(made, "__dict__", fields)
        return made

    def stated(self) -> dict[str, Any]:
        """The fields that are not at their defaults."""
        found = ((name, getattr(self, name)) for name in self._names)
        return {name: value for name, value in found if name in self._needed or value != getattr(type(self), name)}

    def changed(self, **fields: Any) -> Self:
        """The same with other values for some of its fields."""
        return type(self)(**{name: getattr(self, name) for name in self._names} | fields)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(
            f"{type(self).__name__} is frozen: {name} cannot be set. Make another with dataclasses.replace."
        )

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen: {name} cannot be deleted.")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.stated().items())})"
