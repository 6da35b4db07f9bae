"""Terms exclude each other in pairs: an audit asks about each pair once, whatever set it is in."""

from __future__ import annotations

from random import Random

from generator.licenses.catalog import parse
from generator.licenses.derive import clashes
from generator.licenses.license_set import CATALOG

LICENSES = ("gpl-3.0", "gemma", "llama3", "llama3.1", "cc-by-nc-4.0", "cc-by-sa-4.0", "mit", "apache-2.0", "agpl-3.0")


def test_a_set_of_terms_clashes_where_a_pair_of_it_does() -> None:
    random = Random(7)
    terms = [(parse(name), relation) for name in LICENSES for relation in ("merge", "finetune", "adapter")]
    for _ in range(200):
        held = random.sample(terms, random.randint(2, 6))
        pairs = [(one, two) for place, one in enumerate(held) for two in held[place + 1 :]]
        in_pairs = {found.answer for pair in pairs for found in clashes(pair, CATALOG.terms)}
        assert {found.answer for found in clashes(held, CATALOG.terms)} == in_pairs
