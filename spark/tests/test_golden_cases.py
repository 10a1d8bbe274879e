"""Cleans every golden case of the contract, in one job."""

import pytest
from conftest import SCHEMA
from golden import GoldenCase, read_cases
from outcome import RECORD, Outcome, clean_records, outcome_of
from pyspark.sql import SparkSession

from messages_spark.contract import Contract

CASES = read_cases(SCHEMA)


@pytest.fixture(scope="module")
def outcomes(spark: SparkSession, contract: Contract) -> dict[int, Outcome]:
    rows = [
        (number, None, case.value, [(key, text.encode()) for key, text in case.headers.items()] or None)
        for number, case in enumerate(CASES)
    ]
    cleaned = clean_records(spark.createDataFrame(rows, RECORD), contract)
    return {row["number"]: outcome_of(row, contract) for row in cleaned.collect()}


@pytest.mark.parametrize(("number", "case"), list(enumerate(CASES)), ids=[case.name for case in CASES])
def test_golden_case(outcomes: dict[int, Outcome], number: int, case: GoldenCase) -> None:
    assert outcomes[number] == case.expected
