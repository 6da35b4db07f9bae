"""The answers as documents: what is in them and in which order, and what a custom license makes of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import derive, rights
from generator.errors import CharterError, UnknownLicenseError
from generator.licenses.answers import is_license
from generator.licenses.catalog import LicenseId, get_known_ids, is_family, is_shared_name, parse
from generator.licenses.choose import Intent, choose, filter_licenses
from generator.licenses.derive import derive_from
from generator.licenses.rights import rank
from generator.licenses.terms import terms_of


def test_rights_of_a_license_as_a_document() -> None:
    document = rights("license:llama2", acts=["use", "commercial_use"], given=["country=DE"]).to_dict()
    assert (document["schema"], document["target"]) == ("modelcharter.rights/1", "llama2")
    assert document["given"] == {"country": "DE"}
    (layer,) = document["layers"]
    assert (layer["layer"], layer["item"], layer["license"], layer["hub_id"]) == (
        "weights",
        None,
        "LicenseRef-llama2",
        "llama2",
    )
    assert [right["act"] for right in layer["rights"]] == ["use", "commercial_use"]
    (use, _) = layer["rights"]
    assert set(use) == {"act", "answer", "framings", "because", "clauses", "via", "contested"}
    assert use["framings"] == {"program": use["answer"], "source": use["answer"]}
    assert use["clauses"][0]["license"] == "LicenseRef-llama2"
    assert all({"use", "commercial_use"} & {*license_rule["acts"]} for license_rule in layer["obligations"])
    cap = next(limit for limit in layer["limits"] if limit["id"] == "user_cap")
    assert cap["threshold"] == {"fact": "monthly_active_users", "over": 700_000_000}
    assert (cap["framing"], cap["via"]) == ("both", [])
    assert cap["clauses"] == [{"license": "LicenseRef-llama2", "clause": "2"}]
    policy = next(limit for limit in layer["limits"] if limit["id"] != "user_cap")
    assert policy["threshold"] is None


def test_a_license_for_data_alone_is_read_for_data() -> None:
    assert [entry.layer for entry in rights("license:odbl").layers] == ["data"]
    assert [entry.layer for entry in rights("license:cc0-1.0").layers] == ["weights"]
    assert [entry.layer for entry in rights("license:odbl AND mit").layers] == ["weights"]
    assert [entry.layer for entry in rights("license:odbl", layer="weights").layers] == ["weights"]
    assert rights("license:MIT OR ISC").to_dict()["layers"][0]["hub_id"] is None


def test_obligations_of_one_kind_are_one_entry_with_all_acts_and_clauses() -> None:
    (layer,) = rights("license:odbl").to_dict()["layers"]
    kinds = [entry["id"] for entry in layer["obligations"]]
    assert len(kinds) == len(set(kinds))
    (other,) = [entry for entry in layer["obligations"] if entry["id"] == "other"]
    assert [clause["clause"] for clause in other["clauses"]] == ["4.7.a", "4.8", "4.4.d"]
    assert other["acts"][0] == "redistribute" and len(other["acts"]) == len(set(other["acts"]))
    assert other["detail"].count("No further restrictions") == 1


def test_a_derivation_as_a_document() -> None:
    found = derive(["gpl-3.0", "mit,apache-2.0"], "merge", "mit")
    document = found.to_dict()
    assert (document["schema"], document["relation"], document["as"]) == ("modelcharter.derive/1", "merge", "MIT")
    assert document["from"] == ["GPL-3.0-only", "MIT", "Apache-2.0"]
    assert (document["answer"], document["framings"]) == ("no", {"program": "no", "source": "no"})
    assert [entry["license"] for entry in document["alternatives"]] == sorted(
        entry["license"] for entry in document["alternatives"]
    )
    assert {"license": "GPL-3.0-only", "answer": "conditional"} in document["alternatives"]
    assert all("publish_merge" in license_rule["acts"] for license_rule in document["obligations"])
    assert {license_rule["clauses"][0]["license"] for license_rule in document["obligations"]} >= {
        "GPL-3.0-only",
        "Apache-2.0",
    }


def test_limits_of_every_base_are_named() -> None:
    found = derive(["gemma", "cc-by-nc-4.0"], "finetune", "gemma")
    assert {(license_rule.license, license_rule.rule.id) for license_rule in found.limits} >= {
        ("CC-BY-NC-4.0", "noncommercial")
    }
    assert {license_rule.framing for license_rule in found.limits} == {"both"}
    data = derive("cc-by-nc-4.0", "trained_on", "mit")
    assert {license_rule.framing for license_rule in (*data.limits, *data.obligations)} == {"program"}


@pytest.mark.parametrize(
    ("base", "relation", "proposed"),
    [("mit", "finetune", "isc"), ("gpl-3.0", "finetune", "gpl-3.0"), ("agpl-3.0", "trained_with", "mit")],
)
def test_there_is_no_alternative_to_what_is_allowed(base: str, relation: str, proposed: str) -> None:
    found = derive(base, relation, proposed)
    assert found.answer in ("yes", "conditional")
    assert all(rank(entry.answer) < rank(found.answer) for entry in found.alternatives)


def test_alternatives_are_all_licenses_that_are_allowed_and_freer() -> None:
    found = derive("eupl-1.2", "finetune", "mit")
    wanted = {
        key: answer
        for key in get_known_ids()
        if not is_family(key)
        and rank(answer := derive_from((parse("eupl-1.2"),), "finetune", parse(key), terms_of).answer) < rank("unclear")
    }
    assert {entry.license: entry.answer for entry in found.alternatives} == wanted
    assert "EUPL-1.2" in wanted


@pytest.mark.parametrize(
    ("text", "is_one"), [("mit", True), ("MIT OR gpl-3.0", True), ("no-such", False), ("org/name", False), ("", False)]
)
def test_what_names_a_license(text: str, is_one: bool) -> None:
    assert is_license(text) is is_one


def test_a_custom_license_is_unclear_for_every_relation_and_named_alike_in_any_case() -> None:
    for relation in ("finetune", "includes", "outputs_of", "trained_with"):
        found = derive("LicenseRef-mine", relation, "mit")
        assert found.answer == "unclear"
        assert "Read the text" in found.found.because
        assert found.alternatives == ()
    assert derive("licenseref-Gemma", "finetune", "gemma").bases == (parse("gemma"),), (
        "an id that is known is no custom one"
    )


def test_no_base_or_no_relation_is_an_error_with_a_way_out() -> None:
    for bases in (",", [" , "]):
        with pytest.raises(CharterError) as caught:
            derive(bases, "finetune", "mit")
        assert caught.value.remedy
    with pytest.raises(CharterError, match="trained_whith"):
        derive("mit", "trained_whith", "mit")
    with pytest.raises(UnknownLicenseError):
        rights("license:no-such-license")


@pytest.mark.parametrize(
    ("intent", "key", "fits", "because"),
    [
        (Intent(sell=True), "CC-BY-NC-4.0", False, "may not sell it"),
        (Intent(sell=True), "MIT", True, ""),
        (Intent(sell=False), "MIT", False, "may sell it"),
        (Intent(sell=False), "CC-BY-NC-4.0", True, ""),
        (Intent(share_alike=True), "MIT", False, "alike"),
        (Intent(share_alike=True), "GPL-3.0-only", True, ""),
        (Intent(share_alike=False), "GPL-3.0-only", False, "alike"),
        (Intent(share_alike=False), "MIT", True, ""),
        (Intent(use_restrictions=True), "MIT", False, "restricts no use"),
        (Intent(use_restrictions=True), "LicenseRef-gemma", True, ""),
        (Intent(use_restrictions=False), "LicenseRef-gemma", False, "restricts use"),
        (Intent(use_restrictions=False), "MIT", True, ""),
        (Intent(patents=True), "MIT", False, "grants no patents"),
        (Intent(patents=True), "Apache-2.0", True, ""),
        (Intent(patents=False), "MIT", True, ""),
        (Intent(layer="data"), "Apache-2.0", False, "written for software"),
        (Intent(layer="data"), "CC0-1.0", True, ""),
        (Intent(layer="curation"), "ODbL-1.0", True, ""),
        (Intent(layer="weights"), "Apache-2.0", True, ""),
        (Intent(layer="architecture"), "CC0-1.0", False, "written for data, documentation"),
        (Intent(bases=(parse("gpl-3.0"),)), "MIT", False, "requires the same license"),
        (Intent(bases=(parse("gpl-3.0"),)), "GPL-3.0-only", True, ""),
        (Intent(bases=(parse("gpl-3.0"),), relation="outputs_of"), "MIT", True, ""),
    ],
)
def test_a_license_fits_an_intent_or_the_fact_that_rules_it_out_is_named(
    intent: Intent, key: str, fits: bool, because: str
) -> None:
    found = choose(intent)
    assert (key in found.fitting) is fits
    if not fits:
        (ruled,) = [entry for entry in found.ruled_out if entry.license == key]
        assert because in ruled.because
        document = next(entry for entry in found.to_dict()["ruled_out"] if entry["license"] == key)
        assert document["clauses"] == [{"license": ref.license, "clause": ref.clause} for ref in ruled.clauses]


def test_what_fits_is_listed_best_first() -> None:
    found = choose(Intent(layer="weights", bases=(parse("apache-2.0"),), sell=True)).to_dict()
    listed = [entry["license"] for entry in found["fitting"]]
    assert found["schema"] == "modelcharter.choice/1"
    assert listed.index("Apache-2.0") < listed.index("LicenseRef-gemma"), "fewer limits go first"
    assert listed.index("OpenMDW-1.0") < listed.index("WTFPL"), "licenses for weights go first"
    entry = next(entry for entry in found["fitting"] if entry["license"] == "MIT")
    assert entry == {"license": "MIT", "hub_id": "mit", "name": "MIT License"}


def test_licenses_are_filtered_by_what_they_are_for_and_by_words() -> None:
    assert "CC0-1.0" in list(filter_licenses("data", None))
    assert "MIT" not in list(filter_licenses("data", None))
    assert list(filter_licenses("data", "ZERO")) == ["CC0-1.0"]
    assert "GPL-3.0-only" in list(filter_licenses(None, "gpl-3.0"))
    assert "MIT" not in list(filter_licenses(None, "gpl-3.0"))


def test_the_fact_that_rules_a_license_out_has_its_words_and_its_clause() -> None:
    def ruled(intent: Intent, key: str) -> tuple[str, list[str]]:
        (entry,) = [entry for entry in choose(intent).ruled_out if entry.license == key]
        assert {ref.license for ref in entry.clauses} <= {key}
        return entry.because, [ref.clause for ref in entry.clauses]

    mit, gpl, gemma, nc = map(terms_of, map(LicenseId, ("MIT", "GPL-3.0-only", "LicenseRef-gemma", "CC-BY-NC-4.0")))
    barred = next(limit for limit in nc.limits if limit.id == "noncommercial")
    share = next(license_rule for license_rule in gpl.obligations if license_rule.id == "share_alike")
    uses = next(limit for limit in gemma.limits if limit.id == "field_of_use")
    assert ruled(Intent(sell=True), "CC-BY-NC-4.0") == (f"Others may not sell it: {barred.detail}", [barred.clause])
    assert ruled(Intent(sell=False), "MIT") == ("Others may sell it.", [mit.acts["commercial_use"].clause])
    because, clauses = ruled(Intent(share_alike=False), "GPL-3.0-only")
    assert (because.endswith(share.detail), clauses) == (True, [share.clause])
    because, clauses = ruled(Intent(use_restrictions=False), "LicenseRef-gemma")
    assert (because.endswith(uses.detail), clauses) == (True, [uses.clause])
    because, clauses = ruled(Intent(patents=True), "MIT")
    assert (because.endswith(mit.acts["patent_use"].because), clauses) == (True, [mit.acts["patent_use"].clause])
    assert ruled(Intent(layer="data"), "MIT") == ("It was written for software, documentation, not for data.", [])
    assert ruled(Intent(share_alike=True), "MIT")[1] == []


def test_what_names_no_single_license_is_neither_chosen_nor_an_alternative() -> None:
    found = choose(Intent())
    listed = {*found.fitting, *(entry.license for entry in found.ruled_out)}
    alternatives = {entry.license for entry in derive("gpl-3.0,gemma", "finetune", "mit").alternatives}
    alternatives |= {entry.license for entry in derive("modified-mit", "finetune", "mit").alternatives}
    for key in get_known_ids():
        if is_family(key) or is_shared_name(key):
            assert key not in listed
            assert key not in alternatives
    assert "MIT" in listed


def test_a_patent_grant_on_conditions_is_a_grant() -> None:
    some = [key for key in get_known_ids() if terms_of(key).acts["patent_use"].answer == "conditional"]
    assert some
    assert not {entry.license for entry in choose(Intent(patents=True)).ruled_out} & {*some}


def test_training_code_as_a_document() -> None:
    document = derive("cc-by-nc-4.0,agpl-3.0", "trained_with", "mit", given=["purpose=commercial"]).to_dict()
    assert document["from"] == ["CC-BY-NC-4.0", "AGPL-3.0-only"]
    assert (document["relation"], document["as"], document["alternatives"]) == ("trained_with", "MIT", [])
    assert document["answer"] == document["framings"]["program"] == document["framings"]["source"]
    assert "noncommercial" in {limit["id"] for limit in document["limits"]}
    assert all("use_outputs" in license_rule["acts"] for license_rule in document["obligations"])


def test_no_base_is_named_with_what_to_write() -> None:
    with pytest.raises(CharterError) as caught:
        derive(",", "finetune", "mit")
    assert (str(caught.value), caught.value.remedy) == ("No license to derive from is named.", "Write --from LICENSE.")


def test_items_of_a_release_are_named(tmp_path: Path) -> None:
    weights = "weights: {name: Base, availability: released, license: gemma}"
    data = "data: {availability: withheld, license: MIT}"
    text = f"charter: 1\nrelease: {{name: x}}\nlayers: {{{data}, {weights}}}\n"
    (tmp_path / "release.yaml").write_text(text, encoding="utf-8")
    document = rights(tmp_path, given={"country": "DE"}).to_dict()
    assert document["given"] == {"country": "DE"}
    assert [(layer["layer"], layer["item"]) for layer in document["layers"]] == [("weights", "Base")]
    assert rights(tmp_path, layer="data").to_dict()["layers"] == []
    assert rights(tmp_path).target == document["target"]


def test_a_derivation_as_a_document_has_every_part() -> None:
    document = derive(["google/gemma-2-2b", "apache-2.0"], "finetune", "mit").to_dict()
    assert list(document) == [
        "schema", "from", "bases", "relation", "as", "answer", "framings", "because", "clauses", "obligations",
        "limits", "alternatives",
    ]  # fmt: skip
    (base,) = document["bases"]
    assert (base["ref"], base["license"]) == ("google/gemma-2-2b", "LicenseRef-gemma")
    assert base["as_of"].startswith("20")
    assert document["because"].endswith(f". google/gemma-2-2b is under LicenseRef-gemma, known as of {base['as_of']}.")
    assert "  " not in document["because"]
    assert {clause["license"] for clause in document["clauses"]} == {"LicenseRef-gemma"}
    plain = derive("apache-2.0", "finetune", "mit").to_dict()
    assert plain["bases"] == []
    assert "known as of" not in plain["because"]
    assert derive("apache-2.0", "finetune", "mit").to_dict() == derive(["apache-2.0"], "finetune", "mit").to_dict()


def test_training_code_is_answered_with_the_facts_that_are_given() -> None:
    plain = derive("llama1", "trained_with", "mit").to_dict()
    selling = derive("llama1", "trained_with", "mit", given=["purpose=commercial"]).to_dict()
    assert (plain["answer"], selling["answer"]) == ("conditional", "no")
    assert plain["bases"] == selling["bases"] == []


def test_what_is_owed_follows_the_facts_that_are_given() -> None:
    free = derive("llama3.1", "finetune", "llama3.1", given=["monthly_active_users=10"]).to_dict()
    large = derive("llama3.1", "finetune", "llama3.1", given=["monthly_active_users=900000000"]).to_dict()
    assert "user_cap" not in {limit["id"] for limit in free["limits"]}
    assert "user_cap" in {limit["id"] for limit in large["limits"]}
    (layer,) = rights("license:llama3.1", given=["monthly_active_users=10"]).to_dict()["layers"]
    assert "user_cap" not in {limit["id"] for limit in layer["limits"]}


@pytest.mark.parametrize(
    ("text", "license_", "hub"),
    [
        ("license:MIT", "MIT", "mit"),
        ("license:MIT AND Apache-2.0", "MIT AND Apache-2.0", None),
        ("license:GPL-2.0-only WITH Classpath-exception-2.0", "GPL-2.0-only WITH Classpath-exception-2.0", None),
    ],
)
def test_one_license_without_exception_has_the_id_of_the_hub(text: str, license_: str, hub: str | None) -> None:
    (layer,) = rights(text).to_dict()["layers"]
    assert (layer["license"], layer["hub_id"]) == (license_, hub)
    assert {"may", "must", "may_not"} <= set(layer["summary"])


def test_a_layer_without_a_license_has_none(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text(
        "charter: 1\nrelease: {name: Heron}\nlayers: {weights: {availability: released, files: ['*.bin']}}\n",
        encoding="utf-8",
    )
    answers = rights(tmp_path)
    (layer,) = answers.to_dict()["layers"]
    assert (layer["license"], layer["hub_id"]) == (None, None)
    assert answers.to_dict()["target"] == str(tmp_path)


def test_alternatives_are_no_families_no_shared_names_and_not_what_was_asked() -> None:
    found = derive("gpl-3.0", "finetune", "mit").to_dict()["alternatives"]
    keys = [entry["license"] for entry in found]
    assert keys == sorted(keys)
    assert "MIT" not in keys
    assert "GPL-3.0-only" in keys
    assert keys
    assert not [key for key in keys if is_family(LicenseId(key)) or is_shared_name(LicenseId(key))]
    assert derive("mit", "finetune", "apache-2.0").to_dict()["alternatives"] == []
    selling = derive("cc-by-nc-4.0", "finetune", "mit", given=["purpose=commercial"]).to_dict()
    assert selling["alternatives"] == []
