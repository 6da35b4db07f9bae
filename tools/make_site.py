"""Write the source of the documentation site into a folder: python tools/make_site.py FOLDER (also `make site`).

The pages of docs/ stay as they are. Each rule and each license gets a page of its own. A table of all licenses can be
filtered and compared. Zensical then builds the site, strictly: a dead link or anchor stops it.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

from generator.api import rights
from generator.checks.run import all_rules
from generator.cli.licenses_text import facts_document
from generator.documents.words import ACT_TITLES, ANSWER_WORDS
from generator.licenses.answers import LayerRights
from generator.licenses.catalog import LicenseId, hub_id
from generator.licenses.choose import filter_licenses
from generator.licenses.summary import Point
from generator.licenses.terms import terms_of
from generator.release.part import Part
from generator.release.schema import json_schema

ROOT = Path(__file__).parent.parent
COLUMNS = (
    "commercial_use",
    "modify",
    "redistribute",
    "publish_finetune",
    "publish_adapter",
    "host_as_service",
    "train_other_models_on_outputs",
)
"""The acts of the table of licenses."""
SIGNS = {"yes": "✓", "conditional": "✓ if", "unclear": "?", "no": "✕"}
INDENTED = re.compile(r"(?:^    .*\n(?:[ ]*\n(?=    ))?)+", re.MULTILINE)
NOT_ADVICE = "charter reads license texts. This is not legal advice."


def text(value: str) -> str:
    """Return a text as Markdown that means just itself."""
    return re.sub(r"([\\`*_{}\[\]<>|#])", r"\\\1", value)


def fenced(page: str) -> str:
    """Return a page with indented code in fences: the check of links reads indented code as text."""
    return INDENTED.sub(lambda code: f"```text\n{textwrap.dedent(code.group()).rstrip()}\n```\n", page)


def points(found: tuple[Point, ...]) -> Iterator[str]:
    """Yield the points of a summary as a list, each with its clauses."""
    for point in found:
        clauses = ", ".join(dict.fromkeys(ref.clause for ref in point.clauses))
        yield f"- {text(point.text[:1].upper() + point.text[1:])}" + (f" ({text(clauses)})" if clauses else "")


def license_page(key: LicenseId) -> str:
    """Return the page of a license: in brief, act by act, conditions and limitations."""
    facts, entry = facts_document(key), rights(f"license:{key}").layers[0]
    names = [f"`{key}`", *([f"`{hub}` on the Hub"] if (hub := hub_id(key)) else [])]
    description = (
        f"What the license {facts['name']} allows, requires and forbids for models and data, with its clauses."
    )
    lines = [
        "---",
        f"description: {json.dumps(description, ensure_ascii=False)}",
        "---",
        "",
        f"# {text(facts['name'])}",
        "",
        " · ".join(names),
        "",
        f"What you may do under this license, with its clauses. {NOT_ADVICE}",
    ]
    lines += _brief(entry)
    lines += ["", "## Act by act", "", "| Act | Answer | Reason | Clause |", "|---|---|---|---|"]
    for act, answer in facts["acts"].items():
        because, clause = text(answer["because"]), text(answer["clause"] or "-")
        lines.append(f"| {ACT_TITLES[act]} | {ANSWER_WORDS[answer['answer']]} | {because} | {clause} |")
    for title, rules in (("Conditions", facts["obligations"]), ("Limitations", facts["limits"])):
        if rules:
            lines += ["", f"## {title}", ""]
            lines += [
                f"- {text(rule['detail'])}" + (f" ({text(rule['clause'])})" if rule["clause"] else "") for rule in rules
            ]
    lines += ["", "## On the command line", "", "```console", f"charter rights {hub_id(key) or key}"]
    return "\n".join([*lines, f"charter derive --from {hub_id(key) or key} --relation finetune --as mit", "```", ""])


def _brief(entry: LayerRights) -> Iterator[str]:
    """Yield the summary of rights under its four headings."""
    brief = entry.summary
    groups = (
        ("You may, with the conditions below" if brief.conditional else "You may", brief.may),
        ("You must", brief.must),
        ("You may not", brief.may_not),
        ("Not settled", brief.unsettled),
    )
    for title, found in groups:
        if found:
            yield from ("", f"## {title}", "", *points(found))


def license_table(keys: tuple[LicenseId, ...]) -> str:
    """Return the page with the table of all licenses."""
    head = "".join(f"<th>{ACT_TITLES[act]}</th>" for act in COLUMNS)
    rows = []
    for key in keys:
        terms = terms_of(key)
        cells = "".join(
            f'<td class="a-{answer}" title="{html.escape(terms.acts[act].because)}">{SIGNS[answer]}</td>'
            for act in COLUMNS
            for answer in (terms.acts[act].answer,)
        )
        kinds = " ".join(terms.applies_to)
        rows.append(
            f'<tr data-kinds="{kinds}"><td><input type="checkbox" aria-label="Compare {html.escape(terms.name)}"></td>'
            f'<td><a href="{key}/">{html.escape(terms.name)}</a><br><code>{hub_id(key) or key}</code></td>{cells}</tr>'
        )
    options = "".join(f"<option>{kind}</option>" for kind in ("weights", "data", "software", "documentation"))
    acts = "".join(f'<option value="{number}">{ACT_TITLES[act]}</option>' for number, act in enumerate(COLUMNS, 2))
    return (
        "# Licenses\n\nFor everyone who chooses or compares licenses: what each one allows, by act. "
        f"Choose a name for the reasons and clauses. {NOT_ADVICE}\n\n"
        '<form class="explorer"><label>Name <input type="search" name="words"></label> '
        f'<label>Written for <select name="kind"><option value="">anything</option>{options}</select></label> '
        f'<label>Allows <select name="act"><option value="">anything</option>{acts}</select></label> '
        '<label><input type="checkbox" name="compare"> Only the marked ones</label></form>\n\n'
        f'<table class="licenses"><thead><tr><th></th><th>License</th>{head}</tr></thead><tbody>'
        + "".join(rows)
        + "</tbody></table>\n\n✓ yes · ✓ if yes, with conditions · ? unclear · ✕ no\n"
    )


def python_page() -> str:
    """Return the page of the Python API: each public name, which mkdocstrings fills from its docstring."""
    import generator

    lines = ["# Python", "", "For everyone who writes a script: all that `from modelcharter import …` can name."]
    values = [getattr(generator, name) for name in generator.__all__]
    groups = {
        "Functions": [value for value in values if not isinstance(value, type)],
        "Parts of a release": [value for value in values if isinstance(value, type) and issubclass(value, Part)],
    }
    others = [value for value in values if not any(value in group for group in groups.values())]
    for title, group in (groups | {"Results and errors": others}).items():
        lines += ["", f"## {title}", ""]
        if title == "Parts of a release":
            lines += ["Their fields are described on [a page of their own](fields.md).", ""]
        lines += [f"::: {value.__module__}.{value.__qualname__}\n" for value in group]
    return "\n".join(lines)


def write(folder: Path) -> None:
    """Write all pages and the configuration of the site."""
    shutil.rmtree(folder, ignore_errors=True)
    source = folder / "docs"
    shutil.copytree(ROOT / "docs", source)
    shutil.copytree(ROOT / "site", source / "assets")
    for name, target in (
        ("README.md", "index.md"),
        ("CHANGELOG.md", "changes.md"),
        ("CONTRIBUTING.md", "contributing.md"),
    ):
        page = (ROOT / name).read_text(encoding="utf-8").replace("](docs/", "](")
        page = page.replace("](CHANGELOG.md)", "](changes.md)").replace("](CONTRIBUTING.md)", "](contributing.md)")
        (source / target).write_text(page, encoding="utf-8")
    shutil.copyfile(ROOT / "benchmarks" / "README.md", source / "benchmarks.md")
    index = (source / "index.md").read_text(encoding="utf-8").replace("](benchmarks/README.md)", "](benchmarks.md)")
    (source / "index.md").write_text(index, encoding="utf-8")
    keys = tuple(key for key in filter_licenses(None, None) if terms_of(key).read)
    keys = tuple(sorted(keys, key=lambda key: terms_of(key).name.lower()))
    for name in ("license", "rule"):
        (source / name).mkdir()
    for key in keys:
        (source / "license" / f"{key}.md").write_text(license_page(key), encoding="utf-8")
    (source / "schema").mkdir()
    schema = json.dumps(json_schema(), ensure_ascii=False, indent=2)
    (source / "schema" / "release-1.json").write_text(f"{schema}\n", encoding="utf-8")
    (source / "license" / "index.md").write_text(license_table(keys), encoding="utf-8")
    for rule in all_rules():
        head = f"# {rule.id} {rule.name}\n\nA rule of `charter check`, of severity {rule.severity}.\n\n"
        page = fenced(f"{head}{rule.explanation}\n")
        (source / "rule" / f"{rule.id}.md").write_text(page, encoding="utf-8")
    rules = re.sub(
        r"^\| \[(\w+)\]\(#[^)]*\)", r"| [\1](rule/\1.md)", (source / "rules.md").read_text(encoding="utf-8"), flags=re.M
    )
    (source / "rules.md").write_text(fenced(rules), encoding="utf-8")
    (source / "api.md").write_text(python_page(), encoding="utf-8")
    config = (ROOT / "site" / "mkdocs.yml").read_text(encoding="utf-8").replace("ROOT", json.dumps(str(ROOT))[1:-1])
    (folder / "mkdocs.yml").write_text(config, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
