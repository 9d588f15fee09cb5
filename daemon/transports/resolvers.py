"""Asking the DNS, in bounded time: the one place that knows dnspython. Imported only where senders are verified."""

from collections.abc import Sequence

import dns.exception
import dns.name
import dns.nameserver
import dns.rdata
import dns.resolver
from dns.rdtypes.ANY.MX import MX
from dns.rdtypes.ANY.TXT import TXT

from daemon.errors import Unavailable

_ONE_TRY_SECONDS = 1.0
_MOST_KEPT = 10_000
_NOTHING = (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer, dns.resolver.YXDOMAIN, dns.name.LabelTooLong)
_NO_NAME = (dns.name.NameTooLong, dns.name.EmptyLabel, dns.name.BadEscape)


class Resolver:
    """A stub resolver that keeps answers as long as they say. Thread-safe."""

    def __init__(self, servers: Sequence[tuple[str, int]] = ()) -> None:
        """`servers`: addresses and ports; those of the system when there are none. Raises Unavailable without any."""
        try:
            self._resolver = dns.resolver.Resolver(configure=not servers)
        except dns.exception.DNSException as error:
            raise Unavailable(f"no name server is configured on this machine: {error}") from error
        if servers:
            self._resolver.nameservers = [dns.nameserver.Do53Nameserver(host, port) for host, port in servers]
        self._resolver.timeout = _ONE_TRY_SECONDS
        self._resolver.cache = dns.resolver.LRUCache(_MOST_KEPT)

    def ask(self, name: str, kind: str, seconds: float) -> tuple[str, ...]:
        """As `ports.NameService` says."""
        if seconds <= 0:
            raise Unavailable(f"no time left to ask for {name}")
        try:
            answer = self._resolver.resolve(f"{name.removesuffix('.')}.", kind, lifetime=seconds, search=False)
        except (*_NOTHING, *_NO_NAME):
            return ()
        except (dns.exception.DNSException, OSError) as error:
            raise Unavailable(f"{kind} of {name}: {error}") from error
        return tuple(map(_text, sorted(answer, key=_preference)))


def _preference(record: dns.rdata.Rdata) -> int:
    return record.preference if isinstance(record, MX) else 0


def _text(record: dns.rdata.Rdata) -> str:
    if isinstance(record, TXT):
        return b"".join(record.strings).decode("latin-1")
    return str(record.exchange) if isinstance(record, MX) else record.to_text()
