"""Parse the words of a question: acts, a layer, a relation. A misspelled word is an error with the nearest word."""

from __future__ import annotations

from collections.abc import Iterable

from generator.errors import CharterError
from generator.release.nearest import nearest
from generator.release.vocabulary import ACTS, LAYERS, RELATIONS
from generator.translations import gettext as _


def require_acts(acts: Iterable[str] | None) -> tuple[str, ...]:
    """Return acts in the order of the vocabulary, all of them where none is named.

    Args:
        acts: Acts that are asked about.

    Raises:
        CharterError: One is not of the vocabulary.
    """
    wanted = [_of_vocabulary(act, "act", ACTS) for act in acts or ACTS]
    return tuple(act for act in ACTS if act in wanted)


def require_layer(layer: str | None) -> str | None:
    """Return a layer, or None where none is named.

    Args:
        layer: What was asked for.

    Raises:
        CharterError: It is none.
    """
    return None if layer is None else _of_vocabulary(layer, "layer", (*LAYERS, "documents"))


def require_relation(relation: str) -> str:
    """Return a relation.

    Args:
        relation: What was asked for.

    Raises:
        CharterError: It is none.
    """
    return _of_vocabulary(relation, "relation", RELATIONS)


def _of_vocabulary(word: str, kind: str, known: tuple[str, ...]) -> str:
    if word not in known:
        near = nearest(word, known)
        fix = (
            _("Did you mean `{name}`?").format(name=near[0])
            if near
            else _("Known: {names}.").format(names=", ".join(known))
        )
        texts = {
            "act": _("{word!r} is no act."),
            "layer": _("{word!r} is no layer."),
            "relation": _("{word!r} is no relation."),
        }
        raise CharterError(texts[kind].format(word=word), fix)
    return word
