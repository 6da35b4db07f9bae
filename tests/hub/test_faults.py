"""What goes wrong on the way: afterwards the repo has the old state or the new one, and what is said is true."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.effort import sampled
from tests.hub.run import RELEASE, Hurried, release
from tests.hub.server import Hub, cut, hub, stall

OLD = {".gitattributes": b"", "README.md": b"---\nthumbnail: x\n---\n# Borealis\n\nWords of marketing.\n"}
STEPS = ("info", "file", "validate", "preupload", "commit")
STATUSES = (408, 409, 412, 413, 429, 500, 502, 503, 504)


def answer(status: int) -> Callable[..., None]:
    """A fault that answers a status."""
    return lambda handler: handler.send(status, b'{"error": "a fault"}', {"Content-Type": "application/json"})


FAULTS: dict[str, Callable[..., None]] = {str(status): answer(status) for status in STATUSES}
FAULTS |= {
    "cut": cut,
    "silence": lambda handler: stall(handler, 1.5),
    "garbage": lambda handler: handler.send(200, b"<html>\xff", {"Content-Type": "text/html"}),
    "nonsense": lambda handler: handler.send(200, b'["a", 1]', {"Content-Type": "application/json"}),
}


def once(step: str, fault: Callable[..., None]) -> Callable[..., bool]:
    """The fault, the first time that the step is taken."""
    taken = itertools.count()

    def at(handler: object, name: str) -> bool:
        if name != step or next(taken):
            return False
        fault(handler)
        return True

    return at


def always(step: str, fault: Callable[..., None]) -> Callable[..., bool]:
    """The fault, whenever the step is taken."""

    def at(handler: object, name: str) -> bool:
        if name == step:
            fault(handler)
        return name == step

    return at


def is_new(server: Hub) -> bool:
    """Whether the repo has the new state; a third state there must not be."""
    files = server.repos["lab/borealis"].files
    if files == OLD:
        return False
    assert {"LICENSE", "NOTICE", "LICENSES/Apache-2.0.txt"} <= set(files)
    assert b"charter:end" in files["README.md"]
    assert b"Words of marketing." in files["README.md"]
    assert len(server.repos["lab/borealis"].branches["main"]) == 2, "never committed twice"
    return True


def in_sample(number: int, case: tuple[str, str, Callable[..., Callable[..., bool]], str]) -> bool:
    """Whether `make test` runs a case: each step with each fault, in turns once or always, before or after.

    A commit that was made and not answered is always among them.
    """
    step, fault, often, when = case
    if step == "commit" and when == "after" and fault in ("500", "504", "cut", "garbage"):
        return True
    turn = STEPS.index(step) + list(FAULTS).index(fault)
    return (often is once, when == "fault") == (turn % 2 == 0, turn % 4 < 2) and fault != "silence"


# A Hub that is silent for good takes the client's five tries each time: once is enough to see.
CASES = [c for c in itertools.product(STEPS, FAULTS, (once, always), ("fault", "after"))
         if c[1:3] != ("silence", always) or c[0] == "commit"]  # fmt: skip


@pytest.mark.parametrize(("step", "fault", "often", "when"), sampled(CASES, in_sample))
def test_the_repo_is_old_or_new_and_what_is_said_is_true(
    step: str, fault: str, often: Callable[..., Callable[..., bool]], when: str, tmp_path: Path, hurried: Hurried
) -> None:
    folder = release(tmp_path / "model")
    with hub({"lab/borealis": OLD}) as server:
        setattr(server, when, often(step, FAULTS[fault]))
        done = hurried(server, "push", folder)
        new = is_new(server)
        assert "Traceback" not in done.stderr
        told = f"{done.returncode}: {done.stderr}"
        if done.returncode == 0:
            assert new, told
            assert "published as" in done.stderr or "nothing to do" in done.stderr
        else:
            assert done.returncode == 2, told
            assert "error: " in done.stderr
            says_new = "the commit was made" in done.stderr
            unsure = "is not known" in done.stderr
            assert unsure or says_new == new, told
        # The next push finds a whole Hub and ends in the new state, whatever was before.
        server.fault = server.after = None
        again = hurried(server, "push", folder)
        assert again.returncode == 0, again.stderr
        assert is_new(server)


@pytest.mark.parametrize("fault", ["500", "504", "cut", "silence", "garbage"])
def test_a_lost_answer_is_found_out_by_reading_the_head(fault: str, tmp_path: Path, hurried: Hurried) -> None:
    folder = release(tmp_path / "model")
    with hub({"lab/borealis": OLD}) as server:
        server.after = once("commit", FAULTS[fault])
        done = hurried(server, "push", folder)
        assert done.returncode == 0, done.stderr
        assert "the repo shows that it was made" in done.stderr
        assert is_new(server)


def test_a_lost_answer_to_a_pull_request_is_found_and_not_sent_twice(tmp_path: Path, hurried: Hurried) -> None:
    folder = release(tmp_path / "model")
    with hub({"lab/borealis": OLD}) as server:
        server.after = once("commit", cut)
        done = hurried(server, "push", folder, "--create-pr")
        assert done.returncode == 0, done.stderr
        assert done.stdout.strip().endswith("/discussions/1")
        assert server.repos["lab/borealis"].pulls == ["Publish Borealis"]


def test_it_waits_as_told_where_it_asked_too_often(tmp_path: Path, hurried: Hurried) -> None:
    folder = release(tmp_path / "model")
    busy = {"RateLimit": '"api";r=0;t=7', "RateLimit-Policy": '"fixed window";"api";q=500;w=300'}
    for step in STEPS:
        with hub({"lab/borealis": OLD}) as server:
            server.fault = once(step, lambda handler: handler.send(429, b"{}", busy))
            done = hurried(server, "push", folder)
            assert done.returncode == 0, done.stderr
            assert "asks to wait 8 s" in done.stderr or step == "preupload", "the client itself waits there"
            assert is_new(server)


def test_somebody_else_s_commit_in_between_is_named_and_merged_with(tmp_path: Path, hurried: Hurried) -> None:
    folder = release(tmp_path / "model")
    theirs = OLD["README.md"] + b"\nMore of marketing.\n"
    with hub({"lab/borealis": OLD}) as server:

        def meanwhile(handler: object, name: str) -> bool:
            if name == "preupload":
                server.fault = None
                server.edit("lab/borealis", "README.md", theirs)
            return False

        server.fault = meanwhile
        done = hurried(server, "push", folder)
        assert done.returncode == 0, done.stderr
        assert "marketing (“Update README.md”) changed README.md in the meantime." in done.stderr
        card = server.repos["lab/borealis"].files["README.md"]
        assert b"More of marketing." in card
        assert b"charter:end" in card


def test_the_large_files_of_a_release_may_fail_as_well(tmp_path: Path, hurried: Hurried) -> None:
    for name in ("403", "413", "500", "cut", "garbage"):
        fault = FAULTS.get(name) or answer(int(name))
        home = tmp_path / name
        folder = release(home / "model", RELEASE)
        (folder / "model.safetensors").write_bytes(b"\x02\0\0\0\0\0\0\0{}")
        with hub({"lab/borealis": OLD}) as server:
            server.fault = always("lfs", fault)
            done = hurried(server, "push", folder, "--with-files")
            assert done.returncode == 2, f"{name}: {done.stderr}"
            assert "Traceback" not in done.stderr, name
            assert not is_new(server)
