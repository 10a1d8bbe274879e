"""The golden cases of the contract, as Kafka records and expected outcomes."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outcome import Outcome


@dataclass(frozen=True)
class GoldenCase:
    name: str
    value: bytes | None
    headers: dict[str, str]
    expected: Outcome


def read_cases(schema: Path) -> list[GoldenCase]:
    document = json.loads((schema / "golden" / "cases.json").read_text(encoding="utf-8"))
    contract = json.loads((schema / "contract.json").read_text(encoding="utf-8"))
    base_row = {**{column["name"]: None for column in contract["columns"]}, **document["base_row"]}
    return [
        GoldenCase(
            name=case["name"],
            value=_value(case, document["base"]),
            headers=case.get("headers", {}),
            expected=_outcome(case["expect"], base_row),
        )
        for case in document["cases"]
    ]


def _value(case: dict[str, Any], base: dict[str, Any]) -> bytes | None:
    if "raw" in case:
        return str(case["raw"]).encode()
    if "raw_base64" in case:
        return base64.b64decode(case["raw_base64"])
    if "pieces" in case:
        return "".join(text * times for text, times in case["pieces"]).encode()
    if "repeat" in case:
        return _padded(case["repeat"], base)
    if "with" in case or "without" in case:
        fields = {**base, **case.get("with", {})}
        return _compact({name: value for name, value in fields.items() if name not in case.get("without", [])})
    return None


def _padded(repeat: dict[str, Any], base: dict[str, Any]) -> bytes:
    field, pad = repeat["pad_field"], repeat.get("pad_with", "x")
    missing = repeat["to_bytes"] - len(_compact({**base, field: ""}))
    times, rest = divmod(missing, len(pad.encode()))
    if rest:
        raise ValueError(f"{repeat} does not divide evenly")
    return _compact({**base, field: pad * times})


def _compact(fields: dict[str, Any]) -> bytes:
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    # JSON.stringify escapes lone surrogates.
    escaped = "".join(f"\\u{ord(char):04x}" if "\ud800" <= char <= "\udfff" else char for char in text)
    return escaped.encode()


def _outcome(expect: dict[str, Any], base_row: dict[str, str | None]) -> Outcome:
    if expect.get("tombstone"):
        return Outcome("tombstone")
    if "reasons" in expect:
        return Outcome("rejected", reasons=tuple((item["column"], item["reason"]) for item in expect["reasons"]))
    return Outcome(
        "row",
        row={**base_row, **expect["row"]},
        repairs=tuple(sorted((item["column"], item["repair"]) for item in expect.get("repairs", []))),
        unknown_fields=expect.get("unknown_fields", 0),
    )
