"""Unlucky names, encodings and sizes of files through the command line: each is read, kept, or reported by name."""

from __future__ import annotations

import json
import shutil
import socket
import unicodedata
import urllib.request
from pathlib import Path
from threading import Thread

import pytest

from generator import check
from generator.api import load_target
from generator.web.server import CONNECTIONS_LIMIT, preview_server
from tests.checks.models import put, safetensors
from tests.cli.test_robust import RELEASE, charter, rewrite

PRINTED = "Permission is hereby granted, free of charge"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A small model with a release file; nothing was built."""
    return put(tmp_path / "model", {"release.yaml": RELEASE, "model.safetensors": safetensors()})


def mit(holder: str) -> str:
    """The text of MIT with a holder's line."""
    text = charter("licenses", "mit", "--text").stdout
    return f"MIT License\n\nCopyright (c) 2020 {holder}\n\n{text[text.index(PRINTED) :]}"


def found(folder: Path, rule: str) -> list[str]:
    """What one rule says at each place."""
    findings = [finding for finding in check(load_target(folder)).findings if finding.rule == rule]
    return [place.message for finding in findings for place in finding.places]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-8-sig"])
def test_a_license_and_a_notice_in_an_old_encoding_are_read_and_kept(tmp_path: Path, encoding: str) -> None:
    folder = put(tmp_path / "m", {"model.safetensors": safetensors(), "LICENSE": mit("Jörg Müller").encode(encoding)})
    put(folder, {"NOTICE": "Thanks to Zoë.\n".encode(encoding)})
    assert charter("init", "--defaults", folder).returncode == 0
    text = (folder / "release.yaml").read_text(encoding="utf-8")
    assert "license: mit" in text.lower()
    assert 'copyright: "2020 Jörg Müller"' in text
    assert charter("build", folder).returncode == 0
    for name in ("LICENSE", "LICENSES/MIT.txt", "NOTICE"):
        assert "Jörg Müller" in (folder / name).read_text(encoding="utf-8"), name
    assert (folder / "NOTICE").read_text(encoding="utf-8").startswith("Thanks to Zoë.\n")
    assert "nothing to do" in charter("build", folder).stderr
    assert found(folder, "ART108") == found(folder, "ART109") == found(folder, "REL103") == []


def test_a_license_file_that_is_binary_is_no_text(tmp_path: Path) -> None:
    folder = put(tmp_path / "m", {"model.safetensors": safetensors(), "LICENSE": bytes(range(256)) * 20})
    assert charter("init", "--defaults", folder).returncode == 0
    assert "license:" not in (folder / "release.yaml").read_text(encoding="utf-8")


def test_the_holder_of_a_base_is_not_named_as_that_of_the_release(tmp_path: Path) -> None:
    card = "---\nlicense: mit\nbase_model: lab/base\n---\n# M\n"
    folder = put(tmp_path / "m", {"model.safetensors": safetensors(), "LICENSE": mit("Base Lab"), "README.md": card})
    assert charter("init", "--defaults", folder).returncode == 0
    assert "copyright:" not in (folder / "release.yaml").read_text(encoding="utf-8")
    assert charter("build", folder).returncode == 0
    assert "2020 Base Lab" in (folder / "LICENSE").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["LICENSE", "NOTICE", "README.md", "LICENSE.txt", "config.json", ".gitignore"])
def test_a_file_of_gigabytes_never_fills_the_memory(model: Path, name: str) -> None:
    with (model / name).open("wb") as stream:
        stream.truncate(3 << 30)
    for command in ("build", "check", "preview"):
        done = charter(command, model)
        assert "memory" not in done.stderr
        assert done.returncode in (0, 1, 2)
        assert done.returncode != 2 or name in done.stderr


@pytest.mark.parametrize(
    "lines",
    [
        "\U0001f980" * 400_000,
        "a" * 400_000,
        ("**/a*" * 50 + "\n") * 1000,
        "[a-z]*" * 50 + "\n[!a]*[a" * 1000,
        "\\" * 3001,
    ],
    ids=["letters", "ascii", "stars", "brackets", "escapes"],
)
def test_a_gitignore_of_long_lines_costs_nothing(model: Path, lines: str) -> None:
    put(model, {".gitignore": f"{lines}\nLICENSE\n", ".gitattributes": f"{lines} filter=lfs\n"})
    assert charter("check", model).returncode in (0, 1)  # in less than its time-out


def test_a_line_behind_a_long_one_still_holds(model: Path) -> None:
    put(model, {".gitignore": f"{'a' * 400_000}\nLICENSE\n"})
    assert [message for message in found(model, "HUB111") if "LICENSE" in message]


def test_names_that_differ_by_case_or_form_are_reported(model: Path) -> None:
    decomposed = unicodedata.normalize("NFD", "modèle.txt")
    pairs = {
        "Model.safetensors": safetensors(),
        "readme.md": "# m\n",
        decomposed: "",
        "modèle.txt": "",
        "a/x": "",
        "A/y": "",
    }
    put(model, pairs)
    if len([*model.iterdir()]) < 8:
        pytest.skip("this file system has one of each")
    said = " ".join(found(model, "HUB113"))
    assert "Model.safetensors and model.safetensors" in said
    assert "README.md and readme.md" in said, "a build writes README.md"
    assert decomposed in said
    assert "a/x" not in said


def test_names_that_differ_otherwise_are_not_reported(model: Path) -> None:
    put(model, {"README.md": "# M\n", "readme.txt": "", "license": mit("Lab"), "LICENSES/MIT.txt": "", "notice.md": ""})
    assert found(model, "HUB113") == []


@pytest.mark.parametrize(("stated", "here"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_name_in_another_unicode_form_is_explained(model: Path, stated: str, here: str) -> None:
    rewrite(model, "*.safetensors", unicodedata.normalize(stated, "modèle.safetensors"))  # type: ignore[arg-type]
    (model / "model.safetensors").rename(model / unicodedata.normalize(here, "modèle.safetensors"))  # type: ignore[arg-type]
    (message,) = found(model, "ART101")
    assert "in another Unicode form" in message
    remedy = next(f.remedy for f in check(load_target(model)).findings if f.rule == "ART101")
    assert "\\u" in remedy
    rewrite(model, unicodedata.normalize(stated, "modèle.safetensors"), json.loads(remedy[remedy.index('"') : -1]))  # type: ignore[arg-type]
    assert found(model, "ART101") == []


def test_license_ids_are_canonical_in_advice_about_a_release_file(model: Path) -> None:
    put(model, {"LICENSE": mit("Lab")})
    advice = [f.remedy for f in check(load_target(model)).findings if f.rule == "ART108"]
    assert ["license: MIT" in advice[0], "Apache-2.0" in advice[0]] == [True, True]
    (model / "release.yaml").unlink()
    put(model, {"README.md": "---\nlicense: apache-2.0\n---\n# M\n"})
    advice = [f.remedy for f in check(load_target(model)).findings if f.rule == "ART108"]
    assert "license: mit" in advice[0]


def test_a_text_that_is_not_available_names_the_place_that_needs_it(model: Path, tmp_path: Path) -> None:
    derived = "derived_from: [{ref: lab/base, license: deepseek, relation: finetune}]"
    rewrite(model, "files:", f"{derived}, files:")
    rewrite(model, "Apache-2.0", "deepseek")
    done = charter("build", cwd=model, MODELCHARTER_CACHE=str(tmp_path / "cache"))
    assert done.returncode == 2
    assert "release.yaml:4:46: The text of" in done.stderr
    rewrite(model, "license: deepseek, derived", "license: Apache-2.0, derived")
    done = charter("build", cwd=model, MODELCHARTER_CACHE=str(tmp_path / "cache"))
    assert "release.yaml:4:73: The text of" in done.stderr


def test_half_a_character_in_a_config_is_left_out(tmp_path: Path) -> None:
    config = '{"architectures": ["Ll\\ud800ama"], "model_type": "x"}'
    folder = put(tmp_path / "m", {"model.safetensors": safetensors(), "config.json": config})
    done = charter("init", "--defaults", folder)
    assert done.returncode == 0, done.stderr
    assert "config.json, architectures" in done.stderr
    assert "architecture:\n" in (folder / "release.yaml").read_text(encoding="utf-8")
    assert charter("build", folder).returncode == 0


def test_bytes_that_are_not_unicode_cannot_be_stated(tmp_path: Path) -> None:
    folder = put(tmp_path / "m", {"model.safetensors": safetensors()})
    done = charter("init", "--defaults", "--set", "release.name=M\udcff", folder)
    assert done.returncode == 2
    assert "--set release.name" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["m\udcff", "\udcff\udcfe", "\udcc3(.safetensors"])
def test_a_name_that_is_not_utf8_ends_in_no_command(tmp_path: Path, name: str) -> None:
    try:
        folder = put(tmp_path / name, {"model.safetensors": safetensors(), f"{name}.txt": "x", f"{name}.bin": "x"})
    except OSError:
        pytest.skip("this file system takes no such name")
    for command in (("init", "--defaults"), ("check",), ("build",), ("preview",), ("check", "--format", "sarif")):
        done = charter(*command, cwd=folder)
        assert "bug in charter" not in done.stderr, command
        assert done.returncode in (0, 1), (command, done.stderr)
    for output in ("reuse", "spdx", "cyclonedx", "mof", "pictures"):
        release = (folder / "release.yaml").read_text(encoding="utf-8").partition("outputs:")[0]
        put(folder, {"release.yaml": f"{release}outputs: [card, licenses, {output}]\n"})
        done = charter("build", "-o", "dist", cwd=folder)
        assert "bug in charter" not in done.stderr, output
        assert "Traceback" not in done.stderr, output
        shutil.rmtree(folder / "dist", ignore_errors=True)


@pytest.mark.parametrize(
    "key", ["rules: {LIN209x: off}", "accept: [{rule: LIN999, reason: x}]", "rules: {REL111: off}"]
)
@pytest.mark.parametrize("command", ["check", "build"])
def test_a_rule_that_does_not_exist_is_an_error(model: Path, key: str, command: str) -> None:
    put(model, {"release.yaml": f"{RELEASE}{key}\n"})
    done = charter(command, cwd=model)
    assert done.returncode == 2
    assert "release.yaml:5:" in done.stderr
    assert "LIN" in done.stderr or "REL" in done.stderr


def test_rules_that_do_not_exist_are_all_shown_with_the_nearest(model: Path) -> None:
    accepted = "accept: [{rule: REL110, reason: x}, {rule: CARD999, reason: x}]"
    put(model, {"release.yaml": f"{RELEASE}rules: {{LIN999: off}}\n{accepted}\n"})
    said = charter("check", cwd=model).stderr
    assert "release.yaml:5:9: rules.LIN999: there is no rule LIN999. Did you mean LIN209" in said
    assert "accept[1].rule: there is no rule CARD999. Did you mean CARD109" in said
    assert "REL110" not in said


def test_a_page_is_served_to_a_new_browser_whoever_holds_connections(tmp_path: Path) -> None:
    server = preview_server(tmp_path / "release.yaml", lambda: "the page")
    Thread(target=server.run, daemon=True).start()
    port = int(server.address.rpartition(":")[2].strip("/"))
    held = []
    for _ in range(3 * CONNECTIONS_LIMIT):
        held.append(socket.create_connection(("127.0.0.1", port)))
        held[-1].sendall(b"GET / HTTP/1.1\r\n")
    with urllib.request.urlopen(server.address, timeout=30) as answer:
        assert answer.read() == b"the page"
    closed = 0
    for one in held:
        one.settimeout(0.01)
        try:
            closed += one.recv(1) == b""
        except TimeoutError:
            pass
        except ConnectionError:
            closed += 1
        one.close()
    assert closed >= 2 * CONNECTIONS_LIMIT


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("README.md", b"---\nlicense: mit\nlicense: gpl-3.0\n---\n# M\n", 3),
        ("README.md", b"---\nlicense: &l mit\nmine: *l\n---\n# M\n", 3),
        ("README.md", b"---\n{license: mit}\n---\n# M\n", 2),
        ("README.md", b"# M\n\nJ\xf6rg\n", 3),
        ("NOTICE", b"PK\x03\x04\0\0", 1),
    ],
)
def test_what_a_build_refuses_is_an_error_of_check(model: Path, name: str, content: bytes, line: int) -> None:
    put(model, {name: content})
    assert charter("build", model).returncode == 2
    (finding,) = [f for f in check(load_target(model)).findings if f.rule == "ART302"]
    assert (finding.severity, Path(finding.file).name, finding.line) == ("error", name, line)
    assert (model / name).read_bytes() == content


@pytest.mark.parametrize("card", ["# M\n\n```python\nimport m\n", "---\ntags: [a]\n---\n# M\n", "", "\ufeff# M\n"])
def test_what_a_build_takes_is_no_error(model: Path, card: str) -> None:
    put(model, {"README.md": card, "NOTICE": "Thanks.\n"})
    assert found(model, "ART302") == []
    assert charter("build", model).returncode == 0
    assert found(model, "ART302") == []
