"""A POST to a program of the admin's: no redirects, one short answer, nothing kept open between two."""

import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass

from daemon.errors import PostroomError

_ANSWER_BYTES = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the program said. `code` is the HTTP status, 0 when none came; `text` its first words or our trouble."""

    code: int
    text: str

    @property
    def is_taken(self) -> bool:
        """Whether the program has the delivery now."""
        return 200 <= self.code < 300


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect would carry a ticket to somebody else."""

    def redirect_request(self, *_: object) -> None:
        return None


def post(url: str, body: bytes, headers: Mapping[str, str], timeout_seconds: float) -> Answer:
    """Hand over one delivery. Never raises for what a peer or the network does."""
    request = urllib.request.Request(url, body, dict(headers), method="POST")  # noqa: S310  # the configuration checks it
    opener = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=timeout_seconds) as answer:
            return Answer(code=answer.status, text=_words(answer.read(_ANSWER_BYTES)))
    except urllib.error.HTTPError as error:
        with error:
            return Answer(code=error.code, text=_words(error.read(_ANSWER_BYTES)))
    except (OSError, ValueError, PostroomError) as error:
        return Answer(code=0, text=str(getattr(error, "reason", error)))


def _words(body: bytes) -> str:
    return " ".join(body.decode("utf-8", "replace").split())[:200]
