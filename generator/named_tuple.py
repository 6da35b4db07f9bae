"""`NamedTuple` as in `typing`, at half the cost: what annotations mean is left to type checkers.

`typing.NamedTuple` compiles every annotation when the class is made. A check imports 90 such classes, which took 6 of
its 80 ms.
"""

from __future__ import annotations

import sys
from collections import namedtuple
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING or sys.version_info >= (3, 14):  # since then annotations are only made when they are asked for
    from typing import NamedTuple
else:

    class _Maker(type):
        """Makes a named tuple of the annotated names in a class."""

        def __new__(cls, name: str, bases: tuple[type, ...], space: dict[str, Any]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, space)
            names = list(space.get("__annotations__", ()))
            optional = [field for field in names if field in space]
            if optional != names[len(names) - len(optional) :]:
                raise TypeError(f"{name}: a field without a default follows {optional[0]!r}, which has one")
            defaults = [space.pop(field) for field in optional]
            made = namedtuple(name, names, defaults=defaults, module=space["__module__"])
            for key, value in space.items():
                if key not in ("__module__", "__slots__", "__classcell__"):
                    setattr(made, key, value)
            return made

    class NamedTuple(metaclass=_Maker):
        """The base of classes that become named tuples."""


__all__ = ["NamedTuple"]
