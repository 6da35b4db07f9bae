"""`charter sign`: sign the files of a release."""

from __future__ import annotations

import os

import click

from generator.cli.options import Command
from generator.translations import gettext as _
from generator.translations import ngettext


@click.command("sign", cls=Command)
@click.argument("folder", default=".", metavar="[DIR]")
@click.option("--key", metavar="FILE", help="Sign with this private key (PEM, elliptic curve).")
@click.option("--password-from-env", metavar="NAME", help="The variable that holds the password of the key.")
@click.option("--certificate", metavar="FILE", help="The certificate of the key (PEM).")
@click.option("--chain", multiple=True, metavar="FILE", help="Certificates between it and the root; repeatable.")
@click.option("--keyless", is_flag=True, help="Sign with your identity, through Sigstore, which publishes it.")
@click.option("--trust-config", metavar="FILE", help="The configuration of a private Sigstore.")
def command(
    folder: str,
    key: str | None,
    password_from_env: str | None,
    certificate: str | None,
    chain: tuple[str, ...],
    keyless: bool,
    trust_config: str | None,
) -> None:
    """Sign the files of a release as model.sig.

    DIR is the folder of a release: charter signs the files that `charter push --with-files` publishes. In a folder
    without release.yaml it signs every file. The signature is that of model_signing (OpenSSF), which verifies it too.
    Install with: pip install "modelcharter[sign]"
    """
    from pathlib import Path

    from generator import console
    from generator.api.signing import SigningKey, sign

    if keyless == bool(key):
        raise click.UsageError(_("Pass --key FILE, with --certificate FILE if the key has one, or pass --keyless."))
    if keyless and (certificate or chain or password_from_env):
        raise click.UsageError(_("--keyless goes without a certificate and a password."))
    if certificate and not chain:
        raise click.UsageError(_("Pass the certificates that issued --certificate with --chain FILE."))
    if certificate and password_from_env:
        raise click.UsageError(_("model_signing takes no encrypted key with a certificate. Decrypt the key first."))
    password = os.environ.get(password_from_env) if password_from_env else None
    if password_from_env and not password:
        raise click.UsageError(_("--password-from-env: the variable {name} is not set.").format(name=password_from_env))
    signer = SigningKey(
        key=Path(key) if key else None,
        password=password,
        certificate=Path(certificate) if certificate else None,
        chain=tuple(map(Path, chain)),
        trust_config=Path(trust_config) if trust_config else None,
    )
    found = sign(folder, signer)
    for path in found.unsigned:
        console.status(_("not signed, as push does not publish it: {path}").format(path=path))
    number = len(found.files)
    console.status(ngettext("signed {number} file.", "signed {number} files.", number).format(number=number))
    console.data(str(found.path))
