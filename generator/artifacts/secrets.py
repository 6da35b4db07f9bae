"""What must not be published: tokens, private keys, and paths that name a user, found in bytes.

Each kind is as strict as its maker's form allows, so that a hit can be trusted: lengths and alphabets are checked, and
what is plainly an example is ignored. A secret is never returned whole. The beginning of each kind is looked for as
plain bytes, which takes a fifth of the time of one expression for all; its expression is made and tried only there.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from functools import lru_cache

from generator.named_tuple import NamedTuple
from generator.translations import mark_in_context

SHOWN = 4
"""Characters of a token that are shown."""
HITS_LIMIT = 5000
"""Places in one file that are looked at closely for one kind."""

_NAME = rb"[^\s/\\\"'`<>{}$:*?|,;()\[\]&%=]{1,32}"
_TOKENS = {
    b"hf_": (mark_in_context("secret", "Hugging Face token"), rb"[A-Za-z0-9]{30,40}"),
    b"api_org_": (mark_in_context("secret", "Hugging Face token"), rb"[A-Za-z0-9]{30,40}"),
    **{b"gh%c_" % c: (mark_in_context("secret", "GitHub token"), rb"[A-Za-z0-9]{36,255}") for c in b"pousr"},
    b"github_pat_": (mark_in_context("secret", "GitHub token"), rb"[A-Za-z0-9_]{60,255}"),
    b"AKIA": (mark_in_context("secret", "AWS access key"), rb"[A-Z0-9]{16}"),
    b"ASIA": (mark_in_context("secret", "AWS access key"), rb"[A-Z0-9]{16}"),
    b"sk-": (
        mark_in_context("secret", "API key"),
        rb"(?:(?:proj|svcacct|admin|ant-[a-z0-9]{2,8}|or-v1)-[\w-]{32,250}|[A-Za-z0-9]{32,64})",
    ),
    b"xox": (mark_in_context("secret", "Slack token"), rb"[abeoprs]-[A-Za-z0-9-]{16,250}"),
    b"AIza": (mark_in_context("secret", "Google API key"), rb"[\w-]{35}"),
    b"glpat-": (mark_in_context("secret", "GitLab token"), rb"[\w-]{20,250}"),
    b"npm_": ("npm token", rb"[A-Za-z0-9]{36}"),
    b"pypi-AgE": (mark_in_context("secret", "PyPI token"), rb"[\w-]{50,500}"),
    b"WANDB_API_KEY": (mark_in_context("secret", "Weights & Biases key"), rb"[\"'\\\s:=]{1,8}[0-9a-f]{40}"),
    b"gsk_": (mark_in_context("secret", "Groq key"), rb"[A-Za-z0-9]{50,56}"),
    b"r8_": (mark_in_context("secret", "Replicate token"), rb"[A-Za-z0-9]{37}"),
    b"xai-": ("xAI key", rb"[A-Za-z0-9]{70,90}"),
    b"nvapi-": (mark_in_context("secret", "NVIDIA key"), rb"[\w-]{60,70}"),
    b"pplx-": (mark_in_context("secret", "Perplexity key"), rb"[A-Za-z0-9]{40,60}"),
    b"pcsk_": (mark_in_context("secret", "Pinecone key"), rb"[A-Za-z0-9]{5,8}_[A-Za-z0-9]{50,70}"),
    b"lsv2_": (mark_in_context("secret", "LangSmith key"), rb"(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}"),
    b"KGAT_": (mark_in_context("secret", "Kaggle token"), rb"[0-9a-f]{32}"),
    b'"username"': (
        mark_in_context("secret", "Kaggle key"),
        rb"\s*:\s*\"[^\"\n]{1,60}\",\s*\"key\"\s*:\s*\"[0-9a-f]{32}\"",
    ),
    b"dapi": (mark_in_context("secret", "Databricks token"), rb"[0-9a-f]{32}"),
    b"dop_v1_": (mark_in_context("secret", "DigitalOcean token"), rb"[0-9a-f]{64}"),
    b"dckr_pat_": (mark_in_context("secret", "Docker token"), rb"[\w-]{27,36}"),
    b"SG.": (mark_in_context("secret", "SendGrid key"), rb"[\w-]{16,32}\.[\w-]{32,64}"),
    **{b"%sk_live_" % c: (mark_in_context("secret", "Stripe key"), rb"[A-Za-z0-9]{16,100}") for c in (b"s", b"r")},
    b"AccountKey=": (mark_in_context("secret", "Azure storage key"), rb"[A-Za-z0-9+/]{86}=="),
    b"hooks.slack.com/services/": (
        mark_in_context("secret", "Slack webhook"),
        rb"T[A-Z0-9]{6,12}/B[A-Z0-9]{6,12}/[A-Za-z0-9]{20,30}",
    ),
    b"discord.com/api/webhooks/": (mark_in_context("secret", "Discord webhook"), rb"\d{17,20}/[\w-]{60,80}"),
    b"api.wandb.ai": (
        mark_in_context("secret", "Weights & Biases key"),
        rb"\s+login\s+\S{1,60}\s+password\s+[0-9a-f]{40}",
    ),
    **{
        name: (mark_in_context("secret", "AWS secret key"), rb"[\"'\s:=]{1,8}[A-Za-z0-9/+]{40}")
        for name in (b"aws_secret_access_key", b"AWS_SECRET_ACCESS_KEY")
    },
    b"eyJ": (mark_in_context("secret", "JSON web token"), rb"[\w-]{10,1000}\.eyJ[\w-]{10,4000}\.[\w-]{20,1000}"),
}
"""Tokens by how they begin: what they are called, and how they go on."""
_KEY = (
    rb"-----BEGIN (?:[A-Z0-9]{2,12} ){0,2}PRIVATE KEY(?: BLOCK)?-----(?:\\r|\\n|[\r\n \"',]){1,12}"
    rb"(?:[\w-]{1,40}: [^\n]{0,120}(?:\\n|\r?\n){1,2}){0,6}[A-Za-z0-9+/=]{32}"
)
_LOGIN = rb"://[^\s:/?#@\"'<>{}$%*\\`]{1,64}:(?P<password>[^\s/?#@\"'<>{}$*\\`]{3,250})@[\w.-]{3,}"
_PATHS = {
    b"/home/": rb"/home/(?P<name>" + _NAME + rb")/",
    b"/Users/": rb"/Users/(?P<name>" + _NAME + rb")",
    b"\\Users\\": rb"\\Users\\{1,2}(?P<name>" + _NAME + rb")",
}
_WORD = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.~-")
_EXAMPLE = (
    rb"example|x{4}|\*{3}|\.{3}|0{8}|your|placeholder|dummy|redacted|changeme|sample|fake|<|\bpass(?:word|wd)?\b"
    rb"|\btoken\b|\bsecret\b"
)
_NOBODY = frozenset(
    b"user users username user_name user-name you yourname your_name your-name yourusername your_username me name "
    b"myname myuser my_user someone somebody nobody anyone xxx ubuntu debian runner jovyan circleci vscode codespace "
    b"root admin administrator shared public default guest app docker node python build builder jenkins travis git "
    b"ec2-user ec2_user sagemaker-user azureuser hadoop airflow spark ray conda mambauser kaggle colab work workspace "
    b"server client test tester foo bar example all path to project home".split()
)


class Leak(NamedTuple):
    """Something found that must not be published.

    Attributes:
        start: Where it stands in the data.
        kind: Its name in words, in English.
        shown: What may be shown of it: its beginning; of a path, all of it that was recognised.
        personal: Whether it is a path with a user's name, and no secret.
    """

    start: int
    kind: str
    shown: str
    personal: bool


def leaks(data: bytes) -> tuple[Leak, ...]:
    """Return what must not be published, in order.

    Args:
        data: Text in an encoding that keeps ASCII.
    """
    return tuple(sorted((*_tokens(data), *_keys(data), *_logins(data), *_paths(data))))


def mask_secrets(text: str) -> str:
    """Return a text in which tokens and passwords are cut to their first characters.

    Args:
        text: What is to be shown.
    """
    data = text.encode("utf-8", "surrogatepass")
    if not any(beginning in data for beginning in (*_TOKENS, b"://")):
        return text
    spans = [
        (found.start() + SHOWN, found.end())
        for beginning, (_, rest) in _TOKENS.items()
        for found in _each(data, beginning, beginning + rest)
        if _begins(data, found.start()) and _ends(data, found.end()) and not _harmless(found.group())
    ]
    for found in _each(data, b"://", _LOGIN):
        if not re.search(_EXAMPLE, found.group(), re.I):
            spans.append(found.span("password"))
    for start, end in sorted(spans, reverse=True):
        data = data[:start] + "…".encode() + data[end:]
    return data.decode("utf-8", "surrogatepass")


def _tokens(data: bytes) -> Iterator[Leak]:
    for beginning, (kind, rest) in _TOKENS.items():
        if beginning not in data:
            continue
        for found in _each(data, beginning, beginning + rest):
            token = found.group()
            if _begins(data, found.start()) and _ends(data, found.end()) and not _harmless(token):
                # Where a word announces the secret, nothing of the secret itself is shown.
                shown = token[:SHOWN] if re.fullmatch(rb"[A-Za-z\d_.-]{2,11}", beginning) else b""
                yield Leak(found.start(), kind, shown.decode(), False)


def _keys(data: bytes) -> Iterator[Leak]:
    for found in _each(data, b"-----BEGIN ", _KEY) if b"PRIVATE KEY" in data else ():
        yield Leak(found.start(), mark_in_context("secret", "private key"), "", False)


def _logins(data: bytes) -> Iterator[Leak]:
    for found in _each(data, b"://", _LOGIN):
        if not re.search(_EXAMPLE, found.group(), re.I) and found.group("password").strip(b"xX.-_"):
            yield Leak(found.start(), mark_in_context("secret", "password in an address"), "", False)


def _paths(data: bytes) -> Iterator[Leak]:
    for beginning, expression in _PATHS.items():
        for found in _each(data, beginning, expression):
            start = found.start()
            mounted = re.fullmatch(rb"/mnt/[a-z]|.*[\s\"'=:]/[a-z]", data[max(0, start - 6) : start], re.S)
            whole = start == 0 or data[start - 1] not in _WORD or mounted
            if whole and not _nobody(found.group("name")):
                yield Leak(start, "path with a user's name", found.group().decode("utf-8", "replace"), True)


def _each(data: bytes, beginning: bytes, expression: bytes) -> Iterator[re.Match[bytes]]:
    at = data.find(beginning)
    pattern = _compile(expression) if at >= 0 else None
    for _ in range(HITS_LIMIT):
        if at < 0 or pattern is None:
            return
        if found := pattern.match(data, at):
            yield found
        at = data.find(beginning, found.end() if found else at + len(beginning))


@lru_cache(maxsize=64)
def _compile(expression: bytes) -> re.Pattern[bytes]:
    return re.compile(expression)


def _begins(data: bytes, start: int) -> bool:
    """Whether a token may begin here: after anything but a letter or digit, or after an escape as in JSON or a URL."""
    before = data[max(0, start - 6) : start]
    return (
        not before[-1:].isalnum()
        or re.search(rb"(?:\\[nrtbf]|%[0-9A-Fa-f]{2}|\\u[0-9a-fA-F]{4})\Z", before) is not None
    )


def _ends(data: bytes, end: int) -> bool:
    """Whether a token ends where it was read to; one that goes on is none of its kind."""
    following = data[end : end + 1]
    return not (following.isalnum() or following == b"_")


def _nobody(name: bytes) -> bool:
    lower = name.lower()
    return lower in _NOBODY or not re.search(rb"[a-z0-9\x80-\xff]", lower) or bool(re.search(_EXAMPLE, lower, re.I))


def _harmless(token: bytes) -> bool:
    """Whether a token is plainly an example, or a web token that says nothing of how it was signed."""
    if not token.startswith(b"eyJ"):
        return bool(re.search(_EXAMPLE, token, re.I))
    head = token.partition(b".")[0]
    try:
        value = json.loads(base64.urlsafe_b64decode(head + b"=" * (-len(head) % 4)))
    except (ValueError, RecursionError):
        return True
    return not (isinstance(value, dict) and "alg" in value)
