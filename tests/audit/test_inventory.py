"""The inventory looks a rating up once for each distinct case, and finds the same as one that looks up every case."""

from __future__ import annotations

from random import Random

from generator.audit.inventory import Ratings
from generator.audit.licenses import UNKNOWN, LicenseTable, term_of
from generator.licenses.catalog import parse
from generator.release.vocabulary import RELATIONS

LICENSES = ("gpl-3.0", "llama3.1", "cc-by-nc-4.0", "bigcode-openrail-m", "mit", "apache-2.0 AND llama2", "agpl-3.0")


def test_ratings_do_not_depend_on_what_was_looked_up_before() -> None:
    random = Random(11)
    table = LicenseTable()
    numbers = [UNKNOWN, *(table.number(parse(name)) for name in LICENSES)]
    terms = [term_of(number, relation) for number in numbers for relation in range(len(RELATIONS))]
    shared, answers = Ratings(table), set()
    for _ in range(400):
        inherited = table.set_number(frozenset(random.sample(terms, random.randint(0, 3))))
        license_ = random.choice(numbers)
        rating = shared.of(inherited, license_)
        assert rating == Ratings(table).of(inherited, license_)
        answers.add(rating[1])
    assert answers == {"yes", "unclear", "no"}
