"""Keys and certificates for tests, made by the library that `model_signing` uses."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import NamedTuple

PASSWORD = "a password of the tests"


class Keys(NamedTuple):
    """A pair of keys, the private key with a password, and a certificate with its root."""

    private: Path
    public: Path
    encrypted: Path
    certificate: Path
    root: Path


def make_keys(folder: Path) -> Keys:
    """Write keys and certificates into a folder."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    found = Keys(*(folder / f"{name}.pem" for name in Keys._fields))
    key, root_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    found.private.write_bytes(key.private_bytes(pem, pkcs8, serialization.NoEncryption()))
    locked = serialization.BestAvailableEncryption(PASSWORD.encode())
    found.encrypted.write_bytes(key.private_bytes(pem, pkcs8, locked))
    public = serialization.PublicFormat.SubjectPublicKeyInfo
    found.public.write_bytes(key.public_key().public_bytes(pem, public))

    def certificate(name: str, issuer: str, of: ec.EllipticCurvePublicKey, *, is_root: bool) -> bytes:
        def named(text: str) -> x509.Name:
            return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

        begin = datetime.datetime(2025, 1, 1)
        usage = x509.KeyUsage(
            digital_signature=not is_root, content_commitment=False, key_encipherment=False, data_encipherment=False,
            key_agreement=False, key_cert_sign=is_root, crl_sign=is_root, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        builder = x509.CertificateBuilder(named(issuer), named(name), of, x509.random_serial_number(), begin)
        builder = builder.not_valid_after(begin + datetime.timedelta(days=36500))
        builder = builder.add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        return builder.add_extension(usage, critical=True).sign(root_key, hashes.SHA256()).public_bytes(pem)

    found.root.write_bytes(certificate("Root of the tests", "Root of the tests", root_key.public_key(), is_root=True))
    found.certificate.write_bytes(certificate("Borealis Lab", "Root of the tests", key.public_key(), is_root=False))
    return found
