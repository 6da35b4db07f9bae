"""`charter verify`: verify the signature and the digests of a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli.options import Command, format_option
from generator.translations import gettext as _
from generator.translations import ngettext

if TYPE_CHECKING:
    from generator.api.signing import Difference, Verification
    from generator.artifacts.signature import SignedFiles

_SHOWN = 20


@click.command("verify", cls=Command)
@click.argument("folder", default=".", metavar="[DIR]")
@click.option("--key", metavar="FILE", help="The public key of the signer (PEM).")
@click.option(
    "--chain", multiple=True, metavar="FILE", help="Certificates that you trust, down from the root; repeatable."
)
@click.option("--identity", metavar="NAME", help="Who must have signed, for a keyless signature.")
@click.option("--issuer", metavar="URL", help="Who confirmed the identity, such as https://accounts.google.com.")
@click.option("--trust-config", metavar="FILE", help="The configuration of a private Sigstore.")
@format_option
def command(
    folder: str,
    key: str | None,
    chain: tuple[str, ...],
    identity: str | None,
    issuer: str | None,
    trust_config: str | None,
    format_: str,
) -> int:
    """Verify the signature and the digests of a folder.

    DIR is a downloaded repo, or the folder of a release. Charter verifies model.sig with the key, the certificates or
    the identity that you trust, then compares every file with it and with the digests in release.yaml. Exit codes: 0
    everything is as signed; 1 something is not, or there is no signature; 2 it could not run.
    """
    from pathlib import Path

    from generator import console
    from generator.api.signing import Trust, verify

    if sum(map(bool, (key, chain, identity))) > 1:
        raise click.UsageError(_("Pass one of --key, --chain and --identity."))
    if bool(identity) != bool(issuer):
        raise click.UsageError(_("--identity and --issuer go together: others may confirm the same name."))
    trust = Trust(
        key=Path(key) if key else None,
        chain=tuple(map(Path, chain)),
        identity=identity,
        issuer=issuer,
        trust_config=Path(trust_config) if trust_config else None,
    )
    found = verify(folder, trust)
    if format_ == "json":
        console.document(found.to_dict())
    else:
        _print(found)
    return 0 if found.is_valid else 1


def _print(found: Verification) -> None:
    from generator import console

    signed = found.signed
    if signed is None:
        console.data(_("No signature: there is no model.sig."))
    else:
        _print_signer(found, signed)
        number = len(signed.digests)
        text = ngettext(
            "It covers {number} file, and not: {ignored}.", "It covers {number} files, and not: {ignored}.", number
        )
        console.data(text.format(number=number, ignored=", ".join(signed.ignored) or _("nothing else")))
    digests = _("{file} (signed {expected}…, found {found}…)")
    _list(_("missing: {file}"), found.missing)
    _list(_("different: {file}"), [_format(digests, one) for one in found.different])
    _list(_("not signed: {file}"), found.unsigned)
    digests = _("{file} (stated {expected}…, found {found}…)")
    _list(_("not as stated in release.yaml: {file}"), [_format(digests, one) for one in found.not_as_stated])
    if number := found.stated:
        text = ngettext(
            "{number} file has the digest that release.yaml states.",
            "{number} files have the digest that release.yaml states.",
            number,
        )
        console.data(text.format(number=number))
    if found.unread:
        text = _("release.yaml was not compared, as it can't be read: {reason}")
        console.data(text.format(reason=found.unread))
    console.data(_("Verified.") if found.is_valid else _("NOT verified."))


def _format(text: str, one: Difference) -> str:
    return text.format(file=one.path, expected=one.expected[:16], found=one.found[:16])


def _list(text: str, files: tuple[str, ...] | list[str]) -> None:
    from generator import console

    for file in files[:_SHOWN]:
        console.data(text.format(file=file))
    if (more := len(files) - _SHOWN) > 0:
        rest = ngettext("{number} more; --format json lists all.", "{number} more; --format json lists all.", more)
        console.data(text.format(file=rest.format(number=more)))


def _print_signer(found: Verification, signed: SignedFiles) -> None:
    """Write whether the signature is valid, and who made it."""
    from generator import console

    who = found.signer
    values = {name: value[:16] if name == "key" else value for name, value in who.items()}
    form = next((name for name in ("key", "subject", "issuer", "identity") if name in who), "")
    if not found.fault:
        texts = {
            "key": _("Signature valid: signed with the key {key}…."),
            "subject": _("Signature valid: signed by {subject}, certified by {issuer}."),
            "issuer": _("Signature valid: signed by {identity}, confirmed by {issuer}."),
            "identity": _("Signature valid: signed by {identity}."),
            "": _("Signature valid: signed with a key."),
        }
    else:
        console.data(_("Signature NOT valid: {reason}.").format(reason=found.fault))
        unnamed = _("It claims to be signed with a key.") if signed.kind == "key" else _("It does not name its signer.")
        texts = {
            "key": _("It claims to be signed with the key {key}…."),
            "subject": _("It claims to be signed by {subject}, certified by {issuer}."),
            "issuer": _("It claims to be signed by {identity}, confirmed by {issuer}."),
            "identity": _("It claims to be signed by {identity}."),
            "": unnamed,
        }
    console.data(texts[form].format(**values))
