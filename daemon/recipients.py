"""Who may write to us: what the SMTP session judges, which is the envelope and nothing else."""

from collections.abc import Callable

from daemon.clock import Clock
from daemon.errors import Refused
from daemon.policy import Policy
from rules.deny import judge_envelope
from rules.facts import Desk
from rules.tokens import read_token_address


class Recipients:
    """The `RecipientPolicy` of the policy in force. In memory, quick, thread-safe."""

    def __init__(self, policy: Callable[[], Policy], clock: Clock) -> None:
        self._policy, self._clock = policy, clock

    def check_sender(self, sender: str, peer: str) -> None:
        """Refuse a sender whom the deny list rejects by address or domain."""
        if sender and judge_envelope(self._policy().desk.deny, sender, self._clock.now()):
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
