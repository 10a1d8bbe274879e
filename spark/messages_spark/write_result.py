"""The result of writing: tasks return it, and the metrics count it."""

import json
from collections import Counter
from dataclasses import dataclass, field

_COUNTERS = ("quarantined", "repaired", "latency", "query_ids")


@dataclass
class WriteResult:
    """The result of a task, or the sum of the results of a micro-batch."""

    records: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    tombstones: int = 0
    #: Rows and rejected records of erased clients, which are not written.
    erased: int = 0
    unknown_fields: int = 0
    #: Backfill only: lines between the rows that repeat the header.
    repeated_headers: int = 0
    #: Records newly in quarantine, by reason. A record with several reasons counts for each.
    quarantined: Counter[str] = field(default_factory=Counter)
    #: Values repaired, by rule and column.
    repaired: Counter[str] = field(default_factory=Counter)
    #: Time for sending rows to the database, and for merging them there; summed over the tasks.
    copy_seconds: float = 0
    merge_seconds: float = 0
    #: Records by bucket of their age at the commit, and the sum of the ages. Empty unless latency is observed.
    latency: Counter[str] = field(default_factory=Counter)
    latency_seconds: float = 0
    #: Tasks that wrote nothing because the database refused a row.
    refused: int = 0
    #: Backfill only: number of parts that an earlier run wrote, and why parts of files are missing.
    done_before: int = 0
    problems: list[str] = field(default_factory=list)
    #: Number of writes by query id in spark_writes.
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
