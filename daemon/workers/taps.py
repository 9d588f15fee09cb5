"""Links in notices that write a mail with a command in it: one tap, no web page, and nothing happens by looking."""

from collections.abc import Mapping
from urllib.parse import quote

_ON_A_TICKET = ("#take", "#solve", "#note", "#spam", "#snooze 1d")
_BY_NOTICE: Mapping[str, tuple[str, ...]] = {
    "held-notice": ("#send", "#note", "#drop"),
    "unverified-notice": ("#send", "#drop"),
    "reminder-notice": ("#take", "#solve", "#snooze 1d", "#reply"),
    "third-party-notice": ("#accept", "#note", "#spam"),
}


def one_tap(template: str, address: str, subject: str, *, passed_on: bool = False) -> list[dict[str, str]]:
    """The actions that fit a notice, each a link to the notice's own token address. `passed_on`: an agent forwarded
    what it is about, and the requester may have been mistaken."""
    more = ("#requester ",) if passed_on else ()
    return taps((*_BY_NOTICE.get(template, _ON_A_TICKET), *more), address, subject)


def taps(commands: tuple[str, ...], address: str, subject: str) -> list[dict[str, str]]:
    """A link a command (RFC 6068). One that ends with a blank is to be completed by whoever taps it."""
    return [
        {"label": f"{command}…" if command.endswith(" ") else command, "url": _mail_to(address, subject, command)}
        for command in commands
    ]


def answer_link(address: str, subject: str) -> dict[str, str]:
    """A link that writes an answer."""
    return {"label": "answer", "url": _mail_to(address, subject, "").partition("&body")[0]}


def _mail_to(address: str, subject: str, body: str) -> str:
    local, _, domain = address.rpartition("@")
    end = "" if body.endswith(" ") else "%0D%0A"
    return f"mailto:{quote(local, safe='+')}@{domain}?subject={quote(subject)}&body={quote(body)}{end}"
