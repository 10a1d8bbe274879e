"""Why PostgreSQL refuses this job for good, or is not trusted by it, and what to do about it."""

import logging
import re
import threading
import time

import psycopg

from messages_spark.connection import Session

_log = logging.getLogger(__name__)
#: mart-init may still be creating the role or the database, as for the other apps.
_CREATION_GRACE_SECONDS = 30
_PAUSE_SECONDS = 2
_LOGIN = r"password authentication failed|does not exist|is not permitted to log in|no pg_hba\.conf entry"

_OWN = "check sslcert and sslkey in DATABASE_URL"

#: By the messages of libpq, OpenSSL and PostgreSQL. The first that fits counts.
_REMEDIES = (
    (
        # libpq does not say which of the three it is.
        r"certificate verify failed",
        "Name the authority that signed the certificate of the server with sslrootcert in DATABASE_URL, "
        "and renew the certificate if it has expired; if it is not valid yet, check the clocks",
    ),
    (
        r"does not match host name|server certificate for",
        "The certificate of the server is for another host: name the host in DATABASE_URL as the certificate does",
    ),
    (r"root certificate file .* does not exist", "Correct sslrootcert in DATABASE_URL"),
    (r"server does not support SSL", "Enable TLS on the server, or set sslmode=disable in DATABASE_URL"),
    (r"connection requires a valid client certificate", f"The server wants a certificate of the client: {_OWN}"),
    (
        r"no pg_hba\.conf entry .*, no encryption",
        "The server takes no connections of this user without TLS: set sslmode=require or verify-full in DATABASE_URL",
    ),
    (r"no pg_hba\.conf entry", "Allow this user and address in pg_hba.conf"),
    (
        r"private key file|could not load private key|key values mismatch|could not read certificate|certificate file",
        f"The certificate of the client cannot be used: {_OWN}; only its owner may read the key (chmod 600)",
    ),
    (
        r"alert certificate expired|certificate expired",
        f"The certificate of the client has expired: renew it, and {_OWN}",
    ),
    (
        r"alert (unknown ca|bad certificate|certificate)",
        f"The server does not accept the certificate of the client: {_OWN}",
    ),
    (r"channel binding (is )?required", "Unset channel_binding in DATABASE_URL, or use TLS and a password with SCRAM"),
    (
        r"password authentication failed|no password supplied",
        "Correct user and password in DATABASE_URL; special characters of the password must be percent-encoded",
    ),
    (r"role \".*\" does not exist|is not permitted to log in", "Correct the user in DATABASE_URL"),
    (r"database \".*\" does not exist", "Correct the name in DATABASE_URL, or create the database"),
    (
        r"invalid response to SSL negotiation|expected authentication request from server, but received",
        "The server is not PostgreSQL: correct host and port in DATABASE_URL",
    ),
)


def connection_fault(error: psycopg.Error) -> str | None:
    """The message and what to do; None for an outage, which is waited for."""
    message = str(error).strip()
    for pattern, remedy in _REMEDIES:
        if re.search(pattern, message):
            return f"{' '.join(message.split())}. {remedy}."
    return None


def refusal(session: Session, stopping: threading.Event) -> str | None:
    """Connect once. Returns why PostgreSQL refuses the job for good; None if it does not, or cannot be reached."""
    deadline = time.monotonic() + _CREATION_GRACE_SECONDS
    while not stopping.is_set():
        try:
            session.connect().close()
            return None
        except psycopg.Error as error:
            fault = connection_fault(error)
        if fault is None or not re.search(_LOGIN, fault) or time.monotonic() > deadline:
            return fault
        _log.warning("PostgreSQL refuses the connection: %s Retrying for up to %d s", fault, _CREATION_GRACE_SECONDS)
        stopping.wait(_PAUSE_SECONDS)
    return None
