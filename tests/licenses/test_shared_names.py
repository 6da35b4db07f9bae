"""Names that cards write for several licenses: what all of them say, and which one a folder means."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from generator import derive, load_release, rights
from generator.api import check, load_target
from generator.licenses.catalog import KNOWLEDGE, LicenseId, index, is_shared_name, licenses_of, parse_known
from generator.licenses.choose import Intent, choose
from generator.licenses.known_bases import find_base, license_for
from generator.licenses.terms import terms_of
from generator.licenses.texts import scancode_text
from generator.release.vocabulary import ACTS, RELATIONS

NAMES = yaml.safe_load((KNOWLEDGE / "shared_names.yaml").read_text(encoding="utf-8"))
IDS = [LicenseId(f"LicenseRef-{name}") for name in NAMES]
TWO = LicenseId("LicenseRef-nvidia-open-model-license")
ONE = LicenseId("LicenseRef-nvidia-open-model")


@pytest.mark.parametrize("key", IDS)
def test_an_answer_is_that_of_all_or_unclear(key: LicenseId) -> None:
    assert is_shared_name(key)
    found = terms_of(key)
    texts = [terms_of(one) for one in licenses_of(key)]
    whole = bool(texts) and all(text.read for text in texts) and not index()["known"][key]["unread"]
    assert found.read == whole
    for act in ACTS:
        answers = {text.acts[act].answer for text in texts}
        assert found.acts[act].answer == (answers.pop() if whole and len(answers) == 1 else "unclear"), act
    for relation in RELATIONS:
        values = {text.derivative.get(relation, "unclear") for text in texts}
        expected = values.pop() if whole and len(values) == 1 else "unclear"
        assert found.derivative.get(relation, "unclear") == expected, relation
    for text in texts:
        for rules, united in ((text.limits, found.limits), (text.obligations, found.obligations)):
            assert len(united) >= len({rule._replace(detail="", clause=None) for rule in rules})


@pytest.mark.parametrize("name", NAMES)
def test_every_license_of_a_name_is_in_the_catalog(name: str) -> None:
    known_ids = {key for key, entry in index()["known"].items() if not entry.get("shared")}
    assert set(NAMES[name]["licenses"]) <= known_ids
    assert len(NAMES[name]["licenses"]) + len(NAMES[name].get("unread") or []) > 1


@pytest.mark.parametrize("key", IDS)
def test_no_fact_makes_a_permission_out_of_a_shared_name(key: LicenseId) -> None:
    for given in ({"purpose": "noncommercial"}, {"monthly_active_users": "5"}, {"country": "US"}):
        for right in rights(key, given=given).layers[0].rights:
            if terms_of(key).acts[right.act].answer == "unclear":
                assert right.answer in ("unclear", "no"), (right.act, given)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_and_its_spellings_are_one_id(name: str) -> None:
    for spelling in (name, name.upper(), *NAMES[name].get("aliases", ())):
        assert str(parse_known(spelling)) == f"LicenseRef-{name}"


def test_a_name_is_never_offered_as_a_license() -> None:
    assert not any(is_shared_name(key) for key in choose(Intent()).fitting)
    found = derive(["CC-BY-NC-4.0"], "finetune", "MIT")
    assert not any(is_shared_name(entry.license) for entry in found.alternatives)


@pytest.mark.parametrize(("base", "proposed"), [(ONE, TWO), (TWO, ONE)])
def test_whether_a_name_means_a_license_that_shares_it_is_unclear(base: LicenseId, proposed: LicenseId) -> None:
    found = derive([base], "finetune", proposed)
    assert found.answer == "unclear"
    assert proposed in found.found.because


def card(folder: Path, name: str, *more: str) -> Path:
    """A model folder whose card states a name."""
    folder.mkdir(exist_ok=True)
    front = "\n".join(("license: other", f"license_name: {name}", *more))
    (folder / "README.md").write_text(f"---\n{front}\n---\n# Heron\n", encoding="utf-8")
    (folder / "model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    return folder


def stated(folder: Path) -> str | None:
    """The license that a folder is read to state."""
    return load_target(folder).layers.weights[0].license


def test_the_text_in_the_folder_tells_which_license_is_meant(tmp_path: Path) -> None:
    folder = card(tmp_path / "heron", "nvidia-open-model-license", "license_link: LICENSE")
    assert stated(folder) == TWO
    text = scancode_text("nvidia-open-model-2025-04-28") or ""
    (folder / "LICENSE").write_text(text, encoding="utf-8")
    assert stated(folder) == ONE
    assert not {"ART108", "ART110"} & {finding.rule for finding in check(load_target(folder)).findings}


def test_the_text_of_another_license_does_not(tmp_path: Path) -> None:
    folder = card(tmp_path / "heron", "nvidia-open-model-license", "license_link: LICENSE")
    (folder / "LICENSE").write_text(scancode_text("llama-2-license-2023") or "", encoding="utf-8")
    assert stated(folder) == TWO


@pytest.mark.parametrize(
    "ref",
    [
        "tiiuae/falcon-11B",
        "TIIUAE/Falcon-11B-vlm",
        "https://huggingface.co/tiiuae/falcon-11B/blob/main/LICENSE",
    ],
)
def test_a_base_or_a_link_tells_which_license_is_meant(ref: str, tmp_path: Path) -> None:
    name = LicenseId("LicenseRef-falcon-llm-license")
    assert license_for(name, (ref,)) == "LicenseRef-falcon-2"
    line = f"license_link: {ref}" if "://" in ref else f"base_model: {ref}"
    assert stated(card(tmp_path / "heron", "falcon-llm-license", line)) == "LicenseRef-falcon-2"


@pytest.mark.parametrize(
    "ref", ["heron-lab/falcon-11B", "tiiuae/Falcon-H1-7B", "https://example.org/tiiuae/falcon-11B"]
)
def test_other_bases_tell_nothing(ref: str) -> None:
    assert license_for(LicenseId("LicenseRef-falcon-llm-license"), (ref,)) is None


def test_a_repository_without_a_pattern_is_compared_whole() -> None:
    name = LicenseId("LicenseRef-modified-mit")
    assert license_for(name, ("MiniMaxAI/MiniMax-M2.1",)) == "LicenseRef-minimax-m2.1"
    assert license_for(name, ("https://github.com/MiniMax-AI/MiniMax-M2.5/blob/main/LICENSE",)) == (
        "LicenseRef-minimax-m2.5"
    )
    assert license_for(name, ("MiniMaxAI/MiniMax-M2.1-tuned",)) is None
    assert license_for(name, ("MiniMaxAI/MiniMax-M2.1", "moonshotai/Kimi-K2.5")) is None


def test_bases_of_different_licenses_tell_nothing() -> None:
    name = LicenseId("LicenseRef-nvidia-open-model-license")
    assert license_for(name, ()) is None


def test_a_known_base_means_its_own_license() -> None:
    row = find_base("tiiuae/falcon-11B")
    assert row is not None
    assert str(row.license) == "LicenseRef-falcon-2"


def test_check_asks_for_the_license_that_is_meant_and_a_build_says_so(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text(
        "charter: 1\nrelease: {name: Heron, copyright: 2026 Lab}\nlayers:\n  weights:\n    availability: released\n"
        "    license: nvidia-open-model-license\n    files: ['*.safetensors']\n",
        encoding="utf-8",
    )
    card(tmp_path, "nvidia-open-model-license")
    findings = check(load_release(tmp_path)).findings
    assert any(ONE in (finding.remedy) for finding in findings if finding.rule.startswith("LIC"))
    from generator import build

    bundle = build(load_release(tmp_path))
    assert b"this id does not say which license is meant" in bundle["LICENSE"]
    assert not any(path.startswith("LICENSES/") for path in bundle)


def test_a_pattern_without_a_star_is_a_whole_id() -> None:
    name = LicenseId("LicenseRef-modified-mit")
    assert license_for(name, ("MiniMaxAI/MiniMax-M2",)) == "LicenseRef-minimax-m2"
    assert license_for(name, ("MiniMaxAI/MiniMax-M2-other",)) is None
