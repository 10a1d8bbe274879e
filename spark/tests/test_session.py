"""The job uses the session settings of the other apps."""

import json
from pathlib import Path

from messages_spark.session import SESSION_SETTINGS, make_settings

LISTED = json.loads(
    (Path(__file__).parents[2] / "libs" / "platform" / "session-settings.json").read_text(encoding="utf-8")
)


def test_the_settings_equal_those_of_the_other_apps() -> None:
    assert dict(SESSION_SETTINGS) == LISTED


def test_own_settings_are_added_or_replace_others() -> None:
    statement = make_settings({"statement_timeout": "7", "jit": "off"})
    assert "('statement_timeout', '7')" in statement
    assert "('jit', 'off')" in statement
    assert "('statement_timeout', '0')" not in statement
