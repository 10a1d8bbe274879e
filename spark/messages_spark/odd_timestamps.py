"""Reads micro-batches with timestamps that Spark cannot hold: its Kafka source fails on times after the year 294247.

Some producers write microseconds or nanoseconds. Their records are valid otherwise, so the driver reads such a
micro-batch itself, with the Kafka client that Spark ships.
"""

import re
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F

from messages_spark.kafka_client import KafkaClient
from messages_spark.topic import java_properties

#: The most milliseconds that fit into 64 bits as microseconds.
_LARGEST = (2**63 - 1) // 1000
#: First offset and exclusive end.
Range = tuple[int, int]
#: Offset, timestamp, key, value, headers.
Row = tuple[int, int, bytes | None, bytes | None, list[dict[str, Any]]]
_SCHEMA = pa.schema(
    [
        ("topic", pa.string()),
        ("partition", pa.int32()),
        ("offset", pa.int64()),
        ("milliseconds", pa.int64()),
        ("key", pa.binary()),
        ("value", pa.binary()),
        ("headers", pa.list_(pa.struct([("key", pa.string()), ("value", pa.binary())]))),
    ]
)
_SIGN = "overflows when converting to Spark's microsecond-precision TimestampType"
# The client's text form of a record. Header names with brackets are not matched; such records are read one by one.
_HEADER = r"RecordHeader\(key = ([^()\[\]]*?), value = (null|\[[-\d, ]*\])\)"
_HEADERS = re.compile(_HEADER)
_RECORD = re.compile(
    r"ConsumerRecord\(topic = \S+, partition = \d+, leaderEpoch = \w+, offset = (\d+), \w+ = (-?\d+), "
    r"(?:deliveryCount = \w+, )?serialized key size = (-?\d+), serialized value size = (-?\d+), "
    rf"headers = RecordHeaders\(headers = \[((?:{_HEADER}(?:, )?)*)\], isReadOnly = \w+\), key = "
)
_ENCODING = "ISO-8859-1"
# Planning a piece takes a second.
_PIECE_RECORDS = 100_000
_PIECE_BYTES = 32 * 1024 * 1024
_PATIENCE_SECONDS = 60


def is_odd_timestamp(error: BaseException) -> bool:
    return _SIGN in str(error)


class OddTimestamps:
    """Reads ranges of a topic that contain such records."""

    def __init__(self, spark: SparkSession, client: KafkaClient, topic: str) -> None:
        self._spark = spark
        self._client = client
        self._topic = topic
        jvm: Any = spark._jvm
        self._jvm = jvm
        self._kafka = jvm.org.apache.kafka
        #: How many records in the last ranges had such timestamps.
        self.found = 0

    def pieces(self, ranges: Mapping[int, Range]) -> Iterator[DataFrame]:
        """All records of the ranges, with the columns of SOURCE and the time as a number.

        Raises an error if some of them no longer exist.
        """
        self.found = 0
        batches: list[pa.RecordBatch] = []
        records = size = 0
        for partition, (begin, end) in ranges.items():
            for rows in self._rows(partition, begin, end):
                self.found += sum(1 for _, timestamp, *_ in rows if abs(timestamp) > _LARGEST)
                batches.append(self._batch(partition, rows))
                records += len(rows)
                size += batches[-1].nbytes
                if records >= _PIECE_RECORDS or size >= _PIECE_BYTES:
                    yield self._frame(batches)
                    batches = []
                    records = size = 0
        if batches:
            yield self._frame(batches)

    def _batch(self, partition: int, rows: list[Row]) -> Any:
        columns = [[self._topic] * len(rows), [partition] * len(rows), *zip(*rows, strict=True)]
        arrays = [pa.array(column, field.type) for column, field in zip(columns, _SCHEMA, strict=True)]
        return pa.RecordBatch.from_arrays(arrays, schema=_SCHEMA)

    def _frame(self, batches: list[Any]) -> DataFrame:
        table = pa.Table.from_batches(batches)
        return self._spark.createDataFrame(table).withColumn("timestamp", F.lit(None).cast("timestamp"))

    def _rows(self, partition: int, begin: int, end: int) -> Iterator[list[Row]]:
        place = self._kafka.common.TopicPartition(self._topic, partition)
        wait = self._jvm.java.time.Duration.ofSeconds(1)
        consumer = self._consumer()
        try:
            consumer.assign([place])
            consumer.seek(place, begin)
            progress_at = time.monotonic()
            while consumer.position(place) < end:
                records = consumer.poll(wait).records(place)
                if not records.isEmpty():
                    progress_at = time.monotonic()
                    rows = rows_of(str(records.toString()))
                    inside = [row for row in (_one_by_one(records) if rows is None else rows) if row[0] < end]
                    if inside:
                        yield inside
                elif time.monotonic() - progress_at > _PATIENCE_SECONDS:
                    raise TimeoutError(f"Kafka returned no record of partition {partition} after offset {begin}")
        finally:
            consumer.close()

    def _consumer(self) -> Any:
        settings = {
            **self._client.properties(),
            "isolation.level": "read_committed",
            "enable.auto.commit": "false",
            # Records that were deleted meanwhile must be recorded before they are skipped.
            "auto.offset.reset": "none",
            "max.poll.records": "5000",
        }
        properties = java_properties(self._jvm, settings)
        return self._kafka.clients.consumer.KafkaConsumer(properties, self._as_text(), self._as_text())

    def _as_text(self) -> Any:
        """A deserializer that maps each byte to one character."""
        deserializer = self._kafka.common.serialization.StringDeserializer()
        deserializer.configure({"deserializer.encoding": _ENCODING}, False)
        return deserializer


def rows_of(text: str) -> list[Row] | None:
    """Parse the text form of a list of records. Fetching each field by a call into the JVM would take minutes.

    Keys and values are Latin-1 characters and are found by their sizes. Returns None if the text cannot be parsed.
    """
    rows: list[Row] = []
    position = 1
    while found := _RECORD.match(text, position):
        offset, timestamp, key_size, value_size = map(int, found.groups()[:4])
        key, position = _field(text, found.end(), key_size)
        if not text.startswith(", value = ", position):
            return None
        value, position = _field(text, position + len(", value = "), value_size)
        if not text.startswith(")", position):
            return None
        rows.append((offset, timestamp, key, value, _headers(found[5])))
        position += len("), ")
    return rows if position >= len(text) else None


def _field(text: str, start: int, size: int) -> tuple[bytes | None, int]:
    if size < 0:
        return None, start + len("null")
    return text[start : start + size].encode(_ENCODING), start + size


def _headers(text: str) -> list[dict[str, Any]]:
    return [
        {
            "key": name,
            "value": None if value == "null" else bytes(int(byte) & 0xFF for byte in value[1:-1].split(",") if byte),
        }
        for name, value in (_HEADERS.findall(text) if text else ())
    ]


def _one_by_one(records: Any) -> Iterator[Row]:
    for record in records:
        key, value = (None if text is None else text.encode(_ENCODING) for text in (record.key(), record.value()))
        headers = [{"key": header.key(), "value": header.value()} for header in record.headers().toArray()]
        yield record.offset(), record.timestamp(), key, value, headers
