"""Deliveries by HTTP: what counts as taken, and what never raises."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from daemon.transports.webhooks import post


class Receiver(BaseHTTPRequestHandler):
    """Answers with the status that the path names and remembers what came."""

    seen: list[tuple[str, bytes, str]] = []  # noqa: RUF012  # emptied by the fixture

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append((self.path, body, self.headers["Postroom-Delivery"]))
        self.send_response(int(self.path[1:]))
        self.send_header("Location", "/200")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(b"so be it")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[str]:
    Receiver.seen.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize(("status", "is_taken"), [(200, True), (204, True), (301, False), (410, False), (503, False)])
def test_a_delivery_is_taken_by_2xx_alone_and_follows_no_redirect(receiver: str, status: int, is_taken: bool) -> None:
    answer = post(f"{receiver}/{status}", b"{}", {"Postroom-Delivery": "d1"}, 5)
    assert (answer.code, answer.is_taken) == (status, is_taken)
    assert Receiver.seen == [(f"/{status}", b"{}", "d1")]


def test_nobody_there_is_an_answer_too() -> None:
    answer = post("http://127.0.0.1:1/", b"{}", {}, 1)
    assert (answer.code, answer.is_taken) == (0, False)
    assert answer.text
