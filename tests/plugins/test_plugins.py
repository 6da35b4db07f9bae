"""Plugins: rules, documents and licenses of the example package, installed as a user would."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parent / "example"
RELEASE = """\
charter: 1
release: {name: X, repo: a/b, publisher: {name: P}, summary: A model.}
layers:
  weights: {availability: released, license: LicenseRef-acme-models, files: ["*.bin"]}
outputs: [card, licenses, acme-report]
rules: {ACME101: error}
"""


def wheel(folder: Path, points: dict[str, dict[str, str]], files: dict[str, bytes]) -> Path:
    """A wheel with entry points; the example package has no build backend here."""
    info = "charter_acme-1.0.dist-info"
    lines = [f"[{group}]\n" + "".join(f"{k} = {v}\n" for k, v in held.items()) for group, held in points.items()]
    held = files | {
        f"{info}/METADATA": b"Metadata-Version: 2.1\nName: charter-acme\nVersion: 1.0\n",
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "\n".join(lines).encode(),
    }
    sums = {
        path: base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=") for path, content in held.items()
    }
    record = "".join(f"{path},sha256={sums[path].decode()},{len(held[path])}\n" for path in held)
    path = folder / "charter_acme-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in held.items():
            archive.writestr(name, content)
        archive.writestr(f"{info}/RECORD", f"{record}{info}/RECORD,,\n")
    return path


def install(folder: Path, points: dict[str, dict[str, str]] | None = None, **modules: str) -> Path:
    """Install the example package, or one with other entry points and modules; return the folder it is in."""
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    files = {f"charter_acme/{path.name}": path.read_bytes() for path in (EXAMPLE / "charter_acme").glob("*.*")}
    files |= {f"{name}.py": text.encode() for name, text in modules.items()}
    made = wheel(folder, project["entry-points"] if points is None else points, files)
    target = folder / "site"
    command = [sys.executable, "-m", "pip", "install", "--no-index", "--no-deps", "--quiet", "--target", str(target)]
    subprocess.run([*command, str(made)], check=True, capture_output=True)
    return target


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install(tmp_path_factory.mktemp("acme"))


@pytest.fixture
def model(tmp_path: Path) -> Path:
    made = tmp_path / "model"
    made.mkdir()
    (made / "release.yaml").write_text(RELEASE)
    (made / "a.bin").write_text("1")
    return made


def run(site: Path | None, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command where a package is installed."""
    env = os.environ | ({"PYTHONPATH": str(site)} if site else {})
    command = [sys.executable, "-m", "generator", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env)


def test_a_rule_of_a_plugin_runs(site: Path, model: Path) -> None:
    done = run(site, "check", model, "--select", "ACME", "--format", "json")
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["rule"], finding["severity"], finding["message"]) == (
        "ACME101",
        "error",
        "No tag names the review.",
    )
    assert done.returncode == 1
    assert "no-ticket" in run(site, "rules", "ACME101").stdout


def test_a_document_and_a_license_of_a_plugin_are_written(site: Path, model: Path) -> None:
    done = run(site, "build", model)
    assert done.returncode == 0, done.stderr
    assert (model / "ACME.md").read_text() == "# Acme's report about X\n\n- weights: LicenseRef-acme-models\n"
    terms = (EXAMPLE / "charter_acme" / "terms.txt").read_text()
    assert (model / "LICENSES" / "LicenseRef-acme-models.txt").read_text() == terms
    assert "nothing to do" in run(site, "build", model).stderr
    assert "You may not** use commercially" in (model / "README.md").read_text()


def test_digests_are_written_without_the_license_of_the_plugin(site: Path, model: Path) -> None:
    assert run(site, "hash", model, "--write").returncode == 0
    text = (model / "release.yaml").read_text()
    assert "sha256" in text
    assert "licenses:" not in text


def test_the_schema_names_the_outputs_of_plugins(site: Path) -> None:
    assert "acme-report" in run(site, "schema").stdout
    assert "acme-report" not in run(None, "schema").stdout


def test_no_plugins(site: Path, model: Path) -> None:
    (model / "release.yaml").write_text(RELEASE.replace("LicenseRef-acme-models", "MIT"))
    done = run(site, "--no-plugins", "check", model, "--format", "json")
    assert not [finding for finding in json.loads(done.stdout)["findings"] if finding["rule"].startswith("ACME")]
    done = run(site, "--no-plugins", "build", model)
    assert "acme-report of charter_acme was not written: plugins are off." in done.stderr
    assert not (model / "ACME.md").exists()


def test_without_the_package_its_names_are_errors(model: Path) -> None:
    done = run(None, "check", model)
    assert done.returncode == 2
    for name in ("LicenseRef-acme-models", "acme-report", "ACME101"):
        assert name in done.stderr


@pytest.mark.parametrize(
    ("group", "name", "code", "message"),
    [
        ("rules", "acme", "import nothing_like_this", "cannot be loaded (ModuleNotFoundError"),
        ("rules", "acme", "raise SystemError('no')", "cannot be loaded (SystemError: no)"),
        ("rules", "lin", "", "can't have rules of the family LIN"),
        ("rules", "acme", "from modelcharter.plugins import rule\nrule('LIN201', 'x', 'info')(print)", "a rule LIN201"),
        ("rules", "acme", "from modelcharter.plugins import rule\nrule('ACME1', 'x', 'info')(print)", "a rule ACME1"),
        ("rules", "acme", "from modelcharter.plugins import rule\nrule('ACME101', 'x', 'info')(lambda s: 1 / 0)",
         "failed (ZeroDivisionError: division by zero)"),
        ("documents", "acme-report", "", "has no attribute 'thing'"),
        ("documents", "acme-report", "thing = 3", "is no `modelcharter.plugins.Document`"),
        ("documents", "acme-report", "from modelcharter.plugins import Document\nthing = Document('../x', str)",
         "writes '../x', which a plugin can't write"),
        ("documents", "acme-report", "from modelcharter.plugins import Document\nthing = Document('LICENSE', str)",
         "writes 'LICENSE', which a plugin can't write"),
        ("documents", "acme-report",
         "from modelcharter.plugins import Document\nthing = Document('A.md', lambda a: a.nothing)",
         "failed (AttributeError"),
        ("licenses", "acme", "thing = [1]", "is no mapping of license ids"),
        ("licenses", "acme", "thing = {'MIT': {'name': 'x'}}", "has a license 'MIT' that can't be read"),
        ("licenses", "acme", "thing = {'LicenseRef-x': {'nmae': 'x'}}", "has a license 'LicenseRef-x' that can't be"),
    ],
)  # fmt: skip
def test_a_broken_plugin_is_named(tmp_path: Path, model: Path, group: str, name: str, code: str, message: str) -> None:
    value = "broken" if group == "rules" else "broken:thing"
    site = install(tmp_path, {f"modelcharter.{group}": {name: value}}, broken=code)
    outputs = "card, acme-report" if group == "documents" else "card"
    text = RELEASE.replace("rules: {ACME101: error}\n", "").replace("card, licenses, acme-report", outputs)
    (model / "release.yaml").write_text(text if group == "licenses" else text.replace("LicenseRef-acme-models", "MIT"))
    done = run(site, "build" if group == "documents" else "check", model)
    assert (done.returncode, done.stdout) == (2, ""), done.stdout
    assert f"error: The plugin {name} of charter_acme " in done.stderr
    assert message in done.stderr
    assert "`charter --no-plugins` runs without plugins." in done.stderr
