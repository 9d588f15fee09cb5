"""A small IMAP server on loopback that does what it is told, misbehaviour included, and records every command.

`server.script("FETCH BODY", hang_up)` spends one action the next time such a command comes; else it behaves.
"""

import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

ALL = frozenset({"IDLE", "MOVE", "UIDPLUS"})
_LITERAL = re.compile(rb"\{(\d+)\}$")


@dataclass
class Folder:
    """Mails and flags by UID."""

    mails: dict[int, bytes] = field(default_factory=dict)
    flags: dict[int, set[str]] = field(default_factory=dict)
    uidnext: int = 1
    uidvalidity: int = 7


class HangUp(Exception):
    """The server ends the conversation."""


class FakeImapServer:
    """Serves one INBOX and any folder created. Use as a context manager; `port` is where it listens."""

    def __init__(self, capabilities: frozenset[str] = ALL) -> None:
        self.capabilities = capabilities
        self.keywords = True
        self.select_extra = True
        self.folders: dict[str, Folder] = {"INBOX": Folder()}
        self.commands: list[str] = []
        self.size_of: Callable[[int, bytes], int] = lambda _uid, raw: len(raw)
        self.connections = 0
        self.changed = threading.Condition()
        self.closing = threading.Event()
        self.silent = threading.Event()
        self._scripts: dict[str, list[Action]] = {}
        self._open: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def __enter__(self) -> "FakeImapServer":
        self._start(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        with self.changed:
            self.changed.notify_all()
        for connection in [self._listener, *self._open]:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        for thread in self._threads:
            thread.join(5)

    @property
    def inbox(self) -> Folder:
        return self.folders["INBOX"]

    @property
    def verbs(self) -> list[str]:
        """The commands without their tags."""
        return [command.split(" ", 1)[1] for command in self.commands]

    def script(self, verb: str, *actions: "Action") -> None:
        """Spend these actions, one a command of this kind."""
        self._scripts.setdefault(verb, []).extend(actions)

    def deliver(self, raw: bytes, *, uid: int = 0, folder: str = "INBOX", flags: tuple[str, ...] = ()) -> int:
        """Put a mail into a folder and tell idling clients."""
        with self.changed:
            place = self.folders[folder]
            uid = uid or place.uidnext
            place.mails[uid], place.flags[uid] = raw, set(flags)
            place.uidnext = max(place.uidnext, uid + 1)
            self.changed.notify_all()
        return uid

    def wait_for_command(self, pattern: str, count: int = 1, seconds: float = 10) -> None:
        """Block until that many commands match."""
        with self.changed:
            done = self.changed.wait_for(
                lambda: sum(bool(re.search(pattern, verb)) for verb in self.verbs) >= count, seconds
            )
        assert done, f"no {pattern} in {self.verbs}"

    def wait_for_silence(self, seconds: float = 10) -> None:
        """Block until a conversation has fallen silent."""
        assert self.silent.wait(seconds), "nobody is silent"

    def take_action(self, verb: str) -> "Action | None":
        actions = self._scripts.get(verb)
        return actions.pop(0) if actions else None

    def record(self, line: bytes) -> None:
        with self.changed:
            self.commands.append(line.decode("latin-1"))
            self.changed.notify_all()

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.closing.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else a second line waits 40 ms
            self.connections += 1
            self._open.append(connection)
            self._start(Conversation(self, connection).hold)


class Conversation:
    """One client. Method names are the verbs."""

    def __init__(self, server: FakeImapServer, connection: socket.socket) -> None:
        self.server, self.connection = server, connection
        self.reader = connection.makefile("rb")
        self.folder = server.inbox
        self.known = 0

    def hold(self) -> None:
        with suppress(OSError, HangUp, ValueError), self.connection, self.reader:
            if not self._scripted("GREETING", ""):
                self.send(f"* OK [CAPABILITY {self._capabilities()}] ready")
            while line := self.reader.readline():
                self._answer(line.rstrip(b"\r\n"))

    def send(self, text: str | bytes) -> None:
        raw = text.encode("latin-1") if isinstance(text, str) else text
        self.connection.sendall(raw + b"\r\n")

    def _capabilities(self) -> str:
        return " ".join(["IMAP4rev1", *sorted(self.server.capabilities)])

    def _answer(self, line: bytes) -> None:
        self.server.record(line)
        tag, _, rest = line.decode("latin-1").partition(" ")
        verb, _, arguments = rest.partition(" ")
        if verb == "UID":
            verb, _, arguments = arguments.partition(" ")
        name = "FETCH BODY" if verb == "FETCH" and "BODY" in arguments else verb
        if self._scripted(name, tag):
            return
        with self.server.changed:
            try:
                extra = getattr(self, f"do_{verb.lower()}")(arguments)
            except KeyError:
                self.send(f"{tag} NO [TRYCREATE] no such folder")
                return
        if verb != "IDLE":
            self.send(f"{tag} OK {extra or 'done'}")
            return
        self.idle_until_done(tag)

    def _scripted(self, name: str, tag: str) -> bool:
        action = self.server.take_action(name)
        return action is not None and action(self, tag)

    def _span(self, text: str) -> list[int]:
        uids = sorted(self.folder.mails)
        chosen: set[int] = set()
        for part in text.split(","):
            first, colon, last = part.partition(":")
            top = uids[-1] if uids else 0
            low, high = (top if end == "*" else int(end) for end in (first, last if colon else first))
            chosen.update(uid for uid in uids if min(low, high) <= uid <= max(low, high))
        return sorted(chosen)

    def do_capability(self, _: str) -> None:
        self.send(f"* CAPABILITY {self._capabilities()}")

    def do_noop(self, _: str) -> None:
        self.send(f"* {len(self.folder.mails)} EXISTS")

    def do_login(self, _: str) -> str:
        return f"[CAPABILITY {self._capabilities()}] in"

    def do_select(self, arguments: str) -> str:
        self.folder = self.server.folders[arguments.strip('"')]
        self.known = len(self.folder.mails)
        self.send(f"* {self.known} EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen \\Deleted)")
        self.send(
            "* OK [PERMANENTFLAGS (\\Seen \\*)] kept" if self.server.keywords else "* OK [PERMANENTFLAGS ()] kept"
        )
        if self.server.select_extra:
            self.send(
                f"* OK [UIDVALIDITY {self.folder.uidvalidity}] valid\r\n* OK [UIDNEXT {self.folder.uidnext}] next"
            )
        return "[READ-WRITE] selected"

    def do_search(self, arguments: str) -> None:
        words = arguments.split()
        found = self._span(words[1])
        if len(words) > 2:
            flag = words[3] if len(words) > 3 else "\\" + words[2].removeprefix("UN").capitalize()
            wanted = not words[2].startswith("UN")
            found = [uid for uid in found if (flag in self.folder.flags[uid]) is wanted]
        self.send("* SEARCH" + "".join(f" {uid}" for uid in found))

    def do_fetch(self, arguments: str) -> None:
        span, item = arguments.split(" ", 1)
        for uid in self._span(span):
            raw = self.folder.mails[uid]
            head = f"* {sorted(self.folder.mails).index(uid) + 1} FETCH (UID {uid} "
            if "BODY" in item:
                self.send(head.encode() + b"BODY[] {%d}\r\n%s)" % (len(raw), raw))
            else:
                self.send(f"{head}RFC822.SIZE {self.server.size_of(uid, raw)})")

    def do_store(self, arguments: str) -> None:
        span, _, flags = arguments.split(" ", 2)
        for uid in self._span(span):
            self.folder.flags[uid].update(flags.strip("()").split())

    def do_copy(self, arguments: str) -> None:
        span, target = arguments.split(" ", 1)
        for uid in self._span(span):
            self.server.deliver(self.folder.mails[uid], folder=target.strip('"'))

    def do_move(self, arguments: str) -> None:
        self.do_copy(arguments)
        self._remove(self._span(arguments.split(" ", 1)[0]))

    def do_expunge(self, arguments: str) -> None:
        self._remove([uid for uid in self._span(arguments) if "\\Deleted" in self.folder.flags[uid]])

    def do_create(self, arguments: str) -> None:
        self.server.folders.setdefault(arguments.strip('"'), Folder())

    def do_idle(self, _: str) -> None:
        self.send("+ idling")

    def _remove(self, uids: list[int]) -> None:
        for uid in uids:
            seq = sorted(self.folder.mails).index(uid) + 1
            del self.folder.mails[uid], self.folder.flags[uid]
            self.send(f"* {seq} EXPUNGE")

    def idle_until_done(self, tag: str) -> None:
        """Tell of new mail until the client says DONE."""
        over = threading.Event()
        teller = threading.Thread(target=self._tell, args=(over,), daemon=True)
        teller.start()
        line = self.reader.readline()
        over.set()
        with self.server.changed:
            self.server.changed.notify_all()
        teller.join(5)
        if not line:
            raise HangUp
        self.server.record(b"- " + line.rstrip())
        self.send(f"{tag} OK idled")

    def _tell(self, over: threading.Event) -> None:
        with self.server.changed:
            told = self.known
            while not over.is_set() and not self.server.closing.is_set():
                if len(self.folder.mails) != told:
                    told = self.known = len(self.folder.mails)
                    with suppress(OSError):
                        self.send(f"* {told} EXISTS")
                self.server.changed.wait()


Action = Callable[[Conversation, str], bool]


def hang_up(_: Conversation, __: str) -> bool:
    """End the connection without a word."""
    raise HangUp


def stay_silent(talk: Conversation, _: str) -> bool:
    """Never say another word, and keep the connection."""
    talk.server.silent.set()
    talk.server.closing.wait(30)
    raise HangUp


def drip(talk: Conversation, _: str) -> bool:
    """Send a byte now and then, for ever: no read time-out ever fires."""
    while not talk.server.closing.wait(0.02):
        talk.connection.sendall(b"*")
    raise HangUp


def behave(_: Conversation, __: str) -> bool:
    """Do what the command says: fills a place in a script."""
    return False


def say(text: str) -> Action:
    """Answer this instead, `TAG` standing for the command's tag; lines end in CRLF."""

    def action(talk: Conversation, tag: str) -> bool:
        talk.send(text.replace("TAG", tag))
        return True

    return action


def say_first(text: str) -> Action:
    """Say this, then answer as usual."""

    def action(talk: Conversation, _: str) -> bool:
        talk.send(text)
        return False

    return action


def say_and_hang_up(text: str) -> Action:
    """A last word."""

    def action(talk: Conversation, tag: str) -> bool:
        talk.send(text.replace("TAG", tag))
        raise HangUp

    return action
