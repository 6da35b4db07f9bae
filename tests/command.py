"""Run `charter` as a process of its own, without the cost of starting Python for each run.

A server imports the command and loads the license facts once. Each run is a fork of it: a real process with its own
streams, current folder, environment and exit code. What an import reads from the environment must be the same as in the
server, else the run starts a new Python.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parent.parent
_READ_ONCE = ("LANG", "LC_", "PYTHON", "TZ")
"""The beginnings of the variables that Python reads when it starts."""
_server: _Server | None = None


def charter(
    *arguments: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    input: str | None = None,
    timeout: float = 180,
) -> subprocess.CompletedProcess[str]:
    """Run the command, and return its exit code and what it printed.

    Args:
        arguments: Its arguments.
        cwd: The current folder.
        env: The environment; that of the tests if it is left out.
        input: What standard input has.
        timeout: Seconds after which a run that has not ended is an error.
    """
    given = None if input is None else input.encode()
    done = charter_bytes(*arguments, cwd=cwd, env=env, input=given, timeout=timeout)
    out, err = (text.decode().replace("\r\n", "\n") for text in (done.stdout, done.stderr))
    return subprocess.CompletedProcess(done.args, done.returncode, out, err)


def charter_bytes(
    *arguments: str | Path,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    input: bytes | None = None,
    timeout: float = 180,
) -> subprocess.CompletedProcess[bytes]:
    """Run the command as `charter` does, and return what it printed byte for byte."""
    global _server
    words, env = [str(word) for word in arguments], dict(os.environ if env is None else env)
    if _server is None or _server.owner != os.getpid():
        _server = _Server()
    if _kept(env) != _server.environment:
        command = [sys.executable, "-m", "generator", *words]
        return subprocess.run(
            command, capture_output=True, check=False, cwd=cwd, env=env, input=input or b"", timeout=timeout
        )
    with tempfile.TemporaryFile() as stdin_, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        stdin_.write(input or b"")
        stdin_.seek(0)
        code = _server.run(words, cwd or Path.cwd(), env, (stdin_, out, err), timeout)
        out.seek(0)
        err.seek(0)
        return subprocess.CompletedProcess(words, code, out.read(), err.read())


def _kept(env: Mapping[str, str]) -> dict[str, str]:
    return {key: value for key, value in env.items() if key.startswith(_READ_ONCE)}


class _Server:
    """The process that is forked."""

    def __init__(self) -> None:
        self.owner, self.environment = os.getpid(), _kept(os.environ)
        self.ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "tests.command", str(theirs.fileno())]
        path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
        self.process = subprocess.Popen(
            command, pass_fds=[theirs.fileno()], cwd=ROOT, env=os.environ | {"PYTHONPATH": path}, start_new_session=True
        )
        theirs.close()
        atexit.register(self.close)

    def run(
        self, words: list[str], cwd: Path, env: dict[str, str], streams: tuple[IO[bytes], ...], timeout: float
    ) -> int:
        """Run the command in a fork."""
        self.ours.settimeout(timeout)
        message = json.dumps([words, str(cwd), env]).encode()
        socket.send_fds(self.ours, [len(message).to_bytes(8, "big")], [stream.fileno() for stream in streams])
        self.ours.sendall(message)
        try:
            return int.from_bytes(_exactly(self.ours, 4), "big", signed=True)
        except TimeoutError:
            self.owner = 0  # it still runs: the next command gets another server
            os.killpg(self.process.pid, signal.SIGKILL)
            raise

    def close(self) -> None:
        """End the server."""
        if self.owner == os.getpid():
            self.ours.close()
            self.process.wait()


def _exactly(connection: socket.socket, size: int) -> bytes:
    got = b""
    while len(got) < size:
        got += (part := connection.recv(size - len(got)))
        if not part:
            raise EOFError
    return got


def _load() -> None:
    """Import what the command imports, and load facts and templates, as a first run does."""
    import gc
    import importlib
    import io
    import pkgutil

    import generator
    from generator.cli import cli

    ours = [module.name for module in pkgutil.walk_packages(generator.__path__, "generator.")]
    for name in (*ours, "filelock", "httpx2", "tqdm"):  # and those that take the longest of huggingface_hub's own
        if not name.endswith(("__main__", "train.trainer")):  # the latter needs transformers
            importlib.import_module(name)
    os.environ |= dict.fromkeys(("HOME", "HF_HOME", "MODELCHARTER_CACHE", "MODELCHARTER_TEXTS"), "/nowhere")
    silent = io.StringIO()
    with (
        contextlib.redirect_stdout(silent),
        contextlib.redirect_stderr(silent),
        tempfile.TemporaryDirectory() as folder,
    ):
        shutil.copyfile(ROOT / "tests" / "examples" / "minilm" / "release.yaml", f"{folder}/release.yaml")
        for command in (["build", folder], ["check", folder], ["preview", folder, "-o", f"{folder}/page.html"]):
            cli.main(command, standalone_mode=False)
    assert "huggingface_hub" not in sys.modules, "it reads the environment when it is imported"
    gc.collect()
    gc.freeze()


def _run_fork(words: list[str], cwd: str, env: dict[str, str], streams: list[int]) -> int:
    """Be the process of one run, and return its exit code."""
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    sys.stdin, sys.stdout = open(0, closefd=False), open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, errors="backslashreplace", closefd=False)  # noqa: SIM115
    sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr  # type: ignore[misc]
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.argv = ["charter", *words]
    sys.modules["__main__"].__package__ = None  # the usage line then names the command, not this module
    from generator.cli import main

    try:
        main()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        import traceback

        traceback.print_exc()
        return 1
    return 0


def _serve(connection: socket.socket) -> None:
    """Fork for each request, and answer with the exit code."""
    _load()
    while True:
        head, streams, *_ = socket.recv_fds(connection, 8, 3)
        if not head:
            return
        words, cwd, env = json.loads(_exactly(connection, int.from_bytes(head, "big")))
        if not (child := os.fork()):
            connection.close()
            code = 1
            try:
                code = _run_fork(words, cwd, env, list(streams))
                sys.stdout.flush()
                sys.stderr.flush()
            finally:
                os._exit(code)
        for stream in streams:
            os.close(stream)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        connection.sendall(status.to_bytes(4, "big", signed=True))


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])))
