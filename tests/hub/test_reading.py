"""Upstreams are read from the Hub: with the real client, over HTTP, in a process with a home of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.hub.run import charter
from tests.hub.server import hub

REPOS = {
    "lab/tune": {
        "README.md": b"---\nlicense: apache-2.0\nbase_model: lab/base\n---\n# Tune\n",
        "model.safetensors": b"never fetched",
    },
    "lab/base": {"README.md": b"---\nlicense: llama2\n---\n# Base\n"},
    "datasets/lab/corpus": {"README.md": b"---\nlicense: cc-by-nc-4.0\n---\n# Corpus\n"},
    "lab/bare": {"model.safetensors": b"x"},
}


def test_the_rights_of_a_repo_are_read_from_its_card_alone(tmp_path: Path) -> None:
    with hub(REPOS) as server:
        done = charter(tmp_path, server, "rights", "lab/base", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["layers"][0]["license"] == "LicenseRef-llama2"
    assert not [line for line in server.asked if "safetensors" in line]


def test_what_was_read_once_answers_without_a_network(tmp_path: Path) -> None:
    with hub(REPOS) as server:
        for repo in ("lab/base", "lab/tune"):
            assert charter(tmp_path, server, "rights", f"hub:{repo}").returncode == 0
    for more in ({}, {"HF_HUB_OFFLINE": "1"}):
        done = charter(tmp_path, None, "rights", "hub:lab/tune", "--format", "json", **more)
        assert done.returncode == 0, done.stderr
        act = {right["act"]: right for right in json.loads(done.stdout)["layers"][0]["rights"]}["sublicense"]
        assert (act["answer"], act["via"]) == ("no", ["lab/base"])


@pytest.mark.parametrize(
    ("repo", "told"),
    [
        ("lab/nowhere", "no such repo"),
        ("gated/model", "Ask for access"),
        ("busy/model", "is not available (503)"),
        ("broken/model", "not the Hub's protocol"),
        ("lab/bare", "no card and no license file"),
    ],
)
def test_what_cannot_be_read_is_told_with_the_next_step(tmp_path: Path, repo: str, told: str) -> None:
    with hub(REPOS) as server:
        done = charter(tmp_path, server, "rights", f"hub:{repo}", HF_TOKEN="hf_secret")
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert "hf_secret" not in done.stdout + done.stderr


def test_a_data_set_is_a_data_set_also_where_a_model_has_its_id(tmp_path: Path) -> None:
    repos = REPOS | {"lab/twin": {"README.md": b"---\nlicense: mit\n---\n# Twin\n"}}
    repos["datasets/lab/twin"] = {"README.md": b"---\nlicense: cc-by-4.0\n---\n# Twin data\n"}
    with hub(repos) as server:
        for target, layer, license_ in (
            ("hub:lab/corpus", "data", "CC-BY-NC-4.0"),
            ("datasets/lab/corpus", "data", "CC-BY-NC-4.0"),
            ("hub:datasets/lab/twin", "data", "CC-BY-4.0"),
            ("hub:lab/twin", "weights", "MIT"),
            ("hub:models/lab/twin@main", "weights", "MIT"),
        ):
            done = charter(tmp_path, server, "rights", target, "--format", "json")
            assert done.returncode == 0, done.stderr
            assert [(one["layer"], one["license"]) for one in json.loads(done.stdout)["layers"]] == [(layer, license_)]
        open_ = charter(tmp_path, server, "openness", "hub:datasets/lab/twin")
        assert "weights: " not in open_.stdout.lower(), open_.stdout
        target = tmp_path / "target"
        target.mkdir()
        done = charter(tmp_path, server, "init", target, "--defaults", "--from", "hub:datasets/lab/twin")
        assert done.returncode == 0, done.stderr
        text = (target / "release.yaml").read_text(encoding="utf-8")
        assert "  data:" in text
        assert "weights" not in text
    offline = charter(tmp_path, None, "rights", "hub:datasets/lab/twin", "--format", "json", HF_HUB_OFFLINE="1")
    assert json.loads(offline.stdout)["layers"][0]["layer"] == "data"


MARKED = b"""---
license: mit
---
# Borealis

By hand.

## Citation

@misc{borealis}

<!-- charter:begin, written by modelcharter from the release file; write your own text outside the markers -->
## Limitations

Bad at maths.

<!-- charter:end {
"card": "0",
"v": 1
} -->
"""


def test_the_markers_of_a_published_card_are_no_text_of_it(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    (tmp_path / "card").mkdir()
    (tmp_path / "card" / "README.md").write_bytes(MARKED)
    with hub({"lab/borealis": {"README.md": MARKED}}) as server:
        done = charter(tmp_path / "home", server, "init", target, "--defaults", "--from", "lab/borealis")
        assert done.returncode == 0, done.stderr
    imported = charter(tmp_path / "home", None, "import", tmp_path / "card" / "README.md")
    for text in ((target / "release.yaml").read_text(encoding="utf-8"), imported.stdout):
        assert "Bad at maths." in text
        assert "@misc{borealis}" in text
        assert "charter:end" not in text
        assert "charter:begin" not in text


def test_a_release_file_begins_from_a_repo(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.mkdir()
    with hub(REPOS) as server:
        done = charter(tmp_path / "home", server, "init", target, "--defaults", "--from", "lab/tune")
    assert done.returncode == 0, done.stderr
    text = (target / "release.yaml").read_text(encoding="utf-8")
    assert "name: Tune" in text
    assert "ref: lab/base" in text


def test_without_a_network_it_says_so(tmp_path: Path) -> None:
    assert "cannot be reached" in charter(tmp_path, None, "rights", "hub:lab/base").stderr
    assert "offline" in charter(tmp_path, None, "rights", "hub:lab/base", HF_HUB_OFFLINE="1").stderr


def test_check_looks_up_unstated_licenses_only_when_told_to(tmp_path: Path) -> None:
    (tmp_path / "release.yaml").write_text(
        "charter: 1\nrelease: {name: x, copyright: 2026 Lab}\nlayers:\n  weights:\n"
        "    availability: released\n    license: Apache-2.0\n    files: ['*']\n    derived_from:\n"
        "      - {ref: lab/base, relation: finetune}\n      - {ref: lab/corpus, relation: trained_on}\n",
        encoding="utf-8",
    )
    with hub(REPOS) as server:
        offline = charter(tmp_path / "home", server, "check", tmp_path, "--format", "json")
        assert not server.asked
        assert {f["rule"] for f in json.loads(offline.stdout)["findings"]} >= {"LIN204"}
        online = charter(tmp_path / "home", server, "check", tmp_path, "--online", "--format", "json")
    found = {(f["rule"], f["severity"], f["framing"]) for f in json.loads(online.stdout)["findings"]}
    assert ("LIN201", "error", "both") in found, online.stderr
    assert ("LIN201", "warning", "program") in found
    assert "LIN204" not in {rule for rule, _, _ in found}
