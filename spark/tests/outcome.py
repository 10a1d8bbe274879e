"""What a cleaner makes of a record, in a form that can be compared."""

from dataclasses import dataclass

from pyspark.sql import Row

from messages_spark.contract import Contract


@dataclass(frozen=True)
class Outcome:
    kind: str
    row: dict[str, str | None] | None = None
    reasons: tuple[tuple[str | None, str], ...] = ()
    #: Sorted, as their order does not matter.
    repairs: tuple[tuple[str, str], ...] = ()
    unknown_fields: int = 0


def outcome_of(row: Row, contract: Contract) -> Outcome:
    """The outcome in a row that `clean` gave: all that the tests have to know about its form."""
    values = {column.name: row[column.name] for column in contract.columns}
    if row["kind"] != "row":
        assert not any(values.values()), "what is not a row has no values"
    return Outcome(
        kind=row["kind"],
        row=values if row["kind"] == "row" else None,
        reasons=tuple((reason["column"], reason["reason"]) for reason in row["reasons"]),
        repairs=tuple(sorted((repair["column"], repair["repair"]) for repair in row["repairs"])),
        unknown_fields=row["unknown_fields"],
    )
