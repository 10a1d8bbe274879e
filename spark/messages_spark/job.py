"""The job: writes the topic or message files to the mart."""

import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from types import FrameType

from pyspark.sql import SparkSession

from messages_spark.backfill import Backfill
from messages_spark.config import Config, ConfigError, read_config
from messages_spark.connection import Session
from messages_spark.connection_fault import refusal
from messages_spark.contract import ContractError, read_contract
from messages_spark.files import FilesError
from messages_spark.http import Health, HttpServer
from messages_spark.kafka_fault import KafkaRefusedError
from messages_spark.live import LiveWriter
from messages_spark.logs import set_up_logs
from messages_spark.mart import Mart
from messages_spark.metrics import Metrics
from messages_spark.pipeline_entry import AnotherPipelineError, PipelineEntry
from messages_spark.readiness import Readiness

_log = logging.getLogger(__name__)
_CONTRACT = Path(__file__).parents[2] / "libs" / "schema" / "contract.json"


def main(arguments: Sequence[str]) -> int:
    """Run until SIGTERM or SIGINT, or until the files are in the mart. Returns the exit code."""
    try:
        config = read_config(arguments)
        contract = read_contract(Path(os.environ.get("CONTRACT_FILE") or _CONTRACT))
    except (ConfigError, ContractError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    set_up_logs(config.log_level, config.log_format)

    stopping = threading.Event()
    _on_signals(stopping)
    health = Health()
    metrics = Metrics(config.follow)
    name = _application_name(config)
    session = Session(config.database_url, config.statement_timeout_ms, name)
    mart = Mart(contract, session)
    entry = PipelineEntry(session, config.kafka_topic)
    with HttpServer(config.host, config.port, health, metrics.registry) as server:
        _log.info("listening on port %d", server.port)
        refused = refusal(session, stopping)
        if refused is not None:
            _log.error("PostgreSQL refuses the connection: %s", refused)
            return 1
        spark = _session(config, name)
        # Spark has installed its own handler for SIGINT, which only cancels the running Spark job.
        _on_signals(stopping)
        try:
            if stopping.is_set():
                return 0
            if config.source == "files":
                backfill = Backfill(spark, config, contract, mart, metrics, health)
                Readiness(spark, session, health, backfill.work).start(stopping)
                return backfill.run(stopping)
            writer = LiveWriter(spark, config, contract, mart, metrics, health, stopping, entry)
            Readiness(spark, session, health, writer.work).start(stopping)
            return writer.run()
        except FilesError as error:
            _log.error("%s", error)
            return 2
        except KafkaRefusedError as error:
            _log.error("KAFKA_REFUSED: %s", error)
            return 1
        except AnotherPipelineError as error:
            _log.error("ANOTHER_PIPELINE: %s", error)
            return 1
        finally:
            spark.stop()
            entry.leave()


def _on_signals(stopping: threading.Event) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, partial(_stop, stopping))


def _stop(stopping: threading.Event, number: int, _: FrameType | None) -> None:
    _log.info("%s: stopping", signal.Signals(number).name)
    stopping.set()


def _application_name(config: Config) -> str:
    return "messages-follower" if config.follow else f"messages-{config.source}"


def _session(config: Config, name: str) -> SparkSession:
    """A session with the settings that affect the result. The command line sets those of the machine."""
    builder = SparkSession.builder.appName(name)
    secret = os.environ.get("_SPARK_AUTH_SECRET")
    if secret:
        # Master, workers and executors take it from this variable. A driver takes it only as a setting, and hides it.
        builder = builder.config("spark.authenticate.secret", secret)
    return (
        builder.config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.ansi.enabled", "true")
        .config("spark.sql.shuffle.partitions", "2")
        # Otherwise PySpark looks up the caller of each function that makes a column, which takes seconds.
        .config("spark.python.sql.dataFrameDebugging.enabled", "false")
        # Keeps lag and readiness of an idle query at most a second old.
        .config("spark.sql.streaming.noDataProgressEventInterval", "1000")
        .getOrCreate()
    )
