"""`charter verify`: verify the signature and the digests of a folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from generator.cli.options import Command, format_option

if TYPE_CHECKING:
    from generator.api.signing import Verification

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
        raise click.UsageError("Pass one of --key, --chain and --identity.")
    if bool(identity) != bool(issuer):
        raise click.UsageError("--identity and --issuer go together: others may confirm the same name.")
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
        console.data("No signature: there is no model.sig.")
    else:
        signer = _signer(found)
        if found.fault:
            console.data(f"Signature NOT valid: {found.fault}.")
            console.data(f"It claims to be signed {signer}." if signer else "It does not name its signer.")
        else:
            console.data(f"Signature valid: signed {signer}.")
        console.data(f"It covers {len(signed.digests)} files, and not: {', '.join(signed.ignored) or 'nothing else'}.")
    _list("missing", found.missing)
    _list(
        "different", [f"{one.path} (signed {one.expected[:16]}…, found {one.found[:16]}…)" for one in found.different]
    )
    _list("not signed", found.unsigned)
    stated = [f"{one.path} (stated {one.expected[:16]}…, found {one.found[:16]}…)" for one in found.not_as_stated]
    _list("not as stated in release.yaml", stated)
    if found.stated:
        console.data(
            f"{found.stated} file{'s have' if found.stated > 1 else ' has'} the digest that release.yaml states."
        )
    if found.unread:
        console.data(f"release.yaml was not compared, as it can't be read: {found.unread}")
    console.data("Verified." if found.is_valid else "NOT verified.")


def _list(title: str, lines: tuple[str, ...] | list[str]) -> None:
    from generator import console

    for line in lines[:_SHOWN]:
        console.data(f"{title}: {line}")
    if len(lines) > _SHOWN:
        console.data(f"{title}: {len(lines) - _SHOWN} more; --format json lists all.")


def _signer(found: Verification) -> str:
    """The signer in words."""
    who = found.signer
    if "key" in who:
        return f"with the key {who['key'][:16]}…"
    if "subject" in who:
        return f"by {who['subject']}, certified by {who['issuer']}"
    if "identity" in who:
        return f"by {who['identity']}" + (f", confirmed by {who['issuer']}" if "issuer" in who else "")
    return "with a key" if found.signed and found.signed.kind == "key" else ""
