"""Sections of a card, whatever form and language their headings have."""

from __future__ import annotations

import pytest

from generator.artifacts.card_sections import read_sections, section_of

FORMS = (
    "## {}\n\nText.\n",
    "### {} ###\nText.\n",
    "{}\n------\n\nText.\n",
    "**{}**\n\nText.\n",
    "**{}:** Text.\n",
    "- **{}:** Text.\n",
    "__{}__:\nText.\n",
    "<h2>{}</h2>\n\nText.\n",
    '<h3 align="center"><b>{}</b></h3>\n\nText.\n',
    "## 3.2 {}\nText.\n",
    "## IV. {}\nText.\n",
    "## 2) {}\nText.\n",
    "## \U0001f680 {} \U0001f680\nText.\n",
    "## **{}:**\nText.\n",
    "## `{}`\nText.\n",
)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("title", "name"),
    [("Limitations", "limitations"), ("Intended Uses", "intended_use"), ("Training data", "training")],
)
def test_every_form_of_a_heading(form: str, title: str, name: str) -> None:
    text = f"# Heron\n\nIntro.\n\n{form.format(title)}\n## License\n\nMIT\n"
    assert read_sections(text) == {name: "Text.\n"}


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Uses", "intended_use"),
        ("Use cases", "intended_use"),
        ("Intended uses & limitations", "intended_use"),
        ("Out-of-Scope Use", "out_of_scope"),
        ("Misuse and Out-of-scope Use", "out_of_scope"),
        ("Bias, Risks, and Limitations", "limitations"),
        ("Ethical considerations", "limitations"),
        ("Considerations for Using the Data", "limitations"),
        ("How to Get Started with the Model", "how_to_use"),
        ("Using with transformers", "how_to_use"),
        ("Usage (Sentence-Transformers)", "how_to_use"),
        ("Quickstart", "how_to_use"),
        ("How to cite", "citation"),
        ("BibTeX entry and citation info", "citation"),
        ("Training and evaluation data", "training"),
        ("Fine-tuning", "training"),
        ("Dataset", "training"),
        ("Evaluation results", "evaluation"),
        ("Benchmarks", "evaluation"),
        ("Environmental Impact", "environment"),
        ("Carbon footprint", "environment"),
        ("Verwendung", "how_to_use"),
        ("Einschr\u00e4nkungen", "limitations"),
        ("Trainingsdaten", "training"),
        ("Utilisation pr\u00e9vue", "intended_use"),
        ("Donn\u00e9es d'entra\u00eenement", "training"),
        ("Limitaciones y sesgos", "limitations"),
        ("C\u00f3mo usar", "how_to_use"),
        ("Resultados", "evaluation"),
        ("Treinamento", "training"),
        ("Ograniczenia", "limitations"),
        ("\u041e\u0431\u0443\u0447\u0435\u043d\u0438\u0435", "training"),
        ("\u5feb\u901f\u5f00\u59cb (Quickstart)", "how_to_use"),
        ("\u8bad\u7ec3\u6570\u636e", "training"),
        ("\u5c40\u9650\u6027", "limitations"),
        ("\u4f7f\u3044\u65b9", "how_to_use"),
        ("\u5b66\u7fd2\u30c7\u30fc\u30bf", "training"),
        ("\uc0ac\uc6a9\ubc95", "how_to_use"),
        ("\u5f15\u7528", "citation"),
        ("License", None),
        ("Thanks, and how to contribute", None),
        ("Use of AI in this project", None),
        ("A conversational LLaMA fine-tune.", None),
        ("The myNN embedding was trained on 33 images", None),
        ("Contact", None),
    ],
)
def test_what_a_heading_names(title: str, name: str | None) -> None:
    assert section_of(title) == name


def test_no_sentence_stands_in_two_sections() -> None:
    text = "## Uses\n\nFor birds.\n\n### Out-of-Scope Use\n\nNot for cats.\n\n### Direct Use\n\nCounting.\n"
    assert read_sections(text) == {
        "intended_use": "For birds.\n\n### Direct Use\n\nCounting.\n",
        "out_of_scope": "Not for cats.\n",
    }


def test_a_heading_of_two_sections_is_told_apart_by_those_below_it() -> None:
    below = "### Intended Usage\n\nBirds.\n\n### Limitations\n\nCats.\n"
    assert read_sections(f"## Usage and Limitations\n\n{below}") == {
        "intended_use": "### Intended Usage\n\nBirds.\n",
        "limitations": "Cats.\n",
    }
    text = "## Intended uses & limitations\n\nBirds.\n\n### Limitations and bias\n\nCats.\n"
    assert read_sections(text) == {"intended_use": "Birds.\n", "limitations": "Cats.\n"}


def test_sections_of_one_kind_are_joined() -> None:
    text = "## Training Data\n\nSongs.\n\n## License\n\nMIT\n\n## Training Procedure\n\nAdam.\n"
    assert read_sections(text) == {"training": "Songs.\n\n### Training Procedure\n\nAdam.\n"}


@pytest.mark.parametrize(
    "content",
    [
        "[More Information Needed]",
        "<!-- Provide a summary. -->\n\n[More Information Needed]",
        "More information needed",
        "- **Hours used:** [More Information Needed]\n- **Cloud Provider:** [More Information Needed]",
        "**BibTeX:**\n\n[More Information Needed]\n\n**APA:**\n\n[More Information Needed]",
        "TODO",
        "<!-- only a comment",
        "### Direct Use\n\n[More Information Needed]",
        "Use the code below to get started with the model.\n\n[More Information Needed]",
        "Users (both direct and downstream) should be made aware of the risks, biases and limitations of the model. "
        "More information needed for further recommendations.",
    ],
)
def test_what_a_template_left_is_no_section(content: str) -> None:
    assert read_sections(f"# Heron\n\n## Uses\n\n{content}\n") == {}


def test_code_and_titles_and_labels_within_sections_begin_none() -> None:
    assert read_sections("# Heron fine-tuned\n\nIntro.\n") == {}
    assert read_sections("# Heron\n\n```md\n## Limitations\n\nText.\n```\n") == {}
    text = "## Limitations\n\nText.\n\n**Example:** cats.\n\n**Training:** short.\n"
    assert read_sections(f"{text}\n## Training\n\nLong.\n") == {
        "limitations": "Text.\n\n**Example:** cats.\n\n**Training:** short.\n",
        "training": "Long.\n",
    }
    assert read_sections("# Usage\n\n```py\nx = 1\n```\n") == {"how_to_use": "```py\nx = 1\n```\n"}
