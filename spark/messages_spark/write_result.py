"""What writing came to, from tasks to the metrics."""

import json
from collections import Counter
from dataclasses import dataclass, field

_COUNTERS = ("quarantined", "repaired", "latency", "query_ids")


@dataclass
class WriteResult:
    """What a task, or all tasks of a micro-batch, came to."""

    records: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    tombstones: int = 0
    unknown_fields: int = 0
    #: Of a backfill: lines between the rows of a file that repeat its header.
    repeated_headers: int = 0
    #: Records newly in quarantine, by reason; a record with several counts for each.
    quarantined: Counter[str] = field(default_factory=Counter)
    #: Values filled in, by rule and column.
    repaired: Counter[str] = field(default_factory=Counter)
    #: Summed over the tasks: sending rows to the database, and the database merging them.
    copy_seconds: float = 0
    merge_seconds: float = 0
    #: Records by bucket of their age at the commit, and the sum of their ages; where it was asked for.
    latency: Counter[str] = field(default_factory=Counter)
    latency_seconds: float = 0
    #: Tasks that wrote nothing because the database refused a row.
    refused: int = 0
    #: Of a backfill: parts that an earlier run wrote, and what is wrong with files, so that parts of them are missing.
    done_before: int = 0
    problems: list[str] = field(default_factory=list)
    #: Under which ids of spark_writes this was counted, and how many writes.
    query_ids: Counter[str] = field(default_factory=Counter)

    def add(self, other: "WriteResult") -> None:
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def to_json(self) -> str:
        return json.dumps(vars(self))

    @classmethod
    def from_json(cls, text: str) -> "WriteResult":
        values = json.loads(text)
        return cls(**{**values, **{name: Counter(values[name]) for name in _COUNTERS}})
