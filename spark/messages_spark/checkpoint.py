"""The checkpoint of the streaming query: its folder, and the offsets in it."""

import json
from typing import Any

from pyspark.sql import SparkSession

from messages_spark.topic import Offsets

#: The id that brokers without topic ids return.
_NO_TOPIC_ID = "AAAAAAAAAAAAAAAAAAAAAA"
#: Marks a folder that is no longer used.
_SUPERSEDED = "superseded"


class Checkpoint:
    """A checkpoint folder on any file system that Spark can write to."""

    def __init__(self, spark: SparkSession, folder: str, topic: str, topic_id: str) -> None:
        jvm: Any = spark._jvm
        context: Any = spark.sparkContext._jsc
        self._jvm = jvm
        self._topic = topic
        path = jvm.org.apache.hadoop.fs.Path(folder)
        self._files = path.getFileSystem(context.hadoopConfiguration())
        self._query_id: str | None = None
        self.topic_id = topic_id
        self.folder = self._of_topic(folder, topic_id)
        while self._files.exists(self._path(self.folder, _SUPERSEDED)):
            self.folder += "/again"

    def _of_topic(self, folder: str, topic_id: str) -> str:
        """The folder for a topic id. A recreated topic gets its own folder, as the old positions do not apply to it."""
        if topic_id == _NO_TOPIC_ID:
            return folder
        owner = self._path(folder, "topic-id")
        if not self._files.exists(owner):
            stream = self._files.create(owner, True)
            stream.write(topic_id.encode())
            stream.close()
        return folder if self._read(owner).strip() == topic_id else f"{folder}/topic-{topic_id}"

    def supersede(self) -> None:
        """Give this folder up: the next checkpoint of the topic is another folder, so the topic is read again."""
        self._files.create(self._path(self.folder, _SUPERSEDED), True).close()

    def query_id(self) -> str:
        """The id of the query, which stays the same when it is restarted."""
        if self._query_id is None:
            self._query_id = str(json.loads(self._read(self._path(self.folder, "metadata")))["id"])
        return self._query_id

    def last_batch(self) -> int | None:
        """The newest micro-batch that is written; None if there is none."""
        return self._newest("commits")

    def range_of(self, batch_id: int) -> dict[int, tuple[int, int]] | None:
        """Offset ranges of a micro-batch, by partition; None if it has not been planned."""
        ends = self._offsets(f"offsets/{batch_id}")
        if ends is None:
            return None
        begins = self._begins(batch_id)
        # A new partition starts at 0, as Spark reads all of it.
        return {partition: (begins.get(partition, 0), end) for partition, end in ends.items()}

    def positions(self) -> dict[int, int] | None:
        """The offset of the next record to write, by partition; None before the first micro-batch."""
        done = self.last_batch()
        if done is None and self._newest("offsets") is None:
            return None
        return dict(self._begins(0 if done is None else done + 1))

    def _begins(self, batch_id: int) -> Offsets:
        return self._offsets(f"offsets/{batch_id - 1}" if batch_id > 0 else "sources/0/0") or {}

    def _newest(self, log: str) -> int | None:
        folder = self._path(self.folder, log)
        if not self._files.exists(folder):
            return None
        names = [str(status.getPath().getName()) for status in self._files.listStatus(folder)]
        return max((int(name) for name in names if name.isdigit()), default=None)

    def _offsets(self, name: str) -> dict[int, int] | None:
        file = self._path(self.folder, name)
        if not self._files.exists(file):
            return None
        # The last line has the offsets of the only source; the lines before it have the version and general metadata.
        text = self._read(file).splitlines()[-1]
        return {
            int(partition): offset for partition, offset in json.loads(text[text.index("{") :])[self._topic].items()
        }

    def _path(self, *names: str) -> Any:
        return self._jvm.org.apache.hadoop.fs.Path("/".join(names))

    def _read(self, path: Any) -> str:
        stream = self._files.open(path)
        try:
            return str(self._jvm.org.apache.commons.io.IOUtils.toString(stream, "UTF-8"))
        finally:
            stream.close()
