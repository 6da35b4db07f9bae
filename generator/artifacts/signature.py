"""What a signature file of `model_signing` states: which files it covers. Nothing is verified here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from generator.named_tuple import NamedTuple
from generator.patterns import lazy_pattern

SIGNATURE = "model.sig"
"""The name of the signature file, as `model_signing` has it."""
SIGNATURE_LIMIT = 64 * 1024 * 1024
"""Bytes of a signature file that is read; a repo of 100,000 files takes about 20 MB."""
GIT_PATHS = (".git", ".gitattributes", ".github", ".gitignore")
"""Paths that `model_signing` never signs: the Hub writes `.gitattributes` itself."""
IGNORED = (SIGNATURE, *GIT_PATHS, ".cache")
"""Paths that a signature of ours does not cover; `hf download --local-dir` keeps its records in `.cache`."""
_OLD = "https://model_signing/Digests/v0.1"
_HEX = lazy_pattern(r"[0-9a-f]{32,128}")
_KINDS = {"publicKey": "key", "x509CertificateChain": "certificate", "certificate": "sigstore"}


class SignedFiles(NamedTuple):
    """What a signature covers.

    Attributes:
        kind: `key`, `certificate` or `sigstore`.
        method: `files`, or `shards` where parts of files are signed.
        algorithm: The hash algorithm, such as `sha256`.
        ignored: Paths in the folder that the signature does not cover.
        digests: The digest of each file by path; of shards, by path and range.
    """

    kind: str
    method: str
    algorithm: str
    ignored: tuple[str, ...]
    digests: Mapping[str, str]

    @property
    def sha256(self) -> Mapping[str, str]:
        """The SHA-256 of each file; empty where the signature has other digests."""
        return self.digests if (self.method, self.algorithm) == ("files", "sha256") else {}

    def is_ignored(self, path: str) -> bool:
        """Return whether the signature does not cover a file: git's own, the signature, and what it says itself.

        Args:
            path: The path of the file.
        """
        names = {*self.ignored, *GIT_PATHS, SIGNATURE}
        parts = path.split("/")
        return any("/".join(parts[:number]) in names for number in range(1, len(parts) + 1))


def read_signed_files(content: bytes) -> SignedFiles | None:
    """Return what a signature states, or None for a file that is no signature of `model_signing`.

    Args:
        content: The signature file.
    """
    import base64  # here, as most folders have no signature

    try:
        bundle = json.loads(content)
        statement = json.loads(base64.b64decode(bundle["dsseEnvelope"]["payload"], validate=True))
        kind = next(_KINDS[key] for key in _KINDS if key in bundle["verificationMaterial"])
        if bundle["verificationMaterial"].get("tlogEntries"):
            kind = "sigstore"
        if statement["predicateType"] == _OLD:
            digests = {entry["name"]: entry["digest"]["sha256"] for entry in statement["subject"]}
            method, algorithm, ignored = "files", "sha256", []
        else:
            how = statement["predicate"]["serialization"]
            method, algorithm, ignored = how["method"], how["hash_type"], how.get("ignore_paths", [])
            digests = {entry["name"]: entry["digest"] for entry in statement["predicate"]["resources"]}
    except (ValueError, TypeError, KeyError, AttributeError, StopIteration, RecursionError):
        return None
    texts = (method, algorithm, *ignored, *digests)
    if not all(isinstance(text, str) for text in texts) or not all(map(_is_digest, digests.values())):
        return None
    return SignedFiles(kind, method, algorithm, tuple(sorted(ignored)), digests)


def _is_digest(value: Any) -> bool:  # noqa: ANN401 - whatever the file has
    return isinstance(value, str) and _HEX.fullmatch(value) is not None
