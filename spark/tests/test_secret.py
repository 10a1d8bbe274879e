import logging
import pickle
from pathlib import Path

import pytest

from messages_spark.config import ConfigError, read_config
from messages_spark.connection import Session
from messages_spark.secret import Secret

URL = "postgresql://u:first@h/messaging"
ENV = {"SPARK_CHECKPOINT_DIR": "/checkpoint"}


def test_a_file_is_read_again_for_each_use(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text(f"{URL}\r\n")
    secret = read_config([], {**ENV, "DATABASE_URL_FILE": str(file)}).database_url
    assert secret.value == URL
    file.write_text(URL.replace("first", "second"))
    assert secret.value == URL.replace("first", "second")


def test_a_file_missing_during_a_rotation_leaves_the_last_value_in_use(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "url"
    file.write_text(URL)
    secret = Secret.in_file(str(file), "DATABASE_URL_FILE")
    file.unlink()
    with caplog.at_level(logging.WARNING):
        assert secret.value == URL
    assert f"DATABASE_URL_FILE names {file}, which does not exist; the last value stays in use" in caplog.text
    assert "first" not in caplog.text


def test_a_task_gets_the_value_of_its_micro_batch_and_needs_no_file(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text(URL)
    session = Session(Secret.in_file(str(file), "DATABASE_URL_FILE"), 0, "test")
    file.write_text(URL.replace("first", "second"))
    task: Session = pickle.loads(pickle.dumps(session))
    file.unlink()
    assert task.database_url.value == URL.replace("first", "second")


def test_its_value_is_not_shown() -> None:
    config = read_config([], {**ENV, "DATABASE_URL": URL})
    assert "first" not in f"{config} {config!r} {config.database_url} {Session(config.database_url, 0, 'test')!r}"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "DATABASE_URL_FILE names {}, which does not exist"),
        ("", "DATABASE_URL_FILE names {}, which is empty"),
        ("mysql://u:first@h/d", "DATABASE_URL (value not shown): must be postgresql://"),
    ],
)
def test_a_bad_file_is_refused_at_the_start(tmp_path: Path, content: str | None, problem: str) -> None:
    file = tmp_path / "url"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ConfigError) as error:
        read_config([], {**ENV, "DATABASE_URL_FILE": str(file)})
    lines = str(error.value).splitlines()
    assert len(lines) == 1
    assert lines[0].startswith(problem.format(file))
    assert "first" not in lines[0]


def test_a_secret_is_given_once(tmp_path: Path) -> None:
    file = tmp_path / "url"
    file.write_text(URL)
    with pytest.raises(ConfigError, match=r"^DATABASE_URL and DATABASE_URL_FILE are both set: unset one of them$"):
        read_config([], {**ENV, "DATABASE_URL": URL, "DATABASE_URL_FILE": str(file)})


def test_a_missing_secret_is_named() -> None:
    with pytest.raises(ConfigError, match=r"^DATABASE_URL is not set: must be postgresql://"):
        read_config([], ENV)
