"""Hostile and unlucky input through the command line: nothing is lost, and no error is a traceback."""

from __future__ import annotations

import errno
import hashlib
import importlib
import json
import keyword
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from generator import api
from generator.cli import COMMANDS
from generator.cli.options import Command
from generator.cli.targets import Job, check_targets
from generator.errors import CharterError
from generator.hub.client import open_connection
from generator.licenses.fetch import fetch_texts
from tests.checks.models import safetensors
from tests.command import charter as run_charter

RELEASE = """charter: 1
release: {name: M, repo: a/m, copyright: 2026 A}
layers:
  weights: {availability: released, license: Apache-2.0, files: ["*.safetensors"]}
"""


def charter(*arguments: str | Path, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    return run_charter(*arguments, cwd=cwd, env=os.environ | environment)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A small model with a release file; nothing was built."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "release.yaml").write_text(RELEASE, encoding="utf-8")
    (folder / "model.safetensors").write_bytes(safetensors())
    return folder


def rewrite(folder: Path, old: str, new: str) -> None:
    """Replace a text of the release file."""
    path = folder / "release.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


HOSTILE_IDS = (
    "LicenseRef-x/../../../out",
    "LicenseRef-x/y",
    "LicenseRef-" + "x" * 200,
    "LicenseRef-ü",
    "LicenseRef-a b",
    "DocumentRef-../out:LicenseRef-x",
)


@pytest.mark.parametrize("license_id", HOSTILE_IDS)
@pytest.mark.parametrize("place", ["item", "licenses", "expression"])
def test_a_license_id_never_becomes_a_path(model: Path, license_id: str, place: str) -> None:
    (model / "own.txt").write_text("evil", encoding="utf-8")
    (model.parent / "out.txt").write_text("theirs", encoding="utf-8")
    stated = f"MIT AND {license_id}" if place == "expression" else license_id
    text = "" if place == "licenses" else ", license_text: own.txt"
    rewrite(model, "Apache-2.0", f'"{stated}"{text}')
    if place == "licenses":
        terms = f'licenses:\n  "{license_id}": {{name: X, license_text: own.txt}}\n'
        (model / "release.yaml").write_text((model / "release.yaml").read_text() + terms, encoding="utf-8")
    for command in (("check",), ("build",), ("build", "-o", "dist")):
        done = charter(*command, cwd=model)
        assert done.returncode == 2
        assert "release.yaml:4:46: layers.weights.license" in done.stderr
    assert {path.name for path in model.iterdir()} == {"release.yaml", "model.safetensors", "own.txt"}
    assert (model.parent / "out.txt").read_text() == "theirs"


@pytest.mark.parametrize("outputs", ["[card, licenses]", "[licenses]"])
def test_an_edited_record_removes_only_what_builds_write(model: Path, outputs: str) -> None:
    with (model / "release.yaml").open("a", encoding="utf-8") as stream:
        stream.write(f"outputs: {outputs}\n")
    (model / "LICENSES").mkdir()
    mine = ("model.safetensors", "release.yaml", "config.json", "LICENSES/mine.md", "sub/LICENSE", "LICENSES/a/b.txt")
    for name in mine[2:]:
        (model / name).parent.mkdir(exist_ok=True)
        (model / name).write_text("{}", encoding="utf-8")
    assert charter("build", model).returncode == 0
    sums = {name: hashlib.sha256((model / name).read_bytes()).hexdigest() for name in mine}
    if "card" in outputs:
        card = (model / "README.md").read_text(encoding="utf-8")
        claimed = "".join(f'"{name}": "{value}", ' for name, value in sums.items())
        (model / "README.md").write_text(card.replace('"files": {', '"files": {' + claimed), encoding="utf-8")
    else:
        with (model / ".charter.sha256").open("a", encoding="utf-8") as stream:
            stream.writelines(f"{value}  {name}\n" for name, value in sums.items())
    done = charter("build", model)
    assert done.returncode == 0
    assert "removed" not in done.stderr
    assert all((model / name).is_file() for name in mine)


def test_a_license_text_that_is_no_longer_needed_still_goes(model: Path) -> None:
    assert charter("build", model).returncode == 0
    rewrite(model, "Apache-2.0", "MIT")
    assert "removed" in charter("build", model).stderr
    assert [path.name for path in (model / "LICENSES").iterdir()] == ["MIT.txt"]


def test_a_build_that_was_killed_between_two_files_is_not_ready(model: Path) -> None:
    assert charter("build", model).returncode == 0
    staging = model / ".charter-staging"
    staging.mkdir()
    (staging / "0").write_bytes((model / "NOTICE").read_bytes())
    (staging / "journal.json").write_text('{"put": [["0", "NOTICE"]], "remove": []}', encoding="utf-8")
    done = charter("check", model)
    assert done.returncode == 1
    assert "a build was interrupted here" in done.stdout
    assert "finished an interrupted build" in charter("build", model).stderr
    assert charter("check", model).returncode == 0
    assert not staging.exists()


def test_words_that_are_saved_while_a_build_waits_are_kept(model: Path) -> None:
    assert charter("build", "-o", "dist", cwd=model).returncode == 0
    rewrite(model, "name: M", "name: N")
    waits = "import sys; from pathlib import Path; from generator.documents.storage.lock import lock_folder\n"
    waits += "with lock_folder(Path('dist')): print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", waits], cwd=model, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdin
        assert holder.stdout
        holder.stdout.readline()
        command = [sys.executable, "-m", "generator", "build", "-o", "dist"]
        with subprocess.Popen(command, cwd=model, stderr=subprocess.PIPE, text=True) as build:
            assert build.stderr
            assert "waiting for another charter process" in build.stderr.readline()
            with (model / "dist" / "README.md").open("a", encoding="utf-8") as stream:
                stream.write("Mine\n")
            holder.stdin.close()
            assert build.wait(30) == 0
    assert (model / "dist" / "README.md").read_text(encoding="utf-8").endswith("Mine\n")


def test_a_locked_parent_folder_does_not_matter(model: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    handle = os.open(model, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    try:
        assert charter("build", "-o", "dist", cwd=model).returncode == 0
    finally:
        os.close(handle)


@pytest.mark.parametrize("where", ["dist", "."])
def test_a_file_of_gigabytes_where_the_bundle_writes_is_named(model: Path, where: str) -> None:
    (model / where).mkdir(exist_ok=True)
    for name in ("NOTICE", "README.md"):
        with (model / where / name).open("wb") as stream:
            stream.truncate(3 << 30)
        done = charter("build", "-o", where, cwd=model)
        assert done.returncode == 2
        assert f"{name}: 3,221,225,472 bytes" in done.stderr
        (model / where / name).unlink()


def test_a_link_to_nothing_is_named_and_nothing_is_left(model: Path) -> None:
    (model / "dist").symlink_to("nowhere")
    before = sorted(model.iterdir())
    done = charter("build", "-o", "dist", cwd=model)
    assert done.returncode == 2
    assert "dist: a link to nothing" in done.stderr
    assert sorted(model.iterdir()) == before


def test_every_command_refuses_empty_texts() -> None:
    for name in COMMANDS:
        module = importlib.import_module(f"generator.cli.{name}{'_' * keyword.iskeyword(name)}")
        assert isinstance(module.command, Command), name


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", ""),
        ("check", " "),
        ("check", ".", ""),
        ("rights", ""),
        ("rights", "path:"),
        ("openness", ""),
        ("build", "-o", ""),
        ("check", "--bundle", ""),
        ("check", "--today", ""),
        ("import", "card.md", "-o", ""),
        ("push", "--dry-run", "--token-from-env", ""),
        ("push", "--dry-run", "--endpoint", ""),
        ("push", "--dry-run", "--repo", ""),
        ("derive", "--from", "mit", "--relation", "finetune", "--as", ""),
    ],
)
def test_an_empty_argument_is_not_the_default(model: Path, arguments: tuple[str, ...]) -> None:
    done = charter(*arguments, cwd=model)
    assert done.returncode == 2
    assert "is empty" in done.stderr
    assert done.stdout == ""
    assert sorted(path.name for path in model.iterdir()) == ["model.safetensors", "release.yaml"]


def test_an_empty_argument_is_not_the_default_in_python(model: Path) -> None:
    release = api.load_release(model)
    calls = (
        lambda: api.load_release(""),
        lambda: api.check(release, bundle=""),
        lambda: api.rights(""),
        lambda: api.openness(" "),
        lambda: api.derive("mit", "finetune", ""),
        lambda: api.derive([""], "finetune", "mit"),
        lambda: api.push(api.build(release), ""),
        lambda: open_connection("").__enter__(),
        lambda: open_connection(None, "").__enter__(),
    )
    for call in calls:
        with pytest.raises(CharterError, match="is empty"):
            call()


def test_a_user_without_a_home_folder_does_without_caches(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    unset = ("HF_HOME", "HF_HUB_CACHE", "XDG_CACHE_HOME", "MODELCHARTER_CACHE")
    environment = {key: value for key, value in os.environ.items() if key not in unset} | {"HOME": "~"}
    for arguments in (("check",), ("rights", "mit"), ("build",)):
        done = subprocess.run(
            [sys.executable, "-m", "generator", *arguments],
            cwd=model,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    for name in unset:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", "~")
    with pytest.raises(CharterError) as failed:
        fetch_texts({"no-such-text": None}, say=lambda _: None)
    assert "MODELCHARTER_CACHE" in failed.value.remedy


def shell(line: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run a line of the shell, in which `charter` is the command."""
    named = f'charter() {{ "{sys.executable}" -m generator "$@"; }}\n{line}'
    return subprocess.run(
        ["bash", "-c", named], cwd=cwd, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("charter check >&-", 0),
        ("charter check 2>&-", 0),
        ("charter build 2>&-", 0),
        ("charter build >&- 2>&- <&-", 0),
        ("charter build 2>/dev/full", 0),
        ("charter build | true; exit ${PIPESTATUS[0]}", 0),
        ("charter rights MIT | true; exit ${PIPESTATUS[0]}", 0),
        ("charter --help | true; exit ${PIPESTATUS[0]}", 0),
        ("charter derive --from cc-by-nc-4.0 --relation finetune --as mit | true; exit ${PIPESTATUS[0]}", 1),
        ("charter rights MIT >/dev/full", 2),
        ("charter check --format json >/dev/full", 2),
        ("charter check . . --format json >/dev/full", 2),
        ("charter --version >/dev/full", 2),
        ("charter check nowhere 2>/dev/full", 2),
        ("charter init <&-", 2),
        ("charter push --dry-run --endpoint http://127.0.0.1:9 <&-", 2),
    ],
)
def test_closed_and_full_streams_keep_the_exit_code(model: Path, line: str, code: int) -> None:
    if "/dev/full" in line and not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    done = shell(line, model)
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr
    if "build" in line:
        assert (model / "LICENSE").is_file()


@pytest.mark.parametrize("command", ["check --format sarif", "check --format github", "build", "init --defaults"])
def test_a_removed_current_folder_is_named(tmp_path: Path, command: str) -> None:
    done = shell(f"mkdir gone; cd gone; rmdir ../gone; charter {command}", tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "bug in charter" not in done.stderr


def test_a_name_that_is_too_long_is_told(model: Path) -> None:
    (model / "card.md").write_text("---\nlicense: mit\n---\n# M\n", encoding="utf-8")
    name = "n" * 300
    for arguments in (("build", "-o", name), ("import", "card.md", "-o", name), ("preview", "-o", name)):
        done = charter(*arguments, cwd=model)
        assert done.returncode == 2
        assert "nnn" in done.stderr
        assert "File name too long" in done.stderr


def test_a_bug_asks_for_a_report(model: Path) -> None:
    broken = "import generator.api, generator.cli\ndef fail(*_): raise KeyError('lost')\n"
    broken += "generator.api.load_release = generator.api.load_target = fail\ngenerator.cli.main()"
    for arguments in (("build",), ("check",), ("check", ".", ".")):
        command = [sys.executable, "-c", broken, *arguments]
        done = subprocess.run(command, cwd=model, capture_output=True, text=True, check=False)
        assert done.returncode == 2
        assert "This is a bug in charter (KeyError: 'lost')." in done.stderr
        assert "Please report this" in done.stderr
        assert "Traceback" not in done.stderr
    environment = os.environ | {"CHARTER_DEBUG": "1"}
    done = subprocess.run(command, cwd=model, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 2
    assert "Traceback" in done.stderr


@pytest.mark.parametrize("name", ["release.yml", "Release.yaml", "realease.yaml", "release.yaml.txt"])
def test_a_release_file_with_a_near_name_is_not_passed_over(model: Path, name: str) -> None:
    (model / "release.yaml").rename(model / name)
    (model / "README.md").write_text("---\nlicense: mit\n---\n# M\n", encoding="utf-8")
    for arguments in (("check",), ("check", "."), ("check", "--format", "sarif"), ("openness", "."), ("rights", ".")):
        done = charter(*arguments, cwd=model)
        assert done.returncode == 2
        assert name in done.stdout + done.stderr
        assert "there is no release.yaml here" in done.stdout + done.stderr
    assert charter("check", name, cwd=model).returncode == 0
    (model / name).write_text("name: release\n", encoding="utf-8")
    assert charter("check", cwd=model).returncode != 2, "another program's file"


def test_a_command_that_is_misspelled_gets_a_suggestion(tmp_path: Path) -> None:
    done = charter("chek", cwd=tmp_path)
    assert done.returncode == 2
    assert "Did you mean check?" in done.stderr
    assert "charter --help" in charter("xyzzyx", cwd=tmp_path).stderr


@pytest.mark.parametrize("value", ["abc", "-1", "1.5", "9" * 30, "\u0663"])
def test_a_day_that_is_no_number_is_told(model: Path, value: str) -> None:
    done = charter("check", cwd=model, SOURCE_DATE_EPOCH=value)
    assert done.returncode == 2
    assert "SOURCE_DATE_EPOCH" in done.stderr


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_processes_end_with_the_one_that_started_them(model: Path, ending: signal.Signals) -> None:
    command = [sys.executable, "-m", "generator", "check", *["."] * 4000, "--format", "json"]
    with subprocess.Popen(command, cwd=model, stdout=subprocess.PIPE, start_new_session=True) as running:
        assert running.stdout
        running.stdout.read(100_000)  # it is at work
        running.send_signal(ending)
        while running.stdout.read(100_000):
            pass
        assert running.wait(30) == -ending
        with pytest.raises(ProcessLookupError):
            for _ in range(100):
                os.killpg(running.pid, 0)
                time.sleep(0.1)


def test_where_no_process_can_be_started_targets_are_checked_in_turn(
    model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr("concurrent.futures.ProcessPoolExecutor", refused)
    monkeypatch.setattr("generator.cli.targets._processors", lambda: 4)
    outcomes = list(check_targets([Job(str(model), None, None, "error", (), (), False, False)] * 30))
    assert [outcome.exit_code for outcome in outcomes] == [0] * 30


def test_the_json_of_many_targets_survives_a_reader_that_leaves(model: Path) -> None:
    done = shell("charter check . . --format json | head -c 1; exit ${PIPESTATUS[0]}", model)
    assert (done.returncode, done.stdout, done.stderr) == (0, "[", "")
    assert json.loads(shell("charter check . --format json", model).stdout)["release"] == "M"
