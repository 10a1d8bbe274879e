"""The topic as a stream of committed records, and its offsets."""

from collections.abc import Mapping, Sequence
from threading import Lock
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from messages_spark.kafka_client import KafkaClient
from messages_spark.task import SOURCE

Offsets = Mapping[int, int]
_TIMEOUT_SECONDS = 10
#: Records of aborted transactions are not data, and those behind an open transaction are not available yet.
READ_COMMITTED = {"kafka.isolation.level": "read_committed"}


def stream_of_topic(
    spark: SparkSession, client: Mapping[str, str], topic: str, batch_records: int, strict: bool
) -> DataFrame:
    """All committed records of the topic from its beginning, with the columns of SOURCE.

    `client` are properties of a Kafka client. A micro-batch has at most `batch_records`. A strict stream fails if
    records were deleted before they were read; otherwise it continues with the first record that exists.
    """
    return (
        spark.readStream.format("kafka")
        .options(**{f"kafka.{name}": value for name, value in client.items()})
        .options(**READ_COMMITTED)
        .option("subscribe", topic)
        .option("startingOffsets", "earliest")
        .option("includeHeaders", "true")
        .option("maxOffsetsPerTrigger", batch_records)
        .option("failOnDataLoss", str(strict).lower())
        .load()
        .select(*SOURCE)
    )


class TopicOffsets:
    """Queries offsets from the brokers, with the Kafka client that Spark ships."""

    def __init__(self, spark: SparkSession, client: KafkaClient, topic: str) -> None:
        jvm: Any = spark._jvm
        self._jvm = jvm
        self._topic = topic
        self._kafka = jvm.org.apache.kafka
        self._client = client
        self._made_with: Mapping[str, str] = {}
        self._last_admin: Any = None
        self._lock = Lock()

    @property
    def _admin(self) -> Any:
        """The client, made again when a secret or a certificate has changed."""
        with self._lock:
            properties = self._client.properties()
            if properties != self._made_with:
                self.close()
                self._last_admin = self._kafka.clients.admin.Admin.create(
                    java_properties(
                        self._jvm,
                        {
                            **properties,
                            "default.api.timeout.ms": str(1000 * _TIMEOUT_SECONDS),
                            "request.timeout.ms": str(1000 * _TIMEOUT_SECONDS // 2),
                        },
                    )
                )
                self._made_with = properties
            return self._last_admin

    def topic_id(self) -> str:
        """The id that distinguishes the topic from an earlier one of the same name."""
        return str(self._describe().topicId())

    def cluster_id(self) -> str:
        """The id of the Kafka cluster; empty if it has none."""
        return str(self._get(self._admin.describeCluster().clusterId()) or "")

    def bounds(self) -> tuple[dict[int, int], dict[int, int]]:
        """First and end offset of each partition. The end is after the last readable record: an open transaction hides
        the records behind it."""
        partitions = [each.partition() for each in self._describe().partitions()]
        spec = self._kafka.clients.admin.OffsetSpec
        # Both requests run at once, as a scrape of the metrics waits for them.
        first, last = self._list_offsets(partitions, spec.earliest()), self._list_offsets(partitions, spec.latest())
        return self._offsets(first), self._offsets(last)

    def _list_offsets(self, partitions: Sequence[int], spec: Any) -> Any:
        wanted = self._jvm.java.util.HashMap()
        for partition in partitions:
            wanted[self._kafka.common.TopicPartition(self._topic, partition)] = spec
        committed = self._kafka.common.IsolationLevel.READ_COMMITTED
        return self._admin.listOffsets(wanted, self._kafka.clients.admin.ListOffsetsOptions(committed)).all()

    def _offsets(self, future: Any) -> dict[int, int]:
        return {entry.getKey().partition(): entry.getValue().offset() for entry in self._get(future).entrySet()}

    def _describe(self) -> Any:
        return self._get(self._admin.describeTopics([self._topic]).allTopicNames())[self._topic]

    def committed(self, group: str) -> dict[int, int]:
        """The offsets that the consumer group has committed, by partition."""
        found = self._get(self._admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
        return {
            entry.getKey().partition(): entry.getValue().offset()
            for entry in found.entrySet()
            if entry.getKey().topic() == self._topic and entry.getValue() is not None
        }

    def close(self) -> None:
        if self._last_admin is not None:
            self._last_admin.close(self._jvm.java.time.Duration.ZERO)
        self._last_admin, self._made_with = None, {}

    def _get(self, future: Any) -> Any:
        return future.get(_TIMEOUT_SECONDS, self._jvm.java.util.concurrent.TimeUnit.SECONDS)


def java_properties(jvm: Any, values: Mapping[str, str]) -> Any:
    properties = jvm.java.util.Properties()
    for name, value in values.items():
        properties.setProperty(name, value)
    return properties


def lag(bounds: tuple[Offsets, Offsets], positions: Offsets) -> int:
    """How many records of the topic are after the positions."""
    beginnings, ends = bounds
    return sum(
        max(0, end - max(positions.get(partition, 0), beginnings.get(partition, 0))) for partition, end in ends.items()
    )
