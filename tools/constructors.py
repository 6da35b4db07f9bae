"""An extension of griffe, which reads the docstrings for the site: the constructors of the types of a release file.

These types share one constructor, which takes any names and checks them. Their real arguments are their annotations.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import griffe

_BASE = "generator.release.part.Part"


class Constructors(griffe.Extension):
    """Gives each type of a release file a constructor with its own arguments, each with its description."""

    def on_class(self, *, cls: griffe.Class, **_: object) -> None:
        """Add the constructor to a type of a release file, in place of its fields."""
        if not any(isinstance(base, griffe.Expr) and base.canonical_path == _BASE for base in cls.bases):
            return
        found = list(_arguments(cls))
        init = griffe.Function(
            "__init__",
            parameters=griffe.Parameters(
                griffe.Parameter("self", kind=griffe.ParameterKind.positional_or_keyword),
                *(griffe.Parameter(a.name, annotation=a.annotation, default=a.value, kind=_NAMED) for a in found),
            ),
            returns="None",
        )
        init.docstring = griffe.Docstring("", parent=init)
        init.docstring.parsed = [griffe.DocstringSectionParameters(found)]
        for argument in found:
            cls.del_member(argument.name)
        cls.set_member("__init__", init)


_NAMED = griffe.ParameterKind.keyword_only


def _arguments(cls: griffe.Class) -> Iterator[griffe.DocstringParameter]:
    """Yield the arguments of a type: its annotations with a description, and their defaults."""
    for name, member in cls.members.items():
        if not (member.is_attribute and isinstance(member.annotation, griffe.ExprSubscript)):
            continue
        if member.annotation.canonical_name == "Annotated" and isinstance(member.annotation.slice, griffe.ExprTuple):
            kind, *rest = member.annotation.slice.elements
            description = next((ast.literal_eval(text) for text in reversed(rest) if str(text)[:1] in "'\""), "")
            value = _default(member.value)
            yield griffe.DocstringParameter(name, annotation=kind, description=description, value=value)


def _default(value: griffe.Expr | str | None) -> griffe.Expr | str | None:
    """Return the default of a field: the value, or the one that a call of `field` names."""
    if isinstance(value, griffe.ExprCall):
        named = {a.name: a.value for a in value.arguments if isinstance(a, griffe.ExprKeyword)}
        return named.get("default", named.get("default_factory"))
    return value
