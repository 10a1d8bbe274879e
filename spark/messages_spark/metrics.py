"""The metrics of the job. Where it does the same work as the consumer, the metrics have the same names.

libs/platform/metrics.json lists the metrics of all apps; a test compares.
"""

import json
from collections import Counter as Counts
from collections.abc import Callable, Iterable, Mapping
from itertools import accumulate
from typing import Any

from prometheus_client import CollectorRegistry, Counter, ProcessCollector, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from messages_spark.latency import BOUNDS, bucket_name
from messages_spark.write_result import WriteResult

disable_created_metrics()  # type: ignore[no-untyped-call]

#: Spark's report on the latest micro-batch (`lastProgress` of the query).
Progress = Mapping[str, Any]


class Metrics:
    """Counters of written records, and gauges that are read at each scrape."""

    def __init__(self, follow: bool) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._follow = follow
        counter = self._counter
        self._consumed = counter("consumed", "Records consumed from Kafka in committed batches")
        self._stored = counter("stored", "Rows written to the mart; result is inserted or updated", "result")
        self._unchanged = counter(
            "unchanged", "Valid rows that changed nothing: a duplicate, or not newer than the stored row"
        )
        self._quarantined = counter(
            "quarantined",
            "Records added to quarantine; a record counts once for each of its reasons",
            "reason",
        )
        self._erased = counter("erased", "Valid rows and rejected records of erased clients; not written")
        self._repaired = counter("repaired", "Values repaired by a rule of the contract", "rule", "column")
        self._unknown_fields = counter("unknown_fields", "Fields that are not in the contract; ignored")
        self._tombstones = counter("tombstones", "Records without a value; skipped")
        self._repeated_headers = counter(
            "repeated_headers", "Header lines repeated between the rows of a file; skipped"
        )
        self._mart_repairs = counter("mart_repairs", "Rows that the follower wrote because the consumer had not")
        self._task_seconds = counter(
            "spark_task_seconds", "Time that tasks spent in the phases copy and merge", "phase"
        )
        self._restarts = counter("spark_query_restarts", "Restarts of the streaming query")
        self._rewinds = counter(
            "rewinds",
            "Times a partition went back to an earlier offset; reason is database_set_back or log_truncated",
            "reason",
        )
        self._rewinds.labels("database_set_back")
        self._latency = _Latency()
        self.registry.register(self._latency)
        for result in ("inserted", "updated"):
            self._stored.labels(result)
        for phase in ("copy", "merge"):
            self._task_seconds.labels(phase)

    def _counter(self, name: str, help_text: str, *labels: str) -> Counter:
        return Counter(f"messages_{name}", help_text, labels, registry=self.registry)

    def count(self, written: WriteResult) -> None:
        self._consumed.inc(written.records)
        self._stored.labels("inserted").inc(written.inserted)
        self._stored.labels("updated").inc(written.updated)
        self._unchanged.inc(written.unchanged)
        self._unknown_fields.inc(written.unknown_fields)
        self._tombstones.inc(written.tombstones)
        self._erased.inc(written.erased)
        self._repeated_headers.inc(written.repeated_headers)
        for reason, records in written.quarantined.items():
            self._quarantined.labels(reason).inc(records)
        for repair, values in written.repaired.items():
            self._repaired.labels(*repair.split(" ")).inc(values)
        self._latency.add(written)
        if self._follow:
            self._mart_repairs.inc(written.inserted + written.updated)
        self._task_seconds.labels("copy").inc(written.copy_seconds)
        self._task_seconds.labels("merge").inc(written.merge_seconds)

    def rewound(self) -> None:
        self._rewinds.labels("database_set_back").inc()

    def restarted(self) -> None:
        self._restarts.inc()

    def watch(self, progress: Callable[[], Progress | None], lag: Callable[[], int | None]) -> None:
        """Export the progress of the streaming query and its lag."""
        self.registry.register(_QueryCollector(progress, lag))


class _Latency(Collector):
    """A histogram that takes many observations at once, unlike that of prometheus_client."""

    def __init__(self) -> None:
        self._buckets: Counts[str] = Counts()
        self._seconds = 0.0

    def add(self, written: WriteResult) -> None:
        # Both at once: a scrape may come at any time.
        self._buckets, self._seconds = self._buckets + written.latency, self._seconds + written.latency_seconds

    def collect(self) -> Iterable[Metric]:
        buckets, seconds = self._buckets, self._seconds
        names = [bucket_name(bound) for bound in BOUNDS]
        counts = accumulate(buckets[name] for name in names)
        yield HistogramMetricFamily(
            "messages_end_to_end_latency_seconds",
            "Time from the timestamp of a record in Kafka until it is visible in the mart",
            buckets=list(zip(names, counts, strict=True)),
            sum_value=seconds,
        )


class _QueryCollector(Collector):
    def __init__(self, progress: Callable[[], Progress | None], lag: Callable[[], int | None]) -> None:
        self._progress = progress
        self._lag = lag

    def describe(self) -> Iterable[Metric]:
        """Empty: otherwise registering would collect progress before there is a query."""
        return []

    def collect(self) -> Iterable[Metric]:
        lag = self._lag()
        if lag is not None:
            yield _gauge("messages_source_lag_records", "Records of the topic that are not yet in the mart", lag)
        progress = self._progress()
        if progress is None:
            return
        yield _gauge("messages_spark_batch_id", "Id of the latest micro-batch", progress["batchId"])
        yield _gauge("messages_spark_batch_records", "Records in the latest micro-batch", progress["numInputRows"])
        for name, rate in (("input", "Input"), ("processed", "Processing")):
            help_text = f"{rate} rate of the latest micro-batch, as reported by Spark"
            yield _gauge(f"messages_spark_{name}_rows_per_second", help_text, progress.get(f"{name}RowsPerSecond", 0))
        seconds = GaugeMetricFamily(
            "messages_spark_batch_duration_seconds",
            "Duration of the phases of the latest micro-batch; phase is Spark's name",
            labels=["phase"],
        )
        for phase, milliseconds in progress["durationMs"].items():
            seconds.add_metric([phase], milliseconds / 1000)
        yield seconds


def _gauge(name: str, help_text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, help_text, value=value)


def positions_of(progress: Progress, topic: str) -> dict[int, int] | None:
    """The end offsets of the newest micro-batch in the mart, by partition."""
    end = progress["sources"][0].get("endOffset")
    # A dict from Spark's listeners, text from its log.
    offsets = json.loads(end) if isinstance(end, str) else end
    return {int(partition): offset for partition, offset in offsets[topic].items()} if offsets else None
