"""A pytest plugin for `tools/mutants.py`: tests that run the command run it in this process, where the faults are.

A process of its own would import the package that is installed, without the faults, and take a second more for each.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib
import io
import os
import pkgutil
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import hypothesis
import pytest

import generator
from tests import command
from tests.hub import run as hub_run
from tests.hub.server import Hub

_run = subprocess.run
_SAME_FOR_ALL = ("generator.documents.render",)
"""Modules whose caches hold nothing of a folder or an environment: compiled templates, which take long to compile."""


def pytest_collection_finish(session: pytest.Session) -> None:
    """Import what the tests import when they run, and compile templates: the process is then forked for each fault.

    Args:
        session: What was collected.
    """
    if not session.config.option.collectonly:
        names = [module.name for module in pkgutil.walk_packages(generator.__path__, "generator.")]
        for name in (*names, "filelock", "httpx2", "huggingface_hub.hf_api", "tqdm"):
            if not name.endswith(("__main__", "train.trainer")):  # the latter needs transformers
                importlib.import_module(name)
        for example in ("layered-five", "minilm"):  # templates are compiled, license facts read
            generator.build(generator.load_release(f"tests/examples/{example}"))
        gc.collect()
        gc.freeze()


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
        if name.startswith("generator.") and name not in _SAME_FOR_ALL:
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


class Hurried(hub_run.Hurried):
    """The command with short waits, as `tests.hub.run.Hurried` runs it, in this process."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def __call__(self, server: Hub, *arguments: str | Path) -> hub_run.Done:
        """Run the command against a Hub."""
        return self.run(*arguments, "--endpoint", server.url)

    def run(self, *arguments: str | Path) -> hub_run.Done:
        """Run the command."""
        with _short_waits():
            code, out, err = charter([str(a) for a in arguments], hub_run.environment(self.home, None), None, b"")
        return hub_run.Done(code, out.decode(), err.decode())

    def close(self) -> None:
        """Do nothing: there is no process."""


@contextlib.contextmanager
def _short_waits() -> Iterator[None]:
    """Shorten waits and time limits of the package, but not those of the server, which is in this process too."""
    from generator.hub import client, commit

    hurry = SimpleNamespace(sleep=lambda seconds: time.sleep(min(seconds, 0.02)), monotonic=time.monotonic)
    limits = client.CONNECT, client.READ, client.COMMIT
    client.CONNECT = client.READ = client.COMMIT = 1.0
    client.time = commit.time = hurry  # type: ignore[attr-defined, assignment] # all that they use of it
    try:
        yield
    finally:
        client.CONNECT, client.READ, client.COMMIT = limits
        client.time = commit.time = time  # type: ignore[attr-defined]


# The same examples for each fault, and no limit on their time: a limit that a busy machine breaks is no fault noticed.
hypothesis.settings.register_profile("faults", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("faults")
ssl.create_default_context = functools.cache(ssl.create_default_context)  # reads all certificates, at each push
command.charter_bytes = run
hub_run.Hurried = Hurried  # type: ignore[misc]
subprocess.run = run_with_faults  # type: ignore[assignment]
