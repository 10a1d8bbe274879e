import json
from pathlib import Path
from typing import Any

import pytest
from conftest import SCHEMA

from messages_spark.contract import Contract, ContractError, read_contract

DOCUMENT: dict[str, Any] = json.loads((SCHEMA / "contract.json").read_text(encoding="utf-8"))


def test_every_column_is_read(contract: Contract) -> None:
    assert [column.name for column in contract.columns] == [column["name"] for column in DOCUMENT["columns"]]
    assert [column.name for column in contract.columns if column.required] == [
        column["name"] for column in DOCUMENT["columns"] if column.get("required")
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"columns": [{"name": "id", "kind": "uuid"}]},
        {"columns": [{"name": "category", "kind": "text"}]},
        {"record": {**DOCUMENT["record"], "maxDepth": 1001}},
        {"record": {**DOCUMENT["record"], "maxKeyLength": 50_000}},
        {"years": {}},
        {"flags": None},
        {"orders": [{"first": "opened_first_time_at", "last": "closed_at"}]},
        {"reasons": {"missing": "no value"}},
        {"repairs": {}},
    ],
    ids=str,
)
def test_an_invalid_contract_is_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    file = tmp_path / "contract.json"
    file.write_text(json.dumps({**DOCUMENT, **change}), encoding="utf-8")
    with pytest.raises(ContractError, match=r"contract\.json is not a contract that this engine understands"):
        read_contract(file)


def test_invalid_json_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "contract.json"
    file.write_text("{", encoding="utf-8")
    with pytest.raises(ContractError):
        read_contract(file)
