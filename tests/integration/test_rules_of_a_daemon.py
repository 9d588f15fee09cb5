"""Rules of a running daemon: taken up on SIGHUP, kept when broken, and reaching real programs."""

import json
import signal
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from running import Daemon, mail

pytestmark = [pytest.mark.integration, pytest.mark.timeout(120)]
PEOPLE = '[[team]]\nname = "support"\n[[agent]]\nname = "ada"\naddresses = ["ada@us.example"]\nteams = ["support"]\n'
RULE = "[[rule]]\nname = \"r\"\nwhen = {{ text.pattern = 'Hello (?P<no>\\d+)' }}\nthen = {{ {} }}\n"
TAKEN: list[bytes] = []


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        TAKEN.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[HTTPServer]:
    TAKEN.clear()
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "people.toml").write_text(PEOPLE, encoding="utf-8")
    return folder


def write(rules: Path, then: str) -> None:
    (rules / "triage.toml").write_text(RULE.format(then), encoding="utf-8")


def events(desk: Daemon, name: str) -> int:
    lines = (desk.folder / "desk.log").read_text(encoding="utf-8").splitlines()
    return sum(json.loads(line)["event"] == name for line in lines)


def hang_up(desk: Daemon, name: str) -> None:
    """Send SIGHUP and wait until the daemon has said one more of that event."""
    assert desk.process is not None
    before = events(desk, name)
    desk.process.send_signal(signal.SIGHUP)
    desk.wait(lambda: events(desk, name) > before)


def test_a_hang_up_loads_the_rules_and_a_broken_file_changes_nothing(tmp_path: Path, rules: Path) -> None:
    desk = Daemon(tmp_path, options=f'rules_dir = "{rules}"\n')
    write(rules, 'tags = ["old"]')
    desk.start()
    write(rules, 'tags = ["new"]')
    hang_up(desk, "policy_loaded")
    write(rules, 'tagz = ["broken"]')
    hang_up(desk, "policy_rejected")
    desk.send(mail(1))
    desk.wait(desk.settled)
    assert [each["tags"] for each in desk.command("tickets", "list")] == [["new"]]
    assert desk.stop() == 0


def test_letters_are_written_by_a_template_that_was_changed_meanwhile(tmp_path: Path, rules: Path) -> None:
    (templates := tmp_path / "templates").mkdir()
    desk = Daemon(tmp_path, options=f'rules_dir = "{rules}"\ntemplates_dir = "{templates}"\n')
    desk.start()
    desk.send(mail(1))
    desk.wait(desk.settled)
    (templates / "ticket-received.en.md.j2").write_text("Subject: Anew\n\nNew words.\n", encoding="utf-8")
    hang_up(desk, "policy_loaded")
    desk.send(mail(2))
    desk.wait(desk.settled)
    assert desk.stop() == 0
    letters = [path.read_text(encoding="utf-8") for path in sorted((tmp_path / "out/new").glob("*"))]
    assert ["New words." in each for each in letters if "auto-replied" in each] == [False, True]


def test_a_rule_reaches_a_webhook_and_runs_a_command(tmp_path: Path, rules: Path, receiver: HTTPServer) -> None:
    (tmp_path / "secret").write_text("s3cret", encoding="utf-8")
    (tmp_path / "secret").chmod(0o600)
    outside = (
        f'[[webhook]]\nname = "pager"\nurl = "http://127.0.0.1:{receiver.server_port}/"\n'
        f'secret = {{ file = "{tmp_path}/secret" }}\n'
        '[[command]]\nname = "say"\nrun = ["/bin/echo", "seen {no}"]\narguments = { no = "number" }\n'
    )
    write(rules, 'webhook = "pager", run = { command = "say", no = "{no}" }')
    desk = Daemon(tmp_path, extra=outside, options=f'rules_dir = "{rules}"\n')
    desk.start()
    desk.send(mail(17))
    desk.wait(lambda: {each["state"] for each in desk.command("errands", "list")} == {"done"})
    assert json.loads(TAKEN[0])["ticket"]["number"] == 1001
    notes = [each["text"] for each in desk.command("tickets", "show", "1001")["messages"] if not each["public"]]
    assert notes == ["say no=17 (exit code 0)\n\nseen 17"]
    assert desk.command("verify")["ok"]
    assert desk.stop() == 0
