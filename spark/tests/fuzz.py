"""Randomly broken records from tools/fuzz, with the results of the TypeScript cleaner."""

import base64
import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from outcome import Outcome

from messages_spark.contract import Contract

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class FuzzCase:
    number: int
    family: str
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
    expected: Outcome


def generate(seed: int, records: int, contract: Contract) -> list[FuzzCase]:
    """Build and run the generator. Raises RuntimeError with its output if it fails."""
    command = ["node", "dev/launch.mjs", "tools/fuzz/main", "--seed", str(seed), "--records", str(records)]
    try:
        run = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    except FileNotFoundError as error:
        raise RuntimeError(
            "node, which runs the TypeScript cleaner, was not found; install version 20.19 or newer"
        ) from error
    if run.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{run.stdout[-2000:]}{run.stderr[-2000:]}")
    return [_case(json.loads(line), contract) for line in run.stdout.split("\n") if line.startswith("{")]


def _case(line: dict[str, Any], contract: Contract) -> FuzzCase:
    outcome = line["outcome"]
    names = [column.name for column in contract.columns]
    return FuzzCase(
        number=line["number"],
        family=line["family"],
        value=None if line["value"] is None else base64.b64decode(line["value"]),
        headers=tuple((key, None if value is None else value.encode()) for key, value in line["headers"]),
        expected=Outcome(
            kind=outcome["kind"],
            row=None if outcome["values"] is None else dict(zip(names, outcome["values"], strict=True)),
            reasons=tuple((column, reason) for column, reason in outcome["reasons"]),
            repairs=tuple(sorted((column, repair) for column, repair in outcome["repairs"])),
            unknown_fields=outcome["unknownFields"],
        ),
    )
