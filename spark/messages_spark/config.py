"""The configuration from the command line and the environment. Variables have the same names as in the other apps."""

import argparse
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from messages_spark.kafka_client import MECHANISMS, TOKEN_HANDLERS, KafkaClient
from messages_spark.secret import Secret, SecretError, read_problem

_DATABASE_URL = (
    "must be postgresql://user:password@host:port/database, special characters of the password percent-encoded "
    "(% as %25, # as %23, / as %2F, ? as %3F, @ as %40)"
)
#: User and password must not contain the characters that end them: libpq would show the rest of a password as a host.
_DATABASE_URL_PATTERN = r"postgres(ql)?://(([^@/?#%]|%[0-9A-Fa-f]{2})*@)?[^@/?#]*/[^@?#]+(\?[^#]*)?"


class ConfigError(ValueError):
    """Lists every invalid variable, one per line."""


@dataclass(frozen=True)
class Config:
    source: Literal["kafka", "files"]
    #: Message files (.csv, .csv.gz) or patterns; only with source files.
    paths: tuple[str, ...]
    #: Stay behind the consumer group, and write the rows it has missed.
    follow: bool
    kafka: KafkaClient
    kafka_topic: str
    consumer_group_id: str
    database_url: Secret
    #: The server cancels a statement that takes longer; 0 means no limit.
    statement_timeout_ms: int
    #: Holds the position of the live writer. If it is lost, the whole topic is read again.
    checkpoint_dir: str
    #: Between the starts of two micro-batches.
    trigger_seconds: int
    #: Maximum number of records in a micro-batch.
    batch_records: int
    #: How long a follower waits for a stalled consumer group.
    patience_seconds: int
    #: Bytes of a message file that one task of the backfill writes in one transaction.
    split_bytes: int
    host: str
    port: int
    log_level: str
    #: json, google or text
    log_format: str


def read_config(arguments: Sequence[str], env: Mapping[str, str] = os.environ) -> Config:
    """Read the configuration.

    Raises ConfigError with every invalid variable. Exits with the usage if the command line is wrong.
    """
    options = _options(arguments)
    read = _Reader(env)
    log_format = read.text("LOG_FORMAT", "auto", "auto|json|google|text", "must be auto, json, google or text")
    if log_format == "auto":
        log_format = "text" if os.isatty(2) else "json"
    config = Config(
        source=options.source,
        paths=tuple(options.path or ()),
        follow=options.follow,
        kafka=_kafka(read),
        kafka_topic=read.text("KAFKA_TOPIC", "message_data", r"[a-zA-Z0-9._-]{1,249}", "must be a topic name"),
        consumer_group_id=read.text("CONSUMER_GROUP_ID", "messages-consumer"),
        database_url=read.required_secret("DATABASE_URL", _DATABASE_URL_PATTERN, _DATABASE_URL),
        statement_timeout_ms=read.integer("DATABASE_STATEMENT_TIMEOUT_MS", 60_000, least=0),
        checkpoint_dir=read.text("SPARK_CHECKPOINT_DIR", None if options.source == "kafka" else "unused"),
        trigger_seconds=read.integer("SPARK_TRIGGER_SECONDS", 60 if options.follow else 1, least=0),
        batch_records=read.integer("SPARK_BATCH_RECORDS", 500_000, least=1),
        patience_seconds=read.integer("SPARK_FOLLOWER_PATIENCE_SECONDS", 60, least=1),
        split_bytes=read.integer("SPARK_SPLIT_BYTES", 32 * 1024 * 1024, least=1),
        host=read.text("HOST", "0.0.0.0"),
        port=read.integer("PORT", 3000, least=0),
        log_level=read.text("LOG_LEVEL", "info", "debug|info|warn|error", "must be debug, info, warn or error"),
        log_format=log_format,
    )
    if read.problems:
        raise ConfigError("\n".join(read.problems))
    return config


def _kafka(read: "_Reader") -> KafkaClient:
    client = KafkaClient(
        brokers=read.text("KAFKA_BROKERS", "localhost:9092", r"[^\s,]+:\d+(,[^\s,]+:\d+)*", "must be host:port,…"),
        tls=read.text("KAFKA_TLS", "false", "true|false", "must be true or false") == "true",
        ca_file=read.file("KAFKA_TLS_CA_FILE"),
        cert_file=read.file("KAFKA_TLS_CERT_FILE"),
        key_file=read.file("KAFKA_TLS_KEY_FILE"),
        mechanism=read.optional("KAFKA_SASL_MECHANISM"),
        username=read.optional("KAFKA_SASL_USERNAME"),
        password=read.secret("KAFKA_SASL_PASSWORD"),
        provider=read.text(
            "KAFKA_OAUTH_PROVIDER",
            "client-credentials",
            "|".join(TOKEN_HANDLERS),
            f"must be one of {', '.join(TOKEN_HANDLERS)}",
        ),
        token_url=read.optional("KAFKA_OAUTH_TOKEN_URL"),
        client_id=read.optional("KAFKA_OAUTH_CLIENT_ID"),
        client_secret=read.secret("KAFKA_OAUTH_CLIENT_SECRET"),
        scope=read.optional("KAFKA_OAUTH_SCOPE"),
    )
    client = replace(client, mechanism=client.mechanism and client.mechanism.lower())
    read.problems.extend(_problems_of(client))
    return client


def _problems_of(client: KafkaClient) -> Iterator[str]:
    """Combinations that are not allowed, as in libs/platform/src/config/kafka-config.ts."""
    tls = {
        "KAFKA_TLS_CA_FILE": client.ca_file,
        "KAFKA_TLS_CERT_FILE": client.cert_file,
        "KAFKA_TLS_KEY_FILE": client.key_file,
    }
    login = {"KAFKA_SASL_USERNAME": client.username, "KAFKA_SASL_PASSWORD": client.password}
    oauth = {
        "KAFKA_OAUTH_TOKEN_URL": client.token_url,
        "KAFKA_OAUTH_CLIENT_ID": client.client_id,
        "KAFKA_OAUTH_CLIENT_SECRET": client.client_secret,
    }
    mechanism = client.mechanism
    if mechanism is not None and mechanism not in MECHANISMS:
        yield f"KAFKA_SASL_MECHANISM={mechanism!r}: must be one of {', '.join(MECHANISMS)}"
        return
    if not client.tls:
        yield from _needless(tls, "set KAFKA_TLS=true")
    key = {"KAFKA_TLS_KEY_FILE": client.key_file}
    certificate = {"KAFKA_TLS_CERT_FILE": client.cert_file}
    if client.cert_file is not None:
        yield from _needed(key, "the certificate needs its private key")
    if client.key_file is not None:
        yield from _needed(certificate, "the private key needs its certificate")
    by_name = mechanism not in (None, "oauthbearer")
    if by_name:
        yield from _needed(login, f"KAFKA_SASL_MECHANISM={mechanism} needs it")
    else:
        yield from _needless(login, "set KAFKA_SASL_MECHANISM to plain, scram-sha-256 or scram-sha-512")
    is_default = client.provider == "client-credentials"
    if mechanism == "oauthbearer" and is_default:
        yield from _needed(oauth, "KAFKA_SASL_MECHANISM=oauthbearer needs it")
    else:
        why = "it needs KAFKA_SASL_MECHANISM=oauthbearer and client credentials"
        yield from _needless({**oauth, "KAFKA_OAUTH_SCOPE": client.scope}, why)
    if mechanism != "oauthbearer" and not is_default:
        yield f"KAFKA_OAUTH_PROVIDER={client.provider} has no effect: set KAFKA_SASL_MECHANISM=oauthbearer"


def _needed(variables: Mapping[str, object | None], why: str) -> Iterator[str]:
    return (f"{name} is not set: {why}" for name, value in variables.items() if value is None)


def _needless(variables: Mapping[str, object | None], why: str) -> Iterator[str]:
    return (f"{name} has no effect: {why}" for name, value in variables.items() if value is not None)


class _Reader:
    """Reads variables and collects the problems. Empty variables, as in deployment templates, count as not set."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self.problems: list[str] = []

    def text(self, name: str, default: str | None, pattern: str = ".+", problem: str = "") -> str:
        text = self._env.get(name, "").strip() or default
        if text is None:
            self.problems.append(f"{name} is not set" + (f": {problem}" if problem else ""))
        elif not re.fullmatch(pattern, text):
            self.problems.append(f"{name}={text!r}: {problem}")
        return text or ""

    def optional(self, name: str) -> str | None:
        return self._env.get(name, "").strip() or None

    def file(self, name: str) -> str | None:
        """The path of a file that can be read."""
        path = self.optional(name)
        if path is not None:
            try:
                Path(path).read_bytes()
            except OSError as error:
                self.problems.append(f"{name}={path!r}: the file {read_problem(error)}")
        return path

    def integer(self, name: str, default: int, least: int) -> int:
        text = self.text(name, str(default))
        if re.fullmatch(r"[0-9]{1,16}", text) and int(text) >= least:
            return int(text)
        self.problems.append(f"{name}={text!r}: must be an integer of at least {least}")
        return default

    def secret(self, name: str, pattern: str = "(?s:.+)", problem: str = "") -> Secret | None:
        """A secret given by its variable or in the file that the variable NAME_FILE names; None if it is not given."""
        path = self._env.get(f"{name}_FILE", "").strip()
        value = self._env.get(name, "").strip()
        if path and value:
            self.problems.append(f"{name} and {name}_FILE are both set: unset one of them")
        try:
            secret = Secret.in_file(path, f"{name}_FILE") if path else Secret(value)
        except SecretError as error:
            self.problems.append(str(error))
            return None
        if not path and not value:
            return None
        if not re.fullmatch(pattern, secret.value):
            self.problems.append(f"{name} (value not shown): {problem}")
        return secret

    def required_secret(self, name: str, pattern: str = "(?s:.+)", problem: str = "a secret is needed") -> Secret:
        problems = len(self.problems)
        secret = self.secret(name, pattern, problem)
        if secret is None and len(self.problems) == problems:
            self.problems.append(f"{name} is not set: {problem}")
        return secret or Secret("")


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="job.py", description="Writes the topic or message files to the mart.")
    parser.add_argument("--source", choices=["kafka", "files"], default="kafka", help="what to read (default kafka)")
    parser.add_argument("--path", action="append", help="a .csv or .csv.gz file, or a pattern; with --source files")
    parser.add_argument(
        "--follow", action="store_true", help="stay behind the consumer group, and write the rows it has missed"
    )
    options = parser.parse_args(arguments)
    if (options.source == "files") != bool(options.path):
        parser.error("--source files needs --path, and --path needs --source files")
    if options.source == "files" and options.follow:
        parser.error("--follow works only with --source kafka")
    return options
