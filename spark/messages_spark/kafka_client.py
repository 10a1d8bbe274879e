"""How the job's clients reach the brokers: the variables of the other apps, as properties of Kafka's Java client."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from messages_spark.secret import Secret

MECHANISMS = ("plain", "scram-sha-256", "scram-sha-512", "oauthbearer")
_SECURITY = "org.apache.kafka.common.security"
#: Who issues the tokens of oauthbearer, and the class that gets them. Clouds publish theirs as jars: docs/connect.md.
TOKEN_HANDLERS = {
    "client-credentials": f"{_SECURITY}.oauthbearer.OAuthBearerLoginCallbackHandler",
    "google": "com.google.cloud.hosted.kafka.auth.GcpLoginCallbackHandler",
    "msk": "software.amazon.msk.auth.iam.IAMOAuthBearerLoginCallbackHandler",
}


@dataclass(frozen=True)
class KafkaClient:
    """Where the brokers are, how a client knows them, and how it proves who it is."""

    #: host:port,…
    brokers: str
    tls: bool = False
    #: Without it, the authorities of the JVM are trusted.
    ca_file: str | None = None
    cert_file: str | None = None
    key_file: str | None = None
    #: One of MECHANISMS.
    mechanism: str | None = None
    username: str | None = None
    password: Secret | None = None
    #: One of TOKEN_HANDLERS.
    provider: str = "client-credentials"
    #: Issues tokens for client credentials (RFC 6749, section 4.4).
    token_url: str | None = None
    client_id: str | None = None
    client_secret: Secret | None = None
    scope: str | None = None

    def properties(self) -> Mapping[str, str]:
        """Properties of a Java client that is made now. Raises OSError if the file of a certificate cannot be read.

        Secrets and certificates are passed as values, not as paths: so the executors, which get these properties from
        the driver, need no files of their own.
        """
        protocol = ("SASL_" if self.mechanism else "") + ("SSL" if self.tls else "PLAINTEXT")
        return {"bootstrap.servers": self.brokers, "security.protocol": protocol, **self._tls(), **self._login()}

    def _tls(self) -> Mapping[str, str]:
        properties: dict[str, str] = {}
        if self.ca_file:
            properties |= {"ssl.truststore.type": "PEM", "ssl.truststore.certificates": _text_of(self.ca_file)}
        if self.cert_file and self.key_file:
            properties |= {
                "ssl.keystore.type": "PEM",
                "ssl.keystore.certificate.chain": _text_of(self.cert_file),
                "ssl.keystore.key": _text_of(self.key_file),
            }
        return properties

    def _login(self) -> Mapping[str, str]:
        if self.mechanism is None:
            return {}
        properties = {"sasl.mechanism": self.mechanism.upper()}
        if self.mechanism == "oauthbearer":
            credentials = {"clientId": self.client_id, "clientSecret": _value_of(self.client_secret)}
            properties |= {
                "sasl.jaas.config": _module("oauthbearer.OAuthBearerLoginModule", {**credentials, "scope": self.scope}),
                "sasl.login.callback.handler.class": TOKEN_HANDLERS[self.provider],
            }
            if self.token_url:
                properties |= {
                    "sasl.oauthbearer.token.endpoint.url": self.token_url,
                    # Client id and secret may hold any character (RFC 6749, section 2.3.1).
                    "sasl.oauthbearer.header.urlencode": "true",
                }
            return properties
        name = "plain.PlainLoginModule" if self.mechanism == "plain" else "scram.ScramLoginModule"
        module = _module(name, {"username": self.username, "password": _value_of(self.password)})
        return {**properties, "sasl.jaas.config": module}


def _module(name: str, options: Mapping[str, str | None]) -> str:
    """A login module in the syntax of JAAS, in which \\ escapes."""
    quoted = [
        f'{key}="{text}"'
        for key, value in options.items()
        if value is not None
        for text in [value.replace("\\", "\\\\").replace('"', '\\"')]
    ]
    return f"{' '.join([f'{_SECURITY}.{name}', 'required', *quoted])};"


def _text_of(path: str) -> str:
    return Path(path).read_text(encoding="ascii", errors="replace")


def _value_of(secret: Secret | None) -> str | None:
    return None if secret is None else secret.value
