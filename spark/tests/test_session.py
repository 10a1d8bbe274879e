"""A session of the job is set as those of the other apps are."""

import json
from pathlib import Path

from messages_spark.session import SESSION_SETTINGS, make_settings

LISTED = json.loads(
    (Path(__file__).parents[2] / "libs" / "platform" / "session-settings.json").read_text(encoding="utf-8")
)


def test_the_settings_are_those_of_the_other_apps() -> None:
    assert dict(SESSION_SETTINGS) == LISTED


def test_own_settings_join_and_replace() -> None:
    statement = make_settings({"statement_timeout": "7", "jit": "off"})
    assert "('statement_timeout', '7')" in statement
    assert "('jit', 'off')" in statement
    assert "('statement_timeout', '0')" not in statement
