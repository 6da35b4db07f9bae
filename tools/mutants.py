"""Put small faults into the code and list those that no test notices: `python tools/mutants.py AREA [PATTERN...]`.

An area is a set of modules with the fast tests that hold them. mutmut changes one place at a time in a copy under
`.cache/mutants/AREA` and runs the tests that reach it. What was tried before and didn't change is not tried again, but
for faults that no test noticed, if anything has changed.
Ends with 1 where fewer than 85 of 100 faults are noticed. `make mutants AREA=licenses` does the same.
"""

from __future__ import annotations

import argparse
import ast
import difflib
import fnmatch
import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

ROOT = Path(__file__).parent.parent
WANTED = 85
"""Of 100 faults, how many have to be noticed."""
SURVIVED = (0, 5, 33)
"""What mutmut writes of a fault that no test noticed; 5 and 33: no test reaches it."""
COPIED = (
    "docs",
    "generator",
    "templates",
    "tests",
    "tools",
    "CONTRIBUTING.md",
    "Makefile",
    "README.md",
    "pyproject.toml",
)


class Area(NamedTuple):
    """Modules and the tests that hold them.

    Attributes:
        without: Tests of these files that are left out: they start processes of their own, where the faults are not.
    """

    modules: tuple[str, ...]
    tests: tuple[str, ...]
    without: tuple[str, ...] = ()


AREAS = {
    "licenses": Area(
        tuple(
            f"generator/licenses/{name}.py" for name in ("derive", "rights", "lineage", "facts", "answers", "choose")
        ),
        tuple(
            f"tests/licenses/test_{name}.py"
            for name in ("verdicts", "flows", "stated_facts", "answers", "derive", "rights", "choose", "catalog")
        ),
    ),
    "storage": Area(
        tuple(f"generator/documents/storage/{name}.py" for name in ("merge", "join", "record", "transaction")),
        tuple(
            f"tests/documents/test_{name}.py"
            for name in ("merge_places", "joined", "joined_cases", "record", "transaction", "card_kept")
        ),
        ("tests/documents/test_transaction.py::test_killed_at_any_step_it_is_the_old_bundle_or_the_new_one",),
    ),
    "publishing": Area(
        ("generator/publishing/*.py",),
        tuple(f"tests/hub/test_{name}.py" for name in ("uploads", "push_api", "plan", "publish", "signed_plan")),
    ),
}
CONFIG = """
[tool.mutmut]
source_paths = ["generator"]
only_mutate = {modules}
also_copy = ["docs", "templates", "tools", "CONTRIBUTING.md", "Makefile", "README.md"]
pytest_add_cli_args = ["-p", "no:cacheprovider", "-p", "no:xdist", "-p", "tools.in_process", "-x", "-q"{without}]
pytest_add_cli_args_test_selection = {tests}
"""


def main() -> int:
    """Run mutmut over an area and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("area", choices=AREAS)
    parser.add_argument("pattern", nargs="*", help="only these, such as generator.licenses.derive*")
    parser.add_argument("--processes", default="1")
    asked = parser.parse_args()
    folder = ROOT / ".cache" / "mutants" / asked.area
    prepare(folder, AREAS[asked.area])
    retry_survivors(folder, AREAS[asked.area])
    command = [sys.executable, str(ROOT / "tools" / "try_mutants.py"), asked.processes, *asked.pattern]
    if (code := subprocess.run(command, cwd=folder, check=False).returncode) != 0:
        return code
    return report(folder / "mutants")


def prepare(folder: Path, area: Area) -> None:
    """Copy the checkout into a folder and state there what is changed and what is run.

    Args:
        folder: The folder.
        area: The modules and tests.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ignore = shutil.ignore_patterns("__pycache__")
    for name in COPIED:
        source, target = ROOT / name, folder / name
        if source.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target, ignore=ignore)
        else:
            shutil.copy2(source, target)
    if not (link := folder / "shared").exists() and (ROOT.parent / "shared").is_dir():
        link.symlink_to(ROOT.parent / "shared")
    without = "".join(f', "--deselect={test}"' for test in area.without)
    config = CONFIG.format(modules=json.dumps(area.modules), tests=json.dumps(area.tests), without=without)
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as pyproject:
        pyproject.write(config)


def retry_survivors(folder: Path, area: Area) -> None:
    """Have the faults that no test noticed tried again, if the code or the tests have changed since.

    Args:
        folder: The folder of the area.
        area: Its modules and tests.
    """
    files = [path for pattern in (*area.modules, *area.tests) for path in sorted(ROOT.glob(pattern))]
    texts = b"".join(path.read_bytes() for path in files)
    now, known = hashlib.sha256(texts).hexdigest(), folder / "tests.sha256"
    if known.is_file() and known.read_text(encoding="ascii") == now:
        return
    for meta in (folder / "mutants").rglob("*.py.meta"):
        value = json.loads(meta.read_text(encoding="utf-8"))
        tried = value["exit_code_by_key"]
        value["exit_code_by_key"] = {key: None if code in SURVIVED else code for key, code in tried.items()}
        meta.write_text(json.dumps(value), encoding="utf-8")
    (folder / "mutants" / "mutmut-stats.json").unlink(missing_ok=True)  # which tests reach what is found out again
    known.write_text(now, encoding="ascii")


def report(mutants: Path) -> int:
    """Print each fault that no test noticed, and the share of those that were noticed.

    Faults that change nothing, by `tools/mutants.yaml`, are counted as not noticed but not printed.

    Args:
        mutants: The folder that mutmut wrote.
    """
    rules = [Rule(**rule) for rule in yaml.safe_load((ROOT / "tools" / "mutants.yaml").read_text(encoding="utf-8"))]
    noticed = missed = harmless = left = 0
    for meta in sorted(mutants.rglob("*.py.meta")):
        tried = json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
        survivors = [key for key, code in tried.items() if code in SURVIVED]
        noticed += sum(code is not None for code in tried.values()) - len(survivors)
        left += sum(code is None for code in tried.values())
        missed += len(survivors)
        for key, before, after in changes(meta.with_suffix(""), survivors):
            if any(rule.explains(key, before, after) for rule in rules):
                harmless += 1
            else:
                sys.stdout.write(f"{key}\n    - {before}\n    + {after}\n")
    total = noticed + missed
    share = 100 * noticed / total if total else 0.0
    sys.stdout.write(
        f"{noticed} of {total} faults were noticed ({share:.1f} %); {WANTED} % are wanted.\n"
        f"Of the other {missed}, {harmless} change nothing (tools/mutants.yaml). {left} were not tried.\n"
    )
    return int(share < WANTED)


class Rule(NamedTuple):
    """A replacement that changes nothing that anyone can see.

    Attributes:
        why: The reason.
        was: Code, as it is.
        now: Code that does the same.
        where: The function, as `module.function`, with `*` for any text.
    """

    why: str
    was: str
    now: str
    where: str = "*"

    def explains(self, key: str, before: str, after: str) -> bool:
        """Return whether a fault is this replacement.

        Args:
            key: The name of the fault.
            before: The lines that it changes.
            after: These lines as it changes them.
        """
        module, _, name = key.rpartition("__mutmut_")[0].rpartition(".")
        function = f"{module.rpartition('.')[2]}.{name.removeprefix('x_').rpartition('ǁ')[2]}"
        if not fnmatch.fnmatch(function, self.where):
            return False
        places = (found.span() for found in re.finditer(re.escape(self.was), before))
        return any(f"{before[:start]}{self.now}{before[end:]}" == after for start, end in places)


def changes(module: Path, keys: list[str]) -> Iterator[tuple[str, str, str]]:
    """Yield each fault with the lines that it changes, as they are and as it has them.

    Args:
        module: A module as mutmut wrote it, which holds every fault as a function of its own.
        keys: The names of the faults.
    """
    text = module.read_text(encoding="utf-8")
    lines = text.splitlines()
    bodies = {
        node.name: lines[node.lineno : node.end_lineno]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
    }
    for key in keys:
        name = key.rpartition(".")[2]
        before = bodies.get(f"{name.rpartition('__mutmut_')[0]}__mutmut_orig", [])
        found = list(difflib.unified_diff(before, bodies.get(name, []), n=0, lineterm=""))[3:]
        yield key, *(" ".join(line[1:].strip() for line in found if line.startswith(sign)) for sign in "-+")


if __name__ == "__main__":
    sys.exit(main())
