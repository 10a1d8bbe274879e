"""Prints, for each environment on stdin (a JSON object per line), why Kafka refuses the job; null if it does not."""

import json
import sys

from pyspark.sql import SparkSession

from messages_spark.config import read_config
from messages_spark.kafka_fault import KafkaRefusedError, fail_if_kafka_refuses
from messages_spark.topic import TopicOffsets


def main() -> None:
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .getOrCreate()
    )
    for line in sys.stdin:
        config = read_config([], json.loads(line))
        offsets = TopicOffsets(spark, config.kafka, config.kafka_topic)
        try:
            fail_if_kafka_refuses(config.kafka, offsets)
            print("null", flush=True)
        except KafkaRefusedError as error:
            print(json.dumps(str(error)), flush=True)
        finally:
            offsets.close()
    spark.stop()


if __name__ == "__main__":
    main()
