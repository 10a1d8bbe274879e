import pytest

from messages_spark.config import ConfigError, read_config

ENV = {"DATABASE_URL": "postgres://u:secret@h/messaging", "SPARK_CHECKPOINT_DIR": "/checkpoint"}


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


def test_every_bad_variable_is_named_and_no_secret_shown() -> None:
    with pytest.raises(ConfigError) as error:
        read_config([], {"DATABASE_URL": "mysql://u:secret@h/d", "KAFKA_BROKERS": "kafka", "SPARK_BATCH_RECORDS": "0"})
    lines = str(error.value).splitlines()
    assert [line.split("=")[0].split(" ")[0].rstrip(":") for line in lines] == [
        *["KAFKA_BROKERS", "DATABASE_URL", "SPARK_CHECKPOINT_DIR", "SPARK_BATCH_RECORDS"],
    ]
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("arguments", [["--source", "files"], ["--path", "a.csv"], ["--follow", "--source", "files"]])
def test_a_wrong_command_line_ends_with_the_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        read_config(arguments, ENV)
    assert "usage:" in capsys.readouterr().err
