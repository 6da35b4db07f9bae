"""The one door to `model_signing`: files are hashed by charter, signatures are made and verified there."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from generator.artifacts.signature import SignedFiles
from generator.errors import CharterError
from generator.translations import gettext as _

_T = TypeVar("_T")
INSTALL = 'pip install "modelcharter[sign]"'


class SigningKey(NamedTuple):
    """What a signature is made with; without a key it is keyless, with an identity that Sigstore certifies.

    Attributes:
        key: A private key (PEM, elliptic curve).
        password: The password of the key, if it is encrypted.
        certificate: The certificate of the key; None for a bare key.
        chain: Certificates up to the root.
        trust_config: The configuration of a private Sigstore.
    """

    key: Path | None = None
    password: str | None = None
    certificate: Path | None = None
    chain: tuple[Path, ...] = ()
    trust_config: Path | None = None


class Trust(NamedTuple):
    """What a signature is verified with.

    Attributes:
        key: The public key of the signer.
        chain: Certificates that are trusted, for a signature with a certificate.
        identity: Who must have signed, for a keyless signature: an e-mail address or the address of a workflow.
        issuer: Who confirmed the identity, such as `https://accounts.google.com`.
        trust_config: The configuration of a private Sigstore.
    """

    key: Path | None = None
    chain: tuple[Path, ...] = ()
    identity: str | None = None
    issuer: str | None = None
    trust_config: Path | None = None

    @property
    def kind(self) -> str:
        """The kind of signature that it can verify; empty where nothing is stated."""
        return "key" if self.key else "certificate" if self.chain else "sigstore" if self.identity else ""


class _Valid(Exception):
    """The signature is valid; the files are compared by charter."""


class _Hashing:
    """Stands in for `model_signing.hashing.Config`, which would read every file again."""

    def __init__(self, manifest: Any = None) -> None:  # noqa: ANN401 - a manifest of model_signing
        self._manifest = manifest

    def hash(self, model_path: Any, *, files_to_hash: Any = None) -> Any:  # noqa: ANN401
        """Return the manifest to sign; while verifying, stop, as the signature was valid."""
        if self._manifest is None:
            raise _Valid
        return self._manifest

    def add_ignored_paths(self, **paths: Any) -> None:  # noqa: ANN401
        """Ignore this: charter takes the paths from the signature."""


def sign_digests(name: str, digests: Mapping[str, str], ignored: tuple[str, ...], key: SigningKey) -> bytes:
    """Return a signature over digests.

    Args:
        name: What is signed, for readers.
        digests: The SHA-256 by path.
        ignored: Paths that the signature does not cover.
        key: What it is made with.

    Raises:
        CharterError: The extra `sign` is not installed, the key cannot be used, or Sigstore cannot be reached.
    """
    signing, manifest, hashing = _load()
    how = {"method": "files", "hash_type": "sha256", "allow_symlinks": False, "ignore_paths": list(ignored)}
    kind = manifest.SerializationType.from_args(how)
    items = [kind.new_item(path, hashing.Digest("sha256", bytes.fromhex(digest))) for path, digest in digests.items()]
    config = signing.Config().set_hashing_config(_Hashing(manifest.Manifest(name, items, kind)))

    def make() -> bytes:
        if key.key is None:
            config.use_sigstore_signer(use_ambient_credentials=True, trust_config=key.trust_config)
        elif key.certificate:
            config.use_certificate_signer(
                private_key=key.key, signing_certificate=key.certificate, certificate_chain=key.chain
            )
        else:
            # The library hands the password on as it is, and the reader of keys wants bytes.
            password: Any = key.password.encode() if key.password is not None else None
            config.use_elliptic_key_signer(private_key=key.key, password=password)
        with tempfile.TemporaryDirectory() as folder:
            config.sign(folder, Path(folder) / "signature")
            return (Path(folder) / "signature").read_bytes()

    return _explained(_("The signature could not be made"), make)


def find_fault(content: bytes, signed: SignedFiles, trust: Trust) -> str:
    """Return why a signature is not valid; empty where it is.

    Args:
        content: The signature file.
        signed: What it states.
        trust: What it is verified with.

    Raises:
        CharterError: The extra `sign` is not installed, or a key or a certificate cannot be read.
    """
    if trust.kind != signed.kind:
        asked = {"key": "--key", "certificate": "--chain", "sigstore": "--identity, --issuer"}[signed.kind]
        return _("no signer to compare with was named: pass {options}").format(options=asked)
    _load()
    from model_signing import verifying

    config: Any = verifying.Config()
    config.set_hashing_config(_Hashing())

    def prepare() -> None:
        if trust.key:
            config.use_elliptic_key_verifier(public_key=trust.key)
        elif trust.chain:
            config.use_certificate_verifier(certificate_chain=trust.chain)
        else:
            config.use_sigstore_verifier(
                identity=trust.identity, oidc_issuer=trust.issuer, trust_config=trust.trust_config
            )

    _explained(_("The signature could not be verified"), prepare)
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        (Path(folder) / "signature").write_bytes(content)
        try:
            config.verify(folder, Path(folder) / "signature")
        except _Valid:
            return ""
        except Exception as error:  # whatever a hostile file does to a parser, it is not valid
            return _reason(error)
    return "it covers no files"


def describe_signer(content: bytes, kind: str) -> dict[str, str]:
    """Return what a signature states about its signer; this is a claim until the signature is verified.

    Args:
        content: The signature file.
        kind: Its kind.
    """
    import base64
    import json

    _load()
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    material = json.loads(content)["verificationMaterial"]
    try:
        if kind == "key":
            hint = material["publicKey"].get("hint")
            return {"key": str(hint)} if hint else {}
        raw = (
            material["certificate"]
            if "certificate" in material
            else material["x509CertificateChain"]["certificates"][0]
        )
        certificate = x509.load_der_x509_certificate(base64.b64decode(raw["rawBytes"]))
        found = {
            "fingerprint": certificate.fingerprint(hashes.SHA256()).hex(),
            "from": certificate.not_valid_before_utc.isoformat(),
            "until": certificate.not_valid_after_utc.isoformat(),
        }
        if kind == "certificate":
            subject, issuer = certificate.subject.rfc4514_string(), certificate.issuer.rfc4514_string()
            return {"subject": subject, "issuer": issuer, **found}
        return {**_identity(certificate), **found}
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return {}


_ISSUER_OID = "1.3.6.1.4.1.57264.1.1"
"""Where Sigstore's certificates name who confirmed the identity, as plain text (Fulcio, oid-info.md)."""


def _identity(certificate: Any) -> dict[str, str]:  # noqa: ANN401 - a certificate of cryptography
    from cryptography import x509

    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    found = {"identity": ", ".join(str(name.value) for name in names)}
    for extension in certificate.extensions:
        if extension.oid.dotted_string == _ISSUER_OID:
            found["issuer"] = extension.value.value.decode("utf-8", "replace")
    return found


def _load() -> tuple[Any, Any, Any]:
    """Return the modules of `model_signing` that sign, make manifests and hash.

    Raises:
        CharterError: The extra `sign` is not installed.
    """
    try:
        from model_signing import manifest, signing
        from model_signing._hashing import hashing
    except ModuleNotFoundError as error:
        said = _("Signatures need the extra `sign` ({name} is not installed).").format(name=error.name)
        raise CharterError(said, _("Run: {command}").format(command=INSTALL)) from None
    return signing, manifest, hashing


def _explained(what: str, call: Callable[[], _T]) -> _T:
    """Call the library; its failures become errors with a message.

    Raises:
        CharterError: It failed.
    """
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return call()
    except OSError as error:
        named = f"{os.fspath(error.filename)}: " if error.filename else f"{what}: "
        raise CharterError(
            f"{named}{_(error.strerror or str(error))}.", _("Check the path of the key or certificate.")
        ) from None
    except Exception as error:
        raise CharterError(
            f"{what}: {_reason(error)}.", _("Check the key, the certificates and the network.")
        ) from None


def _reason(error: Exception) -> str:
    """A failure of the library in words."""
    name = type(error).__name__
    if name == "InvalidSignature":
        return _("it was made with another key, or its content was changed")
    said = " ".join(str(error).split()).rstrip(".?")[:300]
    return said or name
