"""What push wrote is read back exactly: rights, openness and checks of the repo are those of the folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.hub.run import LAYERED, RELEASE, charter, release
from tests.hub.server import hub

HEAD = "charter: 1\nrelease: {name: Borealis, repo: lab/borealis, copyright: 2026 Lab, publisher: {name: Lab}}\n"
RELEASES = {
    "own terms": HEAD
    + """layers:
  weights: {availability: released, license: LicenseRef-our-terms, license_text: TERMS.txt, files: ["*.safetensors"]}
  architecture: {availability: released, license: Apache-2.0, files: ["*.py"]}
""",
    "dual": HEAD
    + "layers:\n  weights: {availability: released, license: MIT OR Apache-2.0, files: ['*.safetensors']}\n",
    "adapter": HEAD
    + """layers:
  deltas:
    form: adapter
    availability: released
    license: Apache-2.0
    files: ["*.safetensors"]
    derived_from: [{ref: mistralai/Mistral-7B-v0.1, relation: adapter}]
""",
}


@pytest.mark.parametrize("name", RELEASES)
def test_a_reader_gets_the_answers_of_the_publisher(name: str, tmp_path: Path) -> None:
    folder = release(tmp_path / "model", RELEASES[name])
    (folder / "TERMS.txt").write_text("Our terms. You may look, and nothing more.\n", encoding="utf-8")
    (folder / "model.py").write_text("x = 1\n", encoding="utf-8")
    (folder / "model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    with hub({"lab/borealis": {".gitattributes": b""}}) as server:
        done = charter(tmp_path, server, "push", folder)
        assert done.returncode == 0, done.stdout + done.stderr
        for command in ("rights", "openness"):
            here = charter(tmp_path, server, command, folder, "--format", "json")
            there = charter(tmp_path / "reader", server, command, "hub:lab/borealis", "--format", "json")
            assert there.returncode == 0, there.stderr
            values = [json.loads(one.stdout.replace(str(folder), "hub:lab/borealis")) for one in (here, there)]
            assert values[0] == values[1]
        checked = charter(tmp_path / "reader", server, "check", "hub:lab/borealis", "--format", "json")
        assert checked.returncode == 0, checked.stdout + checked.stderr
        assert "hub:lab/borealis/release.yaml" in checked.stdout
        assert "snapshots" not in checked.stdout
        assert "ART301" not in {one["rule"] for one in json.loads(checked.stdout)["findings"]}
        assert "nothing to do" in charter(tmp_path, server, "push", folder).stderr


def test_each_repo_gets_its_own_record_and_none_where_it_is_not_wanted(tmp_path: Path) -> None:
    folder = release(tmp_path / "model", RELEASE + LAYERED)
    names = ("lab/borealis", "datasets/lab/corpus", "lab/polish")
    with hub({name: {".gitattributes": b""} for name in names}) as server:
        assert charter(tmp_path, server, "push", folder, "--no-release-file").returncode == 0
        assert not any("release.yaml" in repo.files for repo in server.repos.values())
        assert charter(tmp_path, server, "push", folder).returncode == 0
        assert all("release.yaml" in repo.files for repo in server.repos.values())
        for name, layer in zip(names, ("weights", "data", "deltas"), strict=True):
            done = charter(tmp_path / "reader", server, "rights", f"hub:{name}", "--format", "json")
            assert done.returncode == 0, done.stderr
            assert layer in {one["layer"] for one in json.loads(done.stdout)["layers"]}
        assert charter(tmp_path, server, "push", folder, "--no-release-file").returncode == 0
        assert not any("release.yaml" in repo.files for repo in server.repos.values()), (
            "an old one says less than is true"
        )


def test_a_release_file_that_is_there_as_it_is_in_the_folder_is_kept(tmp_path: Path) -> None:
    folder = release(tmp_path / "model", "# A comment.\n" + RELEASE)
    text = (folder / "release.yaml").read_bytes()
    with hub({"lab/borealis": {".gitattributes": b"", "release.yaml": text}}) as server:
        done = charter(tmp_path, server, "push", folder)
        assert done.returncode == 0, done.stderr
        assert server.repos["lab/borealis"].files["release.yaml"] == text
        (folder / "release.yaml").write_bytes(text + b"# More.\n")
        assert charter(tmp_path, server, "push", folder).returncode == 2


def test_a_repo_with_a_card_alone_is_checked_and_a_missing_one_is_an_error(tmp_path: Path) -> None:
    card = b"---\nlicense: mit\npipeline_tag: text-generaton\n---\n# Old\n"
    with hub(
        {"lab/old": {"README.md": card}, "datasets/lab/old": {"README.md": b"---\nlicense: odbl\n---\n"}}
    ) as server:
        done = charter(tmp_path, server, "check", "lab/old", "--format", "json")
        assert "pipeline_tag" in done.stdout
        assert "hub:lab/old/README.md" in done.stdout
        data = charter(tmp_path, server, "check", "hub:datasets/lab/old", "--format", "json")
        assert data.returncode in (0, 1), data.stderr
        assert "pipeline_tag" not in data.stdout
        missing = charter(tmp_path, server, "check", "hub:lab/none")
        assert missing.returncode == 2
        assert "no such repo" in missing.stderr
        assert charter(tmp_path, server, "check", "hub:lab/old", "--fix").returncode == 2
