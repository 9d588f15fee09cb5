"""Whether senders of mail that comes straight from the Internet are verified here, and how long that may take."""

import ipaddress
from datetime import timedelta
from typing import Annotated

from pydantic import AfterValidator, Field

from daemon.config_types import Duration, Section

_DNS_PORT = 53


def _limit(value: timedelta) -> timedelta:
    if not timedelta(seconds=1) <= value <= timedelta(seconds=30):
        raise ValueError('expected "1s" to "30s"')
    return value


def _server(value: str) -> str:
    name_server(value)
    return value


def name_server(value: str) -> tuple[str, int]:
    """`"192.0.2.53"`, `"192.0.2.53:5353"`, `"[2001:db8::53]:5353"`. Raises ValueError that says what to write."""
    host, bracket, port = value.removeprefix("[").partition("]:" if value.startswith("[") else ":")
    if value.count(":") > 1 and not value.startswith("["):
        host, bracket, port = value, "", ""
    try:
        address = str(ipaddress.ip_address(host.removesuffix("]")))
        number = int(port) if bracket else _DNS_PORT
        if not 0 < number < 65536:
            raise ValueError(port)
    except ValueError:
        message = 'expected the IP address of a name server, with or without a port, such as "127.0.0.1:53"'
        raise ValueError(message) from None
    return address, number


class VerificationSection(Section):
    """Looking at senders ourselves (SPF, DKIM, DMARC), for desks that the Internet hands mail to directly."""

    enabled: bool = Field(
        False,
        description="Verify mail that comes by SMTP from anybody but limits.trusted_peers; what its headers say of "
        "authentication is then ignored. Mail that comes by LMTP or IMAP was looked at by your own mail server.",
    )
    time_limit: Annotated[Duration, AfterValidator(_limit)] = Field(
        timedelta(seconds=5),
        description="What is not known of a mail by then stays unknown; the mail is taken in all the same.",
    )
    resolvers: list[Annotated[str, AfterValidator(_server)]] = Field(
        [], description='Name servers to ask, "ADDRESS" or "ADDRESS:PORT"; [] asks those of the system.'
    )
