import pytest

from messages_spark.config import ConfigError, read_config

ENV = {"DATABASE_URL": "postgresql://u:secret@h/messaging", "SPARK_CHECKPOINT_DIR": "/checkpoint"}


def test_defaults() -> None:
    config = read_config([], ENV)
    assert (config.source, config.follow, config.kafka_topic) == ("kafka", False, "message_data")
    assert config.trigger_seconds == 1
    assert read_config(["--follow"], ENV).trigger_seconds == 60


def test_files_need_no_checkpoint() -> None:
    config = read_config(
        ["--source", "files", "--path", "a.csv", "--path", "b*.csv.gz"], {**ENV, "SPARK_CHECKPOINT_DIR": ""}
    )
    assert config.paths == ("a.csv", "b*.csv.gz")


def test_every_bad_variable_is_named_without_showing_secrets() -> None:
    with pytest.raises(ConfigError) as error:
        read_config([], {"DATABASE_URL": "mysql://u:secret@h/d", "KAFKA_BROKERS": "kafka", "SPARK_BATCH_RECORDS": "0"})
    lines = str(error.value).splitlines()
    assert [line.split("=")[0].split(" ")[0].rstrip(":") for line in lines] == [
        *["KAFKA_BROKERS", "DATABASE_URL", "SPARK_CHECKPOINT_DIR", "SPARK_BATCH_RECORDS"],
    ]
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("password", ["p%ss", "100%", "p#ss", "p/ss", "12/ss", "p?ss", "p@ss"])
def test_a_password_that_is_not_encoded_is_refused_and_not_shown(password: str) -> None:
    with pytest.raises(ConfigError) as error:
        read_config([], {**ENV, "DATABASE_URL": f"postgresql://u:{password}@h/messaging"})
    assert "percent-encoded" in str(error.value)
    assert password not in str(error.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgres://u:p@h/m",
        "postgresql://u:p%40%25@[::1]:5432/m",
        "postgresql:///m?host=/tmp&user=a@b",
        "postgresql://u:p@one:1,two:2/m",
    ],
)
def test_other_forms_of_a_url_are_accepted(url: str) -> None:
    assert read_config([], {**ENV, "DATABASE_URL": url}).database_url.value == url


@pytest.mark.parametrize("arguments", [["--source", "files"], ["--path", "a.csv"], ["--follow", "--source", "files"]])
def test_a_wrong_command_line_prints_the_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read_config(arguments, ENV)
    assert "usage:" in capsys.readouterr().err
