"""Try the faults of an area, in its folder: `try_mutants.py PROCESSES [PATTERN...]`, as `tools/mutants.py` runs it.

mutmut makes the faults and finds which tests reach each. It would start pytest for each fault; here the tests are
collected once, and each fault is tried in a fork of that process, which takes a tenth of the time.
"""

from __future__ import annotations

import fnmatch
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from _pytest.runner import runtestprotocol

NOTICED, MISSED, UNREACHED, ENDLESS = 1, 0, 33, 36
"""What mutmut writes of a fault: a test fails, none does, none reaches it, the tests do not end."""


class Fault(NamedTuple):
    """A fault and the tests that reach it, the fastest first."""

    meta: Path
    key: str
    tests: list[pytest.Item]
    seconds: float

    @property
    def function(self) -> str:
        """The function that has the fault."""
        return self.key.rpartition("__mutmut_")[0]


class Running(NamedTuple):
    """A fault that is being tried, until when it may be, and its temporary folder."""

    fault: Fault
    until: float
    folder: str


class Loop:
    """A pytest plugin that runs the tests once for each fault, in a fork.

    Args:
        processes: How many faults are tried at the same time.
        patterns: The names of the faults to try; all that were not tried yet if there are none.
    """

    def __init__(self, processes: int, patterns: list[str]) -> None:
        self.processes, self.patterns = processes, patterns
        self.running: dict[int, Running] = {}
        self.noticed: dict[str, Counter[str]] = defaultdict(Counter)
        self.left = self.done = 0

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Try all faults.

        Args:
            session: The tests, collected.
        """
        if (code := self._check_without_fault(session.items)) != 0:
            raise pytest.UsageError(f"the tests fail without any fault ({code})")
        faults = sorted(self._find(session.items), key=lambda fault: fault.seconds)
        self.left = len(faults)
        for fault in faults:
            if not fault.tests:
                self._note(fault, UNREACHED)
                continue
            while len(self.running) >= self.processes:
                self._wait()
            self._start(fault)
        while self.running:
            self._wait()
        sys.stdout.write("\n")
        return True

    def _find(self, items: list[pytest.Item]) -> Iterator[Fault]:
        stats = json.loads(Path("mutmut-stats.json").read_text(encoding="utf-8"))
        took, reached = stats["duration_by_test"], stats["tests_by_mangled_function_name"]
        for meta in sorted(Path().rglob("*.py.meta")):
            for key, code in json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"].items():
                wanted = (
                    any(fnmatch.fnmatch(key, pattern) for pattern in self.patterns) if self.patterns else code is None
                )
                if wanted:
                    names = set(reached.get(key.rpartition("__mutmut_")[0], ()))
                    tests = [item for item in items if item.nodeid in names]
                    tests.sort(key=lambda item: took.get(item.nodeid, 0.0))
                    yield Fault(meta, key, tests, sum(took.get(item.nodeid, 0.0) for item in tests))

    def _check_without_fault(self, items: list[pytest.Item]) -> int:
        if (pid := os.fork()) == 0:
            _run("", items, 0, None)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def _start(self, fault: Fault) -> None:
        folder = tempfile.mkdtemp(prefix="mutant-")
        # A test that noticed many faults of a function will notice the next.
        noticed = self.noticed[fault.function]
        tests = sorted(fault.tests, key=lambda test: -noticed[test.nodeid])
        if (pid := os.fork()) == 0:
            tests[0].config._tmp_path_factory._basetemp = Path(folder)  # type: ignore[attr-defined]
            _run(fault.key, tests, int(30 + 5 * fault.seconds), Path(f"{folder}.test"))
        self.running[pid] = Running(fault, time.monotonic() + 120 + 20 * fault.seconds, folder)

    def _wait(self) -> None:
        """Note what became of the faults whose forks have ended; end those that take too long."""
        pid, status = os.waitpid(-1, os.WNOHANG)
        if pid in self.running:
            running = self.running.pop(pid)
            shutil.rmtree(running.folder, ignore_errors=True)
            if (test := Path(f"{running.folder}.test")).is_file():
                self.noticed[running.fault.function][test.read_text(encoding="utf-8")] += 1
                test.unlink()
            code = os.waitstatus_to_exitcode(status)
            self._note(running.fault, code if code in (NOTICED, MISSED) else ENDLESS)
            return
        for other, running in self.running.items():
            if time.monotonic() > running.until:
                os.kill(other, signal.SIGKILL)
        time.sleep(0.01)

    def _note(self, fault: Fault, code: int) -> None:
        self.left -= 1
        self.done += code not in (MISSED, UNREACHED)
        value = json.loads(fault.meta.read_text(encoding="utf-8"))
        value["exit_code_by_key"][fault.key] = code
        draft = fault.meta.with_suffix(".draft")
        draft.write_text(json.dumps(value), encoding="utf-8")
        draft.replace(fault.meta)
        sys.stdout.write(f"\r{self.left} faults left, {self.done} noticed ")
        sys.stdout.flush()


def _run(key: str, tests: list[pytest.Item], seconds: int, note: Path | None) -> None:
    """Run tests until one fails, with a fault in the code, and end this process: 1 if one failed, else 0.

    Args:
        key: The name of the fault; empty for none.
        tests: The tests.
        seconds: How much time of the processor they may take; 0 for any.
        note: Where the name of the test that failed is written.
    """
    from mutmut.mutation.trampoline import set_mutant_under_test

    code = 3
    try:
        if seconds:
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
        silent = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(silent, stream)
        set_mutant_under_test(key)
        pytest.Function.repr_failure = _say_nothing  # type: ignore[assignment, method-assign] # it reads whole modules
        code = MISSED
        for number, test in enumerate(tests):
            following = tests[number + 1] if number + 1 < len(tests) else None
            reports: list[Any] = runtestprotocol(test, log=False, nextitem=following)
            if any(report.failed for report in reports):
                code = NOTICED
                if note:
                    note.write_text(test.nodeid, encoding="utf-8")
                break
    except BaseException:  # whatever it is, the fault was noticed
        code = NOTICED
    finally:
        os._exit(code)


def _say_nothing(*_: object, **__: object) -> str:
    return "failed"


def generate() -> None:
    """Make the faults of this folder, and find out which tests reach each; both only as far as something changed."""
    from mutmut import __main__ as mutmut
    from mutmut.workers.isolation import get_mutant_runner

    mutmut.set_mutant_under_test("mutant_generation")
    Path("mutants").mkdir(exist_ok=True)
    mutmut.copy_src_dir()
    mutmut.copy_also_copy_files()
    mutmut.setup_source_paths()
    mutmut.create_mutants(1)
    mutmut.collect_or_load_stats(get_mutant_runner(1), apply_config_invalidation=True)
    mutmut.set_mutant_under_test("")


def main() -> int:
    """Make the faults and try them."""
    from mutmut.configuration import config

    generate()
    asked = config()
    os.chdir("mutants")
    options = ["--rootdir=.", "-s", "-q", *asked.pytest_add_cli_args, *asked.pytest_add_cli_args_test_selection]
    return int(pytest.main(options, plugins=[Loop(int(sys.argv[1]), sys.argv[2:])]))


if __name__ == "__main__":
    sys.exit(main())
