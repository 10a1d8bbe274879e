"""Filling the mart straight from message files, many parts of them at a time and without Kafka in between."""

import logging
import threading
import time
from collections import defaultdict
from pathlib import Path

from pyspark.sql import SparkSession

from messages_spark.cleaning import clean
from messages_spark.config import Config
from messages_spark.contract import Contract
from messages_spark.csv_lines import find_files, read_header, records_of_files
from messages_spark.http import Health
from messages_spark.mart import Mart, Written
from messages_spark.metrics import Metrics

_log = logging.getLogger(__name__)
_REPORT_SECONDS = 5


class Backfill:
    """Reads files to their end. Begun again after a failure, it passes by the parts that are in the mart."""

    def __init__(
        self, spark: SparkSession, config: Config, contract: Contract, mart: Mart, metrics: Metrics, health: Health
    ) -> None:
        self._spark = spark
        self._contract = contract
        self._mart = mart
        self._metrics = metrics
        self._health = health
        self._files = find_files(config.paths)

    def run(self, stopping: threading.Event) -> int:
        """Return the exit code: 0 when all is in the mart, 1 when it was stopped before."""
        self._health.up()
        began = time.monotonic()
        result = Written()
        failures: list[BaseException] = []
        work = threading.Thread(target=self._write, args=(result, failures), name="backfill", daemon=True)
        work.start()
        while work.is_alive() and not stopping.is_set():
            work.join(timeout=_REPORT_SECONDS)
            self._report()
        if work.is_alive():
            return 1
        if failures:
            raise failures[0]
        seconds = time.monotonic() - began
        _log.info(
            "done: %d rows in %.1f s (%d rows/s), %d inserted, %d updated, %d unchanged, newly quarantined %s, "
            "parts done by an earlier run %d",
            *(result.records, seconds, result.records / seconds, result.inserted, result.updated, result.unchanged),
            *(dict(result.quarantined), result.done_before),
        )
        return 0

    def _write(self, result: Written, failures: list[BaseException]) -> None:
        try:
            # Files of one header go together, as where a column stands is part of the plan.
            by_header: dict[tuple[tuple[str, ...], int], list[Path]] = defaultdict(list)
            for file in self._files:
                by_header[read_header(file, self._contract)].append(file)
            for (header, header_lines), files in by_header.items():
                records = records_of_files(self._spark, files, header, header_lines, self._contract)
                written = self._mart.write(clean(records, self._contract), batch_id=0)
                self._metrics.count(written)
                result.add(written)
            # Only now: what another run finds here, it passes by.
            self._mart.forget_writes(list(result.query_ids))
        except BaseException as error:
            failures.append(error)

    def _report(self) -> None:
        tracker = self._spark.sparkContext.statusTracker()
        for stage in tracker.getActiveStageIds():
            info = tracker.getStageInfo(stage)
            if info is not None:
                _log.info("%d of %d parts done", info.numCompletedTasks, info.numTasks)
