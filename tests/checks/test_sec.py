"""SEC, through the command line: each rule where it fires, and what it never shows; hostile folders end in findings."""

from __future__ import annotations

import os
import pickle
import socket
from pathlib import Path
from typing import Any

import pytest

from generator.artifacts.secrets import leaks
from tests.checks.models import APACHE, check, gguf, header, put, safetensors, told

MODEL = {"model.safetensors": safetensors(), "release.yaml": APACHE, "README.md": "# A model\n"}
# Put together here, so that no scanner takes this file for a leak.
HF = "hf_" + "aB3dE6gH9j" * 3 + "kLmN"
GITHUB = "ghp_" + "aB3dE6gH9j" * 3 + "kLmNoP"
PEM = "-----BEGIN RSA PRIVATE " + "KEY-----\n" + "MIIEowIBAAKCAQEAx" * 4 + "\n"
ALICE = "/home" + "/alice/"

CASES: list[tuple[str, dict[str, Any], list[tuple[str, str, int, int]], dict[str, Any]]] = [
    (
        "SEC101",
        {"train.sh": f"# run it\nexport HF_TOKEN={HF}\n"},
        [("error", "train.sh", 2, 17)],
        {"train.sh": "export HF_TOKEN=hf_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\nexport AWS=AKIAIOSFODNN7EXAMPLE\n"},
    ),
    (
        "SEC101",
        {"a.ipynb": {"cells": [{"source": [f"key = '''{PEM}'''"]}]}},
        [("error", "a.ipynb", 1, 34)],
        {"a.md": "A key begins with `-----BEGIN PRIVATE KEY-----`.\n"},
    ),
    (
        "SEC101",
        {".env": f"URL=https://bob:{GITHUB}@github.com/lab/x\n"},
        [("error", ".env", 1, 10), ("error", ".env", 1, 17)],
        {"a.md": "git clone https://user:password@example.org/x\ngit clone https://USER:${TOKEN}@github.com/x\n"},
    ),
    (
        "SEC101",
        {"model.safetensors": safetensors(metadata={"comment": HF}), "b.gguf": gguf(author=GITHUB)},
        [("error", "b.gguf", 1, 1), ("error", "model.safetensors", 1, 1)],
        {"model.safetensors": safetensors(metadata={"comment": "none"})},
    ),
    (
        "SEC102",
        {"config.json": f'{{"a": 1,\n "data": "{ALICE}x", "more": "{ALICE}y"}}'},
        [("warning", "config.json", 2, 11)],
        {"config.json": '{"a": "/home/user/x", "b": "/path/to/x", "c": "https://site.org/home/alice/"}'},
    ),
    (
        "SEC102",
        {"notes.txt": "C:" + "\\Users\\alice\\x\n"},
        [("warning", "notes.txt", 1, 3)],
        {"notes.txt": "C:\\Users\\Public\\x\n"},
    ),
    (
        "SEC103",
        {"pytorch_model.bin": b"PK\x03\x04" + b"\0" * 40, "old.pt": pickle.dumps([1])},
        [("warning", "old.pt", 1, 1), ("warning", "pytorch_model.bin", 1, 1)],
        {"openvino_model.bin": b"\0" * 40},
    ),
    (
        "SEC103",
        {"a.npy": b"\x93NUMPY\x01\x00v\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,), }"},
        [("warning", "a.npy", 1, 1)],
        {"a.npy": b"\x93NUMPY\x01\x00v\x00{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }"},
    ),
    (
        "SEC105",
        {"config.json": '{\n  "auto_map": {"AutoModel": "lab/code--modeling_x.X"}\n}\n'},
        [("info", "config.json", 2, 3)],
        {"config.json": "{}"},
    ),
    ("SEC105", {"modeling_x.py": "pass\n"}, [("info", "modeling_x.py", 1, 1)], {"train.py": "pass\n"}),
]


@pytest.mark.parametrize(("rule", "bad", "places", "good"), CASES, ids=[f"{c[0]}-{n}" for n, c in enumerate(CASES)])
def test_it_fires_at_its_place_and_nowhere_else(
    rule: str, bad: dict[str, Any], places: list[Any], good: dict[str, Any], tmp_path: Path
) -> None:
    one, other = put(tmp_path / "bad", {**MODEL, **bad}), put(tmp_path / "good", {**MODEL, **good})
    assert told(one, rule) == places
    assert told(other, rule) == []


def test_a_secret_is_never_shown(tmp_path: Path) -> None:
    put(tmp_path, {**MODEL, "a.txt": f"{HF}\n{GITHUB}\nhttps://bob:hunter22@git.lab.org/x\n{PEM}"})
    shown = str(check(tmp_path))
    assert "(hf_a…)" in shown
    for secret in (HF[:6], GITHUB[:6], "hunter22", PEM[40:60]):
        assert secret not in shown


@pytest.mark.parametrize(
    "text",
    [
        "sk-" + "aB3d" * 12,
        "xoxb-" + "123456789012-abcdefghijkl",
        "AIza" + "aB3dE" * 7,
        "glpat-" + "aB3dE6gH9jkLmNoPqRsT",
        "AKIA" + "QWERTYUIOPASDFGH",
        "github_pat_" + "aB3dE6gH9j" * 8,
        "gsk_" + "aB3dE6gH9j" * 5 + "kL",
        "r8_" + "aB3dE6gH9j" * 3 + "kLmNoPq",
        "nvapi-" + "aB3dE6gH9j" * 6 + "kLmN",
        "dapi" + "a3b6c9d2" * 4,
        "SG." + "aB3dE6gH9jkLmNoPqRsTuV." + "aB3dE6gH9j" * 4 + "kLm",
        "AccountKey=" + "aB3dE6gH9j" * 8 + "kLmNoP==",
        "hooks.slack.com/services/T1A2B3C4D/B1A2B3C4D5/" + "aB3dE6gH9jkLmNoPqRsTuVwX",
        "aws_secret_access_key = " + "aB3dE6gH/9" * 4,
        "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiIxMjM0NTY3ODkwIn0." + "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
    ],
)
def test_tokens_of_the_usual_kinds_are_found_and_longer_words_are_not(text: str) -> None:
    assert [leak.start for leak in leaks(b'key="' + text.encode() + b'"')] == [5]
    assert leaks(b"x" + text.encode()) == ()


def test_what_was_not_searched_is_one_info_with_a_count(tmp_path: Path) -> None:
    files = {"data.tar.gz": b"\x1f\x8b\x08", "a/b.zip": b"PK\x03\x04", "training_args.bin": b"\x80\x02}q\x01."}
    (found,) = [f for f in check(put(tmp_path, {**MODEL, **files})) if f["rule"] == "SEC101"]
    assert (found["severity"], found["count"]) == ("info", 3)
    for name in files:
        assert name in found["message"]


def test_a_token_in_the_arguments_of_a_trainer_is_found(tmp_path: Path) -> None:
    put(tmp_path, {**MODEL, "training_args.bin": pickle.dumps({"hub_token": HF, "output_dir": f"{ALICE}run"}, 2)})
    assert ("error", "training_args.bin") in {found[:2] for found in told(tmp_path, "SEC101")}
    assert told(tmp_path, "SEC102")


def test_paths_in_data_are_text_of_others(tmp_path: Path) -> None:
    put(tmp_path, {**MODEL, "d/a.csv": f"x,{ALICE}y\n", "d/b.jsonl": f'{{"x": "{ALICE}y"}}\n'})
    assert told(tmp_path, "SEC102") == []


def test_links_out_of_the_folder_and_to_nowhere_are_told(tmp_path: Path) -> None:
    folder = put(tmp_path / "model", MODEL)
    (tmp_path / "outside.txt").write_text("x")
    (folder / "out.txt").symlink_to("../outside.txt")
    (folder / "loop").symlink_to("loop")
    (folder / "within.md").symlink_to("README.md")
    assert told(folder, "SEC104") == [("warning", "loop", 1, 1), ("warning", "out.txt", 1, 1)]


def test_what_is_no_file_is_never_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = put(tmp_path, MODEL)
    for name in ("adapter_config.json", "config.json", "b.safetensors", "b.gguf", "b.bin", "LICENSE", "a.txt"):
        os.mkfifo(folder / name)
    monkeypatch.chdir(folder)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s.index.json")
        found = check(folder, timeout=60)
    assert [len(f["places"]) for f in found if f["rule"] == "SEC106"] == [8]


def test_names_that_garble_a_terminal_are_told(tmp_path: Path) -> None:
    folder = put(tmp_path, {**MODEL, "a\x1b[2J.txt": "x"})
    (Path(os.fsdecode(os.fsencode(folder) + b"/b\xff.bin"))).write_bytes(b"\x80\x04.")
    (found,) = [f for f in check(folder) if f["rule"] == "SEC107"]
    assert found["count"] == 2
    assert not any(c in place["message"] for place in found["places"] for c in "\x1b\udcff")


class _Boom:
    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("executed"),)


def test_nothing_that_is_read_is_run(tmp_path: Path) -> None:
    boom = pickle.dumps(_Boom())
    put(tmp_path, {**MODEL, "training_args.bin": boom, "a.pkl": boom, "modeling_x.py": "open('executed', 'w')\n"})
    assert told(tmp_path, "SEC103")
    assert not Path("executed").exists()


DEEP = b"[" * 200_000
HOSTILE: list[dict[str, Any]] = [
    {"model.safetensors": b"\xff" * 8 + b"{}"},
    {"model.safetensors": header(b'{"a":' * 100_000)},
    {"model.safetensors": header({"a": {"dtype": "F32", "shape": [2**62, 2**62], "data_offsets": [0, 2**90]}})},
    {"model.safetensors": header({"a": {"dtype": "F32", "shape": ["ab", 10**12], "data_offsets": [0, 1]}})},
    {"model.safetensors": header(b'{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],'
                                 b'"data_offsets":[0,1]}}') + b"x"},
    {"model.safetensors": b""},
    {"b.gguf": b"GGUF\x03\0\0\0" + b"\xff" * 16},
    {"b.gguf": b"GGUF\x03\0\0\0" + b"\0" * 8 + b"\xff" * 7 + b"\0" * 50_000},
    {"config.json": DEEP, "adapter_config.json": DEEP, "model.safetensors.index.json": DEEP},
    {"model.safetensors.index.json": {"weight_map": {"a": "../../../etc/passwd", "b": ["x"]}}},
    {"model.safetensors.index.json": {"weight_map": {"a": "../../../etc/passwd", "b": "/etc/passwd"}}},
    {"mergekit_config.yml": "a: &a [x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 8)}]\n" for n in range(12))},
    {"README.md": b"\xff\xfe", "LICENSE": b"\0" * 100},
]  # fmt: skip


@pytest.mark.parametrize("files", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("stated", [True, False], ids=["release", "folder"])
def test_hostile_files_end_in_findings(files: dict[str, Any], stated: bool, tmp_path: Path) -> None:
    base = MODEL if stated else {"README.md": "# A model\n", "model.safetensors": safetensors()}
    assert check(put(tmp_path, {**base, **files}), timeout=60)
