"""A Hub on loopback, as much of it as reading and publishing need, and able to be wrong at every step.

It speaks what `huggingface_hub` speaks: repo info, files by `resolve`, validate-yaml, preupload, commits as NDJSON with
their parent held to, pull requests, large files by LFS, settings, `.gitignore`, rate limits. Content is kept by commit,
so that a test can ask what a repo held when.
"""

from __future__ import annotations

import base64
import fnmatch
import hashlib
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import yaml

Files = dict[str, bytes]
Repos = dict[str, Files]
"""Files by repo; a repo that begins with `datasets/` is a data set."""
LARGE = (".safetensors", ".gguf", ".bin")
LICENSES = {"apache-2.0", "mit", "llama2", "cc-by-4.0", "cc-by-sa-4.0", "gemma", "other"}
TOKEN = "hf_test_token_of_nobody"
JSON = {"Content-Type": "application/json"}


@dataclass
class Commit:
    """One commit: what the repo held then."""

    oid: str
    title: str
    author: str
    files: Files


@dataclass
class Repo:
    """A repo: its branches, each a list of commits, the newest last; and its settings."""

    branches: dict[str, list[Commit]] = field(default_factory=dict)
    private: bool = False
    gated: str | bool = False
    pulls: list[str] = field(default_factory=list)
    merged: set[int] = field(default_factory=set)
    large: set[str] = field(default_factory=set)

    def head(self, revision: str = "main") -> Commit | None:
        """The commit that a branch, a pull request or a commit id means."""
        if revision in self.branches:
            return self.branches[revision][-1]
        for commits in self.branches.values():
            for commit in commits:
                if commit.oid == revision:
                    return commit
        return None

    @property
    def files(self) -> Files:
        """What the main branch holds."""
        found = self.head()
        return found.files if found else {}

    def add(self, revision: str, title: str, files: Files, author: str = "alice") -> Commit:
        """Make a commit."""
        commits = self.branches.setdefault(revision, [])
        seed = f"{revision}\n{len(commits)}\n{title}\n{sorted((k, blob(v)) for k, v in files.items())}"
        commit = Commit(hashlib.sha1(seed.encode(), usedforsecurity=False).hexdigest(), title, author, files)
        commits.append(commit)
        return commit


class _Reply(Exception):
    """An answer, raised from wherever it is known."""

    def __init__(self, status: int, value: object = None, **headers: str) -> None:
        super().__init__(status)
        self.status, self.value, self.headers = status, value, headers


def _missing(code: str) -> _Reply:
    return _Reply(404, {"error": "not found"}, **{"X-Error-Code": code})


Fault = Callable[["_Handler", str], bool]
"""Is shown a request and what it is called; answers itself and returns True, or leaves it alone."""


class _Handler(BaseHTTPRequestHandler):
    """Answers from the server's repos; `gated/…` is refused, `broken/…` answers garbage, `busy/…` is busy."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # the body would wait 40 ms for the client to acknowledge the headers
    server: Hub  # type: ignore[assignment] # narrower than the base class
    sent = False

    def do_HEAD(self) -> None:
        self.answer()

    def do_GET(self) -> None:
        self.answer()

    def do_POST(self) -> None:
        self.answer()

    def do_PUT(self) -> None:
        self.answer()

    def answer(self) -> None:
        """Find out what is asked, let a fault have its way, and reply."""
        self.sent = False
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length)
        path = unquote(urlsplit(self.path).path).strip("/")
        self.query = parse_qs(urlsplit(self.path).query)
        step = step_of(self.command, path)
        self.server.asked.append(f"{self.command} /{path}")
        self.server.tokens.append(self.headers.get("Authorization"))
        with self.server.lock:
            if self.server.fault and self.server.fault(self, step):
                return
            try:
                self.routed(path)
            except _Reply as reply:
                if not (self.server.after and self.server.after(self, step)):
                    self.reply(reply)

    def routed(self, path: str) -> None:
        if path == "api/validate-yaml":
            self.validate()
        if path == "api/repos/create":
            self.create()
        if path == "api/whoami-v2":
            raise _Reply(200, {"name": "annab", "fullname": "Anna B", "orgs": [{"name": "owl-lab"}]})
        if path == "api/agent-harnesses":
            raise _missing("EntryNotFound")
        if ".git/info/lfs/objects/batch" in path:
            self.lfs_batch()
        if path.startswith("lfs/"):
            self.server.stored[path.rpartition("/")[2]] = self.body
            raise _Reply(200, {})
        parts = path.split("/")
        if parts[0] == "api":
            kind, name, rest = parts[1], "/".join(parts[2:4]), parts[4:]
            key = f"datasets/{name}" if kind == "datasets" else name
            self.special(name)
            repo = self.found(key)
            self.repo_call(name, key, repo, rest)
        name, _, rest_ = path.partition("/resolve/")
        self.file(name, rest_)

    def special(self, name: str) -> None:
        if name.startswith("gated/"):
            raise _Reply(403, {"error": "gated"}, **{"X-Error-Code": "GatedRepo"})
        if name.startswith("broken/"):
            raise _Reply(200, b"<html>")
        if name.startswith("busy/"):
            raise _Reply(503, b"later")

    def found(self, key: str) -> Repo:
        repo = self.server.repos.get(key)
        if repo is None or (repo.private and not self.known()):
            raise _missing("RepoNotFound")
        return repo

    def known(self) -> bool:
        return self.headers.get("Authorization") == f"Bearer {TOKEN}"

    def may_write(self) -> None:
        if not self.known():
            raise _Reply(401, {"error": "Invalid credentials in Authorization header"})
        if self.server.read_only and "create_pr" not in self.query:
            raise _Reply(403, {"error": "Forbidden: pass `create_pr=1` as a query parameter to create a Pull Request"})

    def repo_call(self, name: str, key: str, repo: Repo, rest: list[str]) -> None:
        match rest:
            case [] | ["revision", *_]:
                self.info(name, repo, "/".join(rest[1:]) or "main")
            case ["preupload", *revision]:
                self.preupload(repo, "/".join(revision))
            case ["commit", *revision]:
                self.commit(key, repo, "/".join(revision))
            case ["commits", *revision]:
                self.commits(repo, "/".join(revision))
            case ["branch", *name]:
                self.may_write()
                start = repo.head(json.loads(self.body or b"{}").get("startingPoint") or "main")
                repo.branches["/".join(name)] = [start] if start else []
                raise _Reply(200, {})
            case ["tree", *revision]:
                self.tree(repo, "/".join(revision))
            case ["settings"]:
                self.may_write()
                repo.gated = json.loads(self.body).get("gated", repo.gated)
                raise _Reply(200, {})
            case ["discussions"]:
                pulls = [
                    {"title": title, "num": n + 1, "author": {"name": "alice"}, "createdAt": "2026-01-01T00:00:00.000Z",
                     "status": "merged" if n + 1 in repo.merged else "open", "isPullRequest": True,
                     "repo": {"name": name, "type": "dataset" if key.startswith("datasets/") else "model"}}
                    for n, title in enumerate(repo.pulls)
                    if "open" not in self.query.get("status", []) or n + 1 not in repo.merged
                ]  # fmt: skip
                raise _Reply(200, {"discussions": pulls[::-1], "count": len(pulls), "start": 0})
        raise _missing("EntryNotFound")

    def info(self, name: str, repo: Repo, revision: str) -> None:
        head = repo.head(revision)
        if head is None:
            raise _missing("RevisionNotFound")
        siblings: list[dict[str, Any]] = []
        for path, content in head.files.items():
            entry: dict[str, Any] = {"rfilename": path}
            if "blobs" in self.query and not self.server.terse:
                entry |= {"size": len(content), "blobId": blob(content)}
                if path in repo.large:
                    entry["lfs"] = {
                        "sha256": hashlib.sha256(content).hexdigest(),
                        "size": len(content),
                        "pointerSize": 9,
                    }
            siblings.append(entry)
        value: dict[str, Any] = {"id": name, "sha": head.oid, "tags": [], "private": repo.private, "gated": repo.gated}
        raise _Reply(200, value if self.server.curt else value | {"siblings": siblings})

    def tree(self, repo: Repo, revision: str) -> None:
        head = repo.head(revision)
        if head is None:
            raise _missing("RevisionNotFound")
        rows: list[dict[str, Any]] = [
            {"type": "file", "path": path, "size": len(content), "oid": blob(content)}
            for path, content in head.files.items()
        ]
        raise _Reply(200, [*rows, {"type": "directory", "path": "LICENSES", "size": 0, "oid": "0" * 40}])

    def file(self, key: str, rest: str) -> None:
        repo = self.found(key)
        for cut in range(1, rest.count("/") + 1):
            revision, path = "/".join(rest.split("/")[:cut]), "/".join(rest.split("/")[cut:])
            if head := repo.head(revision):
                if path not in head.files:
                    raise _Reply(404, b"", **{"X-Error-Code": "EntryNotFound", "X-Repo-Commit": head.oid})
                content = head.files[path]
                raise _Reply(200, content, **{"ETag": f'"{blob(content)}"', "X-Repo-Commit": head.oid})
        raise _missing("RevisionNotFound")

    def validate(self) -> None:
        value = json.loads(self.body)
        errors, remarks = judged(value["content"])
        raise _Reply(400 if errors else 200, {"errors": errors, "warnings": remarks})

    def create(self) -> None:
        self.may_write()
        value = json.loads(self.body)
        name = f"{value.get('organization') or 'alice'}/{value['name']}"
        kind = value.get("type", "model")
        key = f"datasets/{name}" if kind == "dataset" else name
        url = f"{self.server.url}/{key}"
        if key in self.server.repos:
            raise _Reply(409, {"error": "You already created this repo", "url": url})
        repo = Repo(private=value.get("visibility") == "private")
        repo.add("main", "initial commit", {".gitattributes": b"*.safetensors filter=lfs\n"})
        self.server.repos[key] = repo
        raise _Reply(200, {"url": url})

    def preupload(self, repo: Repo, revision: str) -> None:
        head = repo.head(revision or "main")
        if head is None:
            raise _missing("RevisionNotFound")
        ignored = head.files.get(".gitignore", b"").decode().split()
        answer = []
        for entry in json.loads(self.body)["files"]:
            path = entry["path"]
            large = path.endswith(LARGE) or path in self.server.forced_large
            row = {"path": path, "uploadMode": "lfs" if large else "regular",
                   "shouldIgnore": any(fnmatch.fnmatch(path, pattern) for pattern in ignored)}  # fmt: skip
            if path in head.files and not large:
                row["oid"] = blob(head.files[path])
            answer.append(row)
        raise _Reply(200, {"files": answer})

    def lfs_batch(self) -> None:
        self.may_write()
        objects = []
        for entry in json.loads(self.body)["objects"]:
            oid = entry["oid"]
            actions = {} if oid in self.server.stored else {"upload": {"href": f"{self.server.url}/lfs/{oid}"}}
            objects.append({"oid": oid, "size": entry["size"], **({"actions": actions} if actions else {})})
        raise _Reply(200, {"transfer": "basic", "objects": objects})

    def commit(self, key: str, repo: Repo, revision: str) -> None:
        self.may_write()
        lines = [json.loads(line) for line in self.body.splitlines()]
        header = lines[0]["value"]
        head = repo.head(revision)
        if head is None:
            raise _missing("RevisionNotFound")
        pull = "create_pr" in self.query
        parent = header.get("parentCommit")
        if parent and not pull and not self.server.careless and not head.oid.startswith(parent):
            raise _Reply(
                412, {"error": "The branch was updated since you opened this page. Please refresh and try again."}
            )
        if pull and parent:
            head = repo.head(parent) or head
        files = self.changed(repo, dict(head.files), lines[1:])
        if card := files.get("README.md"):
            errors, _ = judged(card.decode())
            errors += self.server.strict
            if errors:
                raise _Reply(
                    400, {"error": "Your push was rejected during YAML metadata verification", "errors": errors}
                )
        if pull:
            repo.pulls.append(header["summary"])
            revision = f"refs/pr/{len(repo.pulls)}"
        made = repo.add(revision, header["summary"], files)
        answer = {"success": True, "commitOid": made.oid, "commitUrl": f"{self.server.url}/{key}/commit/{made.oid}"}
        if pull:
            answer["pullRequestUrl"] = f"{self.server.url}/{key}/discussions/{len(repo.pulls)}"
        raise _Reply(200, answer)

    def changed(self, repo: Repo, files: Files, lines: list[dict[str, Any]]) -> Files:
        for line in lines:
            value = line["value"]
            match line["key"]:
                case "file":
                    files[value["path"]] = base64.b64decode(value["content"])
                    repo.large.discard(value["path"])
                case "lfsFile":
                    files[value["path"]] = self.server.stored[value["oid"]]
                    repo.large.add(value["path"])
                case "deletedFile":
                    files.pop(value["path"])
        return files

    def commits(self, repo: Repo, revision: str) -> None:
        rows = [
            {"id": c.oid, "title": c.title, "message": "", "date": "2026-01-01T00:00:00.000Z",
             "authors": [{"user": c.author}]}
            for c in reversed(repo.branches.get(revision, []))
        ]  # fmt: skip
        raise _Reply(200, rows)

    def reply(self, reply: _Reply) -> None:
        """Send an answer: bytes as they are, all else as JSON."""
        content = reply.value if isinstance(reply.value, bytes) else json.dumps(reply.value).encode()
        headers = reply.headers if isinstance(reply.value, bytes) else JSON | reply.headers
        self.send(reply.status, content, headers)

    def send(self, status: int, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def step_of(command: str, path: str) -> str:
    """What a request is called in tests: the step of the sequence that it belongs to."""
    parts = path.split("/")
    if parts[:2] == ["api", "validate-yaml"]:
        return "validate"
    if parts[:2] == ["api", "repos"]:
        return "create"
    if "resolve" in parts:
        return "file"
    if parts[0] == "lfs" or "objects" in parts:
        return "lfs"
    rest = parts[4:] if parts[0] == "api" else parts
    return rest[0] if rest and rest[0] != "revision" else "info"


def judged(card: str) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    """What the Hub's rules say of a front matter: some of its errors, in its words; and what it remarks."""
    block = re.match(r"\s*---[ \t]*\r?\n(.*?)^---[ \t]*$", card, re.S | re.M)
    if block is None:
        return [], [{"message": "empty or missing yaml metadata in repo card"}]
    try:
        value = yaml.load(block.group(1), Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        return [{"message": f"Invalid YAML in README.md: {str(error).splitlines()[0]}"}], []
    if not isinstance(value, dict):
        return [{"message": '"value" must be of type object'}], []
    errors = []
    if value.get("license", "mit") not in LICENSES:
        errors.append({"message": f'"license" must be one of [{", ".join(sorted(LICENSES))}]'})
    bases = value.get("base_model", [])
    for base in [bases] if isinstance(bases, str) else bases:
        if not re.fullmatch(r"[\w.-]+/[\w.-]+", base):
            errors.append({"message": f'"base_model" with value "{base}" is not valid. '
                                      "Use a model id from https://hf.co/models."})  # fmt: skip
    return errors, []


def blob(content: bytes) -> str:
    """The git id of a file."""
    return hashlib.sha1(f"blob {len(content)}\0".encode() + content, usedforsecurity=False).hexdigest()


class Hub(ThreadingHTTPServer):
    """The server, with what it was asked; a test may set its faults.

    Attributes:
        fault: Called before a request is answered, after for once it took effect and before the answer is sent.
        terse: Whether files are listed by name alone, as some servers do.
        curt: Whether repo info lists no files at all; the tree does.
        read_only: Whether nobody may write, but for pull requests.
        careless: Whether it ignores the parent that a commit names, as some servers do.
        strict: What the commit finds wrong in a card beside what validate-yaml does.
        forced_large: Paths that its `.gitattributes` sends to LFS.
    """

    daemon_threads = True

    def __init__(self, repos: Repos) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.repos = {}
        for name, files in repos.items():
            self.repos[name] = Repo()
            self.repos[name].add("main", "initial commit", dict(files))
        self.asked: list[str] = []
        self.tokens: list[str | None] = []
        self.stored: Files = {}
        self.lock = threading.RLock()
        self.fault: Fault | None = None
        self.after: Fault | None = None
        self.terse = self.curt = self.read_only = self.careless = False
        self.forced_large: set[str] = set()
        self.strict: list[dict[str, str]] = []

    def handle_error(self, *_: object) -> None:
        """Say nothing of a connection that a fault cut."""

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def edit(self, repo: str, path: str, content: bytes, author: str = "marketing") -> None:
        """Commit to a repo as somebody else would, in the browser."""
        with self.lock:
            found = self.repos[repo]
            found.add("main", f"Update {path}", found.files | {path: content}, author)

    def merge(self, repo: str, number: int) -> None:
        """Merge a pull request, as it is, into the main branch."""
        with self.lock:
            found = self.repos[repo]
            found.add("main", f"Merge {number}", dict(found.branches[f"refs/pr/{number}"][-1].files))
            found.merged.add(number)


def cut(handler: _Handler) -> None:
    """Break the connection off without a word."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def stall(handler: _Handler, seconds: float) -> None:
    """Keep silent for a while, then break off."""
    time.sleep(seconds)
    cut(handler)


@contextmanager
def hub(repos: Repos) -> Iterator[Hub]:
    """Serve repos for as long as the block runs."""
    with Hub(repos) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
