"""An OAuth 2 token endpoint on loopback (RFC 6749), with token introspection (RFC 7662) for Dovecot."""

import json
import threading
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class TokenEndpoint:
    """Answers `/token` with what `answers` holds, one a request, the last for ever. Use as a context manager.

    `/introspect` calls every token in `active` valid for its user.
    """

    def __init__(self, *answers: tuple[int, dict[str, object]]) -> None:
        self.answers = list(answers)
        self.forms: list[dict[str, str]] = []
        self.active: dict[str, str] = {}
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = dict(urllib.parse.parse_qsl(body))
                status, answer = endpoint.introspect(form) if self.path == "/introspect" else endpoint.issue(form)
                raw = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}/token"

    def __enter__(self) -> "TokenEndpoint":
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def issue(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        self.forms.append(form)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def introspect(self, form: dict[str, str]) -> tuple[int, dict[str, object]]:
        user = self.active.get(form.get("token", ""))
        return 200, {"active": user is not None, "username": user or ""}
