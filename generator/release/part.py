"""What all types of a release file share: the fields that their annotations declare, and how values are checked."""

from __future__ import annotations

import copyreg
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, FrozenInstanceError, dataclass, fields, is_dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, Union, get_args, get_origin

from generator.errors import Complaint, ReleaseError
from generator.named_tuple import NamedTuple
from generator.release.fields import Kind, Refused, Resolve, kind_name, one_of
from generator.release.source import dotted
from generator.translations import gettext as _

if TYPE_CHECKING:
    from inspect import Signature

Path_ = tuple[str | int, ...]
OR_ONE = object()
"""In the annotation of a list or a mapping: a single value may stand without it."""
REQUIRED = object()


def read_only(values: Mapping[str, Any]) -> MappingProxyType[str, Any]:
    """Return a mapping that can't be changed.

    Args:
        values: What it holds.
    """
    return MappingProxyType(dict(values))


# A release can be copied, pickled and sent to another process, with its read-only mappings.
copyreg.pickle(MappingProxyType, lambda held: (read_only, (dict(held),)))


class Many(NamedTuple):
    """A list of values of one kind; `or_one` lets a single value stand without a list."""

    of: Shape
    or_one: bool = False


class Table(NamedTuple):
    """A mapping of keys of one kind to values of another; `or_one` lets a single value stand without a mapping."""

    key: Kind
    value: Shape
    or_one: bool = False


Shape = Kind | Many | Table | type
"""What a field holds; a type is one of the model's."""


class Field(NamedTuple):
    """A field of a type; one without a default is required."""

    shape: Shape
    description: str
    default: Any

    @property
    def required(self) -> bool:
        """Whether the field must be there."""
        return self.default is REQUIRED


def release_type(*, frozen: bool, kw_only: bool) -> Callable[[type], type]:
    """Make a class a dataclass that has its methods from `Part`.

    Type checkers see `dataclasses.dataclass` in its place. It compiles five methods for each type when the module is
    imported, which takes 6 of the 100 ms of a check.

    Args:
        frozen: Whether values can't be changed; `Part` sees to it.
        kw_only: Whether all arguments of the constructor are named.
    """
    assert frozen
    return dataclass(init=False, repr=False, eq=False, kw_only=kw_only)


class _Constructor:
    """The signature of the constructor of a type, for editors and `help`."""

    def __get__(self, part: Part | None, type_: type[Part]) -> Signature:
        from inspect import Parameter, Signature

        if not is_dataclass(type_):
            raise AttributeError("__signature__")  # `Part` itself has no fields
        held = _layout_of(type_).defaults
        return Signature(
            [
                Parameter(f.name, Parameter.KEYWORD_ONLY, annotation=f.type, default=held.get(f.name, Parameter.empty))
                for f in fields(type_)
            ],
            return_annotation=None,
        )


class Part:
    """A type of a release file: a frozen dataclass whose values are checked when it is made.

    An annotation holds the kind of the values and a description: `Annotated[Line, "The name."]`.
    """

    __signature__ = _Constructor()

    def __init__(self, **stated: Any) -> None:  # noqa: ANN401 - checked by `__post_init__`
        layout = _layout_of(type(self))
        if unknown := stated.keys() - layout.names:
            raise TypeError(f"{type(self).__name__}.__init__() got an unexpected keyword argument {min(unknown)!r}")
        if missing := [name for name in layout.required if name not in stated]:
            raise TypeError(f"{type(self).__name__}.__init__() missing keyword-only argument {missing[0]!r}")
        self.__dict__.update(layout.defaults, **stated)
        self.__post_init__()

    @classmethod
    def of_checked(cls, values: Mapping[str, Any]) -> Self:
        """Return an object of values that a `Checker` has returned; here is checked what does not fit together.

        Args:
            values: The fields, all that are required among them.

        Raises:
            ReleaseError: Some do not fit together.
        """
        made = cls.__new__(cls)
        made.__dict__.update(_layout_of(cls).defaults, **values)
        raise_faults(made, list(made._faults()))
        return made

    def __post_init__(self) -> None:
        checker = Checker()
        for name, field in fields_of(type(self)).items():
            stated = getattr(self, name)
            if stated is field.default or (stated is None and field.default is None):
                continue
            value = checker.value(field.shape, stated, (name,))
            if value is not stated:
                self.__dict__[name] = value
        if not checker.faults:
            checker.faults.extend(self._faults())
        checker.raise_for_faults(self)

    def __repr__(self) -> str:
        known = fields_of(type(self)).items()
        stated = (f"{name}={getattr(self, name)!r}" for name, field in known if getattr(self, name) != field.default)
        return f"{type(self).__name__}({', '.join(stated)})"

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        compared = _layout_of(type(self)).compared
        return self is other or _values(self, compared) == _values(other, compared)

    def __hash__(self) -> int:
        return hash(_values(self, _layout_of(type(self)).hashed))

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def _faults(self) -> Iterator[Fault]:
        """Yield what does not fit together, where each value fits by itself."""
        return iter(())


def _values(part: object, names: tuple[str, ...]) -> tuple[object, ...]:
    held = vars(part)
    return tuple([held[name] for name in names])


class _Layout(NamedTuple):
    """What the methods of a type need to know of its fields, those that no file holds among them."""

    names: frozenset[str]
    required: tuple[str, ...]
    defaults: Mapping[str, Any]
    compared: tuple[str, ...]
    hashed: tuple[str, ...]


_LAYOUTS: dict[type, _Layout] = {}


def _layout_of(part: type) -> _Layout:
    if part in _LAYOUTS:
        return _LAYOUTS[part]
    held = fields(part)
    # Objects share what a factory makes: nothing of it can be changed.
    made = {f.name: f.default_factory() for f in held if f.default_factory is not MISSING}
    defaults = made | {f.name: f.default for f in held if f.default is not MISSING}
    _LAYOUTS[part] = _Layout(
        frozenset(f.name for f in held),
        tuple(f.name for f in held if f.name not in defaults),
        defaults,
        tuple(f.name for f in held if f.compare),
        tuple(f.name for f in held if (f.compare if f.hash is None else f.hash)),
    )
    return _LAYOUTS[part]


_FIELDS: dict[type, Mapping[str, Field]] = {}


def fields_of(part: type) -> Mapping[str, Field]:
    """Return the fields of a type of the release file, in order.

    Args:
        part: `Release`, or a type that a field of it holds.
    """
    if part in _FIELDS:
        return _FIELDS[part]
    found: dict[str, Field] = {}
    for field in fields(part):
        if get_origin(field.type) is not Annotated:
            continue  # not a part of the file
        held, *notes = get_args(field.type)
        default = _layout_of(part).defaults.get(field.name, REQUIRED)
        found[field.name] = Field(_shape(held, *notes), notes[-1], default)
    _FIELDS[part] = MappingProxyType(found)
    return _FIELDS[part]


_REQUIRED: dict[type, tuple[str, ...]] = {}


def required_of(part: type) -> tuple[str, ...]:
    """Return the fields of a type of the release file that must be there.

    Args:
        part: `Release`, or a type that a field of it holds.
    """
    if part not in _REQUIRED:
        _REQUIRED[part] = tuple(name for name, field in fields_of(part).items() if field.required)
    return _REQUIRED[part]


def _shape(held: Any, *notes: object) -> Shape:  # noqa: ANN401 - an annotation
    """What an annotation says of the values."""
    if kind := next((note for note in notes if isinstance(note, Kind)), None):
        return kind
    origin, arguments = get_origin(held), get_args(held)
    if origin is Annotated:
        return _shape(arguments[0], *arguments[1:])
    if origin in (Union, types.UnionType):
        first = next(one for one in arguments if one is not type(None))
        return _shape(first, *(note for note in notes if note is OR_ONE))
    if origin is Literal:
        return one_of(arguments)
    if origin is tuple:
        return Many(_shape(arguments[0]), OR_ONE in notes)
    if origin is Mapping:
        key = _shape(arguments[0])
        assert isinstance(key, Kind)
        return Table(key, _shape(arguments[1]), OR_ONE in notes)
    assert isinstance(held, type)
    return held


class Fault(NamedTuple):
    """A value that does not fit: the path of its field, what was expected, and what to write."""

    path: Path_
    message: str
    remedy: str = ""


def raise_faults(part: Part, faults: list[Fault]) -> None:
    """Raise what does not fit in a part, where there is anything.

    Args:
        part: The part.
        faults: What does not fit.

    Raises:
        ReleaseError: There is a fault; all are in it.
    """
    if faults:
        name = type(part).__name__
        raise ReleaseError(tuple(Complaint(name, 0, 0, dotted(f.path), f.message, f.remedy) for f in faults))


class Checker:
    """Reads values as the fields of the types take them, and gathers every fault.

    Args:
        resolve: Makes license fields canonical.
    """

    def __init__(self, resolve: Resolve = str) -> None:
        self.resolve = resolve
        self.faults: list[Fault] = []

    def value(self, shape: Shape, value: Any, path: Path_) -> Any:  # noqa: ANN401 - typed by the shape
        """Return a value as a shape takes it; None where it does not fit, which is then a fault."""
        if isinstance(shape, Kind):
            try:
                return shape.resolved(value, self.resolve) if shape.resolved else shape.read(value)
            except Refused as refused:
                return self.complain(path, refused.expected, refused.remedy)
        if isinstance(shape, Many):
            held = [value] if shape.or_one and isinstance(value, (dict, Part)) else value
            if not isinstance(held, (list, tuple)):
                return self.complain(path, _("expected a list, found {value}.").format(value=kind_name(value)))
            made = tuple(self.value(shape.of, entry, (*path, number)) for number, entry in enumerate(held))
            return value if made == value else made
        if isinstance(shape, Table):
            return self.table(shape, value, path)
        return self.part(shape, value, path)

    def table(self, shape: Table, value: Any, path: Path_) -> Any:  # noqa: ANN401
        """Return a mapping with keys of the writer's own."""
        if shape.or_one and not isinstance(value, (Mapping, list, tuple)):
            return self.value(shape.value, value, path)
        if not isinstance(value, Mapping):
            return self.complain(path, _("expected a mapping of keys, found {value}.").format(value=kind_name(value)))
        for key in value:
            try:
                shape.key.read(key)
            except Refused as refused:
                self.complain((*path, str(key)), refused.expected, refused.remedy, key=True)
        return read_only({k: self.value(shape.value, entry, (*path, str(k))) for k, entry in value.items()})

    def part(self, shape: type, value: Any, path: Path_) -> Any:  # noqa: ANN401
        """Return an object of a type of the model."""
        if isinstance(value, shape):
            return value
        return self.complain(
            path, _("expected {name}(…), found {value}.").format(name=shape.__name__, value=kind_name(value))
        )

    def raise_for_faults(self, part: Part) -> None:
        """Raise what was found in a part that is made in Python."""
        raise_faults(part, self.faults)

    def complain(self, path: Path_, message: str, remedy: str = "", *, key: bool = False) -> None:
        """Note what does not fit, at its place; `key` means the key there, not its value."""
        self.faults.append(Fault(path, message, remedy))
