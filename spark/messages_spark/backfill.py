"""Fills the mart directly from message files, many parts at a time and without Kafka."""

import logging
import threading
import time
from collections import defaultdict

from pyspark.sql import SparkSession

from messages_spark.cleaning import clean
from messages_spark.config import Config
from messages_spark.contract import Contract
from messages_spark.csv_lines import read_header, records_of_files
from messages_spark.file_parts import Part, parts_of
from messages_spark.files import FilesError, MessageFile, find_files
from messages_spark.http import Health
from messages_spark.mart import Mart
from messages_spark.metrics import Metrics
from messages_spark.readiness import tasks_done
from messages_spark.stall import FIRST_STEP_SECONDS, Work
from messages_spark.write_result import WriteResult

_log = logging.getLogger(__name__)
_REPORT_SECONDS = 5
#: How often to check whether to stop.
_STOP_CHECK_SECONDS = 0.2
_MAX_NAMED = 100
#: The order of the columns, and the number of lines before the first row.
Header = tuple[tuple[str, ...], int]


class Backfill:
    """Writes whole files. After a failure, the next run skips the parts that are in the mart already."""

    def __init__(
        self, spark: SparkSession, config: Config, contract: Contract, mart: Mart, metrics: Metrics, health: Health
    ) -> None:
        self._spark = spark
        self._contract = contract
        self._mart = mart
        self._metrics = metrics
        self._health = health
        self._split_bytes = config.split_bytes
        self._files, self._skipped = find_files(config.paths)

    def run(self, stopping: threading.Event) -> int:
        """Return the exit code: 0 if everything is in the mart or when told to stop, 1 if part of a file is missing."""
        by_header = self._by_header()
        for reason in self._skipped:
            _log.warning("skipped: %s", reason)
        self._health.up()
        began = time.monotonic()
        result = WriteResult()
        failures: list[BaseException] = []
        work = threading.Thread(target=self._write, args=(by_header, result, failures), name="backfill", daemon=True)
        work.start()
        report_at = began
        while work.is_alive() and not stopping.is_set():
            work.join(timeout=_STOP_CHECK_SECONDS)
            if time.monotonic() - report_at >= _REPORT_SECONDS:
                self._report()
                report_at = time.monotonic()
        if work.is_alive():
            _log.info("stopped before the end of the files; the next run skips the parts that are in the mart")
            return 0
        if failures:
            raise failures[0]
        seconds = time.monotonic() - began
        _log.info(
            "done: %d rows in %.1f s (%d rows/s), %d inserted, %d updated, %d unchanged, newly quarantined %s, "
            "erased %d, parts written by an earlier run %d, %d files: %s",
            *(result.records, seconds, result.records / seconds, result.inserted, result.updated, result.unchanged),
            *(dict(result.quarantined), result.erased, result.done_before, len(self._files), _named(self._files)),
        )
        if result.repeated_headers:
            _log.info("skipped %d lines that repeat the header", result.repeated_headers)
        problems = list(dict.fromkeys(result.problems))
        for problem in problems:
            _log.error("%s", problem)
        return 1 if problems else 0

    def work(self) -> Work | None:
        done = tasks_done(self._spark.sparkContext)
        if not done:
            return None
        is_first = not any(done[1::2])  # stage ids and numbers of completed tasks, alternating
        return Work("the backfill", done, FIRST_STEP_SECONDS) if is_first else Work("the backfill", done)

    def _by_header(self) -> dict[Header, list[MessageFile]]:
        """Group the files by header, as the order of the columns is part of the plan."""
        by_header: dict[Header, list[MessageFile]] = defaultdict(list)
        faults = []
        for file in self._files:
            try:
                by_header[read_header(file, self._contract)].append(file)
            except FilesError as error:
                faults.append(str(error))
        if faults:
            raise FilesError("\n".join(faults))
        return by_header

    def _write(
        self, by_header: dict[Header, list[MessageFile]], result: WriteResult, failures: list[BaseException]
    ) -> None:
        try:
            query_ids: set[str] = set()
            for (header, header_lines), files in by_header.items():
                parts = [part for file in files for part in parts_of(file, self._split_bytes)]
                query_ids.update(part.query_id for part in parts)
                result.add(self._write_parts(parts, header, header_lines))
            if not result.problems:
                # Only at the end: a later run skips the parts that it finds here.
                self._mart.forget_writes(list(query_ids))
        except BaseException as error:
            failures.append(error)

    def _write_parts(self, parts: list[Part], header: tuple[str, ...], header_lines: int) -> WriteResult:
        done = self._mart.parts_done({part.query_id for part in parts})
        left = [part for part in parts if (part.query_id, part.number) not in done]
        written = WriteResult(done_before=len(parts) - len(left))
        if left:
            records = records_of_files(self._spark, left, header, header_lines, self._contract)
            written.add(self._mart.write(clean(records, self._contract), batch_id=0))
        self._metrics.count(written)
        return written

    def _report(self) -> None:
        tracker = self._spark.sparkContext.statusTracker()
        for stage in tracker.getActiveStageIds():
            info = tracker.getStageInfo(stage)
            if info is not None:
                _log.info("%d of %d parts done", info.numCompletedTasks, info.numTasks)


def _named(files: list[MessageFile]) -> str:
    more = len(files) - _MAX_NAMED
    names = [file.shown for file in files[:_MAX_NAMED]]
    return ", ".join(names) + (f" and {more} more" if more > 0 else "")
