"""What a listener of a broker expects of its clients, asked by one request of Kafka's protocol."""

import contextlib
import socket
import ssl
from struct import pack, unpack_from
from typing import Literal

Kind = Literal["tls", "login", "open"]
_TIMEOUT_SECONDS = 5
_SASL_HANDSHAKE = 17
#: The listener has logins, but not by the mechanism of the request.
_UNSUPPORTED_SASL_MECHANISM = 33
#: The first bytes of an alert of TLS.
_ALERT = b"\x15\x03"


def listener_kind(address: str, tls: bool) -> Kind | None:
    """Return `tls` if a request in clear met TLS, `login` if the listener wants one, `open` if it wants none.

    Returns None if it does not answer. With `tls` the request, which has no secret, is sent over TLS to any server.
    """
    host, _, port = address.rpartition(":")
    try:
        with contextlib.ExitStack() as stack:
            connection: socket.socket = stack.enter_context(
                socket.create_connection((host.strip("[]"), int(port)), timeout=_TIMEOUT_SECONDS)
            )
            if tls:
                connection = stack.enter_context(ssl._create_unverified_context().wrap_socket(connection))
            connection.sendall(_request())
            answer = connection.recv(64)
    except OSError:
        return None
    if answer.startswith(_ALERT):
        return "tls"
    if len(answer) < 10:
        return None
    # Size and correlation id come first.
    (error,) = unpack_from(">h", answer, 8)
    return "login" if error == _UNSUPPORTED_SASL_MECHANISM else "open"


def _request() -> bytes:
    """A SaslHandshake (version 1) for a mechanism that does not exist."""
    mechanism = b"NONE"
    body = pack(">hhihh", _SASL_HANDSHAKE, 1, 0, -1, len(mechanism)) + mechanism
    return pack(">i", len(body)) + body
