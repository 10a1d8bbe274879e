"""The variables of Kafka's connection, and the properties of the Java client that they become."""

from pathlib import Path

import pytest

from messages_spark.config import ConfigError, read_config
from messages_spark.kafka_client import KafkaClient

ENV = {"DATABASE_URL": "postgresql://u@h/messaging", "SPARK_CHECKPOINT_DIR": "/checkpoint"}
LOGIN = {"KAFKA_SASL_MECHANISM": "SCRAM-SHA-512", "KAFKA_SASL_USERNAME": "app", "KAFKA_SASL_PASSWORD": "of the app"}


def _read(**env: str) -> KafkaClient:
    return read_config([], {**ENV, **env}).kafka


def test_without_variables_it_connects_in_clear() -> None:
    assert _read().properties() == {"bootstrap.servers": "localhost:9092", "security.protocol": "PLAINTEXT"}


def test_a_password_is_quoted_and_not_shown() -> None:
    client = _read(KAFKA_TLS="true", **{**LOGIN, "KAFKA_SASL_PASSWORD": 'a\\b"c;'})
    properties = client.properties()
    assert properties["security.protocol"] == "SASL_SSL"
    assert properties["sasl.mechanism"] == "SCRAM-SHA-512"
    assert properties["sasl.jaas.config"].endswith(' required username="app" password="a\\\\b\\"c;";')
    assert "a\\b" not in repr(client)


def test_certificates_and_secrets_in_files_are_read_for_each_client(tmp_path: Path) -> None:
    authority, password = tmp_path / "ca.pem", tmp_path / "password"
    authority.write_text("first")
    password.write_text("one\n")
    client = _read(
        KAFKA_TLS="true",
        KAFKA_TLS_CA_FILE=str(authority),
        **{**LOGIN, "KAFKA_SASL_PASSWORD": "", "KAFKA_SASL_PASSWORD_FILE": str(password)},
    )
    assert client.properties()["ssl.truststore.certificates"] == "first"
    authority.write_text("second")
    password.write_text("two\n")
    assert client.properties()["ssl.truststore.certificates"] == "second"
    assert 'password="two"' in client.properties()["sasl.jaas.config"]


def test_tokens_of_the_clouds_need_no_credentials() -> None:
    for provider in ("google", "msk"):
        properties = _read(KAFKA_SASL_MECHANISM="oauthbearer", KAFKA_OAUTH_PROVIDER=provider).properties()
        assert properties["sasl.jaas.config"].endswith("OAuthBearerLoginModule required;")
        assert provider[:3] in properties["sasl.login.callback.handler.class"].replace("gcp", "goo").lower()


@pytest.mark.parametrize(
    ("env", "problems"),
    [
        ({"KAFKA_TLS": "yes"}, ["KAFKA_TLS='yes': must be true or false"]),
        ({"KAFKA_TLS_CA_FILE": "/"}, ["KAFKA_TLS_CA_FILE='/': the file cannot be read (EISDIR)"]),
        ({"KAFKA_TLS": "true", "KAFKA_TLS_CA_FILE": "/none"}, ["KAFKA_TLS_CA_FILE='/none': the file does not exist"]),
        ({"KAFKA_TLS_CA_FILE": __file__}, ["KAFKA_TLS_CA_FILE has no effect: set KAFKA_TLS=true"]),
        (
            {"KAFKA_TLS": "true", "KAFKA_TLS_CERT_FILE": __file__},
            ["KAFKA_TLS_KEY_FILE is not set: the certificate needs its private key"],
        ),
        (
            {"KAFKA_SASL_MECHANISM": "gssapi"},
            ["KAFKA_SASL_MECHANISM='gssapi': must be one of plain, scram-sha-256, scram-sha-512, oauthbearer"],
        ),
        (
            {"KAFKA_SASL_MECHANISM": "plain", "KAFKA_SASL_USERNAME": "app"},
            ["KAFKA_SASL_PASSWORD is not set: KAFKA_SASL_MECHANISM=plain needs it"],
        ),
        (
            {"KAFKA_SASL_PASSWORD": "of the app"},
            ["KAFKA_SASL_PASSWORD has no effect: set KAFKA_SASL_MECHANISM to plain, scram-sha-256 or scram-sha-512"],
        ),
        (
            {"KAFKA_OAUTH_PROVIDER": "google"},
            ["KAFKA_OAUTH_PROVIDER=google has no effect: set KAFKA_SASL_MECHANISM=oauthbearer"],
        ),
    ],
)
def test_what_has_no_effect_or_is_missing_is_refused(env: dict[str, str], problems: list[str]) -> None:
    with pytest.raises(ConfigError) as error:
        read_config([], {**ENV, **env})
    lines = str(error.value).splitlines()
    assert lines[: len(problems)] == problems
    assert "of the app" not in str(error.value)
