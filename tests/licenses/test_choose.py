"""Choosing by intent: what fits does fit, and what does not is ruled out by a fact."""

from __future__ import annotations

from generator.licenses.catalog import parse
from generator.licenses.choose import Intent, choose
from generator.licenses.derive import derive_from
from generator.licenses.terms import terms_of


def test_free_for_sale_with_patents_and_no_strings() -> None:
    found = choose(Intent(sell=True, share_alike=False, use_restrictions=False, patents=True, layer="weights"))
    named = ["LicenseRef-openmdw-1.1", "OpenMDW-1.0"]
    assert sorted(found.fitting[:2]) == named, "they name weights, so they come before what is taken by analogy"
    assert "Apache-2.0" in found.fitting
    reasons = {entry.license: entry.because for entry in found.ruled_out}
    assert "alike" in reasons["GPL-3.0-only"]
    assert "not sell" in reasons["CC-BY-NC-4.0"]
    assert reasons["MIT"].startswith("It grants no patents")


def test_upstreams_rule_out_what_they_forbid() -> None:
    bases = (parse("gemma"),)
    found = choose(Intent(layer="weights", bases=bases))
    assert found.fitting[0] == "LicenseRef-gemma"
    for key in found.fitting:
        assert derive_from(bases, "finetune", parse(key), terms_of).answer in ("yes", "conditional")
    assert "MIT" in {entry.license for entry in found.ruled_out}


def test_not_for_sale() -> None:
    found = choose(Intent(sell=False, layer="data"))
    assert "CC-BY-NC-4.0" in found.fitting
    assert "CC-BY-4.0" not in found.fitting


def test_every_license_that_was_read_is_in_one_of_the_two() -> None:
    found = choose(Intent(share_alike=True))
    assert not set(found.fitting) & {entry.license for entry in found.ruled_out}
    for entry in found.ruled_out:
        assert entry.because


def test_current_and_widely_used_licenses_come_first() -> None:
    code = choose(Intent(layer="architecture")).fitting
    assert code[:2] == ("Apache-2.0", "MIT")
    data = choose(Intent(layer="data")).fitting
    assert data.index("CC-BY-4.0") < data.index("CC-BY-3.0")
    assert data.index("CC-BY-4.0") < data.index("CC-BY-2.0")


def test_the_order_is_by_lineage_age_limits_use_and_conditions() -> None:
    weights = choose(Intent(layer="weights")).fitting
    assert weights[:5] == ("LicenseRef-openmdw-1.1", "OpenMDW-1.0", "Apache-2.0", "MIT", "BSD-3-Clause")
    data = choose(Intent(layer="data")).fitting
    assert data[:3] == ("CC-BY-4.0", "CC-BY-SA-4.0", "CC0-1.0"), "data needs no approval of the OSI"
    code = choose(Intent(layer="architecture")).fitting
    assert code[-2:] == ("EPL-1.0", "EUPL-1.1"), "what a later version replaces comes last"
    assert code.index("ISC") < code.index("LicenseRef-apple-ascl"), "without a name on the Hub it comes later"
    bases = (parse("cc-by-sa-3.0"),)
    derived = choose(Intent(layer="data", bases=bases, relation="includes")).fitting
    answers = [derive_from(bases, "includes", parse(key), terms_of).answer for key in derived]
    assert answers == sorted(answers, key=["yes", "conditional"].index)


def test_what_may_not_be_sold_is_ruled_out_with_its_own_clause() -> None:
    ruled_out = {entry.license: entry for entry in choose(Intent(sell=True)).ruled_out}
    research = ruled_out["LicenseRef-apple-amlr"]
    assert research.because.startswith("Others may not sell it: No commercial exploitation")
    assert [ref.clause for ref in research.clauses] == ["1"]
    turbo = ruled_out["LicenseRef-stability-nc-research-sdxl-turbo"]
    assert [ref.clause for ref in turbo.clauses] == ["1.a, grant"]
    document = choose(Intent(sell=True)).to_dict()
    assert all(set(entry) == {"license", "because", "clauses"} for entry in document["ruled_out"])
    assert not {"LicenseRef-microsoft-research", "LicenseRef-apple-amlr"} & {
        entry["license"] for entry in document["fitting"]
    }
    unsold = choose(Intent(sell=False)).fitting
    assert "LicenseRef-microsoft-research" in unsold
