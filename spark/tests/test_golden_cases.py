"""Every golden case of the contract, cleaned in one job."""

import pytest
from conftest import SCHEMA
from golden import GoldenCase, Outcome, read_cases
from pyspark.sql import Row, SparkSession

from messages_spark.cleaning import clean
from messages_spark.contract import Contract

CASES = read_cases(SCHEMA / "golden" / "cases.json")
RECORDS = "case long, key binary, value binary, headers array<struct<key:string,value:binary>>"


@pytest.fixture(scope="module")
def outcomes(spark: SparkSession, contract: Contract) -> dict[int, Outcome]:
    rows = [
        (number, None, case.value, [(key, text.encode()) for key, text in case.headers.items()] or None)
        for number, case in enumerate(CASES)
    ]
    cleaned = clean(spark.createDataFrame(rows, RECORDS), contract).drop("key", "value", "headers")
    names = [column.name for column in contract.columns]
    return {row["case"]: _outcome(row, names) for row in cleaned.collect()}


def _outcome(row: Row, names: list[str]) -> Outcome:
    values = {name: row[name] for name in names}
    if row["kind"] != "row":
        assert not any(values.values()), "what is not a row has no values"
    return Outcome(
        kind=row["kind"],
        row=values if row["kind"] == "row" else None,
        reasons=tuple((reason["column"], reason["reason"]) for reason in row["reasons"]),
        repairs=tuple(sorted((repair["column"], repair["repair"]) for repair in row["repairs"])),
        unknown_fields=row["unknown_fields"],
    )


@pytest.mark.parametrize(("number", "case"), list(enumerate(CASES)), ids=[case.name for case in CASES])
def test_golden_case(outcomes: dict[int, Outcome], number: int, case: GoldenCase) -> None:
    assert outcomes[number] == case.expected
