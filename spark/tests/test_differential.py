"""Both engines must give the same results for randomly broken records.

Another sample: `FUZZ_SEED=7 FUZZ_RECORDS=100000 npm run test:spark -- -k differential`.
"""

import os
import re
from dataclasses import fields, replace

from fuzz import FuzzCase, generate
from outcome import RECORD, Outcome, clean_records, outcome_of
from pyspark.sql import SparkSession

from messages_spark.contract import Contract

SEED = int(os.environ.get("FUZZ_SEED", "1"))
RECORDS = int(os.environ.get("FUZZ_RECORDS", "10000"))
SHOWN = 5

#: A key with an escaped surrogate. Spark may count such keys differently (spark/README.md).
SURROGATE_KEY = re.compile(rb'\\u[dD][89a-fA-F][0-9a-fA-F]{2}[^"]*"[ \t\n\r]*:')


def test_differential(spark: SparkSession, contract: Contract) -> None:
    cases = {case.number: case for case in generate(SEED, RECORDS, contract)}
    assert len(cases) == RECORDS
    records = spark.createDataFrame(
        [(case.number, None, case.value, list(case.headers) or None) for case in cases.values()],
        RECORD,
    )
    cleaned = clean_records(records, contract).collect()
    assert sorted(row["number"] for row in cleaned) == sorted(cases)
    different = [
        (case, outcome)
        for case, outcome in ((cases[row["number"]], outcome_of(row, contract)) for row in cleaned)
        if not _agrees(case, outcome)
    ]
    assert not different, _describe(different)


def _agrees(case: FuzzCase, outcome: Outcome) -> bool:
    if outcome == case.expected:
        return True
    uncounted = replace(outcome, unknown_fields=case.expected.unknown_fields)
    return uncounted == case.expected and SURROGATE_KEY.search(case.value or b"") is not None


def _describe(different: list[tuple[FuzzCase, Outcome]]) -> str:
    """Describe the smallest records, which are the easiest to understand."""
    different.sort(key=lambda pair: len(pair[0].value or b""))
    shown = [_difference(case, outcome) for case, outcome in different[:SHOWN]]
    return f"\n{len(different)} of {RECORDS} records of seed {SEED} differ; the smallest:\n\n" + "\n\n".join(shown)


def _difference(case: FuzzCase, outcome: Outcome) -> str:
    lines = [f"record {case.number} ({case.family}), headers {case.headers}:", f"  {(case.value or b'')[:2000]!r}"]
    for field in fields(Outcome):
        expected, got = getattr(case.expected, field.name), getattr(outcome, field.name)
        if field.name == "row" and expected and got:
            # Only the columns that differ.
            names = [name for name in expected if expected[name] != got[name]]
            expected, got = ({name: row[name] for name in names} for row in (expected, got))
        if expected != got:
            lines.append(f"  {field.name}: TypeScript {expected!r}, Spark {got!r}")
    return "\n".join(lines)
