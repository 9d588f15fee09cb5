"""An authoritative name server on loopback, UDP and TCP: what real resolvers meet, silence and truncation included."""

import contextlib
import socketserver
import struct
import threading
from collections.abc import Mapping
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

SILENT, FAILING = "silent", "servfail"
_UDP_BYTES = 512


class NameServer:
    """Serves `records`: "NAME TYPE" to texts in presentation form, or SILENT, or FAILING. Use as a context."""

    def __init__(self, records: Mapping[str, tuple[str, ...] | str]) -> None:
        self.records = {key.lower(): value for key, value in records.items()}
        self.asked: list[str] = []
        self._udp = socketserver.ThreadingUDPServer(("127.0.0.1", 0), self._handler(self._by_udp))
        self._tcp = socketserver.ThreadingTCPServer(self._udp.server_address, self._handler(self._by_tcp))
        for server in (self._udp, self._tcp):
            server.daemon_threads = True

    @property
    def address(self) -> tuple[str, int]:
        host, port = self._udp.server_address[:2]
        return str(host), int(port)

    def __enter__(self) -> "NameServer":
        for server in (self._udp, self._tcp):
            threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for server in (self._udp, self._tcp):
            server.shutdown()
            server.server_close()

    def _handler(self, answer: Any) -> type[socketserver.BaseRequestHandler]:
        return type(
            "Handler",
            (socketserver.BaseRequestHandler,),
            {"handle": lambda self: answer(self.request, self.client_address)},
        )

    def _by_udp(self, request: tuple[bytes, Any], sender: Any) -> None:
        wire, socket = request
        if reply := self._reply(wire, _UDP_BYTES):
            with contextlib.suppress(OSError):  # the test may be over
                socket.sendto(reply, sender)

    def _by_tcp(self, socket: Any, _sender: Any) -> None:
        head = socket.recv(2)
        if len(head) == 2:
            reply = self._reply(socket.recv(struct.unpack("!H", head)[0]), 65535)
            socket.sendall(struct.pack("!H", len(reply)) + reply)

    def _reply(self, wire: bytes, most: int) -> bytes:
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype)
        self.asked.append(f"{name} {kind}")
        found = self.records.get(f"{name} {kind}".lower(), ())
        if found == SILENT:
            return b""
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA | dns.flags.AA
        if found == FAILING:
            reply.set_rcode(dns.rcode.SERVFAIL)
        elif found:
            reply.answer.append(dns.rrset.from_text(question.name, 300, "IN", kind, *found))
        elif not any(key.startswith(f"{name} ".lower()) for key in self.records):
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return self._fitted(reply, query, most)

    def _fitted(self, reply: dns.message.Message, query: dns.message.Message, most: int) -> bytes:
        wire = reply.to_wire(max_size=65535)
        if len(wire) <= most:
            return wire
        short = dns.message.make_response(query)
        short.flags |= dns.flags.TC
        return short.to_wire()
