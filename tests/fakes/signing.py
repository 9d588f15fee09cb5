"""Mails with real DKIM signatures: a key made for the run, dkimpy to sign."""

import base64
from functools import cache
from typing import Any

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

SIGNED = b"from to subject date message-id content-type".split()


@cache
def _pair(bits: int, number: int) -> tuple[bytes, str]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private, base64.b64encode(public).decode()


def key_record(tags: str = "v=DKIM1; k=rsa", bits: int = 1024, number: int = 0) -> str:
    """What stands in the DNS for the key that `signed` signs with."""
    return f"{tags}; p={_pair(bits, number)[1]}"


def signed(
    raw: bytes, domain: str = "cust.example", selector: str = "s1", *, bits: int = 1024, number: int = 0, **more: Any
) -> bytes:
    """The mail with a signature on top. `more` goes to dkimpy."""
    options: dict[str, Any] = {"include_headers": SIGNED, "canonicalize": (b"relaxed", b"relaxed"), **more}
    key = _pair(bits, number)[0]
    header: bytes = dkim.sign(raw, selector.encode(), domain.encode(), key, **options)
    return header + raw
