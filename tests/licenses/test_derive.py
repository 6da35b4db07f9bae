"""Lineage, case by case, as a careful reader of the texts would answer (licenses/reading.md, traps)."""

from __future__ import annotations

import json
import re

import pytest

from generator import derive
from generator.errors import CharterError, UnknownLicenseError
from tests.command import charter

CASES = [
    # full weights of Llama 2 cannot be relicensed, a LoRA of its own can carry its own license
    ("llama2", "finetune", "apache-2.0", "no", "1.b.i"),
    ("llama2", "finetune", "mit", "no", "1.b.i"),
    ("llama2", "adapter", "apache-2.0", "conditional", "1.b.i"),
    ("llama2", "diff", "mit", "conditional", "1.b.i"),
    ("llama2", "finetune", "llama2", "conditional", "1.b.i"),
    ("llama2", "finetune", "LicenseRef-ours", "conditional", "1.b.i"),
    ("llama2", "finetune", "apache-2.0 AND llama2", "conditional", "1.b.i"),
    ("llama2", "finetune", "apache-2.0 OR llama2", "no", "1.b.i"),
    # training on outputs
    ("llama2", "outputs_of", "llama2", "no", "1.b.v"),
    ("llama3.1", "outputs_of", "apache-2.0", "conditional", "1.b.i"),
    ("mit", "distilled", "apache-2.0", "unclear", None),
    # permissive bases
    ("mit", "finetune", "apache-2.0", "yes", None),
    ("apache-2.0", "quantized", "apache-2.0", "yes", None),
    ("apache-2.0", "merge", "gpl-3.0", "yes", None),
    # copyleft
    ("gpl-3.0", "finetune", "mit", "no", None),
    ("gpl-3.0", "finetune", "gpl-3.0", "conditional", None),
    ("GPL-2.0-or-later", "finetune", "gpl-3.0", "conditional", None),
    ("gpl-2.0", "finetune", "gpl-3.0", "no", None),
    ("cc-by-sa-4.0", "finetune", "gpl-3.0", "conditional", None),
    ("cc-by-sa-4.0", "finetune", "cc-by-nc-sa-4.0", "no", None),
    ("cc-by-nc-sa-4.0", "finetune", "cc-by-sa-4.0", "no", None),
    # RAIL: the restrictions have to be in it, and one list may be narrower than another
    ("creativeml-openrail-m", "finetune", "mit", "no", None),
    ("bigcode-openrail-m", "finetune", "bigcode-openrail-m", "conditional", None),
    ("creativeml-openrail-m", "finetune", "bigcode-openrail-m", "no", None),
    ("clay-openrail-m", "finetune", "bigcode-openrail-m", "no", None),
    ("clay-openrail-m", "finetune", "bigscience-bloom-rail-1.0", "no", None),
    ("clay-openrail-m", "quantized", "clay-openrail-m", "conditional", None),
    ("bigcode-openrail-m", "finetune", "creativeml-openrail-m", "no", None),
    # merges: copyleft and use restrictions exclude each other, and Llama 2 may not improve others
    ("gpl-3.0,gemma", "merge", "gpl-3.0", "no", None),
    ("gpl-3.0,gemma", "merge", "gemma", "no", None),
    ("gpl-3.0,gemma", "merge", "gpl-3.0 AND gemma", "no", None),
    ("llama2,apache-2.0", "merge", "llama2", "no", None),
    ("llama2,llama2", "merge", "llama2", "conditional", None),
    ("apache-2.0,mit", "merge", "mit", "yes", None),
    # data: not settled between the two readings
    ("cc-by-nc-4.0", "trained_on", "apache-2.0", "unclear", None),
    ("cc-by-sa-4.0", "trained_on", "apache-2.0", "unclear", None),
    ("cc-by-sa-4.0", "trained_on", "cc-by-sa-4.0", "conditional", None),
    ("cdla-permissive-2.0", "trained_on", "mit", "yes", None),
    ("odbl", "trained_on", "mit", "unclear", None),
    # no derivatives
    ("cc-by-nd-4.0", "finetune", "cc-by-nd-4.0", "no", None),
    # what names no license, and what was not read
    ("other", "finetune", "mit", "unclear", None),
    ("0BSD", "finetune", "mit", "unclear", None),
    # a license that is named for one case only is open in that case only
    ("eupl-1.2", "finetune", "gpl-3.0", "no", "5, Compatibility clause"),
    ("eupl-1.2,gpl-3.0", "merge", "gpl-3.0", "conditional", "5, Compatibility clause"),
    ("eupl-1.2,mpl-2.0", "merge", "gpl-3.0", "no", None),
    ("eupl-1.1", "finetune", "eupl-1.2", "conditional", None),
    ("mpl-2.0", "finetune", "agpl-3.0", "no", "3.3"),
    ("mpl-2.0,GPL-2.0-or-later", "merge", "gpl-3.0", "conditional", "3.3"),
    ("epl-2.0", "finetune", "gpl-2.0", "no", "3.2(a)"),
    ("epl-2.0,gpl-2.0", "merge", "gpl-2.0", "unclear", "3.2(a)"),
    # what adds restrictions cannot go into a license that lets none be added
    ("apache-2.0", "finetune", "gpl-2.0", "no", "3"),
    ("apache-2.0,gpl-2.0", "merge", "gpl-2.0", "no", "6"),
    ("apache-2.0,GPL-2.0-or-later", "merge", "gpl-3.0", "conditional", None),
    ("afl-3.0", "finetune", "gpl-2.0", "no", "10"),
    ("ecl-2.0", "includes", "lgpl-2.1", "no", "3"),
    ("OpenMDW-1.0", "quantized", "GPL-2.0-or-later", "no", "paragraph 5"),
    # NonCommercial is nothing new for a license that is NonCommercial
    ("cc-by-nc-4.0,cc-by-nc-sa-4.0", "merge", "cc-by-nc-sa-4.0", "conditional", None),
    ("cc-by-nc-sa-3.0,cc-by-nc-sa-4.0", "merge", "cc-by-nc-sa-4.0", "conditional", None),
    ("cc-by-nc-4.0,cc-by-sa-4.0", "merge", "cc-by-sa-4.0", "no", None),
    # two readings, and values that are not free
    ("cc-by-sa-3.0", "quantized", "cc-by-sa-4.0", "unclear", None),
    ("cc-by-sa-3.0", "quantized", "cc-by-sa-3.0", "conditional", None),
    ("afl-3.0", "finetune", "mit", "conditional", "1(c)"),
    ("epl-1.0", "quantized", "mit", "no", None),
    ("LicenseRef-llama1", "adapter", "apache-2.0", "no", "2.a"),
    # a converted copy adds nothing that may have terms of its own, and none may be put on the software
    ("LicenseRef-llama1", "quantized", "llama1", "conditional", "2.d"),
    ("LicenseRef-llama1", "quantized", "llama1 AND gemma", "no", "2.d"),
    ("LicenseRef-llama1", "quantized", "LicenseRef-ours", "no", "2.d"),
    ("LicenseRef-llama1", "finetune", "llama1 AND gemma", "conditional", "2.a"),
    ("LicenseRef-opt-175b", "quantized", "LicenseRef-opt-175b AND gemma", "no", "2.d"),
    ("LicenseRef-deepfloyd-if-license", "quantized", "LicenseRef-opt-175b", "no", "2.d"),
    ("LicenseRef-ai2-model-license-tulu", "quantized", "apache-2.0", "no", "2, terms"),
    # data within data: kept apart it stays free, mixed it does not, and the question does not say which
    ("odbl", "includes", "mit", "unclear", "4.4.a"),
    ("odc-by", "includes", "mit", "unclear", "4.2.a"),
    ("odbl", "includes", "odbl", "conditional", "4.4.a"),
    ("odbl", "includes", "mit AND odbl", "conditional", "4.4.a"),
    # a waiver leaves nothing that could reach outputs
    ("cc0-1.0", "outputs_of", "mit", "yes", "2"),
    ("pddl", "distilled", "llama2", "yes", "3.1"),
    ("unlicense", "outputs_of", "gpl-3.0", "yes", "paragraph 2"),
    # a compatible license is cited with the clause that names it
    ("lgpl-2.1", "finetune", "gpl-3.0", "conditional", "3"),
    ("lgpl-3.0", "finetune", "gpl-3.0", "conditional", "2(b)"),
    ("lgpl-3.0", "finetune", "GPL-3.0-or-later", "no", None),
    ("LGPL-3.0-or-later", "finetune", "GPL-3.0-or-later", "conditional", "2(b)"),
    ("epl-1.0", "finetune", "epl-2.0", "conditional", "7"),
    # a text that describes the licenses it takes, and doesn't name them: open, unless one limits what it allows
    ("fair-ai-public-1.0", "finetune", "fair-ai-public-1.0", "conditional", "Notices, license"),
    ("fair-ai-public-1.0", "finetune", "agpl-3.0", "conditional", "Notices, license"),
    ("fair-ai-public-1.0", "finetune", "mit", "unclear", "Notices, license"),
    ("fair-ai-public-1.0", "adapter", "LicenseRef-ours", "unclear", "Notices, license"),
    ("fair-ai-public-1.0", "merge", "cc-by-nc-4.0", "no", "Notices, license"),
    ("fair-ai-public-1.0", "finetune", "creativeml-openrail-m", "no", "Notices, license"),
    ("fair-ai-public-1.0-sd", "finetune", "apache-2.0", "unclear", "Notices, license"),
    ("fair-ai-public-1.0-sd", "finetune", "bigcode-openrail-m", "no", "Notices, license"),
    ("fair-ai-public-1.0-sd", "finetune", "gemma", "no", "Notices, license"),
    # use restrictions that a copyleft license has itself are no further ones
    ("fair-ai-public-1.0-sd,openrail++", "merge", "fair-ai-public-1.0-sd", "conditional", "Notices, license"),
    ("fair-ai-public-1.0-sd,openrail++", "merge", "openrail++", "unclear", "Notices, license"),
    ("fair-ai-public-1.0-sd,bigcode-openrail-m", "merge", "fair-ai-public-1.0-sd", "no", "Notices, license"),
    ("fair-ai-public-1.0,openrail++", "merge", "fair-ai-public-1.0", "no", "Notices, license"),
    # adapters where a text keeps separable works out of its derivatives, and where it names adapters as such
    ("nvidia-source-code-segformer", "adapter", "mit", "unclear", "1, derivative works"),
    ("chai-1-community", "diff", "apache-2.0", "unclear", "1.4"),
    ("fish-audio-research", "adapter", "mit", "no", "IV.a"),
    # training code that was run
    ("agpl-3.0", "trained_with", "mit", "conditional", "2"),
    ("agpl-3.0,mit", "trained_with", "mit", "unclear", None),
    # a limit that another license holds in other words only is dropped
    ("LicenseRef-mistral-non-production", "finetune", "cc-by-nc-4.0", "no", "4.3"),
    ("LicenseRef-tencent-hunyuan-a13b", "finetune", "LicenseRef-tencent-hunyuan-large", "no", None),
    # a revenue limit in other words: per month, in euros, or for one kind of business
    ("LicenseRef-mistral-medium-3.5", "finetune", "LicenseRef-glm-5.3", "no", "2"),
    ("LicenseRef-mistral-medium-3.5", "merge", "LicenseRef-mistral-medium-3.5", "conditional", "2"),
    ("LicenseRef-nxai-community", "finetune", "LicenseRef-mistral-medium-3.5", "no", None),
    ("LicenseRef-qwen3.8-max", "finetune", "LicenseRef-kimi-k3", "no", None),
    # outputs are no derivatives, and the license of a model made from them isn't mentioned
    ("LicenseRef-mistral-non-production", "outputs_of", "apache-2.0", "unclear", None),
    ("LicenseRef-mistral-non-production", "distilled", "mit", "unclear", None),
    # a custom license that nobody has read
    ("LicenseRef-reed-research", "finetune", "apache-2.0", "unclear", None),
    # a choice
    ("mit OR gpl-3.0", "finetune", "apache-2.0", "yes", None),
]


@pytest.mark.parametrize(("bases", "relation", "proposed", "answer", "clause"), CASES)
def test_a_case(bases: str, relation: str, proposed: str, answer: str, clause: str | None) -> None:
    found = derive(bases, relation, proposed)
    assert found.answer == answer, found.found.because
    assert found.found.because
    if clause:
        assert clause in {ref.clause for ref in found.found.clauses}
    if answer == "no":
        assert found.found.clauses


@pytest.mark.parametrize(
    ("base", "given", "answer"),
    [
        ("llama2", "monthly_active_users=800_000_000", "no"),
        ("llama2", "monthly_active_users=700000000", "conditional"),
        ("llama3.1", "name=Storyteller", "no"),
        ("llama3.1", "name=Llama-Storyteller", "conditional"),
        ("llama3.1", "name=Storyteller-Llama", "no"),
        ("cc-by-nc-4.0", "purpose=commercial", "no"),
    ],
)
def test_given_facts_make_it_definite(base: str, given: str, answer: str) -> None:
    found = derive(base, "finetune", base, given=[given])
    assert found.answer == answer
    if answer == "no":
        value = given.partition("=")[2].replace("_", "")
        assert value in found.found.because


def test_terms_of_ones_own_are_never_the_same_nor_compatible() -> None:
    assert derive("gpl-3.0", "finetune", "LicenseRef-mine").answer == "no"
    assert derive("cc-by-sa-4.0", "finetune", "LicenseRef-mine").answer == "no"
    assert derive("gemma", "finetune", "LicenseRef-mine").answer == "conditional"
    assert derive("mit", "finetune", "LicenseRef-mine").answer == "yes"


def test_another_publisher_s_terms_are_no_alternative() -> None:
    found = {entry.license for entry in derive("cc-by-nc-4.0", "finetune", "mit").alternatives}
    assert "CC-BY-NC-SA-4.0" in found
    assert not {key for key in found if key.startswith("LicenseRef-")}
    rail = {entry.license for entry in derive("creativeml-openrail-m", "finetune", "mit").alternatives}
    assert {"LicenseRef-creativeml-openrail-m", "LicenseRef-openrail-plus-plus"} <= rail
    assert "LicenseRef-ltx-2" not in rail


def test_alternatives_are_what_would_do() -> None:
    found = derive("gemma", "finetune", "mit")
    assert found.answer == "no"
    assert "LicenseRef-gemma" in {entry.license for entry in found.alternatives}
    for entry in found.alternatives:
        assert derive("gemma", "finetune", entry.license).answer == entry.answer
        assert entry.answer in ("yes", "conditional")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("llama2", "finetuned", "mit"), CharterError),
        (("lama2x", "finetune", "mit"), UnknownLicenseError),
        (("", "finetune", "mit"), CharterError),
    ],
)
def test_what_cannot_be_asked_says_what_was_meant(arguments: tuple[str, str, str], error: type[CharterError]) -> None:
    with pytest.raises(error) as caught:
        derive(*arguments)
    assert caught.value.remedy


def test_the_command_answers_in_json_and_ends_with_1_for_no() -> None:
    command = ("derive", "--from", "llama2", "--relation", "finetune", "--as")
    done = charter(*command, "Apache-2.0", "--format", "json")
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert document["schema"] == "modelcharter.derive/1"
    assert (document["from"], document["as"]) == (["LicenseRef-llama2"], "Apache-2.0")
    assert document["answer"] == "no"
    assert document["framings"] == {"program": "no", "source": "no"}
    assert document["clauses"][0]["clause"] == "1.b.i"
    assert "copy of this Agreement" in document["clauses"][0]["quote"]
    assert {"license": "LicenseRef-llama2", "answer": "conditional"} in document["alternatives"]
    assert charter(*command, "llama2").returncode == 0


@pytest.mark.parametrize(
    ("bases", "relation", "proposed", "said", "unsaid"),
    [
        ("odbl", "includes", "cc0-1.0", "Collective Database.*Derivative Database", "model|adapter|weights"),
        ("odc-by", "includes", "cc-by-4.0", "Collective Database.*Derivative Database", "model|adapter|weights"),
        ("cc-by-sa-4.0", "includes", "mit", "includes a substantial portion", "tune|adapter"),
        ("cc-by-nc-4.0", "includes", "mit", "NonCommercial", "tune|adapter"),
        ("gpl-3.0", "includes", "mit", "aggregate", "adapter"),
        ("mpl-2.0", "includes", "mit", "Separate files", "quantized"),
        ("gpl-3.0", "outputs_of", "mit", "[Oo]utput", "adapter|notices"),
        ("agpl-3.0", "distilled", "mit", "[Oo]utput", "adapter|notices"),
        ("llama2", "outputs_of", "mit", "[Ii]mproving", "You own your modifications"),
        ("agpl-3.0", "trained_with", "mit", "Training code", "adapter"),
        ("LicenseRef-unread", "outputs_of", "mit", "Read the text", "release file does not say"),
    ],
)
def test_the_reason_is_about_what_was_asked(bases: str, relation: str, proposed: str, said: str, unsaid: str) -> None:
    because = derive(bases, relation, proposed).found.because
    assert re.search(said, because), because
    assert not re.search(unsaid, because), because


ORDER = ("yes", "conditional", "unclear", "no")


def test_what_a_model_only_learned_from_opens_no_license() -> None:
    """A compatibility clause asks for another work in the same work; data and outputs are not in the weights."""
    bases = ["EUPL-1.2", "AGPL-3.0-only"]
    assert derive(bases, "merge", "AGPL-3.0-only").answer == "conditional"
    for relation in ("trained_on", "distilled", "outputs_of"):
        alone = derive("EUPL-1.2", relation, "AGPL-3.0-only")
        both = derive(bases, relation, "AGPL-3.0-only")
        assert ORDER.index(both.answer) >= ORDER.index(alone.answer)


def test_a_name_is_not_taken_for_that_of_another_publisher() -> None:
    with pytest.raises(UnknownLicenseError) as error:
        derive("katanemo-research", "finetune", "MIT")
    assert error.value.suggestions == ()
    with pytest.raises(UnknownLicenseError) as error:
        derive("apche-2.0", "finetune", "MIT")
    assert error.value.suggestions[0] == "Apache-2.0"


@pytest.mark.parametrize("name", ["other", "unknown", "gpl", "cc", "bsd", "openrail"])
@pytest.mark.parametrize("base", ["mit", "llama3.1", "gpl-3.0", "cc-by-sa-4.0", "gemma"])
def test_a_name_of_no_license_settles_nothing(base: str, name: str) -> None:
    assert derive(base, "finetune", name).answer == "unclear"


def test_a_result_has_its_reason_and_clauses_for_scripts() -> None:
    found = derive("google/gemma-2-9b", "adapter", "MIT")
    document = found.to_dict()
    assert found.because == document["because"]
    assert [ref.clause for ref in found.clauses] == [entry["clause"] for entry in document["clauses"]] != []
