"""A wire to PostgreSQL that can be cut in the worst moment: the commit has happened, its reply never arrives."""

import socket
import threading
from contextlib import suppress


class CuttingWire:
    """Forwards a loopback port to a server. The n-th COMMITs in `cuts` are carried out, and their replies lost."""

    def __init__(self, server_port: int, cuts: set[int]) -> None:
        self._server_port, self._cuts = server_port, cuts
        self.commits = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """No more connections."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port))
                cut = threading.Event()
                threading.Thread(target=self._up, args=(client, server, cut), daemon=True).start()
                threading.Thread(target=self._down, args=(client, server, cut), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket, cut: threading.Event) -> None:
        with suppress(OSError):
            while data := client.recv(1 << 16):
                if b"COMMIT" in data:
                    self.commits += 1
                    if self.commits in self._cuts:
                        cut.set()
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)

    def _down(self, client: socket.socket, server: socket.socket, cut: threading.Event) -> None:
        with suppress(OSError):
            while (data := server.recv(1 << 16)) and not cut.is_set():
                client.sendall(data)
        for end in (client, server):  # the server has answered, so the commit is done
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
