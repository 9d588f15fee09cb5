"""Asking a real name server on loopback."""

import time
from collections.abc import Iterator

import pytest
from name_server import FAILING, SILENT, NameServer

from daemon.errors import Unavailable
from daemon.transports.resolvers import Resolver

LONG = tuple(f'"{"x" * 200}{number}"' for number in range(20))
RECORDS: dict[str, tuple[str, ...] | str] = {
    "example.com TXT": ('"v=spf1 " "a -all"', '"caf\\195\\169"'),
    "example.com A": ("192.0.2.1", "192.0.2.2"),
    "example.com AAAA": ("2001:db8::1",),
    "example.com MX": ("20 second.example.com.", "10 first.example.com."),
    "1.2.0.192.in-addr.arpa PTR": ("example.com.",),
    "long.example.com TXT": LONG,
    "silent.example.com TXT": SILENT,
    "failing.example.com TXT": FAILING,
    "odd+label.example.com A": ("127.0.0.2",),
}


@pytest.fixture(scope="module")
def server() -> Iterator[NameServer]:
    with NameServer(RECORDS) as server:
        yield server


@pytest.fixture
def resolver(server: NameServer) -> Resolver:
    return Resolver([server.address])


@pytest.mark.parametrize(
    ("name", "kind", "found"),
    [
        ("example.com", "TXT", {"v=spf1 a -all", "caf\u00c3\u00a9"}),
        ("EXAMPLE.com.", "A", {"192.0.2.1", "192.0.2.2"}),
        ("example.com", "AAAA", {"2001:db8::1"}),
        ("1.2.0.192.in-addr.arpa", "PTR", {"example.com."}),
        ("odd+label.example.com", "A", {"127.0.0.2"}),
        ("example.com", "PTR", set()),
        ("nobody.example.com", "TXT", set()),
        ("a blank and a%.example.com", "TXT", set()),
        ("x" * 64 + ".example.com", "TXT", set()),
        ("a..example.com", "TXT", set()),
        (".".join(["x" * 60] * 6), "TXT", set()),
        ("bad\\escape\\", "TXT", set()),
    ],
)
def test_records_come_as_text_and_none_as_none(resolver: Resolver, name: str, kind: str, found: set[str]) -> None:
    assert set(resolver.ask(name, kind, 2.0)) == found


def test_exchanges_come_by_preference(resolver: Resolver) -> None:
    assert resolver.ask("example.com", "MX", 2.0) == ("first.example.com.", "second.example.com.")


def test_an_answer_too_long_for_a_datagram_is_fetched_whole(resolver: Resolver) -> None:
    assert len(resolver.ask("long.example.com", "TXT", 2.0)) == len(LONG)


def test_an_answer_is_kept(server: NameServer, resolver: Resolver) -> None:
    resolver.ask("example.com", "A", 2.0)
    before = len(server.asked)
    resolver.ask("Example.com", "A", 2.0)
    assert len(server.asked) == before


def test_a_silent_server_costs_no_more_than_the_time_given(resolver: Resolver) -> None:
    start = time.monotonic()
    with pytest.raises(Unavailable):
        resolver.ask("silent.example.com", "TXT", 0.2)
    assert time.monotonic() - start < 1.0


@pytest.mark.parametrize(("name", "seconds"), [("failing.example.com", 2.0), ("example.com", 0.0), ("example.com", -1)])
def test_no_answer_that_says_anything_is_unavailable(resolver: Resolver, name: str, seconds: float) -> None:
    with pytest.raises(Unavailable):
        resolver.ask(name, "TXT", seconds)
