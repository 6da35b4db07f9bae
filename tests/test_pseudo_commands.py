"""No text that a command writes escapes translation: in brackets, as each text is, nothing is outside of them."""

from __future__ import annotations

import html
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.cli import cli, failure
from generator.errors import CharterError
from generator.translations import catalog, use_interface_language
from tests.hub.run import RELEASE, release
from tests.hub.server import TOKEN, Hub, hub

from .conftest import TESTS
from .test_pseudo_locale import LAX, Pseudo, escaped

Said = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def pseudo(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Every language is the one in brackets."""
    monkeypatch.setattr(catalog, "load_catalog", lambda language: Pseudo())
    monkeypatch.setenv("COLUMNS", "400")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    with use_interface_language(LAX):
        yield


def run(capsys: Said, *words: object) -> str:
    """What a command writes: its answer and its messages."""
    capsys.readouterr()
    try:
        cli.main([str(word) for word in words], standalone_mode=False)
    except CharterError as error:
        failure.write(error)
    return "\n".join(capsys.readouterr())


def folder_of(path: Path, name: str = "layered-five") -> Path:
    """A copy of an example, without what was built."""
    path.mkdir(parents=True)
    shutil.copy(TESTS / "examples" / name / "release.yaml", path / "release.yaml")
    return path


NAMES = "card model tmp pytest root release readme license notice borealis lab"


def test_build(tmp_path: Path, capsys: Said) -> None:
    folder = release(tmp_path / "model")
    names = f"{NAMES} {tmp_path}"
    assert escaped(run(capsys, "build", folder), names=names) == []
    assert escaped(run(capsys, "build", folder), names=names) == []
    (folder / "LICENSE").write_text("Mine.\n", encoding="utf-8")
    assert escaped(run(capsys, "build", folder), names=names) == []
    assert escaped(run(capsys, "build", folder, "-o", folder / "release.yaml"), names=names) == []
    card = folder / "README.md"
    card.write_text(card.read_text(encoding="utf-8").replace("charter:end", "charter:stop"), encoding="utf-8")
    assert escaped(run(capsys, "build", folder, "--force"), names=names) == []


def pushed(capsys: Said, server: Hub, folder: Path, *words: str) -> str:
    """What a push to a Hub writes, without its addresses and the card's text."""
    text = run(capsys, "push", folder, "--endpoint", server.url, *words).replace(server.url, "https://hub")
    return "\n".join(line for line in text.splitlines() if line[:1] not in "+-@ " or "⟦" in line)


def test_push(tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    folder = release(tmp_path / "model", RELEASE)
    names = f"{NAMES} {tmp_path} hub"
    with hub({}) as server:
        for words in (
            ["--dry-run"],
            [],
            ["--gated", "auto"],
            ["--create"],
            ["--create-pr"],
            ["--revision", "other"],
            ["--repo", "x"],
            ["--repo", "https://huggingface.co/a"],
            ["--only", "nothing"],
            ["--token-from-env", "NO_TOKEN"],
        ):
            assert escaped(pushed(capsys, server, folder, *words), names=names) == [], words
        server.edit("lab/borealis", "LICENSE", b"All rights reserved.\n")
        for words in ([], ["--keep", "LICENSE"], ["--force"]):
            assert escaped(pushed(capsys, server, folder, *words), names=names) == [], words
    for status in (400, 401, 402, 403, 404, 408, 409, 413, 418, 422, 500, 501, 503):
        from generator.hub.client import _BY_STATUS, _OTHER_STATUS
        from generator.translations import gettext

        text, fix = _BY_STATUS.get(status, _OTHER_STATUS)
        assert escaped(gettext(text)) == escaped(gettext(fix)) == []


_TITLES = "hub apache license mit gemma terms use llama community agreement"


def test_licenses(tmp_path: Path, capsys: Said) -> None:
    from generator.licenses.catalog import get_known_ids, get_known_name, hub_id

    names = " ".join(f"{key} {hub_id(key)} {get_known_name(key)}" for key in get_known_ids())
    (tmp_path / "none.txt").write_text("Do what you want.\n", encoding="utf-8")
    for words in (
        ["--for", "weights"],
        ["--search", "no such"],
        ["mit"],
        ["gemma", "mit"],
        ["--sell", "--patents", "--layer", "weights"],
        ["--share-alike", "--no-sell", "--patents", "--layer", "data", "--from", "gpl-3.0"],
        ["--base", "meta-llama/Llama-3.1-8B"],
        ["--base", "nobody/knows"],
        ["--layer", "weight", "--sell"],
        ["mitt"],
        ["mit AND gemma"],
        [str(tmp_path / "none.txt")],
    ):
        text = run(capsys, "licenses", *words).replace("meta-llama/Llama-3.1-", "").replace(str(tmp_path), "")
        assert escaped(text, names=f"{names} {NAMES} txt none evaleval eval curation parquet") == [], words


def test_a_license_file(tmp_path: Path, capsys: Said) -> None:
    from generator.cli.licenses_text import _format_identified
    from generator.licenses.identify import Identification, Part
    from generator.licenses.text_changes import Change

    base = Identification("MIT", True, 0.9, (), "with changes", name="MIT License")
    changes = (Change("replaced", "new", "old"), Change("added", "new"), Change("removed", "old"))
    part = Part("MIT", "MIT License", "true copy", 1, 9, "v1")
    for found in (
        base._replace(result="true copy", version="v1"),
        base._replace(result="several licenses in one file", parts=(part,)),
        base._replace(result="notice only"),
        base._replace(changes=changes, others=("BSD",)),
        base,
        base._replace(result="unknown"),
    ):
        text = "\n".join(_format_identified("LICENSE", found))
        assert escaped(text, names="mit license bsd") == [], found


_MODELS = """id,license,license_name,base_model,base_model_relation,datasets,downloads
meta-llama/Llama-3.1-8B,llama3.1,,,,,1000
a/x,mit,,meta-llama/Llama-3.1-8B,finetune,,50
b/y,apache-2.0,,a/x,merge,,10
c/z,,,google/gemma-2-9b,finetune,,5
d/w,other,foo,unknown/q,finetune,,5
"""


def test_audit(tmp_path: Path, capsys: Said) -> None:
    pytest.importorskip("duckdb", reason="an audit needs the extra `audit`")
    (tmp_path / "m.csv").write_text(_MODELS, encoding="utf-8")
    out = tmp_path / "out.csv"
    text = run(capsys, "audit", tmp_path / "m.csv", "--block", "llama3.1", "--what-if", "a/x=llama3.1", "--out", out)
    text += run(capsys, "audit", tmp_path / "m.csv", "--since", out, "--org", "a")
    for words in (
        ["nothing.csv"],
        [tmp_path / "m.csv", "--org", "nobody"],
        [tmp_path / "m.csv", "--column", "a=b"],
        [tmp_path / "m.csv", "--column", "a"],
        [tmp_path / "m.csv", "--what-if", "a"],
        [tmp_path / "m.csv", "--since", tmp_path / "m.csv"],
        [tmp_path / "m.csv", "--out", "a.txt"],
        [tmp_path / "m.csv", "--memory", "much"],
    ):
        text += run(capsys, "audit", *words)
    names = "llama mit apache foo dropped inherited unknown policy display built with naming prefix user cap csv"
    assert escaped(text, names=f"{names} {tmp_path}") == []
    assert "⟦" not in out.read_text(encoding="utf-8"), "what programs read is in English"


def test_page_of_an_audit(tmp_path: Path, capsys: Said) -> None:
    pytest.importorskip("duckdb", reason="an audit needs the extra `audit`")
    models, out = tmp_path / "m.csv", tmp_path / "out.csv"
    rows = [f"l/{number},mit,,l/{number - 1},finetune,,{90 - number}\n" for number in range(1, 9)]
    clash = ["x/gpl,gpl-3.0,,,,,1\n", "x/gemma,gemma,,,,,1\n", "x/both,gpl-3.0,,x/gpl;x/gemma,merge,,1\n"]
    models.write_text("".join([_MODELS, "l/0,llama3.1,,,,,1\n", *rows, *clash]), encoding="utf-8")
    run(capsys, "audit", models, "--out", out)
    models.write_text(models.read_text(encoding="utf-8") + "e/v,mit,,google/gemma-2-9b,finetune,,5\n", encoding="utf-8")
    words = ["--block", "llama3.1", "--what-if", "a/x=llama3.1", "--since", out, "--fact", "purpose=commercial"]
    page = run(capsys, "audit", models, "--format", "html", *words)
    assert '<html lang="xn">' in page
    for name in ("since", "what-if", "worst", "fixes", "roots", "pairs", "policy", "conditions", "gaps", "inventory"):
        assert f'<section id="{name}">' in page, name
    page += run(capsys, "audit", models, "--format", "html", "--org", "x")
    assert '<section id="unpublishable">' in page
    shown = re.sub(r"<(style|code)\b.*?</\1>", " ", page, flags=re.S)
    labels = re.findall(r'aria-label="([^"]*)"', shown)
    shown = re.sub(r"<(\w+)[^>]* lang=\"en\"[^>]*>.*?</\1>", " ", shown)
    names = f"llama mit apache foo cap {tmp_path}"
    assert escaped(html.unescape(re.sub(r"<[^>]*>", " ", shown)), names=names) == []
    assert escaped(html.unescape(" ".join(labels)), names=names) == []


def test_folders(tmp_path: Path, capsys: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = release(tmp_path / "model", RELEASE.replace("repo: lab/borealis", "repo: lab/borealis"))
    names = f"{NAMES} {tmp_path}"
    assert escaped(run(capsys, "hash", folder), names=names) == []
    (folder / "model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    text = "".join(run(capsys, "hash", folder, *words) for words in ([], ["--write"], ["--write"]))
    text = "\n".join(line for line in text.splitlines() if not line.endswith("  model.safetensors"))
    assert escaped(text, names=names) == []
    for words in (
        ["verify", folder],
        ["verify", folder / "nothing"],
        ["badge", folder],
        ["init", folder],
        ["init", folder, "--defaults"],
        ["init", folder / "nothing", "--defaults"],
        ["import", folder / "release.yaml"],
        ["import", folder / "README.md", "-o", folder / "release.yaml"],
        ["openness", "mit"],
        ["rights", folder / "nothing"],
        ["rights", "mit", "--act", "eat"],
        ["rights", "mit", "--layer", "cake"],
        ["rights", "mit", "--fact", "country=Poland"],
        ["rights", "mit", "--fact", "purpose=fun"],
        ["derive", "--from", "mit", "--relation", "eaten", "--as", "mit"],
        ["preview", folder / "nothing"],
        ["mcp", folder / "nothing"],
    ):
        assert escaped(run(capsys, *words), names=names) == [], words
    monkeypatch.chdir(folder)
    assert escaped(run(capsys), names=names) == []
    (folder / "release.yaml").unlink()
    assert escaped(run(capsys), names=names) == []


@pytest.mark.parametrize("emissions", ["4", "many", "{emissions: 4, source: codecarbon}"])
def test_what_an_import_leaves_out(tmp_path: Path, capsys: Said, emissions: str) -> None:
    results = "model-index: [{name: a, results: [{metrics: [{type: accuracy}]}]}]\n"
    front = f"co2_eq_emissions: {emissions}\nthumbnail: a.png\nbase_model: lab/base\n{results}"
    (tmp_path / "README.md").write_text(f"---\n{front}---\n# A\n", encoding="utf-8")
    text = run(capsys, "import", tmp_path / "README.md", "-o", tmp_path / "release.yaml")
    assert "thumbnail" in text and "co2_eq_emissions" in text and "result without a task" in text
    assert escaped(text, names=f"{NAMES} {tmp_path}") == []


def test_verification(capsys: Said) -> None:
    from generator.api.signing import Difference, Verification
    from generator.artifacts.signature import SignedFiles
    from generator.cli.verify import _print

    signed = SignedFiles("key", "files", "sha256", (), {"a": "b" * 64})
    other = (Difference("a", "b" * 64, "c" * 64),)
    capsys.readouterr()
    for signer in (
        {"key": "b" * 64},
        {"subject": "A", "issuer": "B"},
        {"identity": "A", "issuer": "B"},
        {"identity": "A"},
        {},
    ):
        for fault in ("", "⟦x⟧"):
            _print(Verification("x", signed, signer, fault, ("a",) * 30, other, ("a",), 2, other, "⟦x⟧"))
    assert escaped(capsys.readouterr().out, names="yaml release model bbbbbbbbbbbbbbbb cccccccccccccccc") == []


def _safetensors(header: bytes, rest: bytes = b"") -> bytes:
    return len(header).to_bytes(8, "little") + header + rest


_TENSOR = b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,%d]}}'


@pytest.mark.parametrize(
    "content",
    [
        b"\1",
        _safetensors(b""),
        _safetensors(b"{" * 50),
        _safetensors(b"[1]         "),
        (1 << 40).to_bytes(8, "little"),
        (99).to_bytes(8, "little") + b"{}",
        b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"a" * 64 + b"\nsize 9\n",
        _safetensors(_TENSOR % 4),
        _safetensors(_TENSOR % 4, b"123456789"),
        _safetensors(_TENSOR % 8, b"12345678"),
        _safetensors(b'{"__metadata__":1,"a":1}'),
    ],
)
def test_faults_of_weights(tmp_path: Path, content: bytes) -> None:
    from generator.artifacts.safetensors import read_header

    (tmp_path / "a.safetensors").write_bytes(content)
    for fault in read_header(tmp_path / "a.safetensors").faults:
        assert escaped(fault.message) == []


def test_faults_of_gguf(tmp_path: Path) -> None:
    from generator.artifacts.gguf import read_gguf

    for content in (b"GG", b"none" * 9, b"GGUF" + b"\7\0\0\0" + b"\0" * 40, b"GGUF" + b"\3\0\0\0" + b"\1" * 40):
        (tmp_path / "a.gguf").write_bytes(content)
        for fault in read_gguf(tmp_path / "a.gguf").faults:
            assert escaped(fault.message, names="gguf") == []
