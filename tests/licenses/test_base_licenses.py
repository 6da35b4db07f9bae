"""A base in a question: its license from its card in the cache or from the table, with its date."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator import derive
from generator.api import build, load_release
from generator.errors import UnknownLicenseError
from generator.licenses.base_licenses import base_licenses
from tests.cli.test_commands import charter
from tests.licenses.test_known_bases import cached


@pytest.fixture(autouse=True)
def hub_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache of the Hub."""
    cache = tmp_path / "cache"
    cache.mkdir()
    monkeypatch.setenv("HF_HUB_CACHE", str(cache))
    return cache


@pytest.mark.parametrize(
    ("name", "relation", "license_"),
    [
        ("google/gemma-2-9b", "adapter", "LicenseRef-gemma"),
        ("https://huggingface.co/google/gemma-2-9b", "adapter", "LicenseRef-gemma"),
        ("gpt2", "finetune", "MIT"),
        ("openai-community/gpt2", "finetune", "MIT"),
        ("allenai/sciq", "trained_on", "CC-BY-NC-3.0"),
        ("Qwen/Qwen2.5-3B", "finetune", "LicenseRef-qwen-research-2024-09-19"),
    ],
)
def test_a_known_base_stands_for_its_license(name: str, relation: str, license_: str) -> None:
    found = base_licenses(name, relation)
    assert str(found[0].license) == license_
    assert "known as of 20" in found[0].words


def test_a_license_stands_for_itself() -> None:
    (found,) = base_licenses("mit", "finetune")
    assert (found.ref, str(found.license), found.as_of) == ("", "MIT", "")


def test_what_a_known_base_was_made_from_binds_too() -> None:
    found = {base.ref: str(base.license) for base in base_licenses("Aashraf995/Qwen-Evo-7B", "finetune")}
    assert found["fblgit/cybertron-v4-qw7B-UNAMGS"] == "LicenseRef-qwen"
    assert derive("Aashraf995/Qwen-Evo-7B", "finetune", "MIT").answer in ("no", "unclear")


def test_the_card_of_a_base_goes_before_the_table(hub_cache: Path) -> None:
    cached(hub_cache, "google/gemma-2-9b", "---\nlicense: mit\n---\n# Gemma\n")
    found = base_licenses("google/gemma-2-9b", "finetune")
    assert (str(found[0].license), found[0].as_of) == ("MIT", "")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("heron-lab/heron-1b", "table of known bases"),
        ("huggyllama/llama-7b", "says 'other', as of 20"),
        ("apche-2.0", "Did you mean Apache-2.0"),
    ],
)
def test_an_unknown_base_is_an_error_that_says_why(name: str, said: str) -> None:
    with pytest.raises(UnknownLicenseError) as failed:
        derive(name, "finetune", "MIT")
    assert said in failed.value.remedy


def test_derive_reports_the_date() -> None:
    done = charter("derive", "--from", "google/gemma-2-9b", "--relation", "adapter", "--as", "mit")
    assert done.returncode == 1
    assert "google/gemma-2-9b is under LicenseRef-gemma, known as of 20" in " ".join(done.stdout.split())
    asked = charter("derive", "--from", "google/gemma-2-9b", "--relation", "adapter", "--as", "mit", "--format", "json")
    document = json.loads(asked.stdout)
    assert document["from"] == ["LicenseRef-gemma"]
    assert document["bases"][0]["ref"] == "google/gemma-2-9b"
    assert "known as of 20" in document["because"]


def test_choosing_a_license_takes_a_known_base() -> None:
    done = charter("licenses", "--from", "google/gemma-2-9b", "--relation", "adapter", "--format", "json")
    document = json.loads(done.stdout)
    assert "MIT" not in [entry["license"] for entry in document["fitting"]]
    assert document["bases"][0]["as_of"].startswith("20")


def test_exports_date_the_license_of_a_known_base(tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    (tmp_path / "release.yaml").write_text(
        "charter: 1\nrelease: {name: Heron, copyright: 2026 Lab, date: 2026-01-01}\nlayers:\n  weights:\n"
        "    availability: released\n    license: MIT\n    files: [model.safetensors]\n"
        "    derived_from: [{ref: gpt2, relation: finetune}]\noutputs: [card, licenses, spdx, cyclonedx]\n",
        encoding="utf-8",
    )
    bundle = build(load_release(tmp_path))
    assert "known as of 20" in bundle["release.spdx3.json"].decode()
    assert "license.known_as_of" in bundle["release.cdx.json"].decode()
