"""Records whose timestamp Spark's source does not bear: it fails where one is beyond the year 294247.

Some producers write microseconds or nanoseconds. The records are as good as others, so a micro-batch that fails with
them is read in pieces: by Spark between them, and themselves by the driver, through the Kafka client that Spark brings.
"""

import json
import re
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from messages_spark.task import SOURCE
from messages_spark.topic import READ_COMMITTED

#: Milliseconds of which the microseconds are 64 bits.
_LARGEST = (2**63 - 1) // 1000
#: Offsets of a partition from the first on, before the last.
Range = tuple[int, int]
_SCHEMA = (
    "topic string, partition int, offset bigint, milliseconds bigint, key binary, value binary, "
    "headers array<struct<key:string,value:binary>>"
)
_SIGN = "overflows when converting to Spark's microsecond-precision TimestampType"
_RECORD = re.compile(r"ConsumerRecord\(topic = \S+, partition = \d+, .*?offset = (\d+), \w+ = (-?\d+),")
#: What Spark reads is planned anew each time, at the cost of some thousand records that the driver reads.
_SHORT_RUN = 2_000
_MOST_RUNS = 50
_PIECE_RECORDS = 10_000
_PATIENCE_SECONDS = 60


def is_odd_timestamp(error: BaseException) -> bool:
    return _SIGN in str(error)


class OddTimestamps:
    """Reads ranges of a topic in which such records are."""

    def __init__(self, spark: SparkSession, brokers: str, topic: str) -> None:
        self._spark = spark
        self._brokers = brokers
        self._topic = topic
        jvm: Any = spark._jvm
        self._jvm = jvm
        self._kafka = jvm.org.apache.kafka

    def pieces(self, ranges: Mapping[int, Range]) -> Iterator[DataFrame]:
        """All records of the ranges, with the columns of SOURCE."""
        by_hand: dict[int, list[Range]] = {}
        by_spark: dict[int, list[Range]] = {}
        for partition, (begin, end) in ranges.items():
            odd = [offset for offset, timestamp in self._timestamps(partition, begin, end) if not _fits(timestamp)]
            by_hand[partition], by_spark[partition] = cut(begin, end, odd)
        # One run of each partition at a time, as Spark reads no more.
        for runs in zip_longest(*by_spark.values()):
            chosen = zip(by_spark, runs, strict=True)
            yield self._by_spark({partition: run or (ranges[partition][0],) * 2 for partition, run in chosen})
        yield from self._by_hand(by_hand)

    def _by_spark(self, ranges: Mapping[int, Range]) -> DataFrame:
        return (
            self._spark.read.format("kafka")
            .option("kafka.bootstrap.servers", self._brokers)
            .options(**READ_COMMITTED)
            .option("subscribe", self._topic)
            .option("includeHeaders", "true")
            .option("startingOffsets", json.dumps({self._topic: {each: begin for each, (begin, _) in ranges.items()}}))
            .option("endingOffsets", json.dumps({self._topic: {each: end for each, (_, end) in ranges.items()}}))
            .load()
            .select(*SOURCE)
        )

    def _by_hand(self, ranges: Mapping[int, Sequence[Range]]) -> Iterator[DataFrame]:
        rows: list[tuple[Any, ...]] = []
        for partition, begin, end in ((each, *run) for each, runs in ranges.items() for run in runs):
            for record in self._records(partition, begin, end):
                headers = [(header.key(), header.value()) for header in record.headers().toArray()]
                place = (self._topic, partition, record.offset(), record.timestamp())
                rows.append((*place, record.key(), record.value(), headers))
                if len(rows) == _PIECE_RECORDS:
                    yield self._frame(rows)
                    rows = []
        if rows:
            yield self._frame(rows)

    def _frame(self, rows: list[tuple[Any, ...]]) -> DataFrame:
        """With the columns of SOURCE, and the time as the number that it is."""
        return self._spark.createDataFrame(rows, _SCHEMA).withColumn("timestamp", F.lit(None).cast("timestamp"))

    def _timestamps(self, partition: int, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """Offset and timestamp of each record, many of them in one text: a call for each would take minutes."""
        for records in self._polled(partition, begin, end):
            for found in _RECORD.finditer(str(records.toString())):
                yield int(found[1]), int(found[2])

    def _records(self, partition: int, begin: int, end: int) -> Iterator[Any]:
        for records in self._polled(partition, begin, end):
            for record in records:
                if record.offset() < end:
                    yield record

    def _polled(self, partition: int, begin: int, end: int) -> Iterator[Any]:
        place = self._kafka.common.TopicPartition(self._topic, partition)
        wait = self._jvm.java.time.Duration.ofSeconds(1)
        consumer = self._consumer()
        try:
            consumer.assign([place])
            consumer.seek(place, begin)
            progress_at = time.monotonic()
            while consumer.position(place) < end:
                records = consumer.poll(wait).records(place)
                if records.isEmpty() and time.monotonic() - progress_at > _PATIENCE_SECONDS:
                    raise TimeoutError(f"Kafka gave no record of partition {partition} from offset {begin} on")
                if not records.isEmpty():
                    progress_at = time.monotonic()
                    yield records
        finally:
            consumer.close()

    def _consumer(self) -> Any:
        settings = {
            "bootstrap.servers": self._brokers,
            "isolation.level": "read_committed",
            "enable.auto.commit": "false",
            "auto.offset.reset": "earliest",
            "max.poll.records": "5000",
        }
        properties = self._jvm.java.util.Properties()
        for name, value in settings.items():
            properties.setProperty(name, value)
        plain = self._kafka.common.serialization.ByteArrayDeserializer
        return self._kafka.clients.consumer.KafkaConsumer(properties, plain(), plain())


def cut(begin: int, end: int, odd: Iterable[int]) -> tuple[list[Range], list[Range]]:
    """The offsets that the driver reads, odd ones and short runs between them, and those that Spark reads."""
    by_hand: list[Range] = []
    by_spark: list[Range] = []
    position = begin
    for offset in [*sorted(each for each in set(odd) if begin <= each < end), end]:
        if offset - position >= _SHORT_RUN:
            by_spark.append((position, offset))
            position = offset
        if by_hand and by_hand[-1][1] == position:
            position, _ = by_hand.pop()
        after = min(offset + 1, end)
        if position < after:
            by_hand.append((position, after))
        position = after
    return (by_hand, by_spark) if len(by_spark) <= _MOST_RUNS else ([(begin, end)], [])


def _fits(timestamp: int) -> bool:
    """Whether its microseconds are 64 bits."""
    return abs(timestamp) <= _LARGEST
