"""A private Dovecot for tests: own configuration, mail, log and ports, no root needed."""

import grp
import imaplib
import os
import pwd
import shutil
import smtplib
import socket
import ssl
import subprocess
import tempfile
import time
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, PASSWORD = "support@example.test", "secret"
_PROGRAM = "/usr/sbin/dovecot"
_TEMPLATES = Path(__file__).with_name("dovecot")
_START_SECONDS = 15


class Dovecot:
    """IMAP, IMAPS and LMTP on free loopback ports. Use as a context manager.

    Started by root it runs as nobody, for Dovecot refuses to be root. `introspection_port` is asked whether a token is
    valid (RFC 7662).
    """

    def __init__(self, introspection_port: int = 1) -> None:
        self.port, self.tls_port, self.lmtp_port = (_find_port() for _ in range(3))
        self._introspection_port = introspection_port
        self._folder = Path(tempfile.mkdtemp(prefix="postroom-dovecot-"))
        self._user = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self._process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def missing() -> str:
        """What keeps us from running one, "" if nothing does."""
        has_lmtp = Path("/usr/lib/dovecot/lmtp").exists()
        if Path(_PROGRAM).exists() and has_lmtp:
            return ""
        return "Dovecot is not installed (apt-get install dovecot-imapd dovecot-lmtpd)"

    def __enter__(self) -> Self:
        self._write_config()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def log(self) -> str:
        """What it has logged so far."""
        log = self._folder / "dovecot.log"
        return log.read_text() if log.exists() else ""

    @property
    def tls(self) -> ssl.SSLContext:
        """Trusts this server and no other."""
        return ssl.create_default_context(cafile=str(self._folder / "cert.pem"))

    def start(self) -> None:
        """Returns when it answers. Raises RuntimeError with its log when it does not."""
        self._process = subprocess.Popen(
            [_PROGRAM, "-F", "-c", str(self._folder / "dovecot.conf")],
            user=self._user.pw_uid,
            group=self._user.pw_gid,
            extra_groups=[],
            cwd=self._folder,
        )
        deadline = time.monotonic() + _START_SECONDS
        while not (_answers(self.port) and _answers(self.lmtp_port)):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise RuntimeError(f"Dovecot does not start: {self.log}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Ends it and its children; the mail stays, for another `start`."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)

    def client(self) -> imaplib.IMAP4:
        """A colleague's mail client, logged in, with the inbox open. Use as a context manager."""
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        client.login(USER, PASSWORD)
        client.select()
        return client

    def append(self, *raws: bytes) -> None:
        """Put mails into the inbox by APPEND."""
        with self.client() as client:
            for raw in raws:
                client.append("INBOX", "", "", raw)

    def deliver(self, raw: bytes) -> None:
        """Hand a mail over by LMTP, as an MTA does."""
        with smtplib.LMTP("127.0.0.1", self.lmtp_port) as lmtp:
            lmtp.sendmail("ann@example.org", [USER], raw)

    def flags(self) -> list[set[str]]:
        """The flags of each mail in the inbox, in order, without \\Recent."""
        with self.client() as client:
            _, lines = client.uid("FETCH", "1:*", "(FLAGS)")
            return [{flag.decode() for flag in imaplib.ParseFlags(line)} - {"\\Recent"} for line in lines if line]

    def count(self, folder: str) -> int:
        """Mails in a folder."""
        with self.client() as client:
            status, lines = client.select(folder)
            return int(lines[0] or 0) if status == "OK" else 0

    def mails(self, user: str) -> list[bytes]:
        """What anybody's inbox holds, in the order of delivery."""
        folder = self._folder / "mail" / user / "Maildir"
        files = [path for name in ("new", "cur") for path in (folder / name).glob("*")]
        return [path.read_bytes() for path in sorted(files, key=lambda path: (path.stat().st_mtime_ns, path.name))]

    def _write_config(self) -> None:
        for name in ("run", "state", "mail"):
            (self._folder / name).mkdir()
        words = {
            "DIR": self._folder,
            "USER": self._user.pw_name,
            "GROUP": grp.getgrgid(self._user.pw_gid).gr_name,
            "UID": self._user.pw_uid,
            "GID": self._user.pw_gid,
            "IMAP": self.port,
            "IMAPS": self.tls_port,
            "LMTP": self.lmtp_port,
            "IDP": self._introspection_port,
        }
        for template in _TEMPLATES.glob("*.in"):
            text = template.read_text()
            for word, value in words.items():
                text = text.replace(f"@{word}@", str(value))
            (self._folder / template.stem).write_text(text)
        (self._folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}::::::\n")
        self._write_certificate()
        if os.geteuid() == 0:
            for path in [self._folder, *self._folder.rglob("*")]:
                os.chown(path, self._user.pw_uid, self._user.pw_gid)

    def _write_certificate(self) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (self._folder / "key.pem").write_bytes(private)
        (self._folder / "cert.pem").write_bytes(_self_signed(key).public_bytes(serialization.Encoding.PEM))


def _self_signed(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    usage = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign")
    now = datetime.now(UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    return (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                key_cert_sign=True,
                encipher_only=False,
                decipher_only=False,
                **dict.fromkeys(usage, False),
            ),
            critical=True,
        )
        .add_extension(names, critical=False)
        .sign(key, hashes.SHA256())
    )


def _find_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 5) as connection:
            return bool(connection.recv(4))
    except OSError:
        return False
