"""Named tuples that are made without looking at their annotations."""

from __future__ import annotations

import pickle
import typing

import pytest

from generator.named_tuple import NamedTuple


class Place(NamedTuple):
    """A place."""

    file: str
    line: int = 1
    column: int | None = None

    @property
    def shown(self) -> str:
        """As messages have it."""
        return f"{self.file}:{self.line}"

    @classmethod
    def at_top(cls, file: str) -> Place:
        """The first line."""
        return cls(file)


class Expected(typing.NamedTuple):
    """A place."""

    file: str
    line: int = 1
    column: int | None = None


def test_a_named_tuple_is_what_typing_makes() -> None:
    assert (Place._fields, Place._field_defaults) == (Expected._fields, Expected._field_defaults)
    assert (Place.__doc__, Place.__annotations__.keys()) == (Expected.__doc__, Expected.__annotations__.keys())
    assert Place("a", 2) == Expected("a", 2) == ("a", 2, None)
    assert repr(Place("a")) == "Place(file='a', line=1, column=None)"
    assert typing.get_type_hints(Place) == typing.get_type_hints(Expected)
    assert (Place.__module__, Place.__qualname__, Place.__mro__[1:]) == (__name__, "Place", Expected.__mro__[1:])
    with pytest.raises(AttributeError):
        Place("a").more = 1  # type: ignore[attr-defined]


def test_a_named_tuple_has_its_methods_and_can_be_copied() -> None:
    place = Place.at_top("a")._replace(line=3)
    assert place.shown == "a:3"
    assert pickle.loads(pickle.dumps(place)) == place
    assert isinstance(place, tuple)


def test_a_field_without_a_default_comes_first() -> None:
    with pytest.raises(TypeError):

        class Wrong(NamedTuple):
            file: str = ""
            line: int  # type: ignore[misc]
