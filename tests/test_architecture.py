"""The architecture: which package imports which, and where each library is imported."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "generator"
EXCEPTIONS = {
    ("console", "generator.artifacts.secrets"),
    ("release", "generator.licenses.catalog"),
    ("release", "generator.api.create"),
    ("licenses", "generator.documents.render"),
}
"""What is written is searched for tokens first; a release has canonical license ids, which the catalog knows.

Two methods of the Python API stand where scripts look for them, and import what they need when they are called:
`Release.from_folder`, and what a notebook shows of a summary of rights, which is a template.
"""
BELOW = {
    "errors": set(),
    "translations": set(),
    "named_tuple": set(),
    "patterns": set(),
    "progress": set(),
    "site": set(),
    "cache": set(),
    "plugins": {"errors", "cache"},
    "release": {"errors", "plugins", "site"},
    "licenses": {"errors", "progress", "cache", "release", "artifacts"},
    "artifacts": {"errors", "progress", "cache", "release"},
    "openness": {"errors", "release", "licenses", "artifacts"},
    "documents": {"errors", "plugins", "release", "licenses", "artifacts", "openness"},
    "checks": {"errors", "plugins", "site", "release", "licenses", "artifacts", "openness", "documents"},
    "hub": {"errors", "progress", "release"},
    "signing": {"errors", "release", "artifacts"},
    "interview": {"errors", "release", "licenses", "artifacts"},
    "publishing": {"errors", "progress", "release", "licenses", "artifacts", "documents", "hub"},
    "web": {"errors", "release", "licenses", "artifacts", "openness", "documents", "checks", "interview", "publishing"},
    "audit": {"errors", "progress", "release", "licenses", "openness", "artifacts", "documents"},
    "api": {
        "audit",
        "errors",
        "progress",
        "release",
        "licenses",
        "artifacts",
        "openness",
        "documents",
        "checks",
        "hub",
        "publishing",
        "interview",
        "signing",
        "web",
    },
    "train": {"errors", "release", "artifacts", "documents", "api"},
    "console": {"errors", "licenses", "documents", "checks", "publishing"},
    "cli": {
        "plugins",
        "audit",
        "errors",
        "site",
        "progress",
        "release",
        "licenses",
        "artifacts",
        "openness",
        "documents",
        "checks",
        "publishing",
        "api",
        "console",
        "interview",
    },
}
for below in BELOW.values():
    below.update(("named_tuple", "patterns", "translations"))
"""Each package, and the packages it may import; the three are used everywhere."""
LIBRARIES = {
    "duckdb": "audit/",
    "numpy": "audit/",
    "polars": "audit/frames.py",
    "pyspark": "audit/frames.py",
    "click": "cli/",
    "jinja2": ("documents/render.py", "documents/sandbox.py"),
    "license_expression": "licenses/catalog.py",
    "huggingface_hub": "hub/",
    "prompt_toolkit": "interview/terminal.py",
    "rich": "console.py",
    "model_signing": "signing/library.py",
    "cryptography": "signing/library.py",
    "mcp": "cli/mcp_server.py",
    "pydantic": "cli/mcp_server.py",
    "markdown_it": ("artifacts/sections.py", "web/markdown.py"),
    "mdit_py_plugins": "web/markdown.py",
    "nh3": "web/markdown.py",
    "pathspec": "checks/hub/files.py",
    "starlette": ("web/guard.py", "web/server.py", "web/studio/"),
    "uvicorn": "web/server.py",
    "transformers": "train/trainer.py",
    "torch": "train/trainer.py",
    "spdx_python_model": "documents/exports/spdx_bill.py",
}
"""Where each library is imported; markdown_it in two places: one reads a card, one renders it."""
MODULES = sorted(PACKAGE.rglob("*.py"))


def imports(path: Path) -> list[tuple[str, bool]]:
    """Modules that a file imports, and whether only for types."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typed = {
        node
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.dump(block.test)
        for part in block.body
        for node in ast.walk(part)
    }
    found: list[tuple[str, bool]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, node in typed) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"generator.{a.name}" for a in node.names] if node.module == "generator" else [node.module]
            found += [(name, node in typed) for name in names]
    return found


def package(module: str) -> str:
    """Return the package of a module of ours."""
    return module.split(".")[1] if "." in module else ""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_imports_go_downwards(path: Path) -> None:
    here = package("generator." + ".".join(path.relative_to(PACKAGE).with_suffix("").parts))
    if here in ("__init__", "__main__"):
        return
    for name, typed in imports(path):
        if name.startswith("generator.") and name != "generator.__version__":
            there = package(name)
            assert there in (here, *BELOW[here]) or (typed and here == "console") or (here, name) in EXCEPTIONS, (
                f"{path}: {name}"
            )


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_library_is_imported_in_one_place(path: Path) -> None:
    place = path.relative_to(PACKAGE).as_posix()
    for name, typed in imports(path):
        place_of_library = LIBRARIES.get(name.split(".")[0])
        assert place_of_library is None or typed or place.startswith(place_of_library), f"{place} imports {name}"


def test_only_the_console_prints() -> None:
    for path in MODULES:
        if path.name != "console.py":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
            assert "print" not in {n.func.id for n in calls if isinstance(n.func, ast.Name)}, path


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (["--version"], "jinja2 yaml huggingface_hub rich licenseid importlib.metadata"),
        (
            ["check", "tests/examples/all-open"],
            "jinja2 huggingface_hub prompt_toolkit markdown_it nh3 pathspec licenseid.matcher",
        ),
        (
            ["build", "tests/examples/all-open", "-o"],
            "huggingface_hub prompt_toolkit markdown_it nh3 pathspec licenseid.matcher spdx_python_model "
            "generator.documents.exports.facts",
        ),
    ],
)
def test_start_up_imports_nothing_heavy(arguments: list[str], unwanted: str, tmp_path: Path) -> None:
    command = [*arguments, str(tmp_path / "out")] if arguments[-1] == "-o" else arguments
    code = (
        "import sys; sys.argv = ['charter', *sys.argv[1:]]\n"
        "from generator.cli import main\n"
        "try: main()\n"
        f"finally: sys.stderr.write('HEAVY ' + ' '.join(m for m in {unwanted.split()} if m in sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, *command], capture_output=True, text=True, check=False)
    assert done.stderr.rpartition("HEAVY ")[2] == "", done.stderr


def test_start_up_compiles_no_pattern_of_ours_and_no_annotation() -> None:
    code = """
import re, sys, typing
compiled, compile = [], re.compile
def note(pattern, flags=0):
    compiled.append((sys._getframe(1).f_globals["__name__"], pattern))
    return compile(pattern, flags)
re.compile = note
import generator.api, generator.checks.run, generator.cli.check, generator.cli.rights, generator.documents.bundle
tuples = [name for name, held in sys.modules.items() if vars(held).get("NamedTuple") is typing.NamedTuple]
if sys.version_info < (3, 14):
    print(*[f"{name}: use generator.named_tuple" for name in tuples if name.startswith("generator.")])
print(*[f"{name}: use lazy_pattern for {pattern}" for name, pattern in compiled if name.startswith("generator.")])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
