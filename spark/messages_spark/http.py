"""Probes and metrics, with the paths and formats of the other apps."""

import io
import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import TYPE_CHECKING, Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

_Connection = socket.socket | tuple[bytes, socket.socket]

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


# A client gets this long to send its request, and again to read the response.
_CLIENT_SECONDS = 10.0
# Each connection has a thread; further ones are closed at once.
_CONNECTIONS = 100
_METHODS = ("GET", "HEAD")


class HttpServer:
    """Serves /livez, /readyz, /healthz and /metrics in its own threads while its context is open."""

    def __init__(
        self, host: str, port: int, health: Health, registry: CollectorRegistry, client_seconds: float = _CLIENT_SECONDS
    ) -> None:
        class Handler(_Handler):
            seconds = client_seconds

            def respond(self, path: str) -> None:
                match path:
                    case "/livez":
                        self.answer(200, "application/json", _health("process", None))
                    case "/readyz" | "/healthz":
                        why = health.why_down
                        self.answer(503 if why else 200, "application/json", _health("query", why))
                    case "/metrics":
                        self.answer(200, CONTENT_TYPE_LATEST, generate_latest(registry))
                    case _:
                        self.answer(404, "text/plain", b"try /livez, /readyz or /metrics\n")

        self._server = _Server((host, port), Handler)

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


class _Handler(BaseHTTPRequestHandler):
    """One request per connection, of a client that may be slow or hostile."""

    seconds: float
    server_version = "messages-spark"
    sys_version = ""
    # Of Python's own errors, such as a line that is too long: no page with the client's text in it.
    error_content_type = "text/plain"
    error_message_format = "%(code)d\n"

    def respond(self, path: str) -> None:
        raise NotImplementedError

    def setup(self) -> None:
        super().setup()
        # The usual time limit begins anew with each byte.
        self.rfile = io.BufferedReader(_WithDeadline(self.connection, time.monotonic() + self.seconds))

    def parse_request(self) -> bool:
        if not super().parse_request():
            return False
        if self.command in _METHODS:
            return True
        self.answer(405, "text/plain", b"use GET or HEAD\n", {"Allow": ", ".join(_METHODS)})
        return False

    def do_GET(self) -> None:
        self.respond(self.path.partition("?")[0])

    def do_HEAD(self) -> None:
        self.do_GET()

    def answer(self, status: int, content_type: str, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        try:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
        except OSError:
            pass  # the client is gone or does not read; a traceback for each would fill the log

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.connection.settimeout(self.seconds)
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (the name is the library's)
        """Log nothing: probes would fill the log."""


class _WithDeadline(io.RawIOBase):
    """Bytes of a connection, until a point in time."""

    def __init__(self, connection: socket.socket, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "Buffer") -> int:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError("the request is incomplete")
        self._connection.settimeout(left)
        return self._connection.recv_into(buffer)


class _Server(ThreadingHTTPServer):
    """Limits the number of connections, so that idle clients do not take up all threads of the process."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._free = threading.BoundedSemaphore(_CONNECTIONS)
        super().__init__(address, handler)

    def process_request(self, request: _Connection, client_address: Any) -> None:
        if not self._free.acquire(blocking=False):
            self.shutdown_request(request)
            return
        try:
            super().process_request(request, client_address)
        except BaseException:
            self._free.release()
            raise

    def process_request_thread(self, request: _Connection, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: _Connection, client_address: Any) -> None:
        # A traceback for each client that is gone would fill the log.
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def _health(name: str, why_down: str | None) -> bytes:
    state = {name: {"status": "up"}} if why_down is None else {name: {"status": "down", "message": why_down}}
    up = why_down is None
    return json.dumps(
        {"status": "ok" if up else "error", "info": state if up else {}, "error": {} if up else state, "details": state}
    ).encode()
