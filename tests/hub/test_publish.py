"""A push from its first request to its last: what is sent when, what is reported, and what an interrupted one says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from generator import progress
from generator.api import publish
from generator.errors import CharterError, HubError
from generator.publishing.result import Options, PublishError, PublishResult
from generator.release.reader import read_release
from tests.hub.run import LAYERED, RELEASE, release
from tests.hub.server import TOKEN, Hub, Repo, hub

REPO = "lab/borealis"
REPOS = (REPO, "datasets/lab/corpus", "lab/polish")
ATTRIBUTES = {".gitattributes": b"*.safetensors filter=lfs\n"}
GATED = RELEASE.replace("availability: released", "availability: gated")


class Push:
    """Publishing to a Hub, with all that was said on the way."""

    def __init__(self, server: Hub) -> None:
        self.server = server
        self.said: list[str] = []
        self.seen: list[PublishResult] = []
        self.questions: list[str] = []

    def __call__(
        self,
        folder: Path,
        *,
        answer: bool | None = None,
        watch: Callable[[PublishResult], None] | None = None,
        **options: Any,  # noqa: ANN401 - `Options`
    ) -> tuple[PublishResult, ...]:
        """Publish a folder; a person at the terminal gives the answer, if there is one."""

        def ask(question: str) -> bool:
            self.questions.append(question)
            return bool(answer)

        return publish(
            read_release(folder),
            Options(**options),
            endpoint=self.server.url,
            say=self.said.append,
            ask=None if answer is None else ask,
            watch=watch or self.seen.append,
        )

    def fails(self, folder: Path, **options: Any) -> CharterError:  # noqa: ANN401 - `Options`
        """Publish a folder, and return the error."""
        with pytest.raises(CharterError) as caught:
            self(folder, **options)
        return caught.value

    def commits(self, repo: str = REPO, branch: str = "main") -> list[str]:
        """The titles of a repo's commits."""
        return [commit.title for commit in self.server.repos[repo].branches[branch]]


@pytest.fixture
def push(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Push]:
    """A Hub with three repos, and nothing of this machine; what is waited for takes no time."""
    from huggingface_hub import constants

    from generator.hub import client, commit

    monkeypatch.setenv("HF_TOKEN", TOKEN)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hf"))
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr(client, "_BRIEFLY", (0.0, 0.0))
    monkeypatch.setattr(commit, "_WAITS", (0.0,))
    monkeypatch.setattr(commit, "_LONG_WAITS", (0.0,))
    with hub(dict.fromkeys(REPOS, ATTRIBUTES)) as server:
        yield Push(server)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a release."""
    return release(tmp_path / "model")


@pytest.fixture
def three(tmp_path: Path) -> Path:
    """A folder with a release that goes to three repos."""
    return release(tmp_path / "model", RELEASE + LAYERED)


def answers(step: str, status: int, body: bytes = b"{}", times: int = 99) -> Callable[[Any, str], bool]:
    """A fault: a step is answered with a status, that many times."""
    left = [times]

    def fault(handler: Any, now: str) -> bool:  # noqa: ANN401 - the server's handler
        if now != step or not left[0]:
            return False
        left[0] -= 1
        handler.send(status, body, {"Content-Type": "application/json"})
        return True

    return fault


def before_commit(push: Push, act: Callable[[int], None], times: int = 1) -> None:
    """Have something happen on the Hub just before it takes a commit, that many times."""
    done = [0]

    def fault(handler: object, step: str) -> bool:
        if step == "commit" and done[0] < times:
            done[0] += 1
            act(done[0])
        return False

    push.server.fault = fault


def test_what_is_about_to_be_sent_is_shown_before_anything_is(push: Push, three: Path) -> None:
    counts: list[int] = []
    found = push(three, watch=lambda result: counts.append(sum(len(push.commits(repo)) for repo in REPOS)))
    assert counts == [3, 3, 3], "all three are shown before the first commit"
    assert [result.repo for result in found] == [REPO, "lab/corpus", "lab/polish"]
    assert [result.commit for result in found] == [push.server.repos[repo].branches["main"][-1].oid for repo in REPOS]
    assert [result.url for result in found] == [f"{push.server.url}/{repo}" for repo in REPOS]
    assert push.said == []
    assert [len(push.commits(repo)) for repo in REPOS] == [2, 2, 2]


def test_how_far_reading_is_is_reported(push: Push, three: Path) -> None:
    steps: list[progress.Step | None] = []
    with progress.watch(steps.append):
        push(three, dry_run=True)
    reading = [step for step in steps if step and step.name == "Reading repos on the Hub"]
    assert reading
    assert {(step.total, step.unit) for step in reading} == {(3, "repos")}


def test_a_dry_run_returns_what_would_happen_and_shows_nothing(push: Push, three: Path) -> None:
    found = push(three, dry_run=True)
    assert [(result.repo, result.commit) for result in found] == [
        (repo.removeprefix("datasets/"), None) for repo in REPOS
    ]
    assert all(result.differs for result in found)
    assert push.seen == []
    assert [len(push.commits(repo)) for repo in REPOS] == [1, 1, 1]
    assert not any(asked.startswith(("POST /api/models", "POST /api/datasets")) for asked in push.server.asked)


def test_cards_of_several_repos_are_all_checked_before_the_first_commit(push: Push, three: Path) -> None:
    push(three)
    assert push.server.asked.count("POST /api/validate-yaml") >= 3
    first = push.server.asked.index("POST /api/models/lab/borealis/commit/main")
    assert push.server.asked[:first].count("POST /api/validate-yaml") >= 3


def test_cards_of_two_repos_are_both_checked_before_the_first_commit(push: Push, folder: Path) -> None:
    (folder / "release.yaml").write_text(RELEASE + LAYERED.partition("  deltas:")[0], encoding="utf-8")
    push(folder)
    first = push.server.asked.index("POST /api/models/lab/borealis/preupload/main")
    assert push.server.asked[:first].count("POST /api/validate-yaml") >= 2


def test_an_option_that_applies_to_nothing_is_an_error(push: Push, folder: Path) -> None:
    error = push.fails(folder, gated="sometimes")
    assert (error.message, error.remedy) == ("gated: 'sometimes' is not a way of gating.", "Use auto or manual.")
    error = push.fails(folder, gated="auto")
    assert error.message == "--gated: the release file marks nothing as gated in these repos."
    assert error.remedy == "Set `availability: gated` for the items to gate, or leave out --gated."
    listed = "--force and --keep take one of: LICENSE, LICENSES/Apache-2.0.txt, NOTICE, README.md, release.yaml"
    for options in ({"keep": ("NOTHING",)}, {"force": ("NOTHING", "LICENSE")}, {"force": ("LICENSE", "NOTHING")}):
        error = push.fails(folder, **options)
        assert (error.message, error.remedy) == ("'NOTHING' is not a file that charter writes.", listed)
    assert push.server.asked == []
    push(folder, force=True)
    push(folder, force=("LICENSE",), keep=("NOTICE",))
    (folder / "release.yaml").write_text(GATED, encoding="utf-8")
    push(folder, gated="manual")


def test_a_repo_of_several_that_is_blocked_stops_all(push: Push, three: Path) -> None:
    push.server.edit("lab/polish", "LICENSE", b"Mine.\n")
    push.server.edit(REPO, "LICENSE", b"Mine.\n")
    error = push.fails(three)
    lines = error.message.splitlines()
    assert [line.partition(":")[0] for line in lines] == [REPO, "lab/polish", "Nothing was sent."]
    assert error.remedy == "Replace it with --force LICENSE, or keep it with --keep LICENSE."
    assert push.seen == []
    assert [len(push.commits(repo)) for repo in REPOS] == [2, 1, 2]


@pytest.mark.parametrize(("answer", "create"), [(True, None), (None, True), (False, True)])
def test_a_missing_repo_is_created_if_a_person_or_an_option_says_so(
    push: Push, folder: Path, answer: bool | None, create: bool | None
) -> None:
    push.server.repos.clear()
    (found,) = push(folder, answer=answer, create=create)
    assert found.created
    assert push.questions == (
        [] if create else [f"The Hub has no model repo {REPO}, or hides it. Create a public repo?"]
    )
    assert push.commits() == ["initial commit", "Publish Borealis"]
    assert [result.created for result in push.seen] == [True]


@pytest.mark.parametrize(("answer", "create"), [(False, None), (None, None), (None, False), (True, False)])
def test_a_missing_repo_is_not_created_otherwise(
    push: Push, folder: Path, answer: bool | None, create: bool | None
) -> None:
    push.server.repos.clear()
    error = push.fails(folder, answer=answer, create=create)
    assert error.message == f"{REPO}: the Hub has no such model repo, or hides it from your token."
    assert error.remedy == "Fix the id, or let charter create the repo: charter push --create"
    assert not push.server.repos


def test_the_question_says_which_kind_of_repo_and_who_sees_it(push: Push, three: Path) -> None:
    del push.server.repos["datasets/lab/corpus"]
    push.fails(three, answer=False)
    assert push.questions == ["The Hub has no dataset repo lab/corpus, or hides it. Create a public repo?"]
    assert [len(push.commits(repo)) for repo in (REPO, "lab/polish")] == [1, 1]
    push.questions.clear()
    push.server.repos[REPO].private = push.server.repos["lab/polish"].private = True
    push(three, answer=True, private=True)
    assert push.questions == ["The Hub has no dataset repo lab/corpus, or hides it. Create a private repo?"]
    assert push.server.repos["datasets/lab/corpus"].private


def test_a_commit_of_somebody_else_in_between_is_merged_with(push: Push, folder: Path) -> None:
    before_commit(push, lambda _: push.server.edit(REPO, "README.md", b"# Borealis\n\nBy marketing.\n"))
    (found,) = push(folder)
    message = f"{REPO}: marketing (“Update README.md”) changed README.md in the meantime."
    assert push.said == [f"{message} Merging with it and trying again."]
    assert b"By marketing." in push.server.repos[REPO].files["README.md"]
    assert push.commits() == ["initial commit", "Update README.md", "Publish Borealis"]
    assert {change.path: change.change for change in found.changes}["README.md"] == "changed"
    assert (found.created, dict(found.settings)) == (False, {})


def test_a_person_decides_whether_to_merge_with_somebody_else_s_commit(push: Push, folder: Path) -> None:
    before_commit(push, lambda _: push.server.edit(REPO, "notes.txt", b"x"))
    error = push.fails(folder, answer=False)
    message = f"{REPO}: marketing (“Update notes.txt”) changed notes.txt in the meantime."
    assert push.questions == [f"{message} Merge with it and try again?"]
    assert (error.message, error.remedy) == (message, "Push again to merge with it.")
    assert push.commits() == ["initial commit", "Update notes.txt"]
    before_commit(push, lambda _: push.server.edit(REPO, "notes.txt", b"y"))
    push(folder, answer=True)
    assert push.commits()[-1] == "Publish Borealis"


@pytest.mark.parametrize(("times", "made"), [(4, True), (5, False)])
def test_a_push_merges_with_four_commits_of_others_and_then_stops(
    push: Push, folder: Path, times: int, made: bool
) -> None:
    before_commit(push, lambda n: push.server.edit(REPO, "notes.txt", str(n).encode()), times)
    if made:
        push(folder)
    else:
        assert "in the meantime" in push.fails(folder).message
    assert len(push.said) == 4
    assert (push.commits()[-1] == "Publish Borealis") is made
    assert len(push.commits()) == times + 1 + made


def test_somebody_else_s_commit_may_have_all_of_it_already(push: Push, folder: Path) -> None:
    push(folder)
    published = dict(push.server.repos[REPO].files)
    push.server.repos[REPO].branches["main"].pop()
    before_commit(push, lambda _: push.server.repos[REPO].add("main", "By a colleague", published) and None)
    (found,) = push(folder)
    assert push.commits() == ["initial commit", "By a colleague"]
    assert (found.is_unchanged, found.commit) == (True, push.server.repos[REPO].branches["main"][-1].oid)


def test_somebody_else_s_commit_may_block_it(push: Push, folder: Path) -> None:
    before_commit(push, lambda _: push.server.edit(REPO, "LICENSE", b"All rights reserved.\n"))
    error = push.fails(folder)
    assert "LICENSE on the Hub is not the file of this release" in error.message
    assert push.commits() == ["initial commit", "Update LICENSE"]


def test_gating_is_set_before_a_file_is_sent_and_is_in_the_result(push: Push, folder: Path) -> None:
    (folder / "release.yaml").write_text(GATED, encoding="utf-8")
    (found,) = push(folder, gated="auto")
    order = [asked for asked in push.server.asked if "settings" in asked or "/commit/" in asked]
    assert order == [f"PUT /api/models/{REPO}/settings", f"POST /api/models/{REPO}/commit/main"]
    assert (dict(found.settings), found.created) == ({"gated": "auto"}, False)
    assert dict(push.seen[0].settings) == {"gated": "auto"}


def test_a_gating_that_the_hub_ignores_stops_the_push(push: Push, folder: Path) -> None:
    (folder / "release.yaml").write_text(GATED, encoding="utf-8")
    push.server.fault = answers("settings", 200)
    error = push.fails(folder, gated="auto")
    assert error.message == f"{REPO}: the Hub accepted the gating setting, but the repo is not gated. No file was sent."
    assert error.remedy == "Turn on access requests in the repo's settings on the Hub, then push again."
    assert push.commits() == ["initial commit"]


def test_a_repo_that_the_hub_created_and_does_not_show_stops_the_push(push: Push, folder: Path) -> None:
    push.server.repos.clear()
    push.server.fault = answers("create", 200, b'{"url": "http://127.0.0.1/lab/borealis"}')
    error = push.fails(folder, create=True)
    assert isinstance(error, PublishError)
    assert error.message == (
        f"{REPO}: the Hub created the repo, but does not show it yet.\n"
        f"{push.server.url}/{REPO} was created and is empty."
    )
    assert (error.remedy, error.published) == ("Push again.", ())


def test_a_branch_that_the_hub_created_and_does_not_show_stops_the_push(push: Push, folder: Path) -> None:
    push.server.fault = answers("branch", 200)
    error = push.fails(folder, revision="dev", create_branch=True)
    assert error.message == f"{REPO}: the Hub created the branch, but does not show it yet."
    assert error.remedy == "Push again."
    assert list(push.server.repos[REPO].branches) == ["main"]


def test_a_repo_that_somebody_created_in_between_is_published_to(push: Push, folder: Path) -> None:
    push.server.repos.clear()

    def meanwhile(handler: object, step: str) -> bool:
        if step == "create":
            push.server.repos[REPO] = Repo()
            push.server.repos[REPO].add("main", "By a colleague", dict(ATTRIBUTES))
        return False

    push.server.fault = meanwhile
    push(folder, create=True)
    assert push.commits() == ["By a colleague", "Publish Borealis"]


def test_a_repo_that_fails_after_others_says_what_is_on_the_hub(push: Push, three: Path) -> None:
    push.server.repos["datasets/lab/corpus"].add("main", "more", {".gitignore": b"NOTICE\n"})
    error = push.fails(three)
    assert isinstance(error, PublishError)
    assert error.message.splitlines() == [
        "lab/corpus: the repo's .gitignore drops NOTICE. Nothing was published.",
        f"{REPO} was published: {push.server.url}/{REPO}",
        "Not published: lab/polish",
    ]
    assert error.remedy == "Take the pattern out of the repo's .gitignore, then push again."
    assert [result.repo for result in error.published] == [REPO]
    again = push.fails(three)
    assert again.message.splitlines()[1] == f"{REPO} was not changed: the Hub had all of it."


def test_the_first_repo_that_fails_says_nothing_of_others(push: Push, three: Path) -> None:
    push.server.repos[REPO].add("main", "more", {".gitignore": b"NOTICE\n"})
    error = push.fails(three)
    assert not isinstance(error, PublishError)
    assert error.message == f"{REPO}: the repo's .gitignore drops NOTICE. Nothing was published."
    assert [len(push.commits(repo)) for repo in REPOS] == [2, 1, 1]


def test_a_repo_that_was_created_names_those_that_were_not_published(push: Push, three: Path) -> None:
    del push.server.repos[REPO]
    push.server.fault = answers("commit", 403)
    error = push.fails(three, create=True)
    assert error.message.splitlines()[1:] == [
        f"{push.server.url}/{REPO} was created and is empty.",
        "Not published: lab/corpus, lab/polish",
    ]


def test_a_repo_that_somebody_created_and_filled_in_between_is_published(push: Push, folder: Path) -> None:
    push(folder)
    files = push.server.repos.pop(REPO).files

    def meanwhile(handler: object, step: str) -> bool:
        if step == "create":
            push.server.repos[REPO] = Repo()
            push.server.repos[REPO].add("main", "By a colleague", dict(files))
        return False

    push.server.fault = meanwhile
    (found,) = push(folder, create=True)
    assert (found.created, found.changes) == (True, ())
    assert found.commit == push.server.repos[REPO].branches["main"][-1].oid
    assert push.commits() == ["By a colleague"]


def test_a_pull_request_is_named_in_what_was_published(push: Push, three: Path) -> None:
    push.server.repos["datasets/lab/corpus"].add("main", "more", {".gitignore": b"NOTICE\n"})
    error = push.fails(three, create_pr=True)
    assert error.message.splitlines()[1] == f"{REPO} was published: {push.server.url}/{REPO}/discussions/1"


def test_a_repo_that_was_created_and_could_not_be_filled_is_named(push: Push, folder: Path) -> None:
    push.server.repos.clear()
    push.server.fault = answers("commit", 403, b'{"error": "no"}')
    error = push.fails(folder, create=True)
    assert error.message.splitlines()[1:] == [f"{push.server.url}/{REPO} was created and is empty."]
    push.server.fault = None
    push(folder, create=True)
    assert push.commits() == ["initial commit", "Publish Borealis"]


def test_a_repo_that_was_created_and_filled_is_not_called_empty(push: Push, three: Path) -> None:
    push.server.repos.clear()
    for repo in REPOS[1:]:
        push.server.repos[repo] = Repo()
        push.server.repos[repo].add("main", "initial commit", {".gitignore": b"NOTICE\n"})
    error = push.fails(three, create=True)
    assert error.message.splitlines()[1:] == [
        f"{REPO} was published: {push.server.url}/{REPO}",
        "Not published: lab/polish",
    ]


@pytest.mark.parametrize(
    ("step", "number", "said"),
    [
        ("commit", 1, ["Interrupted. Check URL/lab/borealis/commits/main to see whether the commit to lab/borealis "
                          "was made."]),
        ("commit", 2, ["Interrupted. Check URL/datasets/lab/corpus/commits/main to see whether the commit to "
                          "lab/corpus was made.", "lab/borealis was published: URL/lab/borealis"]),
        ("info", 4, ["Interrupted. lab/borealis: the commit was made (URL/lab/borealis/commit/ID), but not read "
                     "back."]),
    ],
)  # fmt: skip
def test_an_interrupt_says_where_to_look(
    push: Push, three: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int, said: list[str]
) -> None:
    from generator.hub import client

    seen = [0]
    real = client.call_hub

    def interrupted(connection: Any, about: str, call: Any, **more: Any) -> Any:  # noqa: ANN401 - as `call_hub`
        if ("create_commit" if step == "commit" else "repo_info") in repr(call):
            seen[0] += 1
            if seen[0] == number:
                raise KeyboardInterrupt
        return real(connection, about, call, **more)

    for module in ("commit", "repo"):
        monkeypatch.setattr(f"generator.hub.{module}.call_hub", interrupted)
    with pytest.raises(KeyboardInterrupt):
        push(three)
    oid = push.server.repos[REPO].branches["main"][-1].oid
    assert [line.replace(push.server.url, "URL").replace(oid, "ID") for line in push.said] == said


def test_an_interrupt_before_a_commit_names_the_empty_repo(
    push: Push, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    push.server.repos.clear()
    (folder / "release.yaml").write_text(GATED, encoding="utf-8")
    monkeypatch.setattr("generator.publishing.publish.set_gated", interrupted)
    with pytest.raises(KeyboardInterrupt):
        push(folder, create=True, gated="auto")
    assert push.said == ["Interrupted.", f"{push.server.url}/{REPO} was created and is empty."]


def test_an_interrupt_between_two_repos_says_what_is_done(
    push: Push, three: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    del push.server.repos["datasets/lab/corpus"]
    monkeypatch.setattr("generator.publishing.publish.create", interrupted)
    with pytest.raises(KeyboardInterrupt):
        push(three, create=True)
    assert push.said == ["Interrupted.", f"{REPO} was published: {push.server.url}/{REPO}"]


def test_a_repo_that_was_created_and_filled_and_cannot_be_read_back_is_not_called_empty(
    push: Push, folder: Path
) -> None:
    push.server.repos.clear()

    def broken(handler: Any, step: str) -> bool:  # noqa: ANN401 - the server's handler
        if step == "commit":
            push.server.fault = answers("info", 500)
        return False

    push.server.fault = broken
    error = push.fails(folder, create=True)
    made = push.server.repos[REPO].branches["main"][-1].oid
    assert error.message == (
        f"{REPO}: the commit was made ({push.server.url}/{REPO}/commit/{made}), but could not be read back: "
        f"{REPO}: {push.server.url} has an internal error (500)."
    )
    assert error.remedy == "Push again: charter compares it then."


def test_a_pull_request_is_where_an_interrupted_one_is_looked_for(
    push: Push, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("generator.publishing.publish.send_commit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        push(folder, create_pr=True)
    where = f"{push.server.url}/{REPO}/discussions"
    assert push.said == [f"Interrupted. Check {where} to see whether the commit to {REPO} was made."]


def test_notes_of_the_hub_and_of_the_repo_are_in_the_result(push: Push, folder: Path) -> None:
    push.server.forced_large = {"README.md"}
    (found,) = push(folder)
    assert found.notes == (
        f"{REPO}: the repo stores README.md as a large file, so the Hub does not read it. Fix its .gitattributes.",
    )


def test_notes_of_the_plan_and_of_the_commit_are_both_there(push: Push, folder: Path) -> None:
    push.server.repos[REPO].gated = "auto"
    push.server.forced_large = {"README.md"}
    (found,) = push(folder)
    assert [note.partition(" ")[2].partition(",")[0] for note in found.notes] == [
        "people have to request access on the Hub",
        "the repo stores README.md as a large file",
    ]


def test_an_answer_that_was_lost_is_a_note(push: Push, folder: Path) -> None:
    push.server.after = answers("commit", 504, b"", 1)
    (found,) = push(folder)
    assert found.notes == (f"{REPO}: The answer to the commit was lost, but the repo shows that it was made.",)
    assert found.commit == push.server.repos[REPO].branches["main"][-1].oid
    assert len(push.commits()) == 2


def test_a_card_that_the_commit_refuses_is_located(push: Push, folder: Path) -> None:
    push.server.strict = [{"message": '"license" is odd'}]
    error = push.fails(folder)
    line = RELEASE.splitlines().index("    license: Apache-2.0") + 1
    assert error.message == (
        f"{REPO}: the Hub refuses the front matter of README.md. Nothing was published.\n"
        f'  {folder / "release.yaml"}:{line}:14: "license" is odd'
    )


def test_a_card_with_faults_of_ours_is_checked_by_the_hub_first(push: Push, folder: Path) -> None:
    push.server.edit(REPO, "README.md", b"---\ndatasets:\n- my data\n---\n# Borealis\n")
    dry = push(folder, dry_run=True)[0]
    assert [note for note in dry.notes if "README.md, line 3" in note]
    push(folder)
    assert [note for note in push.seen[0].notes if "README.md, line 3" in note]
    assert "POST /api/validate-yaml" in push.server.asked


def test_a_merged_card_that_is_no_yaml_is_never_sent(push: Push, folder: Path) -> None:
    push.server.edit(REPO, "README.md", b"---\nthumbnail: [a\n---\n# Borealis\n")
    push.server.fault = answers("validate", 200, b'{"errors": [], "warnings": []}')
    error = push.fails(folder)
    assert isinstance(error, HubError)
    assert error.message.startswith(f"{REPO}: the merged README.md, line ")
    assert error.message.endswith("\nNothing was sent.")
    dry = push(folder, dry_run=True)[0]
    assert [line for line in dry.blocked if line.startswith(f"{REPO}: the merged README.md, line ")]
    assert len(push.commits()) == 2


def test_the_message_is_the_title_of_the_commit(push: Push, folder: Path) -> None:
    push(folder, message="Our words")
    assert push.commits() == ["initial commit", "Our words"]
