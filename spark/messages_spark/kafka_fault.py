"""Why Kafka refuses the job for good, and what to do about it."""

import re
from typing import Any

from messages_spark.kafka_client import KafkaClient
from messages_spark.listener import listener_kind
from messages_spark.topic import TopicOffsets

#: What to do about an error of TLS or of the login, by the messages of Java, Kafka's client and the brokers. The first
#: that fits counts. The other apps have the same advice: libs/platform/src/kafka/security/kafka-fault.ts.
_REMEDIES = (
    (r"CertificateExpiredException|NotAfter", "The broker's certificate has expired: renew it"),
    (
        r"CertificateNotYetValidException|NotBefore",
        "The broker's certificate is not valid yet: check the clocks of both machines",
    ),
    (
        r"No subject alternative|No name matching",
        "The broker's certificate is for another host: name the brokers in KAFKA_BROKERS and advertised.listeners as "
        "the certificate does",
    ),
    (
        r"PKIX path|unable to find valid certification path|Path does not chain",
        "Name the authority that signed the broker's certificate in KAFKA_TLS_CA_FILE",
    ),
    (
        r"fatal alert: (certificate_required|bad_certificate|unknown_ca|handshake_failure|certificate_unknown)",
        "The broker wants a certificate of the client that it trusts: check KAFKA_TLS_CERT_FILE and KAFKA_TLS_KEY_FILE",
    ),
    (
        r"Invalid PEM|PEM (key|certificate|trust)|No matching .* entries in PEM|private key",
        "KAFKA_TLS_CA_FILE, KAFKA_TLS_CERT_FILE and KAFKA_TLS_KEY_FILE must be PEM files. Java reads only keys in PKCS "
        "#8, which begin with BEGIN PRIVATE KEY: openssl pkcs8 -topk8 -nodes converts others",
    ),
    (
        r"mechanism '.*' not enabled|UnsupportedSaslMechanism",
        "Set KAFKA_SASL_MECHANISM to one that the listener has in sasl.enabled.mechanisms",
    ),
    (
        r"IllegalSaslState|not valid given the current SASL state",
        "The listener has no login: unset KAFKA_SASL_MECHANISM, or name a SASL listener in KAFKA_BROKERS",
    ),
    (
        r"token endpoint response code was 4\d\d|response code 4\d\d",
        "Correct KAFKA_OAUTH_TOKEN_URL, KAFKA_OAUTH_CLIENT_ID, KAFKA_OAUTH_CLIENT_SECRET and KAFKA_OAUTH_SCOPE",
    ),
    (
        r"\binvalid_token\b|SASL mechanism OAUTHBEARER|OAUTHBEARER authentication failed",
        "The broker refuses the token: check KAFKA_OAUTH_SCOPE, and the listener's oauthbearer settings",
    ),
    (
        r"SaslAuthenticationException|Invalid username or password|invalid credentials",
        "Correct KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD, and check that the user exists for this mechanism",
    ),
)
_MET_CLEAR_TEXT = "Unset KAFKA_TLS, or name a listener with TLS in KAFKA_BROKERS"
_MET_TLS = "Set KAFKA_TLS=true, or name a listener without TLS in KAFKA_BROKERS"
_WANTS_LOGIN = "Set KAFKA_SASL_MECHANISM, or name a listener without a login in KAFKA_BROKERS"


class KafkaRefusedError(Exception):
    """The brokers are up but refuse the job, or it does not trust them. Retrying does not help."""


def kafka_fault(error: BaseException) -> str | None:
    """The message of an error with what to do, if brokers refuse the job or it does not trust them; otherwise None."""
    messages = _messages(error)
    for pattern, remedy in _REMEDIES:
        found = next((message for message in messages if re.search(pattern, message)), None)
        if found is not None:
            return f"{_text(found)}. {remedy}."
    return None


def fail_if_kafka_refuses(kafka: KafkaClient, offsets: TopicOffsets) -> None:
    """Connect once at the start. An outage or a missing topic is no refusal: the query waits for them.

    Raises KafkaRefusedError.
    """
    # Before the client connects: in clear it takes an alert of TLS for the size of a response, and allocates that much.
    fault = None if kafka.tls else _fault_of_listeners(kafka)
    if fault is None:
        try:
            offsets.topic_id()
        except Exception as error:
            fault = kafka_fault(error) or (_fault_of_listeners(kafka) if kafka.tls else None)
    if fault is not None:
        raise KafkaRefusedError(f"Kafka at {kafka.brokers} cannot be used: {fault}")


def _fault_of_listeners(kafka: KafkaClient) -> str | None:
    """Why listeners close the connections of a client that gives no reason itself."""
    for address in kafka.brokers.split(","):
        in_clear = listener_kind(address, tls=False)
        if kafka.tls and in_clear in ("login", "open"):
            return f"{address} does not speak TLS. {_MET_CLEAR_TEXT}."
        kind = listener_kind(address, tls=True) if kafka.tls else in_clear
        if kind == "tls":
            return f"{address} speaks TLS. {_MET_TLS}."
        if kind == "login" and kafka.mechanism is None:
            return f"{address} ends connections without a login. {_WANTS_LOGIN}."
    return None


def _messages(error: BaseException) -> list[str]:
    """Class and message of the Java exception behind an error, and of its causes; the text of any other error."""
    cause: Any = getattr(error, "java_exception", None)
    if cause is None:
        return [str(error)]
    messages = []
    while cause is not None:
        messages.append(f"{cause.getClass().getName()}: {cause.getMessage()}")
        cause = cause.getCause()
    return messages


def _text(message: str) -> str:
    """The message without the names of Java's classes before it."""
    return re.sub(r"^(?:[\w.$]+: )+", "", message.splitlines()[0]).rstrip(".")[:300]
