"""Thread-Topic and Thread-Index, by which Outlook keeps a conversation together ([MS-OXOMSG] 2.2.1.3)."""

import base64
import hashlib
from datetime import UTC, datetime

_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)


def thread_headers(topic: str, identity: str, begun_at: datetime) -> dict[str, str]:
    """The same for every mail of a conversation: `identity` names it, `begun_at` is when it began.

    The index is a reserved octet, five octets of a FILETIME and a GUID; children are told apart by Message-ID alone.
    """
    ticks = int((begun_at - _EPOCH).total_seconds()) * 10**7
    guid = hashlib.sha256(identity.encode()).digest()[:16]
    index = b"\x01" + ((ticks >> 16) & (2**40 - 1)).to_bytes(5, "big") + guid
    return {"Thread-Topic": topic, "Thread-Index": base64.b64encode(index).decode()}
