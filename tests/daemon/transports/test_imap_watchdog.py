"""The watchdog frees whoever waits for a connection, also after TLS has taken the socket over."""

import socket
import threading

import pytest

from daemon.transports.imap_watchdog import Watchdog


@pytest.fixture
def pair() -> tuple[socket.socket, socket.socket]:
    return socket.socketpair()


def test_a_wait_that_takes_too_long_is_ended(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    watchdog = Watchdog()
    with ours, theirs:
        watchdog.watch(ours)
        with watchdog.within(0.05):
            assert ours.recv(1) == b""
        assert watchdog.has_bitten
        watchdog.release()


def test_the_descriptor_may_change_hands(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    watchdog = Watchdog()
    watchdog.watch(ours)
    with socket.socket(fileno=ours.detach()) as heir, theirs:
        threading.Timer(0.05, watchdog.stop).start()
        assert heir.recv(1) == b""
        watchdog.release()


def test_after_stop_no_new_connection_is_watched(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    watchdog = Watchdog()
    watchdog.stop()
    with ours, theirs, pytest.raises(ConnectionAbortedError):
        watchdog.watch(ours)
    watchdog.release()


def test_a_step_in_time_is_left_alone(pair: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = pair
    watchdog = Watchdog()
    with ours, theirs:
        watchdog.watch(ours)
        with watchdog.within(30):
            theirs.sendall(b"x")
            assert ours.recv(1) == b"x"
        assert not watchdog.has_bitten
        watchdog.release()
