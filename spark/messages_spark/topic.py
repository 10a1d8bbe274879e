"""The topic as a stream of records, and what Kafka says of offsets."""

from collections.abc import Mapping
from typing import Any

from pyspark.sql import DataFrame, SparkSession

from messages_spark.mart import SOURCE

Offsets = Mapping[int, int]
_TIMEOUT_SECONDS = 10


def stream_of_topic(spark: SparkSession, brokers: str, topic: str, batch_records: int) -> DataFrame:
    """All records of the topic from its beginning, with the columns of SOURCE; micro-batches of so many at most."""
    return (
        spark.readStream.format("kafka")
        .option("kafka.bootstrap.servers", brokers)
        .option("subscribe", topic)
        .option("startingOffsets", "earliest")
        .option("includeHeaders", "true")
        .option("maxOffsetsPerTrigger", batch_records)
        .load()
        .select(*SOURCE)
    )


class TopicOffsets:
    """Asks the brokers, through the client that Spark brings."""

    def __init__(self, spark: SparkSession, brokers: str, topic: str) -> None:
        jvm: Any = spark._jvm
        self._jvm = jvm
        self._topic = topic
        properties = self._jvm.java.util.Properties()
        properties.setProperty("bootstrap.servers", brokers)
        properties.setProperty("default.api.timeout.ms", str(1000 * _TIMEOUT_SECONDS))
        properties.setProperty("request.timeout.ms", str(1000 * _TIMEOUT_SECONDS // 2))
        self._admin: Any = self._jvm.org.apache.kafka.clients.admin.Admin.create(properties)

    def ends(self) -> dict[int, int]:
        """Of each partition the offset that its next record gets."""
        clients = self._jvm.org.apache.kafka
        described = self._get(self._admin.describeTopics([self._topic]).allTopicNames())[self._topic]
        latest = self._jvm.java.util.HashMap()
        for partition in described.partitions():
            latest[clients.common.TopicPartition(self._topic, partition.partition())] = (
                clients.clients.admin.OffsetSpec.latest()
            )
        found = self._get(self._admin.listOffsets(latest).all())
        return {entry.getKey().partition(): entry.getValue().offset() for entry in found.entrySet()}

    def committed(self, group: str) -> dict[int, int]:
        """What the consumer group has committed, by partition."""
        found = self._get(self._admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
        return {
            entry.getKey().partition(): entry.getValue().offset()
            for entry in found.entrySet()
            if entry.getKey().topic() == self._topic and entry.getValue() is not None
        }

    def close(self) -> None:
        self._admin.close()

    def _get(self, future: Any) -> Any:
        return future.get(_TIMEOUT_SECONDS, self._jvm.java.util.concurrent.TimeUnit.SECONDS)


def lag(ends: Offsets, positions: Offsets) -> int:
    """Records that lie between the positions and the ends."""
    return sum(max(0, end - positions.get(partition, 0)) for partition, end in ends.items())
