"""`card_template`: templates of people that change or replace the generated part of the card."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator import CharterError, build, load_release
from generator.documents.render import render
from generator.errors import TemplateError
from tests.command import charter

RELEASE = """\
charter: 1
release: {name: X, repo: lab/x, summary: A model., publisher: {name: "Lab *bold*"}}
layers:
  weights: {availability: released, license: MIT, files: ["*.bin"]}
card:
  how_to_use: |
    ```python
    ## Uses
    run()
    ```
  intended_use: To answer.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "release.yaml").write_text(RELEASE + "card_template: card.jinja\n")
    return tmp_path


def card(folder: Path, template: str) -> str:
    (folder / "card.jinja").write_text(template)
    return build(load_release(folder))["README.md"].decode()


def fault(folder: Path, template: str) -> str:
    with pytest.raises(CharterError) as error:
        card(folder, template)
    return error.value.message


def test_a_template_that_only_extends_the_card_changes_nothing(folder: Path) -> None:
    (folder / "release.yaml").write_text(RELEASE)
    before = build(load_release(folder))["README.md"].decode()
    (folder / "release.yaml").write_text(RELEASE + "card_template: card.jinja\n")
    assert card(folder, '{% extends "card" %}') == before


def test_blocks_are_changed_one_by_one(folder: Path) -> None:
    template = """{% extends "card" %}
{% block intended_use %}{{ super() }}It is made by {{ release.publisher.name | md }}.

{% endblock %}
{% block rights %}{% endblock %}
{% block end %}
{% for item in layers.weights %}
{% if item.owner %}- {{ item.owner }}{% else %}- {{ item.license }}{% endif %}

{% endfor %}
{% endblock %}
"""
    text = card(folder, template)
    assert "## Uses\n\nTo answer.\n\nIt is made by Lab \\*bold\\*.\n" in text
    assert "## Rights in brief" not in text
    assert "\n- MIT\n" in text
    assert text.index("run()") < text.index("To answer.")


def test_a_template_replaces_the_whole_part(folder: Path) -> None:
    text = card(folder, "## {{ release.name }}\n\n{{ sections.how_to_use }}")
    assert "## X\n\n## How to Get Started with the Model\n" in text
    assert "Openness" not in text


def test_parts_are_included_from_the_folder(folder: Path) -> None:
    (folder / "parts").mkdir()
    (folder / "parts" / "contact.md").write_text("Write to {{ release.publisher.name }}.\n")
    assert "Write to Lab *bold*." in card(folder, '{% include "parts/contact.md" %}')


@pytest.mark.parametrize(
    ("template", "line", "message"),
    [
        ("one\n{{ nothing }}\n", 2, "'nothing' is undefined"),
        ("{{ release.nmae }}", 1, "has no attribute 'nmae'"),
        ("\n\n{% for x in %}", 3, "Expected an expression"),
        ("{% block top %}", 1, "Unexpected end of template"),
        ("{{ release.name | shout }}", 1, "No filter named 'shout'"),
        ("\n{{ 1 / 0 }}", 2, "division by zero"),
        ('{% include "missing.md" %}', 1, "there is no template 'missing.md'"),
        ("{{ ''.__class__ }}", 1, "unsafe"),
        ("{{ release.__class__ }}", 1, "unsafe"),
        ("{{ release.update({}) }}", 1, "unsafe"),
        ("{{ range(1000000000) }}", 1, "Range too big"),
        ("{{ lipsum() }}", 1, "'lipsum' is undefined"),
        ("{{ self.__init__ }}", 1, "unsafe"),
        ('{% include "card.jinja" %}', 1, "the template includes itself"),
        ("{{ 'x' * 100000000000 }}", 1, "too much memory"),
    ],
)
def test_errors_name_file_and_line(folder: Path, template: str, line: int, message: str) -> None:
    said = fault(folder, template)
    assert said.startswith(f"{folder / 'card.jinja'}:{line}: "), said
    assert message in said


def test_an_error_in_an_included_part_names_that_part(folder: Path) -> None:
    (folder / "part.md").write_text("fine\n{{ nothing }}\n")
    assert fault(folder, '{% include "part.md" %}').startswith(f"{folder / 'part.md'}:2: ")


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "~/secret", "a/../../secret", "..\\secret"])
def test_nothing_outside_of_the_folder_is_read(folder: Path, path: str) -> None:
    (folder.parent / "secret").write_text("secret")
    assert "is not a path inside its folder" in fault(folder, f"{{% include {path!r} %}}")


def test_links_out_of_the_folder_are_not_read(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other") / "secret"
    other.write_text("secret")
    (folder / "link.md").symlink_to(other)
    assert "leads out of the folder" in fault(folder, '{% include "link.md" %}')


def test_endless_templates_are_stopped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.documents.sandbox.SECONDS", 0.2)
    loop = "{% for a in n %}" * 6 + "{% endfor %}" * 6
    assert "it takes longer than" in fault(folder, "{% set n = range(1000) | list %}\n" + loop)


def test_endless_text_is_stopped(folder: Path) -> None:
    assert "writes more than" in fault(folder, "{% for a in range(90000) %}" + "x" * 90 + "{% endfor %}")


def test_doubling_a_text_is_stopped(folder: Path) -> None:
    doubling = "{% set a = 'x' %}" + "{% set a = a ~ a %}" * 45
    said = fault(folder, doubling)
    assert "too much memory" in said or "takes longer" in said


def test_markers_of_charter_are_refused(folder: Path) -> None:
    assert "has a marker of charter" in fault(folder, "<!-- charter:end -->")


def test_a_missing_template_is_an_error_with_its_path(folder: Path) -> None:
    done = charter("build", folder)
    assert done.returncode == 2
    assert f"{folder / 'card.jinja'}: the card template is not there." in done.stderr


def test_a_template_of_the_organization_is_beside_its_settings(tmp_path: Path) -> None:
    model = tmp_path / "lab" / "model"
    model.mkdir(parents=True)
    (model / "release.yaml").write_text(RELEASE)
    (tmp_path / "lab" / "charter.toml").write_text('card_template = "tpl/card.jinja"\n')
    (tmp_path / "lab" / "tpl").mkdir()
    (tmp_path / "lab" / "tpl" / "card.jinja").write_text('{% include "tpl/part.md" %}')
    (tmp_path / "lab" / "tpl" / "part.md").write_text("Of the Lab: {{ release.name }}\n")
    assert "Of the Lab: X" in build(load_release(model))["README.md"].decode()


def test_headings_of_other_languages_are_found(folder: Path) -> None:
    (folder / "release.yaml").write_text(RELEASE + "card_template: card.jinja\nlanguage: pl\n")
    text = card(folder, '{% extends "card" %}{% block intended_use %}ONLY THIS\n{% endblock %}')
    assert "ONLY THIS" in text
    assert "To answer." not in text


def test_view_without_attribute() -> None:
    with pytest.raises(TemplateError, match=r"templates/NOTICE\.jinja: .*release"):
        render("NOTICE.jinja", object())
