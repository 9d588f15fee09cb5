"""Who may write to us: what the SMTP session judges, which is the envelope and nothing else."""

from collections.abc import Callable
from datetime import datetime

from daemon.clock import Clock
from daemon.errors import Refused
from daemon.policy import Policy
from rules.deny import judge_envelope
from rules.facts import DenyEntry, Desk
from rules.tokens import read_token_address


class Recipients:
    """The `RecipientPolicy` of the policy in force. In memory, quick, thread-safe."""

    def __init__(
        self,
        policy: Callable[[], Policy],
        clock: Clock,
        on_refused: Callable[[DenyEntry, str, datetime], None] = lambda _entry, _sender, _now: None,
    ) -> None:
        """`on_refused` is told which entry refused which sender."""
        self._policy, self._clock, self._on_refused = policy, clock, on_refused

    def check_sender(self, sender: str, peer: str) -> None:
        """Refuse a sender whom the deny list rejects by address or domain."""
        now = self._clock.now()
        entry = judge_envelope(self._policy().desk.deny, sender, now) if sender else None
        if entry:
            self._on_refused(entry, sender, now)
            raise Refused(550, "5.7.1", "this sender is not welcome here")

    def check_recipient(self, recipient: str) -> None:
        """Refuse whatever is not ours. The answer is the same whether or not a token is valid: no oracle."""
        if not is_ours(self._policy().desk, recipient):
            raise Refused(550, "5.7.1", "no such mailbox here, and we do not relay")


def is_ours(desk: Desk, recipient: str) -> bool:
    """Whether this is a mailbox, an alias, a token address of one, or postmaster (RFC 5321 4.5.1)."""
    address = _ascii_lower(recipient)
    own = {each for box in desk.mailboxes for each in (box.address, *box.aliases)}
    if address in own or _base(address) in own:
        return True
    local, _, domain = address.rpartition("@")
    return address == "postmaster" or (local == "postmaster" and domain in {each.rpartition("@")[2] for each in own})


def _base(address: str) -> str:
    """The mailbox under a token address, or an empty string."""
    if not read_token_address(address):
        return ""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _ascii_lower(address: str) -> str:
    """Only ASCII: `ſupport` must not become `support`."""
    return "".join(chr(ord(c) + 32) if "A" <= c <= "Z" else c for c in address)
