"""What goes to which repo, without a Hub: moves, selections, files of the layers, and the facts of each repo's card."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from generator import plugins
from generator.errors import CharterError
from generator.publishing.uploads import RepoUpload, repo_uploads
from generator.release.model import Release
from generator.release.reader import parse_release, read_release
from tests.hub.run import LAYERED, RELEASE, release

HEAD = "charter: 1\nrelease: {name: Borealis, repo: lab/borealis, copyright: 2026 Lab, languages: [en]}\n"
LINES = """\
charter: 1
release:
  name: Borealis
  version: "1.0"
  repo: lab/borealis
  copyright: 2026 Lab
  publisher: {name: Lab}
  languages: [en]
  task: text-generation
  library: transformers
  tags: [chat]
  summary: A model.
model: {architecture: LlamaForCausalLM, parameters: 7}
outputs: [card, licenses, citation]
"""


def parsed(layers: str, head: str = HEAD) -> Release:
    """A release of these layers."""
    return parse_release(f"{head}layers:\n{layers}")


def card(upload: RepoUpload) -> str:
    """The card of a repo."""
    return upload.bundle["README.md"].decode()


def places(uploads: tuple[RepoUpload, ...]) -> list[str]:
    """The repos, in their order."""
    return [upload.repo for upload in uploads]


WEIGHTS = "  weights: {availability: released, license: MIT, files: ['*.safetensors']}\n"
CORPUS = "{name: Corpus, availability: AVAILABLE, license: CC-BY-4.0, files: ['data/*.jsonl'], repo: lab/corpus}\n"
DATA = "  data: " + CORPUS.replace("AVAILABLE", "released")
TWO = WEIGHTS + DATA + "  curation: {availability: released, license: MIT, files: [clean.py], repo: lab/clean}\n"


def test_the_release_s_own_repo_comes_first_and_each_other_once() -> None:
    again = "  architecture: {availability: released, license: MIT, files: [m.py], repo: lab/clean}\n"
    found = repo_uploads(parsed(TWO + again))
    assert places(found) == ["lab/borealis", "lab/corpus", "lab/clean"]
    assert [upload.kind for upload in found] == ["model", "dataset", "model"]
    assert [upload.globs for upload in found] == [("*.safetensors",), ("data/*.jsonl",), ("clean.py", "m.py")]
    assert all(dict(upload.files) == {} for upload in found)
    assert all("release.yaml" in upload.bundle for upload in found)
    bare = repo_uploads(parsed(TWO), release_file=False)
    assert not any("release.yaml" in upload.bundle for upload in bare)


def test_items_that_are_not_released_have_no_repo() -> None:
    for word in ("withheld", "none", "described"):
        text = WEIGHTS + "  data: " + CORPUS.replace("AVAILABLE", word)
        assert places(repo_uploads(parsed(text))) == ["lab/borealis"]
    gated = repo_uploads(parsed(WEIGHTS + "  data: " + CORPUS.replace("AVAILABLE", "gated")))
    assert [(upload.repo, upload.gated) for upload in gated] == [("lab/borealis", False), ("lab/corpus", True)]


def test_an_item_that_names_the_release_s_own_repo_is_in_it() -> None:
    own = repo_uploads(parsed(WEIGHTS + DATA.replace("lab/corpus", "lab/borealis")))
    assert places(own) == ["lab/borealis"]
    assert own[0].globs == ("data/*.jsonl", "*.safetensors")


NO_MAIN = HEAD.replace("repo: lab/borealis, ", "")


def test_a_release_without_a_repo_needs_one_for_what_is_nowhere_else() -> None:
    with pytest.raises(CharterError) as caught:
        repo_uploads(parsed(WEIGHTS, NO_MAIN))
    assert caught.value.message == "No repo is named."
    assert caught.value.remedy == "Write `repo: ORG/NAME` under `release:`, or --repo ORG/NAME."
    with pytest.raises(CharterError, match="No repo is named"):
        repo_uploads(parsed(WEIGHTS + DATA, NO_MAIN))
    assert places(repo_uploads(parsed(DATA, NO_MAIN))) == ["lab/corpus"]
    unreleased = "  weights: {availability: withheld}\n"
    assert places(repo_uploads(parsed(DATA + unreleased, NO_MAIN))) == ["lab/corpus"]
    elsewhere = "  weights: {availability: released, license: MIT, url: 'https://lab.example/w'}\n"
    assert places(repo_uploads(parsed(DATA + elsewhere, NO_MAIN))) == ["lab/corpus"]
    assert places(repo_uploads(parsed(WEIGHTS, NO_MAIN), "me/mine")) == ["me/mine"]


def test_a_repo_id_that_is_none_is_named_with_its_option() -> None:
    with pytest.raises(CharterError, match=r"^--repo: 'nope' is not a repo id"):
        repo_uploads(parsed(TWO), "nope")
    with pytest.raises(CharterError, match=r"^--repo data: 'nope' is not a repo id"):
        repo_uploads(parsed(TWO), "data=nope")


MOVES = [
    # --repo; the repos that follow
    (("me/try", "data=me/data", "curation=me/code"), ["me/try", "me/data", "me/code"]),
    (("data=me/data",), ["lab/borealis", "me/data", "lab/clean"]),
    (("lab/corpus=me/data",), ["lab/borealis", "me/data", "lab/clean"]),
    (("lab/corpus=me/data", "data=me/other"), ["lab/borealis", "me/data", "lab/clean"]),
    (("lab/borealis",), ["lab/borealis", "lab/corpus", "lab/clean"]),
    (("data=lab/borealis",), ["lab/borealis", "lab/clean"]),
]


@pytest.mark.parametrize(("moves", "there"), MOVES)
def test_another_repo_takes_the_items_that_it_is_named_for(moves: tuple[str, ...], there: list[str]) -> None:
    assert places(repo_uploads(parsed(TWO), moves)) == there


def test_items_that_name_the_old_repo_move_along() -> None:
    named = WEIGHTS.replace("files", "repo: lab/borealis, files")
    found = repo_uploads(parsed(named), "me/try")
    assert places(found) == ["me/try"]
    assert found[0].globs == ("*.safetensors",)
    assert "repo: me/try" in found[0].bundle["release.yaml"].decode()
    assert "lab/borealis" not in found[0].bundle["release.yaml"].decode()


WRONG = [
    (("me/a", "me/b"), (), "--repo: the release's own repo is named twice.", "Write LAYER=ORG/NAME for the others."),
    (
        ("me/try",),
        (),
        "--repo me/try names a repo for the release itself, but these items have repos of their own: "
        "data to lab/corpus, curation to lab/clean.",
        "Name a repo for each: --repo data=ORG/NAME --repo curation=ORG/NAME. "
        "Or publish this repo alone: --only me/try",
    ),
    (
        ("me/try", "data=me/data"),
        (),
        "--repo me/try names a repo for the release itself, but these items have repos of their own: "
        "curation to lab/clean.",
        "Name a repo for each: --repo curation=ORG/NAME. Or publish this repo alone: --only me/try",
    ),
    (
        ("weights=me/try",),
        (),
        "--repo weights=…: no released item has a repo of its own there.",
        "Known: data=lab/corpus, curation=lab/clean",
    ),
    (
        (),
        ("lab/nothing",),
        "--only: 'lab/nothing' is not a repo or a layer of this release.",
        "Its repos: lab/borealis, lab/corpus, lab/clean. Its layers: data, curation, architecture, weights, deltas.",
    ),
    ((), ("deltas",), "--only: 'deltas' is not a repo or a layer of this release.", ""),
]


@pytest.mark.parametrize(("moves", "only", "message", "remedy"), WRONG)
def test_a_move_that_leaves_something_open_is_an_error(
    moves: tuple[str, ...], only: tuple[str, ...], message: str, remedy: str
) -> None:
    with pytest.raises(CharterError) as caught:
        repo_uploads(parsed(TWO), moves, only=only)
    assert caught.value.message == message
    assert caught.value.remedy == remedy if remedy else caught.value.remedy


def test_a_move_of_a_layer_that_goes_to_several_repos_names_each() -> None:
    layers = WEIGHTS + (
        "  data:\n"
        "    - {availability: released, license: CC-BY-4.0, files: [a.jsonl], repo: lab/a}\n"
        "    - {availability: released, license: CC-BY-4.0, files: [b.jsonl], repo: lab/b}\n"
    )
    with pytest.raises(CharterError) as caught:
        repo_uploads(parsed(layers), "data=me/data")
    assert caught.value.message == "--repo data=…: the items of this layer go to 2 repos."
    assert caught.value.remedy == "Name each: --repo lab/a=ORG/NAME --repo lab/b=ORG/NAME"
    with pytest.raises(CharterError) as caught:
        repo_uploads(parsed(WEIGHTS), "data=me/data")
    assert caught.value.remedy == "Known: none"
    with pytest.raises(CharterError) as caught:
        repo_uploads(parsed(layers), "me/try")
    assert "--repo data=ORG/NAME. Or" in caught.value.remedy


ONLY = [
    (("data",), ["lab/corpus"]),
    (("lab/clean",), ["lab/clean"]),
    (("lab/clean", "weights"), ["lab/borealis", "lab/clean"]),
    (("curation", "lab/corpus", "lab/borealis"), ["lab/borealis", "lab/corpus", "lab/clean"]),
    ((), ["lab/borealis", "lab/corpus", "lab/clean"]),
]


@pytest.mark.parametrize(("only", "there"), ONLY)
def test_a_repo_or_a_layer_may_be_published_alone(only: tuple[str, ...], there: list[str]) -> None:
    assert places(repo_uploads(parsed(TWO), only=only)) == there
    assert places(repo_uploads(parsed(TWO), "me/try", only=("me/try",))) == ["me/try"]


def files(folder: Path, *names: str) -> None:
    """Make files."""
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("{}\n", encoding="utf-8")


def test_the_files_of_the_layers_go_where_their_items_go(tmp_path: Path) -> None:
    folder = release(tmp_path / "model", RELEASE + LAYERED)
    files(folder, "a.safetensors", "data/a.jsonl", "adapter/adapter_config.json", "adapter/LICENSE", "notes.txt")
    main, data, adapter = repo_uploads(read_release(folder), with_files=True)
    assert dict(main.files) == {"a.safetensors": folder / "a.safetensors"}
    assert dict(data.files) == {"data/a.jsonl": folder / "data/a.jsonl"}
    assert dict(adapter.files) == {"adapter_config.json": folder / "adapter" / "adapter_config.json"}
    assert adapter.globs == ("*",)
    assert [upload.folder for upload in (main, data, adapter)] == [folder, None, None]
    assert not any(upload.files for upload in repo_uploads(read_release(folder)))


def test_files_of_a_release_that_was_made_in_python_are_nowhere() -> None:
    assert [dict(upload.files) for upload in repo_uploads(parsed(TWO), with_files=True)] == [{}, {}, {}]


def test_a_repo_beside_the_release_s_own_has_a_card_of_its_own() -> None:
    deltas = (
        "  deltas: {form: adapter, availability: released, license: MIT, repo: lab/polish, files: ['lora/*.bin'],"
        " description: For Polish., derived_from: [{ref: lab/borealis, license: MIT, relation: adapter}]}\n"
    )
    main, data, adapter = repo_uploads(parsed(WEIGHTS + DATA + deltas, LINES))
    assert [upload.title for upload in (main, data, adapter)] == [
        "Publish Borealis 1.0",
        "Publish Corpus 1.0",
        "Publish Borealis, adapter 1.0",
    ]
    assert "CITATION.cff" in main.bundle
    for upload in (data, adapter):
        assert "CITATION.cff" not in upload.bundle
        assert "LlamaForCausalLM" not in card(upload)
        assert "A model." not in card(upload)
    for line in ("pipeline_tag: text-generation", "library_name: transformers", "- chat"):
        assert line in card(main)
        assert line not in card(data)
    assert "pipeline_tag: text-generation" in card(adapter)
    assert "- chat" in card(adapter)
    assert "library_name" not in card(adapter), "transformers loads no adapter alone"
    assert card(adapter).count("For Polish.") == 1
    assert "license: cc-by-4.0" in card(data)
    assert "LICENSES/CC-BY-4.0.txt" in data.bundle
    assert "LICENSES/CC-BY-4.0.txt" not in main.bundle


FORMS = [
    # form, files, library of the release; the library of the repo, whether the facts of the model are in its card
    ("adapter", "lora/adapter_model.safetensors", "transformers", "peft", False),
    ("adapter", "lora/x.bin", "transformers", None, False),
    ("adapter", "lora/x.bin", "diffusers", "diffusers", False),
    ("quantized", "q/*.gguf", "transformers", "gguf", True),
    ("quantized", "q/*.safetensors", "transformers", "transformers", True),
    ("merge", "m/*.safetensors", "transformers", "transformers", True),
    ("finetune", "m/*.safetensors", "transformers", "transformers", True),
    ("diff", "m/*.safetensors", "transformers", "transformers", False),
]


@pytest.mark.parametrize(("form", "pattern", "library", "expected", "has_model"), FORMS)
def test_the_library_of_a_repo_is_that_of_its_files(
    form: str, pattern: str, library: str, expected: str | None, has_model: bool
) -> None:
    deltas = f"  deltas: {{form: {form}, availability: released, license: MIT, repo: lab/d, files: ['{pattern}']}}\n"
    _, upload = repo_uploads(parsed(WEIGHTS + deltas, LINES.replace("library: transformers", f"library: {library}")))
    assert (f"library_name: {expected}\n" in card(upload)) is (expected is not None)
    assert ("library_name" in card(upload)) is (expected is not None)
    assert ("LlamaForCausalLM" in card(upload)) is has_model


def test_an_adapter_in_a_folder_is_one_of_peft_if_its_configuration_is_there(tmp_path: Path) -> None:
    text = RELEASE.replace("  task:", "  library: transformers\n  task:") + LAYERED
    folder = release(tmp_path / "model", text)
    files(folder, "adapter/adapter_config.json")
    assert "library_name: peft\n" in card(repo_uploads(read_release(folder))[2])
    (folder / "adapter" / "adapter_config.json").unlink()
    assert "library_name" not in card(repo_uploads(read_release(folder))[2])


ROOTS = [
    # files of the items of one repo; the patterns there
    (["lora/*"], ("*",)),
    (["lora/a.bin", "lora/b.bin"], ("a.bin", "b.bin")),
    (["lora/a.bin", "other/b.bin"], ("lora/a.bin", "other/b.bin")),
    (["a.bin"], ("a.bin",)),
    (["lora/en/*.bin"], ("*.bin",)),
    (["*/a.bin"], ("*/a.bin",)),
    (["l?/a.bin"], ("l?/a.bin",)),
    (["lora/"], ("**",)),
]


@pytest.mark.parametrize(("patterns", "there"), ROOTS)
def test_a_folder_that_holds_all_of_a_delta_is_the_root_of_its_repo(
    patterns: list[str], there: tuple[str, ...]
) -> None:
    deltas = f"  deltas: {{form: diff, availability: released, license: MIT, repo: lab/d, files: {patterns}}}\n"
    assert repo_uploads(parsed(WEIGHTS + deltas))[1].globs == there


def test_a_repo_that_holds_more_than_deltas_keeps_its_folders() -> None:
    deltas = "  deltas: {form: diff, availability: released, license: MIT, repo: lab/d, files: [lora/a.bin]}\n"
    code = "  architecture: {availability: released, license: MIT, repo: lab/d, files: [lora/m.py]}\n"
    assert repo_uploads(parsed(WEIGHTS + deltas + code))[1].globs == ("lora/m.py", "lora/a.bin")
    title = repo_uploads(parsed(WEIGHTS + deltas + code))[1].title
    assert title == "Publish Borealis, architecture"


def test_the_fields_of_the_card_are_found_in_the_release_file(tmp_path: Path) -> None:
    text = LINES + (
        "results: [{task: text-generation, dataset: {name: MMLU, id: cais/mmlu}, metric: accuracy, value: 1}]\n"
        "layers:\n  weights:\n    availability: released\n    license: MIT\n    files: ['*.safetensors']\n"
        "    derived_from: [{ref: a/b, license: MIT, relation: finetune}]\n"
    )
    folder = release(tmp_path / "model", text)
    (upload,) = repo_uploads(read_release(folder))
    lines = text.splitlines()
    expected = {
        "license_name": "repo:",
        "language": "languages:",
        "language_bcp47": "languages:",
        "library_name": "library:",
        "pipeline_tag": "task:",
        "tags": "tags:",
        "pretty_name": "name:",
        "model-index": "results:",
        "license": "license:",
        "base_model": "derived_from:",
        "base_model_relation": "derived_from:",
        "datasets": "derived_from:",
    }
    assert {key: lines[at.line - 1].split()[0] for key, at in upload.fields.items()} == expected
    made = repo_uploads(parse_release(text))
    assert set(made[0].fields) <= set(expected)


def test_a_repo_is_gated_if_an_item_with_files_in_it_is() -> None:
    gated = WEIGHTS.replace("released", "gated")
    assert repo_uploads(parsed(gated))[0].gated
    assert not repo_uploads(parsed(WEIGHTS))[0].gated
    both = WEIGHTS.replace("released", "gated").replace("files:", "url: 'https://lab.example/w', files:")
    assert repo_uploads(parsed(both))[0].gated
    linked = "  data: {availability: gated, license: CC-BY-4.0, url: 'https://lab.example/d'}\n"
    assert not repo_uploads(parsed(WEIGHTS + linked))[0].gated


LAYERS = """\
licenses:
  LicenseRef-data-terms: {name: Data terms, license_text: TERMS.txt}
  LicenseRef-else: {name: Else, url: https://lab.example/terms}
layers:
  data: {availability: released, license: LicenseRef-data-terms, files: [a.jsonl]}
  weights:
    availability: released
    license: LicenseRef-our-terms
    license_text: TERMS.txt
    files: ["*.safetensors"]
    derived_from:
      - {ref: ./base, relation: finetune, notice: BASE.txt}
      - {ref: mistralai/Mistral-7B-v0.1, relation: finetune, notice: BASE.txt}
      - {ref: a/b, license: MIT, relation: trained_on, notice: BASE.txt}
      - {ref: nobody/knows, relation: trained_on}
documents:
  - {component: technical-report, availability: released, license: CC-BY-4.0, files: [paper.pdf]}
"""
RECORD = """\
charter: 1
release:
  name: Borealis
  repo: lab/borealis
  copyright: "2026 Lab"
  languages:
    - en
layers:
  data:
    availability: released
    license: LicenseRef-data-terms
    files:
      - a.jsonl
  weights:
    availability: released
    license: LicenseRef-our-terms
    license_text: LICENSES/LicenseRef-our-terms.txt
    files:
      - "*.safetensors"
    derived_from:
      - ref: "./base"
        relation: finetune
        license: MIT
      - ref: mistralai/Mistral-7B-v0.1
        relation: finetune
      - ref: a/b
        relation: trained_on
        license: MIT
      - ref: nobody/knows
        relation: trained_on
documents:
  - component: technical-report
    availability: released
    license: CC-BY-4.0
    files:
      - paper.pdf
licenses:
  LicenseRef-data-terms:
    name: Data terms
    license_text: LICENSES/LicenseRef-data-terms.txt
  LicenseRef-else:
    name: Else
    url: https://lab.example/terms
"""


def test_the_published_release_file_is_complete(tmp_path: Path) -> None:
    """Licenses that folders state are in it, texts have their place in the repo, and notices are in NOTICE."""
    folder = release(tmp_path / "model", HEAD + LAYERS)
    (folder / "TERMS.txt").write_text("Our terms. You may look, and nothing more.\n", encoding="utf-8")
    (folder / "BASE.txt").write_text("A notice of the base.\n", encoding="utf-8")
    (folder / "base").mkdir()
    (folder / "base" / "README.md").write_text("---\nlicense: mit\n---\n", encoding="utf-8")
    (upload,) = repo_uploads(read_release(folder))
    assert upload.bundle["release.yaml"].decode() == RECORD
    for name in ("our-terms", "data-terms"):
        assert f"LICENSES/LicenseRef-{name}.txt" in upload.bundle


def test_a_text_that_is_the_whole_license_of_a_repo_is_its_license(tmp_path: Path) -> None:
    text = HEAD + (
        "licenses:\n  LicenseRef-ours: {name: Ours, license_text: TERMS.txt}\n"
        "layers:\n  weights: {availability: released, license: LicenseRef-ours, files: ['*.safetensors']}\n"
        "  data: {availability: withheld, license: LicenseRef-ours, license_text: TERMS.txt}\n"
    )
    folder = release(tmp_path / "model", text)
    (folder / "TERMS.txt").write_text("Our terms. You may look, and nothing more.\n", encoding="utf-8")
    (upload,) = repo_uploads(read_release(folder))
    written = upload.bundle["release.yaml"].decode()
    path = "LICENSES/LicenseRef-ours.txt" if "LICENSES/LicenseRef-ours.txt" in upload.bundle else "LICENSE"
    assert written.count(f"license_text: {path}\n") == 2


def record(upload: RepoUpload) -> str:
    """The release file that is published."""
    return upload.bundle["release.yaml"].decode()


DELTA = (
    "{form: adapter, availability: released, license: MIT, repo: lab/polish, files: ['lora/x.bin'], description: WORDS}"
)


def test_one_line_about_the_only_item_of_a_repo_is_its_summary() -> None:
    one = "  deltas: " + DELTA.replace("WORDS", "' For Polish. '") + "\n"
    (_, alone) = repo_uploads(parsed(WEIGHTS + one, LINES))
    assert "summary: For Polish.\n" in record(alone)
    assert "description" not in record(alone)
    long = "  deltas: " + DELTA.replace("WORDS", '"For Polish.\\n\\nAnd for more."') + "\n"
    (_, told) = repo_uploads(parsed(WEIGHTS + long, LINES))
    assert "summary" not in record(told)
    assert "And for more." in record(told)
    two = f"  deltas: [{DELTA.replace('WORDS', 'For Polish.')}, {DELTA.replace('WORDS', 'For Czech.')}]\n"
    (_, both) = repo_uploads(parsed(WEIGHTS + two, LINES))
    assert "summary" not in record(both)
    assert "description: For Polish.\n" in record(both)
    assert "description: For Czech.\n" in record(both)
    none = "  deltas: " + DELTA.replace(", description: WORDS", "") + "\n"
    (_, silent) = repo_uploads(parsed(WEIGHTS + none, LINES))
    assert "summary" not in record(silent), "the summary of the release is not that of an adapter"


def test_each_repo_says_where_the_other_items_are() -> None:
    paper = (
        "documents:\n  - {component: technical-report, availability: released, license: CC-BY-4.0, files: [p.pdf]}\n"
    )
    main, data, code = repo_uploads(parsed(TWO + paper))
    for upload, own in ((main, "lab/borealis"), (data, "lab/corpus"), (code, "lab/clean")):
        there = [line.strip() for line in record(upload).splitlines() if line.strip().startswith("repo:")]
        assert f"repo: {own}" == there[0], "the repo itself"
        assert {f"repo: {repo}" for repo in ("lab/borealis", "lab/corpus", "lab/clean")} == set(there)
        assert "component: technical-report" in record(upload)
        places_of_paper = record(upload).partition("documents:")[2]
        assert ("repo: lab/borealis" in places_of_paper) is (upload is not main)
    moved = repo_uploads(parsed(TWO + paper), ("me/try", "data=me/data", "curation=me/code"))
    assert all("component: technical-report" in record(upload) for upload in moved)
    assert all("lab/" not in record(upload) for upload in moved)


def test_a_repo_of_cleaning_code_has_no_task_and_no_library() -> None:
    (_, _, code) = repo_uploads(parsed(TWO, LINES))
    assert code.repo == "lab/clean"
    for word in ("pipeline_tag", "library_name", "- chat"):
        assert word not in card(code)


def test_rules_and_accepted_findings_are_published() -> None:
    head = f"{HEAD}rules: {{CARD103: off}}\naccept:\n  - {{rule: LIN203, reason: Counsel confirmed.}}\n"
    head += "  - {rule: CARD104, reason: Nobody needs it.}\n"
    (upload,) = repo_uploads(parsed(WEIGHTS, head))
    assert "rules:\n  CARD103: off\n" in record(upload).replace('"', "")
    assert "rule: LIN203" in record(upload)
    assert "rule: CARD104" in record(upload)


def test_rules_of_plugins_are_not_published(monkeypatch: pytest.MonkeyPatch) -> None:
    acme = plugins.Plugin(plugins.RULES, "acme", "charter_acme:rules", "charter-acme")
    monkeypatch.setattr(plugins, "installed", lambda group: (acme,) if group == plugins.RULES else ())
    head = f"{HEAD}rules: {{ACME101: off, CARD103: off}}\naccept:\n  - {{rule: ACME102, reason: It is ours.}}\n"
    (upload,) = repo_uploads(parsed(WEIGHTS, head))
    assert "CARD103" in record(upload)
    assert "ACME" not in record(upload)


TERMS = (
    "  data: {availability: released, license: LicenseRef-ours, license_text: TERMS.txt, repo: lab/corpus,"
    " files: ['data/*']}\n"
    "  curation: {availability: withheld, license: LicenseRef-modified-mit, license_text: MIT.txt}\n"
    "documents:\n"
    "  - {component: technical-report, availability: released, license: LicenseRef-report, license_text: TERMS.txt}\n"
    "  - {component: model-card, availability: released, license: LicenseRef-card, license_text: TERMS.txt,"
    " files: [c.md]}\n"
)


def test_a_text_that_is_not_in_the_repo_is_not_named_there(tmp_path: Path) -> None:
    """LICENSE holds another text, and a name of several licenses is still that of the release's own."""
    folder = release(tmp_path / "model", f"{HEAD}layers:\n{WEIGHTS}{TERMS}")
    (folder / "TERMS.txt").write_text("Our terms. You may look, and nothing more.\n", encoding="utf-8")
    (folder / "MIT.txt").write_text("MIT, but only on Sundays.\n", encoding="utf-8")
    main, data = (parse_release(record(upload)) for upload in repo_uploads(read_release(folder)))
    texts = {place.item.license: place.item.license_text for place in main.iter_items()}
    absent = {"LicenseRef-ours": None, "LicenseRef-modified-mit": None, "LicenseRef-report": None}
    assert texts == {"MIT": None, **absent, "LicenseRef-card": "LICENSES/LicenseRef-card.txt"}
    assert {name: terms.license_text for name, terms in main.licenses.items()} == absent
    assert data.layers.data[0].license_text == "LICENSES/LicenseRef-ours.txt"
    assert "LicenseRef-ours" not in data.licenses


def test_the_template_of_a_card_is_not_published(tmp_path: Path) -> None:
    folder = release(tmp_path / "model", f"{HEAD}card_template: card.jinja\nlayers:\n{WEIGHTS}")
    (folder / "card.jinja").write_text('{% extends "card" %}', encoding="utf-8")
    (upload,) = repo_uploads(read_release(folder))
    assert "card_template" not in record(upload)


def test_a_release_that_gives_nothing_is_published_with_its_card() -> None:
    (upload,) = repo_uploads(parsed("  weights: {availability: withheld}\n"))
    assert (upload.kind, upload.gated, upload.globs) == ("model", False, ())
    assert "Borealis" in card(upload)


def test_a_release_without_a_file_has_no_places_for_what_the_hub_refuses() -> None:
    assert repo_uploads(parsed(WEIGHTS))[0].fields["license"].line == 4
    assert repo_uploads(replace(parsed(WEIGHTS), origin=None))[0].fields == {}
