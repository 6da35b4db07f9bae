"""Made terms for tests of the engine: ids of the catalog, with facts that a test states."""

from __future__ import annotations

from typing import Any

from generator.licenses.catalog import LicenseId, parse
from generator.licenses.derive import Verdict, judge
from generator.licenses.facts import NOTHING, Given
from generator.licenses.terms import Answer, Terms, own_terms
from generator.release.vocabulary import ACTS, RELATIONS


class Facts(dict[str, Terms]):
    """Terms by id, as the engine looks them up."""

    def __call__(self, key: LicenseId) -> Terms:
        """Return the terms of an id; unless stated, everything is allowed."""
        return self[key] if key in self else made(key)


def made(key: str, lineage: str | dict[str, str] = "any", **changes: Any) -> Terms:  # noqa: ANN401 - fields of Terms
    """Return terms whose acts are all `yes` by clause 1, with a reason of their own.

    Args:
        key: Its id.
        lineage: The value for every relation, or for some.
        changes: Other fields.
    """
    because = Answer("", f"Because of {key}.", "2")
    table = dict.fromkeys(RELATIONS, lineage) if isinstance(lineage, str) else lineage
    acts = {act: Answer("yes", f"{act} under {key}.", f"1 {act}") for act in ACTS} | changes.pop("acts", {})
    terms = own_terms(LicenseId(key), f"The {key} terms", None, ())
    return terms._replace(acts=acts, derivative=table, derivative_because=because, **changes)


def verdict(
    facts: Facts, base: str, proposed: str, relation: str = "finetune", given: Given = NOTHING, joined: str = ""
) -> Verdict:
    """Return what one base says, as `derive` and `check` ask it.

    Args:
        facts: The terms.
        base: The license of the base.
        proposed: The license that is proposed.
        relation: How it was made.
        given: Stated facts.
        joined: Ids of licenses in the same work, with commas.
    """
    others = frozenset(LicenseId(key) for key in joined.split(",") if key)
    return judge(parse(base), relation, parse(proposed), facts, given, others)
