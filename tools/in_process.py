"""A pytest plugin for `tools/mutants.py`: tests that run the command run it in this process, where the faults are.

A process of its own would import the package that is installed, without the faults, and take a second more for each.
"""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import generator
from tests import command

_run = subprocess.run


class _Stream(io.TextIOWrapper):
    """A stream in memory with the bytes below it, as a process has one."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", errors="surrogateescape", newline="")

    def text(self) -> bytes:
        """Return what was written."""
        self.flush()
        return self.buffer.getvalue()  # type: ignore[attr-defined]


def run(
    *arguments: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    input: bytes | None = None,
    timeout: float = 180,
) -> subprocess.CompletedProcess[bytes]:
    """Run the command as `tests.command.charter_bytes` does, in this process.

    Args:
        arguments: Its arguments.
        cwd: The current folder.
        env: The environment.
        input: What standard input has.
        timeout: Ignored.
    """
    del timeout
    words = [str(word) for word in arguments]
    return subprocess.CompletedProcess(words, *charter(words, env, cwd, input or b""))


def run_with_faults(command: Any, **options: Any) -> subprocess.CompletedProcess[Any]:  # noqa: ANN401 - as subprocess
    """Run another command as `subprocess.run` does, with the package that has the faults.

    Args:
        command: The command.
        options: As `subprocess.run` has them.
    """
    path = str(Path(generator.__file__).parent.parent)
    return _run(command, **options | {"env": {**(options.get("env") or os.environ), "PYTHONPATH": path}})


def charter(
    arguments: list[str], env: Mapping[str, str] | None, folder: Path | None, given: bytes
) -> tuple[int, bytes, bytes]:
    """Run the command in this process, with an environment and a folder of its own.

    Args:
        arguments: Its arguments.
        env: The environment; None for this one.
        folder: Its working folder; None for this one.
        given: What it reads.
    """
    from generator.cli import main

    out, err = _Stream(), _Stream()
    before, place, argv, stdin = dict(os.environ), Path.cwd(), sys.argv, sys.stdin
    fault = before.get("MUTANT_UNDER_TEST")
    code: Any = 0
    for name, module in list(sys.modules.items()):
        if name.startswith("generator."):
            _forget(vars(module))
    try:
        if env is not None:
            os.environ.clear()
            os.environ.update(env)
            if fault is not None:
                os.environ["MUTANT_UNDER_TEST"] = fault
        if folder is not None:
            os.chdir(folder)
        _endpoint(os.environ.get("HF_ENDPOINT"))
        sys.argv = ["charter", *arguments]
        sys.stdin = io.TextIOWrapper(io.BytesIO(given), encoding="utf-8")
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                main()
            except SystemExit as stop:
                code = stop.code
    finally:
        sys.argv, sys.stdin = argv, stdin
        os.environ.clear()
        os.environ.update(before)
        os.chdir(place)
    return int(code or 0), out.text(), err.text()


def _forget(held: Mapping[str, Any]) -> None:
    """Empty the caches of a module, which a process of its own would not have."""
    for value in list(held.values()):
        if callable(clear := getattr(value, "cache_clear", None)):
            clear()


def _endpoint(url: str | None) -> None:
    """Set what the Hub's client reads from the environment when it is imported."""
    if url:
        from huggingface_hub import constants

        template = constants.HUGGINGFACE_CO_URL_TEMPLATE
        constants.HUGGINGFACE_CO_URL_TEMPLATE = url + template[len(constants.ENDPOINT) :]
        constants.ENDPOINT = url
        home = os.environ.get("HF_HOME", "")
        constants.HF_HOME, constants.HF_HUB_CACHE = home, f"{home}/hub"
        constants.HF_TOKEN_PATH, constants.HF_ASSETS_CACHE = f"{home}/token", f"{home}/assets"
        constants.HF_HUB_OFFLINE = os.environ.get("HF_HUB_OFFLINE") == "1"
        constants.HF_HUB_DISABLE_XET = os.environ.get("HF_HUB_DISABLE_XET") == "1"


command.charter_bytes = run
subprocess.run = run_with_faults  # type: ignore[assignment]
