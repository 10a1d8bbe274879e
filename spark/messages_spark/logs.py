"""Logs on stderr, as text or as one JSON object per line. The same fields and names as those of the other apps."""

import json
import logging
import sys
import time

_LEVELS = {"WARNING": "warn", "CRITICAL": "fatal"}


def set_up_logs(level: str, log_format: str) -> None:
    """Log on stderr. The format google is json with the severity of Google Cloud Logging."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_TextFormatter() if log_format == "text" else _JsonFormatter(log_format == "google"))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # At the info level, py4j logs every call to the JVM.
    logging.getLogger("py4j").setLevel(logging.WARNING)


def _time_of(record: logging.LogRecord) -> str:
    """ISO 8601 in UTC with milliseconds."""
    seconds, milliseconds = divmod(int(record.created * 1000), 1000)
    return f"{time.strftime('%Y-%m-%dT%H:%M:%S', time.gmtime(seconds))}.{milliseconds:03d}Z"


def _level_of(record: logging.LogRecord) -> str:
    return _LEVELS.get(record.levelname, record.levelname.lower())


class _TextFormatter(logging.Formatter):
    def __init__(self) -> None:
        super().__init__("[spark-job] %(asctime)s %(levelname)s [%(name)s] %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 (name of the base)
        return _time_of(record)


class _JsonFormatter(logging.Formatter):
    def __init__(self, for_google: bool) -> None:
        super().__init__()
        self._for_google = for_google

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "level": _level_of(record),
            "timestamp": _time_of(record),
            "message": record.getMessage(),
            "context": record.name,
            "service": "spark-job",
        }
        if self._for_google:
            entry["severity"] = record.levelname
        if record.exc_info:
            entry["stack"] = self.formatException(record.exc_info)
        return json.dumps(entry)
