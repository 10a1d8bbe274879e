"""Logs on stderr, as text or as one JSON object per line."""

import json
import logging
import sys


def set_up_logs(level: str, as_json: bool) -> None:
    handler = logging.StreamHandler(sys.stderr)
    text = logging.Formatter("[spark-job] %(asctime)s %(levelname)s [%(name)s] %(message)s")
    handler.setFormatter(_JsonFormatter() if as_json else text)
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    # At the info level, py4j logs every call to the JVM.
    logging.getLogger("py4j").setLevel(logging.WARNING)


class _JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "level": {"INFO": "log", "WARNING": "warn"}.get(record.levelname, record.levelname.lower()),
            "timestamp": int(record.created * 1000),
            "message": record.getMessage(),
            "context": record.name,
            "service": "spark-job",
        }
        if record.exc_info:
            entry["stack"] = self.formatException(record.exc_info)
        return json.dumps(entry)
