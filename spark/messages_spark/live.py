"""The streaming query that keeps the mart from the topic, started again whenever it fails."""

import logging
import threading
from typing import cast

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.streaming.query import StreamingQuery

from messages_spark.cleaning import clean
from messages_spark.config import Config
from messages_spark.contract import Contract
from messages_spark.head_start import HeadStart
from messages_spark.http import Health
from messages_spark.mart import Mart
from messages_spark.metrics import Metrics, Progress, positions_of
from messages_spark.topic import TopicOffsets, lag, stream_of_topic
from messages_spark.verbatim import add_verbatim_records

_log = logging.getLogger(__name__)
_POLL_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 30
_FORGET_EVERY_BATCHES = 1000


class LiveWriter:
    """Writes micro-batch after micro-batch. What was begun and not finished is done again from the checkpoint."""

    def __init__(
        self,
        spark: SparkSession,
        config: Config,
        contract: Contract,
        mart: Mart,
        metrics: Metrics,
        health: Health,
        stopping: threading.Event,
    ) -> None:
        self._spark = spark
        self._config = config
        self._mart = mart
        self._metrics = metrics
        self._health = health
        self._query: StreamingQuery | None = None
        self._stopping = stopping
        self._pause = 1
        self._offsets = TopicOffsets(spark, config.kafka_brokers, config.kafka_topic)
        self._head_start = HeadStart(self._offsets, config.consumer_group_id, config.patience_seconds, stopping.is_set)
        stream = stream_of_topic(spark, config.kafka_brokers, config.kafka_topic, config.batch_records)
        # Planned once, as it takes seconds; a micro-batch only runs it.
        self._cleaned = clean(add_verbatim_records(stream, contract), contract)
        metrics.watch(self._progress, self._lag)

    def run(self) -> int:
        """Return the exit code when told to stop, or when there is no Spark left to start a query on."""
        while not self._stopping.is_set():
            try:
                self._query = self._start()
                self._watch(self._query)
            except Exception as error:
                if self._is_gone():
                    _log.error("the Spark application is gone: %s", _short(error))
                    return 1
                _log.error("the query failed and is started again in %d s: %s", self._pause, _short(error))
                self._health.down(_short(error))
                self._metrics.restarted()
                self._stopping.wait(self._pause)
                self._pause = min(2 * self._pause, _LONGEST_PAUSE_SECONDS)
        if self._query is not None and not self._is_gone():
            self._query.stop()
        return 0

    def _start(self) -> StreamingQuery:
        return (
            self._cleaned.writeStream.queryName("messages")
            .option("checkpointLocation", self._config.checkpoint_dir)
            .trigger(processingTime=f"{self._config.trigger_seconds} seconds")
            .foreachBatch(self._write)
            .start()
        )

    def _watch(self, query: StreamingQuery) -> None:
        """Until told to stop; raises what ends the query."""
        _log.info("query %s begins (run %s)", query.id, query.runId)
        while not self._stopping.wait(_POLL_SECONDS):
            if not query.isActive:
                query.awaitTermination()  # raises why
                raise RuntimeError("the query ended by itself")
            if query.lastProgress is not None:
                self._health.up()
                self._pause = 1

    def _write(self, cleaned: DataFrame, batch_id: int) -> None:
        if self._config.follow:
            self._head_start.wait()
            if self._stopping.is_set():
                raise InterruptedError("stopping")
        # What a follower finds in the mart is older than it was when the consumer brought it there.
        written = self._mart.write(cleaned, batch_id, observe_latency=not self._config.follow)
        self._metrics.count(written)
        _log.info(
            "micro-batch %d: %d records, %d inserted, %d updated, %d unchanged, %d tombstones, newly quarantined %s",
            *(batch_id, written.records, written.inserted, written.updated, written.unchanged, written.tombstones),
            dict(written.quarantined),
        )
        if batch_id % _FORGET_EVERY_BATCHES == 0:
            self._mart.forget_old_writes()

    def _is_gone(self) -> bool:
        return bool(self._spark.sparkContext._jsc is None or self._spark.sparkContext._jsc.sc().isStopped())

    def _progress(self) -> Progress | None:
        return cast(Progress | None, self._query.lastProgress) if self._query is not None else None

    def _lag(self) -> int | None:
        """Against the present end of the topic; None as long as neither is known."""
        try:
            progress = self._progress()
            positions = positions_of(progress, self._config.kafka_topic) if progress else None
            return None if positions is None else lag(self._offsets.ends(), positions)
        except Exception as error:  # Kafka does not answer: there is no such figure now
            _log.debug("no lag: %s", _short(error))
            return None


def _short(error: BaseException) -> str:
    """Spark's messages go on with the plan and the stack of several threads."""
    text = str(error).strip() or type(error).__name__
    causes = [line.strip() for line in text.splitlines() if "Error:" in line or "Exception:" in line]
    first = text.splitlines()[0][:300]
    return f"{first} ({causes[-1][:300]})" if causes and causes[-1] not in first else first
