"""Publishing, with the real client over HTTP: one commit, what people wrote stays, what happened is told."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hub.run import LAYERED, RELEASE, charter, environment, release
from tests.hub.server import TOKEN, Hub, Repo, hub

ATTRIBUTES = {".gitattributes": b"*.safetensors filter=lfs\n"}
REPO = {"lab/borealis": dict(ATTRIBUTES)}
BUNDLE = {"LICENSE", "LICENSES/Apache-2.0.txt", "NOTICE", "README.md", "release.yaml"}


def main(server: Hub, repo: str = "lab/borealis") -> Repo:
    """The repo of a release."""
    return server.repos[repo]


def commits(server: Hub, repo: str = "lab/borealis") -> list[str]:
    """The titles of a repo's commits."""
    return [commit.title for commit in main(server, repo).branches["main"]]


def test_a_release_is_one_commit_read_back_and_the_second_push_is_none(tmp_path: Path) -> None:
    folder = release(tmp_path / "model")
    with hub(REPO) as server:
        done = charter(tmp_path, server, "push", folder)
        assert done.returncode == 0, done.stderr
        assert done.stdout == f"{server.url}/lab/borealis\n"
        assert "read back and compared" in done.stderr
        assert set(main(server).files) == BUNDLE | {".gitattributes"}
        assert commits(server) == ["initial commit", "Publish Borealis"]
        again = charter(tmp_path, server, "push", folder)
        assert again.returncode == 0
        assert "nothing to do" in again.stderr
        assert len(commits(server)) == 2
        assert {token for token in server.tokens if token} == {f"Bearer {TOKEN}"}
    assert TOKEN not in done.stdout + done.stderr + again.stdout + again.stderr


def test_what_the_gate_finds_stops_it_before_anything_is_sent(tmp_path: Path) -> None:
    folder = release(tmp_path / "model", RELEASE.replace("Apache-2.0", "llama2"))
    closed = release(tmp_path / "closed", RELEASE.replace("    license: Apache-2.0\n", ""))
    with hub(REPO) as server:
        done = charter(tmp_path, server, "push", closed)
        assert done.returncode == 1
        assert "REL101" in done.stdout
        assert "nothing was sent" in done.stderr
        assert server.asked == []
        strict = charter(tmp_path, server, "push", folder, "--fail-on", "info", "--format", "json")
        assert strict.returncode == 1
        assert json.loads(strict.stdout)["schema"] == "modelcharter.report/1"
        assert server.asked == []


def test_a_dry_run_shows_the_difference_and_changes_nothing(tmp_path: Path) -> None:
    folder = release(tmp_path / "model")
    with hub({"lab/borealis": ATTRIBUTES | {"README.md": b"# Borealis\n\nBy marketing.\n"}}) as server:
        done = charter(tmp_path, server, "push", folder, "--dry-run")
        assert done.returncode == 0, done.stderr
        assert "--- a/README.md\n+++ b/README.md\n" in done.stdout
        assert "+license: apache-2.0" in done.stdout
        assert "changed  README.md" in done.stderr
        assert len(commits(server)) == 1
        code = charter(tmp_path, server, "push", folder, "--dry-run", "--exit-code", "--format", "json")
        assert code.returncode == 1
        value = json.loads(code.stdout)
        assert (value["schema"], value["dry_run"]) == ("modelcharter.push/1", True)
        changes = {change["path"]: change["change"] for change in value["repos"][0]["changes"]}
        assert changes == dict.fromkeys(BUNDLE, "added") | {"README.md": "changed"}
        assert charter(tmp_path, server, "push", folder).returncode == 0
        assert charter(tmp_path, server, "push", folder, "--dry-run", "--exit-code").returncode == 0
        assert charter(tmp_path, server, "push", folder, "--exit-code").returncode == 2


def test_what_a_person_wrote_on_the_hub_stays(tmp_path: Path) -> None:
    card = (
        b"---\n# chosen by marketing\nthumbnail: https://lab.example/t.png\nlicense: other\nlicense_name: old\n"
        b"license_link: LICENSE\ntags:\n- polished\n---\n# Borealis, the Bright\n\nWords of *marketing*.\n"
    )
    folder = release(tmp_path / "model")
    with hub({"lab/borealis": ATTRIBUTES | {"README.md": card, "LICENSE": b"An old one.\n"}}) as server:
        stopped = charter(tmp_path, server, "push", folder)
        assert stopped.returncode == 2
        assert "--keep LICENSE" in stopped.stderr
        assert len(commits(server)) == 1
        done = charter(tmp_path, server, "push", folder, "--keep", "LICENSE")
        assert done.returncode == 0, done.stderr
        text = main(server).files["README.md"].decode()
        assert "# chosen by marketing\nthumbnail: https://lab.example/t.png\n" in text
        assert "license_name" not in text
        assert "license: apache-2.0" in text
        assert "- polished" in text
        assert "# Borealis, the Bright\n\nWords of *marketing*.\n" in text
        assert main(server).files["LICENSE"] == b"An old one.\n"
        assert "kept     LICENSE" in done.stderr
        server.edit("lab/borealis", "NOTICE", b"Edited on the Hub.\n")
        server.edit("lab/borealis", "README.md", text.replace("Words of", "Better words of").encode())
        again = charter(tmp_path, server, "push", folder, "--keep", "LICENSE", "--keep", "NOTICE")
        assert again.returncode == 0
        assert "kept     NOTICE" in again.stderr
        assert main(server).files["NOTICE"] == b"Edited on the Hub.\n"
        assert b"Better words of" in main(server).files["README.md"]
        forced = charter(tmp_path, server, "push", folder, "--force")
        assert forced.returncode == 0
        assert main(server).files["NOTICE"] != b"Edited on the Hub.\n"
        assert b"Better words of" in main(server).files["README.md"], "words outside the markers are never replaced"


def test_a_generated_part_edited_on_the_hub_stops_it(tmp_path: Path) -> None:
    folder = release(tmp_path / "model")
    with hub(REPO) as server:
        assert charter(tmp_path, server, "push", folder).returncode == 0
        text = main(server).files["README.md"].replace(b"## What is released", b"## What we give you")
        server.edit("lab/borealis", "README.md", text)
        done = charter(tmp_path, server, "push", folder)
        assert done.returncode == 2
        assert "edited by hand" in done.stderr
        assert main(server).files["README.md"] == text
        assert charter(tmp_path, server, "push", folder, "--force").returncode == 0
        assert b"## What is released" in main(server).files["README.md"]


def test_words_of_the_folder_and_of_the_hub_are_joined_and_edits_in_the_folder_are_edits(tmp_path: Path) -> None:
    folder = release(tmp_path / "model")
    card = folder / "README.md"
    card.write_text("# Borealis\n\nWritten at home with a tpyo.\n", encoding="utf-8")
    with hub(REPO) as server:
        assert charter(tmp_path, server, "push", folder).returncode == 0
        there = main(server).files["README.md"]
        assert b"with a tpyo" in there
        server.edit("lab/borealis", "README.md", there.replace(b"# Borealis\n", b"# Borealis\n\nBy marketing.\n"))
        card.write_text(card.read_text(encoding="utf-8").replace("tpyo", "typo"), encoding="utf-8")
        assert charter(tmp_path, server, "push", folder).returncode == 0
        there = main(server).files["README.md"]
        assert b"with a typo" in there
        assert b"tpyo" not in there
        assert b"By marketing." in there


def test_a_repo_that_is_missing_is_made_when_told_to(tmp_path: Path) -> None:
    folder = release(tmp_path / "model")
    with hub({}) as server:
        done = charter(tmp_path, server, "push", folder)
        assert done.returncode == 2
        assert "--create" in done.stderr
        assert not server.repos
        dry = charter(tmp_path, server, "push", folder, "--dry-run")
        assert dry.returncode == 0, dry.stderr
        assert "new public model repo" in dry.stderr
        assert not server.repos
        made = charter(tmp_path, server, "push", folder, "--create", "--private")
        assert made.returncode == 0, made.stderr
        assert main(server).private
        assert set(main(server).files) >= BUNDLE
        anonymous = charter(tmp_path, server, "push", folder, HF_TOKEN="")
        assert anonymous.returncode == 2
        assert "--token-from-env" in anonymous.stderr


def test_a_public_repo_is_never_taken_for_a_private_one(tmp_path: Path) -> None:
    folder = release(tmp_path / "model")
    with hub(REPO) as server:
        done = charter(tmp_path, server, "push", folder, "--private")
    assert done.returncode == 2
    assert "it is not private" in done.stderr
    assert commits(server) == ["initial commit"]


def test_a_pull_request_is_offered_and_may_be_added_to(tmp_path: Path) -> None:
    folder = release(tmp_path / "model")
    with hub(REPO) as server:
        server.read_only = True
        refused = charter(tmp_path, server, "push", folder)
        assert refused.returncode == 2
        assert "(403)" in refused.stderr
        assert "--create-pr" in refused.stderr
        done = charter(tmp_path, server, "push", folder, "--create-pr", "--message", "Our card")
        assert done.returncode == 0, done.stderr
        assert done.stdout == f"{server.url}/lab/borealis/discussions/1\n"
        assert commits(server) == ["initial commit"]
        assert set(main(server).branches["refs/pr/1"][-1].files) >= BUNDLE
        server.read_only = False
        (folder / "release.yaml").write_text(RELEASE.replace("2026 Borealis", "2025 Borealis"), encoding="utf-8")
        more = charter(tmp_path, server, "push", folder, "--revision", "refs/pr/1")
        assert more.returncode == 0, more.stderr
        assert [c.title for c in main(server).branches["refs/pr/1"]] == ["Our card", "Publish Borealis"]
        absent = charter(tmp_path, server, "push", folder, "--revision", "nowhere")
        assert absent.returncode == 2
        assert "no branch nowhere" in absent.stderr


def test_the_files_of_the_layers_go_too_large_ones_by_lfs(tmp_path: Path) -> None:
    folder = release(tmp_path / "model")
    (folder / "model.safetensors").write_bytes(b"\x08\0\0\0\0\0\0\0{}      ")
    (folder / "secret.txt").write_text("not of any layer", encoding="utf-8")
    with hub(REPO) as server:
        done = charter(tmp_path, server, "push", folder, "--with-files")
        assert done.returncode == 0, done.stderr
        assert set(main(server).files) == BUNDLE | {".gitattributes", "model.safetensors"}
        assert main(server).large == {"model.safetensors"}
        assert len(commits(server)) == 2
        assert "nothing to do" in charter(tmp_path, server, "push", folder, "--with-files").stderr


def test_items_with_a_repo_of_their_own_go_there_each_as_one_commit(tmp_path: Path) -> None:
    folder = release(tmp_path / "model", RELEASE + LAYERED)
    for path in ("data/a.jsonl", "adapter/adapter_config.json"):
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text("{}\n", encoding="utf-8")
    (folder / "model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    with hub(REPO | {"datasets/lab/corpus": ATTRIBUTES, "lab/polish": ATTRIBUTES}) as server:
        done = charter(tmp_path, server, "push", folder, "--with-files")
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines() == [
            f"{server.url}/{name}" for name in ("lab/borealis", "datasets/lab/corpus", "lab/polish")
        ]
        corpus, polish = main(server, "datasets/lab/corpus").files, main(server, "lab/polish").files
        assert "pretty_name: Borealis Corpus" in corpus["README.md"].decode()
        assert "license: cc-by-4.0" in corpus["README.md"].decode()
        assert "pipeline_tag" not in corpus["README.md"].decode()
        assert {"data/a.jsonl", "LICENSES/CC-BY-4.0.txt"} <= set(corpus)
        assert {"adapter_config.json", "README.md"} <= set(polish), "an adapter is loaded from the root of its repo"
        assert "library_name: peft" in polish["README.md"].decode()
        assert "text-generation" not in corpus["README.md"].decode()
        assert "base_model: lab/borealis" in polish["README.md"].decode()
        assert len(commits(server)) == len(commits(server, "lab/polish")) == 2
        assert "nothing to do" in charter(tmp_path, server, "push", folder, "--with-files").stderr


def test_where_one_repo_of_several_fails_the_rest_is_told_truly(tmp_path: Path) -> None:
    folder = release(tmp_path / "model", RELEASE + LAYERED)
    with hub(REPO | {"datasets/lab/corpus": ATTRIBUTES}) as server:
        missing = charter(tmp_path, server, "push", folder)
        assert missing.returncode == 2
        assert "lab/polish" in missing.stderr
        assert len(commits(server)) == 1, "all are looked at before the first is sent"
        server.repos["lab/polish"] = Repo()
        server.repos["lab/polish"].add("main", "initial commit", {".gitignore": b"LICENSE\n"})
        half = charter(tmp_path, server, "push", folder)
        assert half.returncode == 2
        assert "drops LICENSE" in half.stderr
        assert f"lab/borealis was published: {server.url}/lab/borealis" in half.stderr
        assert len(commits(server, "lab/polish")) == 1


def test_no_repo_is_sent_before_the_cards_of_all_were_judged(tmp_path: Path) -> None:
    folder = release(tmp_path / "model", RELEASE + LAYERED)
    broken = ATTRIBUTES | {"README.md": b"---\nbase_model: my llama\nthumbnail: x\n---\n"}
    with hub(REPO | {"datasets/lab/corpus": broken, "lab/polish": ATTRIBUTES}) as server:
        done = charter(tmp_path, server, "push", folder)
        assert done.returncode == 2
        assert "lab/corpus: the Hub refuses" in done.stderr
        assert len(commits(server)) == 1


def test_the_words_of_the_hub_are_shown_with_the_line_they_are_about(tmp_path: Path) -> None:
    folder = release(tmp_path / "model", RELEASE.replace("Apache-2.0", "MIT-0"))
    broken = b"---\nthumbnail: x\nbase_model: my local llama\n---\n# Borealis\n"
    with hub({"lab/borealis": ATTRIBUTES | {"README.md": broken}}) as server:
        for arguments in ((), ("--dry-run",)):
            done = charter(tmp_path, server, "push", folder, *arguments)
            assert done.returncode == 2
            assert 'README.md:3: "base_model" with value "my local llama" is not valid.' in done.stderr
            assert len(commits(server)) == 1


def test_what_only_the_commit_refuses_is_shown_at_the_release_file_s_line(tmp_path: Path) -> None:
    folder = release(tmp_path / "model")
    with hub(REPO) as server:
        server.strict = [{"message": '"pipeline_tag" must be one of [a, b]'}]
        done = charter(tmp_path, server, "push", folder)
    assert done.returncode == 2
    assert f'{folder / "release.yaml"}:7:9: "pipeline_tag" must be one of [a, b]' in done.stderr
    assert len(commits(server)) == 1


def test_a_file_that_would_be_dropped_is_an_error_before_anything_is_sent(tmp_path: Path) -> None:
    folder = release(tmp_path / "model")
    with hub({"lab/borealis": ATTRIBUTES | {".gitignore": b"NOTICE\n"}}) as server:
        done = charter(tmp_path, server, "push", folder)
    assert done.returncode == 2
    assert "NOTICE" in done.stderr
    assert ".gitignore" in done.stderr
    assert len(commits(server)) == 1


def test_a_card_that_lands_as_a_large_file_is_told(tmp_path: Path) -> None:
    folder = release(tmp_path / "model")
    with hub(REPO) as server:
        server.forced_large = {"README.md"}
        done = charter(tmp_path, server, "push", folder)
    assert done.returncode == 0, done.stderr
    assert "the Hub does not read it" in done.stderr


@pytest.mark.parametrize("way", ["terse", "curt"])
def test_a_server_that_lists_names_alone_or_elsewhere_will_do(way: str, tmp_path: Path) -> None:
    folder = release(tmp_path / "model")
    with hub(REPO) as server:
        setattr(server, way, True)
        assert charter(tmp_path, server, "push", folder).returncode == 0
        done = charter(tmp_path, server, "push", folder)
    assert "nothing to do" in done.stderr
    assert len(commits(server)) == 2


def test_the_token_goes_to_the_endpoint_that_was_asked_for_and_to_no_other(tmp_path: Path) -> None:
    folder = release(tmp_path / "model")
    login = {"HF_TOKEN": "", "HF_ENDPOINT": "http://127.0.0.1:9"}
    (tmp_path / "hf").mkdir()
    (tmp_path / "hf" / "token").write_text("hf_login_of_another_hub", encoding="utf-8")
    with hub(REPO) as server:
        done = charter(tmp_path, server, "push", folder, "--endpoint", server.url, **login)
        assert done.returncode == 2
        assert set(server.tokens) == {None}, "a login is for the endpoint it was made for"
        named = ("push", folder, "--endpoint", server.url, "--token-from-env", "OURS")
        assert charter(tmp_path, server, *named, **login, OURS=TOKEN).returncode == 0
        empty = charter(tmp_path, server, *named, **login)
        assert empty.returncode == 2
        assert "OURS" in empty.stderr
        assert charter(tmp_path, server, "push", folder, "--endpoint", "huggingface.co").returncode == 2


def test_where_nobody_names_a_repo_it_says_so(tmp_path: Path) -> None:
    folder = release(tmp_path / "model", RELEASE.replace("  repo: lab/borealis\n", ""))
    with hub({"me/mine": ATTRIBUTES}) as server:
        done = charter(tmp_path, server, "push", folder)
        assert done.returncode == 2
        assert "--repo ORG/NAME" in done.stderr
        assert charter(tmp_path, server, "push", folder, "--repo", "me/mine").returncode == 0
        assert set(main(server, "me/mine").files) >= BUNDLE


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"HF_HUB_OFFLINE": "1"}, "offline"),
        ({"HF_ENDPOINT": "http://127.0.0.1:9"}, "cannot be reached"),
        ({"HTTP_PROXY": "http://127.0.0.1:9", "NO_PROXY": ""}, "cannot be reached"),
        ({"HF_TOKEN": "hf_wrong"}, "does not accept the token"),
    ],
)
def test_without_a_way_in_it_says_which(tmp_path: Path, more: dict[str, str], told: str) -> None:
    folder = release(tmp_path / "model")
    with hub(REPO) as server:
        done = charter(tmp_path, server, "push", folder, **more)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert "hf_wrong" not in done.stderr
    assert len(commits(server)) == 1


SCRIPT = """
import sys
from generator import CharterError, build, load_release, push
bundle = build(load_release(sys.argv[1]))
seen = push(bundle, "lab/borealis", dry_run=True)
assert seen.commit is None and seen.differs and seen.to_dict()["kind"] == "model"
done = push(bundle, "lab/borealis", create_pr=True, message="From a script")
print(done.pull_request)
try:
    push(bundle, "lab/borealis", colour="red")
except CharterError as error:
    print(error.remedy)
"""


def test_a_script_publishes_what_it_built(tmp_path: Path) -> None:
    folder = release(tmp_path / "model")
    (folder / "README.md").write_text("Written at home.\n", encoding="utf-8")
    with hub(REPO) as server:
        command = [sys.executable, "-c", SCRIPT, str(folder)]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env=environment(tmp_path, server), timeout=120
        )
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(f"{server.url}/lab/borealis/discussions/1\nKnown: create_pr")
        offered = main(server).branches["refs/pr/1"][-1]
        assert offered.title == "From a script"
        assert b"Written at home." in offered.files["README.md"]
        closed = release(tmp_path / "closed", RELEASE.replace("    license: Apache-2.0\n", ""))
        command = [sys.executable, "-c", SCRIPT.replace("dry_run=True", "create_pr=True"), str(closed)]
        refused = subprocess.run(
            command, capture_output=True, text=True, check=False, env=environment(tmp_path, server), timeout=120
        )
        assert "Not ready: " in refused.stderr
        assert main(server).pulls == ["From a script"]


def test_the_example_script_of_the_docs_publishes(tmp_path: Path) -> None:
    folder = release(tmp_path / "model")
    script = Path(__file__).parent.parent.parent / "docs" / "examples" / "publish.py"
    with hub(REPO) as server:
        done = subprocess.run(
            [sys.executable, str(script), str(folder)],
            capture_output=True,
            text=True,
            check=False,
            env=environment(tmp_path, server),
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        assert "proposed to lab/borealis as a pull request" in done.stdout
        assert main(server).pulls == ["Publish Borealis"]
