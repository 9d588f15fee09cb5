"""TLS for our listeners: one context from an admin's certificate and key."""

import ssl
from pathlib import Path

from daemon.errors import ConfigError, Problem


def server_context(certificate: Path, key: Path) -> ssl.SSLContext:
    """A context for STARTTLS: the interpreter's safe defaults, TLS 1.2 or newer, no client certificates.

    `certificate` is a PEM file with the chain, `key` one with the unencrypted private key. Raises ConfigError with
    every file that is missing or unreadable, or with the pair when the two do not fit.
    """
    files = (("smtp.certificate", certificate), ("smtp.key", key))
    problems = [problem for option, path in files if (problem := _find_problem(option, path))]
    if problems:
        raise ConfigError(problems)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # The password callback keeps OpenSSL from asking on the terminal.
        context.load_cert_chain(certificate, key, password=lambda: "")
    except (ssl.SSLError, ValueError) as error:
        message = f"cannot be used together with {key}: {error}"
        remedy = "give a PEM certificate chain and its unencrypted PEM key"
        problem = Problem(file=str(certificate), key="smtp.certificate", message=message, remedy=remedy)
        raise ConfigError([problem]) from error
    return context


def _find_problem(option: str, path: Path) -> Problem | None:
    try:
        path.read_bytes()
    except OSError as error:
        message, remedy = f"cannot be read: {error.strerror}", "name a readable PEM file"
        return Problem(file=str(path), key=option, message=message, remedy=remedy)
    return None
