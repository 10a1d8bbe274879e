from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from messages_spark.connection_fault import connection_fault
from messages_spark.database_url import libpq_url


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:p%40@h:5432/m",
        "postgres://u:p%40@h:5432/m",
        "postgresql:///m?host=/var/run/postgresql&user=a%40b",
        "postgresql://%2Fvar%2Frun/m?options=-c%20work_mem%3D1MB",
        "postgresql://u:p@one:1,two:2/m?sslmode=verify-ca&sslrootcert=/a+b/ca.pem",
    ],
)
def test_what_libpq_takes_keeps_its_meaning(url: str) -> None:
    assert conninfo_to_dict(libpq_url(url, {})) == conninfo_to_dict(url)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("uselibpqcompat=true&sslmode=require", {"sslmode": "require"}),
        ("ssl=true", {"sslmode": "require"}),
        ("ssl=0", {"sslmode": "disable"}),
        ("ssl=true&sslmode=prefer", {"sslmode": "prefer"}),
        ("sslmode=no-verify&sslrootcert=/ca.pem", {"sslmode": "require", "sslrootcert": "/dev/null/none"}),
    ],
)
def test_forms_of_the_other_driver_are_translated(query: str, expected: dict[str, str]) -> None:
    parameters = conninfo_to_dict(libpq_url(f"postgresql://h/m?{query}", {}))
    assert {name: value for name, value in parameters.items() if name.startswith("ssl")} == expected


@pytest.mark.parametrize("query", ["sslmode=verify-full", "sslrootcert=system"])
def test_without_an_authority_the_public_ones_count(query: str, tmp_path: Path) -> None:
    authorities = tmp_path / "authorities.pem"
    authorities.touch()
    parameters = conninfo_to_dict(libpq_url(f"postgresql://h/m?{query}", {"SSL_CERT_FILE": str(authorities)}))
    assert (parameters["sslmode"], parameters["sslrootcert"]) == ("verify-full", str(authorities))


@pytest.mark.parametrize(
    ("message", "remedy"),
    [
        ("SSL error: certificate verify failed", "sslrootcert"),
        ('server certificate for "x" does not match host name "y"', "another host"),
        ("server does not support SSL, but SSL was required", "Enable TLS on the server"),
        ('FATAL:  no pg_hba.conf entry for host "::1", user "u", database "m", no encryption', "sslmode=require"),
        ('FATAL:  password authentication failed for user "u"', "Correct user and password"),
        ('private key file "/k" has group or world access', "chmod 600"),
    ],
)
def test_a_refusal_says_what_to_do(message: str, remedy: str) -> None:
    fault = connection_fault(psycopg.OperationalError(message))
    assert fault is not None
    assert fault.startswith(" ".join(message.split()))
    assert remedy in fault


def test_an_outage_is_no_refusal() -> None:
    assert connection_fault(psycopg.OperationalError("connection refused")) is None
