"""Access tokens for XOAUTH2, from a token endpoint (RFC 6749): client credentials or a refresh token that may rotate.

Own code on urllib: a POST and a JSON answer do not justify a library that brings three more.
"""

import json
import os
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from daemon.clock import Clock
from daemon.durable_files import sync_folder, write_synced
from daemon.errors import Unavailable

_ANSWER_LIMIT_BYTES = 1024 * 1024
_EARLY_SECONDS = 60.0  # a token should not expire between here and the mail server
_DEFAULT_LIFETIME_SECONDS = 300.0
# RFC 6749 5.2: errors that no repetition cures.
_PERMANENT = {"invalid_client", "invalid_grant", "invalid_scope", "unauthorized_client", "unsupported_grant_type"}


class OAuthError(Unavailable):
    """No token to be had. `is_permanent`: a person has to renew a consent or a secret."""

    def __init__(self, text: str, *, is_permanent: bool) -> None:
        super().__init__(text)
        self.is_permanent = is_permanent


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthClient:
    """How to ask for tokens. The secret and the refresh token live in files of mode 0600, read at each request.

    With `refresh_token_file` the grant is refresh_token, and a rotated token replaces the file's content; without,
    it is client_credentials.
    """

    token_url: str
    client_id: str
    client_secret_file: Path | None = None
    scope: str = ""
    refresh_token_file: Path | None = None
    timeout_seconds: float = 20

    def __post_init__(self) -> None:
        parts = urllib.parse.urlsplit(self.token_url)
        is_loopback = parts.hostname in {"127.0.0.1", "::1", "localhost"}
        if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback):
            raise ValueError(f'token_url: got "{self.token_url}", expected https://...')


class TokenSource:
    """Keeps one access token and fetches the next in time. Thread-safe: IMAP and SMTP may share one."""

    def __init__(self, client: OAuthClient, clock: Clock) -> None:
        self._client, self._clock = client, clock
        self._lock = threading.Lock()
        self._token, self._expires = "", 0.0

    def token(self, renew: bool = False) -> str:
        """An access token that is valid for some time yet; with `renew` a fresh one. Raises OAuthError."""
        with self._lock:
            if renew or not self._token or self._clock.monotonic() >= self._expires:
                self._fetch()
            return self._token

    def forget(self) -> None:
        """Call when a server refused the token: the next `token()` is a fresh one."""
        with self._lock:
            self._token = ""

    def _fetch(self) -> None:
        asked_at = self._clock.monotonic()
        answer = _post(self._client.token_url, self._form(), self._client.timeout_seconds)
        token = answer.get("access_token")
        if not isinstance(token, str) or not token.isascii() or not token.isprintable() or not token:
            raise OAuthError("the token endpoint gave no usable access_token", is_permanent=False)
        rotated = answer.get("refresh_token")
        if self._client.refresh_token_file is not None and isinstance(rotated, str) and rotated:
            # Before the token is used: the old one may be void from now on.
            _replace_secret(self._client.refresh_token_file, rotated)
        lifetime = answer.get("expires_in")
        seconds = float(lifetime) if isinstance(lifetime, int | float) else _DEFAULT_LIFETIME_SECONDS
        self._token, self._expires = token, asked_at + max(seconds - _EARLY_SECONDS, seconds / 2)

    def _form(self) -> dict[str, str]:
        client = self._client
        form = {"client_id": client.client_id, "grant_type": "client_credentials"}
        if client.refresh_token_file is not None:
            form |= {"grant_type": "refresh_token", "refresh_token": _read_secret(client.refresh_token_file)}
        if client.client_secret_file is not None:
            form["client_secret"] = _read_secret(client.client_secret_file)
        return form | ({"scope": client.scope} if client.scope else {})


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry our secret to somebody else."""

    def redirect_request(self, *_: object) -> None:
        return None


def _post(url: str, form: Mapping[str, str], timeout_seconds: float) -> dict[str, object]:
    request = urllib.request.Request(url, urllib.parse.urlencode(form).encode("ascii"))  # noqa: S310  # scheme checked
    request.add_header("Accept", "application/json")
    try:
        with urllib.request.build_opener(_NoRedirect).open(request, timeout=timeout_seconds) as answer:
            return _parse(answer.read(_ANSWER_LIMIT_BYTES))
    except urllib.error.HTTPError as error:
        with error:
            raise _refusal(error.code, error.read(_ANSWER_LIMIT_BYTES)) from None
    except (OSError, ValueError, urllib.error.URLError) as error:
        raise OAuthError(f"token endpoint: {error}", is_permanent=False) from error


def _refusal(status: int, body: bytes) -> OAuthError:
    """RFC 6749 5.2. The endpoint's free text stays out: only the registered word is repeated."""
    word: object = None
    with suppress(ValueError):
        word = _parse(body).get("error")
    name = word if isinstance(word, str) and word.isidentifier() else "no reason given"
    return OAuthError(f"token endpoint: {status} {name}", is_permanent=name in _PERMANENT)


def _parse(body: bytes) -> dict[str, object]:
    answer = json.loads(body)
    if not isinstance(answer, dict):
        raise ValueError("the answer is no JSON object")
    return answer


def _read_secret(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        raise OAuthError(f"{path}: {error}", is_permanent=False) from error


def _replace_secret(path: Path, secret: str) -> None:
    """All or nothing, and on disk before it returns: a rotated refresh token exists only once."""
    draft = path.with_name(path.name + ".new")
    try:
        write_synced(draft, secret.encode(), os.O_TRUNC)
        draft.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise OAuthError(f"{path}: the new refresh token could not be kept: {error}", is_permanent=False) from error
