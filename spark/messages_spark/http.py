"""Probes and metrics, with the paths and formats of the other apps."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

_STARTING = "starting"


class Health:
    """Whether the job is ready, and why not."""

    def __init__(self) -> None:
        self._down: str | None = _STARTING
        self._stalled: Callable[[], str | None] = lambda: None

    def up(self) -> None:
        self._down = None

    def down(self, why: str) -> None:
        self._down = why

    def watch(self, stalled: Callable[[], str | None]) -> None:
        """Set the function that says why a job that is otherwise up makes no progress."""
        self._stalled = stalled

    @property
    def why_down(self) -> str | None:
        is_starting = self._down == _STARTING
        return (self._stalled() if is_starting or self._down is None else None) or self._down


class HttpServer:
    """Serves /livez, /readyz, /healthz and /metrics in its own threads while its context is open."""

    def __init__(self, host: str, port: int, health: Health, registry: CollectorRegistry) -> None:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                match self.path.partition("?")[0]:
                    case "/livez":
                        self._answer(200, "application/json", _health("process", None))
                    case "/readyz" | "/healthz":
                        why = health.why_down
                        self._answer(503 if why else 200, "application/json", _health("query", why))
                    case "/metrics":
                        self._answer(200, CONTENT_TYPE_LATEST, generate_latest(registry))
                    case _:
                        self._answer(404, "text/plain", b"try /livez, /readyz or /metrics\n")

            def _answer(self, status: int, content_type: str, body: bytes) -> None:
                try:
                    self.send_response(status)
                    self.send_header("Content-Type", content_type)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)
                except ConnectionError:
                    pass  # the client is gone; a traceback for each would fill the log

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name is the library's)
                """Log nothing: probes would fill the log."""

        self._server = ThreadingHTTPServer((host, port), Handler)
        self._server.daemon_threads = True

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def __enter__(self) -> "HttpServer":
        threading.Thread(target=self._server.serve_forever, name="http", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()


def _health(name: str, why_down: str | None) -> bytes:
    state = {name: {"status": "up"}} if why_down is None else {name: {"status": "down", "message": why_down}}
    up = why_down is None
    return json.dumps(
        {"status": "ok" if up else "error", "info": state if up else {}, "error": {} if up else state, "details": state}
    ).encode()
