"""Questions about licenses: a query string becomes the answer of the command, as HTML and as text."""

from __future__ import annotations

import html
import re
import shlex
from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from generator.cli.studio import answer_texts
from generator.errors import CharterError
from generator.web.studio.ask import AskView, Texts, answer, ask_html, failure_text, parse_question
from tests.command import charter

TEXTS = Texts(*answer_texts())


def ask(question: str, **options: object) -> AskView:
    """The answer to a question, written as `KIND?QUERY`."""
    kind, _, query = question.partition("?")
    return answer(parse_question(kind, parse_qsl(query)), "/ask", TEXTS, **options)  # type: ignore[arg-type]


def words(view: AskView) -> str:
    """What the page says, without markup, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", ask_html(view))).split())


@pytest.mark.parametrize(
    ("question", "command"),
    [
        ("rights?of=mit", ["rights", "mit"]),
        ("rights?of=MIT OR Apache-2.0", ["rights", "MIT OR Apache-2.0"]),
        ("rights?of=license:llama3.1", ["rights", "license:llama3.1"]),
        (
            "rights?of=llama3.1&monthly_active_users=800000000&country=de",
            ["rights", "llama3.1", "--fact", "country=de", "--fact", "monthly_active_users=800000000"],
        ),
        (
            "derive?from=google/gemma-2-2b&relation=adapter&as=mit",
            ["derive", "--from", "google/gemma-2-2b", "--relation", "adapter", "--as", "mit"],
        ),
        (
            "derive?from=llama3.1,gpl-3.0&relation=merge&as=LicenseRef-own&purpose=research",
            [
                "derive",
                "--from",
                "llama3.1,gpl-3.0",
                "--relation",
                "merge",
                "--as",
                "LicenseRef-own",
                "--fact",
                "purpose=research",
            ],
        ),
        ("compare?of=mit&of=llama3.1&of=cc-by-nc-4.0", ["licenses", "mit", "llama3.1", "cc-by-nc-4.0"]),
    ],
)
def test_the_text_is_that_of_the_command(question: str, command: list[str]) -> None:
    view = ask(question)
    assert view.failure is None
    assert view.text == charter(*command).stdout.rstrip("\n")
    assert html.unescape(ask_html(view)).count(view.text) == 1
    assert charter(*shlex.split(view.command)[1:]).stdout.rstrip("\n") == view.text


def test_rights_have_a_summary_and_all_acts_with_clauses() -> None:
    view = ask("rights?of=llama3.1")
    said = words(view)
    assert "Llama 3.1 Community License Agreement llama3.1 · Restricts use" in said
    assert said.index("You may not") < said.index("All acts") < said.index("Share this answer")
    cell = view.matrix.columns[0].cells["train_other_models_on_outputs"]
    assert cell.right.answer == "conditional"
    assert cell.quotes[0].clause == "1.b.i"
    assert 'popovertarget="right-0-sublicense"' in ask_html(view)


def test_a_known_base_is_answered_with_its_date_and_what_it_inherits() -> None:
    view = ask("rights?of=https://huggingface.co/google/gemma-2-2b")
    assert view.notes[0].startswith("google/gemma-2-2b is under LicenseRef-gemma, known as of 20")
    assert view.text.startswith(view.notes[0])
    assert "Gemma Terms of Use gemma" in words(view)


def test_a_fact_decides() -> None:
    free = ask("rights?of=cc-by-nc-4.0").matrix.columns[0].cells["use"].right
    sold = ask("rights?of=cc-by-nc-4.0&purpose=commercial").matrix.columns[0].cells["use"].right
    assert (free.answer, sold.answer) == ("conditional", "no")


def test_a_derivation_has_answer_reason_clauses_and_alternatives() -> None:
    view = ask("derive?from=google/gemma-2-2b&relation=adapter&as=mit")
    found = view.derivation
    assert found is not None
    assert found.answer == "no"
    assert (found.quotes[0].license, found.quotes[0].clause) == ("LicenseRef-gemma", "3.1")
    assert [(option.id, option.answer) for option in found.options] == [("gemma", "conditional")]
    follow = ask(f"derive?{found.options[0].query}")
    assert follow.derivation is not None
    assert follow.derivation.answer == "conditional"
    assert "Compatible gemma (with conditions)" in words(view)


def test_an_answer_that_depends_names_both_assumptions() -> None:
    said = words(ask("derive?from=gpl-3.0&relation=trained_on&as=apache-2.0"))
    assert "Answer This depends on what counts as source code. If weights count as source code, yes:" in said
    assert "If training data counts as source code, unclear:" in said


def test_a_comparison_has_a_column_for_each_license() -> None:
    view = ask("compare?of=mit&of=MIT&of=google/gemma-2-2b")
    assert [column.title for column in view.matrix.columns] == ["MIT License", "Gemma Terms of Use"]
    assert len(view.rights) == 2
    assert view.command == "charter licenses mit gemma"


@pytest.mark.parametrize(
    ("question", "message", "remedy"),
    [
        ("rights?of=nobody/knows", "nobody/knows: not in the table of known bases", "charter rights hub:nobody/knows"),
        ("rights?of=hub:nobody/knows", "nobody/knows: not in the table", "charter rights hub:nobody/knows"),
        ("rights?of=apche-2.0", "'apche-2.0' is not a license id", "Did you mean Apache-2.0"),
        ("rights?of=mit&country=Germany", "country: 'Germany' is not a country code.", "two letters"),
        ("rights?of=mit&monthly_active_users=many", "monthly_active_users: 'many' is not a whole", "700000000"),
        ("rights?of=path:/etc/passwd", "'path:/etc/passwd' is not a license id", ""),
        ("rights?of=/etc", "'/etc' is not a license id", ""),
        ("rights?of=../x", "'../x' is not a license id", ""),
        ("derive?from=mit", "Published under: no license is named.", "Name one."),
        ("derive?from=mit&as=mit&relation=finetuned", "'finetuned' is no relation.", "Did you mean `finetune`?"),
        ("derive?from=nobody/knows&as=mit", "'nobody/knows' is not a license id", "table of known bases"),
        ("compare?of=mit", "Two different licenses are needed for a comparison.", "Name another license."),
        ("compare?of=mit&of=nobody/knows", "nobody/knows: not in the table of known bases", ""),
        ("compare?of=mit&of=MIT AND Apache-2.0", "MIT AND Apache-2.0: this is several licenses.", "one by one"),
    ],
)
def test_what_cannot_be_answered_says_why_and_what_to_do(question: str, message: str, remedy: str) -> None:
    view = ask(question)
    assert view.failure is not None
    assert view.failure.message.startswith(message)
    assert remedy in view.failure.remedy
    assert not view.text
    assert f"{view.failure.message} {view.failure.remedy}".strip() in words(view)
    assert failure_text(view).startswith(f"error: {message}")


def test_the_fields_keep_what_was_typed() -> None:
    page = ask_html(ask("rights?of=mit&country=Germany&purpose=research&name=A%22%3E%3Cb%3E"))
    assert 'name="of" value="mit"' in page
    assert (
        'value="Germany" maxlength="300" autocomplete="off" aria-invalid="true" aria-describedby="ask-failure"' in page
    )
    assert "<option selected>research</option>" in page
    assert 'value="A&#34;&gt;&lt;b&gt;"' in page


@pytest.mark.parametrize("query", ["of=" + "x" * 301, "of=a%00b", "of=%1b[31m", "country=a%c2%85b"])
def test_a_value_that_is_too_long_or_has_control_characters_is_refused(query: str) -> None:
    with pytest.raises(CharterError):
        parse_question("rights", parse_qsl("of=mit&" + query))


def test_a_repo_that_something_else_finds_is_answered_by_its_files(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("---\nlicense: mit\n---\n# Model\n", encoding="utf-8")
    (tmp_path / "model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
    asked: list[tuple[str, bool]] = []

    def lookup(ref: str, online: bool) -> Path | None:
        asked.append((ref, online))
        return tmp_path if online else None

    offline = ask("rights?of=nobody/knows", lookup=lookup)
    assert offline.failure is not None
    assert offline.failure.online
    assert 'href="/ask/rights?of=nobody%2Fknows&amp;online=1"' in ask_html(offline)
    assert "MIT License mit" in words(ask("rights?of=nobody/knows&online=1", lookup=lookup))
    ask("rights?of=../../x", lookup=lookup)
    assert asked == [("nobody/knows", False), ("nobody/knows", True)]


def test_an_empty_question_shows_the_fields_alone() -> None:
    for kind in ("rights", "derive", "compare"):
        view = ask(f"{kind}?")
        assert view.failure is None
        assert not view.text
        assert ask_html(view).count("<form") == 1
