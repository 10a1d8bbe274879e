"""The job's probes and metrics, asked over real connections."""

import http.client
import socket
import time
from collections.abc import Iterator

import pytest
from prometheus_client import CollectorRegistry, Counter

from messages_spark.http import Health, HttpServer

CLIENT_SECONDS = 0.5
PATHS = ["/livez", "/readyz", "/healthz", "/metrics"]


@pytest.fixture(scope="module")
def server() -> Iterator[HttpServer]:
    registry = CollectorRegistry()
    # More than the system keeps for a client that does not read.
    Counter("large", "Large", ["text"], registry=registry).labels("x" * 32_000_000).inc()
    health = Health()
    health.up()
    with HttpServer("127.0.0.1", 0, health, registry, CLIENT_SECONDS) as server:
        yield server


def ask(server: HttpServer, method: str, path: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    finally:
        connection.close()


def connect(server: HttpServer, sent: bytes = b"") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    connection.sendall(sent)
    return connection


def read_to_end(connection: socket.socket) -> bytes:
    """All that the server sends until it closes the connection."""
    received = b""
    try:
        while chunk := connection.recv(1 << 20):
            received += chunk
    except ConnectionError:
        pass
    return received


@pytest.mark.parametrize("path", PATHS)
def test_answers_get_and_head_only(server: HttpServer, path: str) -> None:
    status, headers, body = ask(server, "GET", path)
    assert status == 200
    assert len(body) == int(headers["Content-Length"]) > 0
    assert ask(server, "HEAD", path)[0::2] == (200, b"")
    for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "NONSENSE"]:
        status, headers, _ = ask(server, method, path)
        assert (method, status, headers["Allow"]) == (method, 405, "GET, HEAD")


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [("GET", "/livez", 200), ("GET", "/<b>", 404), ("PUT", "/", 405), ("GET", "/" + "x" * 70_000, 414)],
)
def test_protects_every_response(server: HttpServer, method: str, path: str, expected: int) -> None:
    status, headers, body = ask(server, method, path)
    assert status == expected
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert headers["Cache-Control"] == "no-store"
    assert "Python" not in headers["Server"]
    assert b"<" not in body


@pytest.mark.parametrize("sent", [b"", b"GET /livez HTTP/1.1\r\nX-Half:"], ids=["nothing", "half a header"])
def test_cuts_off_a_client_that_sends(server: HttpServer, sent: bytes) -> None:
    silent = [connect(server, sent) for _ in range(20)]
    assert ask(server, "GET", "/livez")[0] == 200
    assert [read_to_end(connection) for connection in silent] == [b""] * 20


def test_cuts_off_a_client_that_sends_byte_by_byte(server: HttpServer) -> None:
    def send_for_seconds(connection: socket.socket) -> None:
        for _ in range(400):
            connection.sendall(b"x")
            time.sleep(0.05)

    with connect(server, b"GET / HTTP/1.1\r\nX-Slow: ") as connection, pytest.raises(ConnectionError):
        send_for_seconds(connection)


def test_cuts_off_a_client_that_does_not_read(server: HttpServer) -> None:
    with connect(server, b"GET /metrics HTTP/1.0\r\n\r\n") as connection:
        assert connection.recv(1) == b"H"
        time.sleep(CLIENT_SECONDS * 6)
        assert len(read_to_end(connection)) < 32_000_000


def test_limits_connections() -> None:
    health = Health()
    health.up()
    with HttpServer("127.0.0.1", 0, health, CollectorRegistry(), client_seconds=60) as server:
        silent = [connect(server) for _ in range(100)]
        with connect(server, b"GET /livez HTTP/1.0\r\n\r\n") as refused:
            assert read_to_end(refused) == b""
        for connection in silent:
            connection.close()
        until = time.monotonic() + 30
        while b" 200 OK" not in read_to_end(connect(server, b"GET /livez HTTP/1.0\r\n\r\n")):
            assert time.monotonic() < until
