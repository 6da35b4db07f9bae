"""Publishing at a terminal: it asks before a repo is made, and before it merges with what somebody else did."""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from typing import Any

import pexpect
import pytest

from tests.hub.run import HURRY, environment, release
from tests.hub.server import Hub, hub


def at_terminal(home: Path, server: Hub, folder: Path) -> Any:  # noqa: ANN401 - pexpect ships no types
    """The command in a pseudo-terminal."""
    arguments = ["-c", f"{HURRY}main()", "push", str(folder)]
    return pexpect.spawn(
        sys.executable, arguments, env=environment(home, server), encoding="utf-8", timeout=60, dimensions=(40, 200)
    )


@pytest.mark.parametrize(("answer", "made"), [("y", True), ("n", False)])
def test_a_missing_repo_is_asked_about(answer: str, made: bool, tmp_path: Path) -> None:
    with hub({}) as server:
        child = at_terminal(tmp_path, server, release(tmp_path / "model"))
        child.expect("no model repo lab/borealis, or hides it. Create a public repo?")
        child.sendline(answer)
        child.expect("published as" if made else "--create")
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == (0 if made else 2)
        assert bool(server.repos) is made


@pytest.mark.parametrize(("answer", "merged"), [("y", True), ("n", False)])
def test_merging_with_somebody_else_s_commit_is_asked_about(answer: str, merged: bool, tmp_path: Path) -> None:
    with hub({"lab/borealis": {"README.md": b"# Borealis\n"}}) as server:

        def meanwhile(handler: object, name: str) -> bool:
            if name == "preupload":
                server.fault = None
                server.edit("lab/borealis", "README.md", b"# Borealis\n\nBy marketing.\n")
            return False

        server.fault = meanwhile
        child = at_terminal(tmp_path, server, release(tmp_path / "model"))
        child.expect("marketing .* changed README.md in the meantime. Merge with it and try again?")
        child.sendline(answer)
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == (0 if merged else 2)
        card = server.repos["lab/borealis"].files["README.md"]
        assert b"By marketing." in card
        assert (b"charter:end" in card) is merged


def test_an_interrupt_says_where_to_look(tmp_path: Path) -> None:
    with hub({"lab/borealis": {"README.md": b"# Borealis\n"}}) as server:
        begun = threading.Event()

        def wait(handler: object, name: str) -> bool:
            if name == "preupload":
                begun.set()
                time.sleep(0.5)
            return False

        server.fault = wait
        child = at_terminal(tmp_path, server, release(tmp_path / "model"))
        assert begun.wait(60)
        child.sendintr()
        child.expect("Check .*/lab/borealis/commits/main to see whether the commit to lab/borealis was made.")
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus == 130
