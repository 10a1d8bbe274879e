"""The job: keeps the mart from the topic, or fills it from message files."""

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
from messages_spark.contract import ContractError, read_contract
from messages_spark.csv_lines import FilesError
from messages_spark.http import Health, HttpServer
from messages_spark.live import LiveWriter
from messages_spark.logs import set_up_logs
from messages_spark.mart import Mart
from messages_spark.metrics import Metrics

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
    set_up_logs(config.log_level, config.log_json)

    stopping = threading.Event()
    health = Health()
    metrics = Metrics(config.follow)
    mart = Mart(contract, config.database_url, config.statement_timeout_ms)
    with HttpServer(config.host, config.port, health, metrics.registry) as server:
        _log.info("listening on port %d", server.port)
        spark = _session(config)
        # Spark has set a handler for SIGINT of its own, which ends the job under way and nothing else.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, partial(_stop, stopping))
        try:
            if config.source == "files":
                return Backfill(spark, config, contract, mart, metrics, health).run(stopping)
            return LiveWriter(spark, config, contract, mart, metrics, health, stopping).run()
        except FilesError as error:
            _log.error("%s", error)
            return 2
        finally:
            spark.stop()


def _stop(stopping: threading.Event, number: int, _: FrameType | None) -> None:
    _log.info("%s: stopping", signal.Signals(number).name)
    stopping.set()


def _session(config: Config) -> SparkSession:
    """Settings on which the result depends; those of the machine come with the command."""
    return (
        SparkSession.builder.appName("messages-follower" if config.follow else f"messages-{config.source}")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.ansi.enabled", "true")
        .config("spark.sql.shuffle.partitions", "2")
        # So that lag and readiness of an idle query are those of a second ago.
        .config("spark.sql.streaming.noDataProgressEventInterval", "1000")
        # A part of a file is a task of its own, always the same one: see messages_spark.backfill.
        .config("spark.sql.files.maxPartitionBytes", config.split_bytes)
        .config("spark.sql.files.openCostInBytes", config.split_bytes)
        .getOrCreate()
    )
