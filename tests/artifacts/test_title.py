"""The name in a card's title: in every form of a heading, and never a section, a comment or a template's words."""

from __future__ import annotations

import pytest

from generator.artifacts.title import card_title


@pytest.mark.parametrize(
    "text",
    [
        "# Heron 7B\n",
        "# **Heron 7B**\n",
        "# ___***Heron 7B***___\n",
        "Heron 7B\n========\n",
        "<h1 align='center'>Heron 7B</h1>\n",
        '<h1 align="center">\n  <img src="a.png">\n  Heron 7B\n</h1>\n',
        "<p align=center><img src='a.png'></p>\n\n# ![logo](a.png)\n\n# Heron   7B\n",
        "# \U0001f426 Heron 7B \U0001f680\n",
        "# Model Card for Heron 7B\n",
        "# \U0001f4dd Model card: `Heron 7B`\n",
        "# [Heron 7B](https://owl.example)\n",
        "<!--\n# Model name\n-->\n# Heron 7B\n",
        "<!-- # A -->\n```sh\n# install\n```\n# Heron 7B\n",
        "## Overview\n\n# Heron 7B\n",
    ],
)
def test_a_title(text: str) -> None:
    assert card_title(text) == "Heron 7B"


@pytest.mark.parametrize(
    "title",
    [
        *(
            "Model Card for Model ID",
            "Model name",
            "[Model Name]",
            "Your Model Name Here",
            "<your model>",
            "{{ name }}",
        ),
        *("TODO", "TODO: add a name", "Untitled", "MODEL_NAME", "{model_name}", "Insert title here", "Project title"),
        *("Dataset Card for [Dataset Name]", "Name", "[More Information Needed]", "Dataset name", "Your-Model-Name"),
        *(
            "Usage",
            "Model Details",
            "What's new in v2",
            "What is Heron?",
            "How to run it",
            "About",
            "\u7b80\u4ecb",
            "\U0001f4d6 Introduction",
            "Model Card",
        ),
    ],
)
def test_no_title(title: str) -> None:
    assert card_title(f"# {title}\n\nText.\n") is None


def test_a_rule_or_a_table_under_a_text_is_no_title() -> None:
    assert card_title("> Quote\n====\n") is None
    assert card_title("Text.\n\n====\n") is None
    assert card_title("<h1>" * 100_000 + "<!--" * 100_000) is None


def test_a_heading_below_an_introduction_among_sections_is_a_section() -> None:
    lead = "![Birds](birds.png)\n\nThis repository has scripts that train the models of the bird project.\n\n"
    sections = "# ComfyUI\n\nWorkflows.\n\n# Training\n\nRun it.\n"
    assert card_title(lead + sections) is None
    assert card_title("![Birds](birds.png)\n\n" + sections) == "ComfyUI"
    assert card_title(lead + "# Heron 7B\n\n## Training\n") == "Heron 7B"
