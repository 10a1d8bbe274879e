"""The job exports exactly the metrics that are listed for it."""

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import generate_latest

from messages_spark.latency import BOUNDS, latency_of
from messages_spark.metrics import Metrics
from messages_spark.write_result import WriteResult

LISTED = json.loads((Path(__file__).parents[2] / "libs" / "platform" / "metrics.json").read_text(encoding="utf-8"))
LATENCY = "messages_end_to_end_latency_seconds"
PROGRESS = {"batchId": 7, "numInputRows": 3, "durationMs": {"addBatch": 1500}}
NOW = 1_700_000_000_000


def metrics_after(*written: WriteResult) -> Metrics:
    metrics = Metrics(follow=True)
    metrics.watch(lambda: PROGRESS, lambda: 12)
    for each in written:
        metrics.count(each)
    return metrics


def exported(metrics: Metrics) -> list[dict[str, Any]]:
    """The exported metrics in the form of the list. A metric with labels appears with its first sample."""
    found = []
    for family in metrics.registry.collect():
        # The list leaves out the metrics of the Python process.
        if family.name.startswith("process_"):
            continue
        labels = dict.fromkeys(label for sample in family.samples for label in sample.labels if label != "le")
        metric = {
            "type": family.type,
            "name": family.name + ("_total" if family.type == "counter" else ""),
            "help": family.documentation,
            "labels": list(labels),
        }
        if family.type == "histogram":
            names = [sample.labels["le"] for sample in family.samples if sample.name.endswith("_bucket")]
            assert names.pop() == "+Inf"
            metric["buckets"] = [json.loads(name) for name in names]
        found.append(metric)
    return sorted(found, key=lambda metric: str(metric["name"]))


def test_the_metrics_match_the_list() -> None:
    everything = WriteResult(quarantined=Counter(not_json=1), repaired=Counter({"flag_from_time is_opened": 1}))
    listed = [
        {key: metric[key] for key in metric if key != "apps"} for metric in LISTED if "spark-job" in metric["apps"]
    ]

    assert exported(metrics_after(everything)) == sorted(listed, key=lambda metric: str(metric["name"]))


@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool comes with Prometheus")
def test_the_metrics_pass_the_lint_of_promtool() -> None:
    text = generate_latest(metrics_after().registry)

    lint = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, check=False)

    assert (lint.returncode, lint.stdout, lint.stderr) == (0, b"", b"")


def samples_of_latency(metrics: Metrics) -> dict[str, float]:
    """Values by bucket, and count and sum by their names."""
    (family,) = (family for family in metrics.registry.collect() if family.name == LATENCY)
    return {sample.labels.get("le", sample.name.removeprefix(f"{LATENCY}_")): sample.value for sample in family.samples}


def written(ages: dict[int, int]) -> WriteResult:
    """The result of a task that wrote records of these ages: records by age in milliseconds."""
    buckets, seconds = latency_of({NOW - age: records for age, records in ages.items()}, NOW)
    return WriteResult.from_json(WriteResult(latency=buckets, latency_seconds=seconds).to_json())


def test_ages_of_all_tasks_are_added_up_by_bucket() -> None:
    micro_batch = WriteResult()
    micro_batch.add(written({100: 2, 101: 3}))
    micro_batch.add(written({101: 10, 86_400_001: 1}))
    samples = samples_of_latency(metrics_after(micro_batch, written({3_600_000: 5})))

    assert (samples["0.1"], samples["0.25"], samples["900"]) == (2, 15, 15)
    assert (samples["3600"], samples["86400"]) == (20, 20)
    assert (samples["+Inf"], samples["count"]) == (21, 21)
    assert abs(samples["sum"] - (2 * 0.1 + 13 * 0.101 + 5 * 3600 + 86_400.001)) < 1e-6


def test_a_record_from_the_future_has_an_age_of_zero() -> None:
    assert latency_of({NOW + 5000: 4}, NOW) == (Counter({"0.1": 4}), 0)


def test_all_buckets_exist_before_the_first_record() -> None:
    samples = samples_of_latency(metrics_after())

    assert len(samples) == len(BOUNDS) + 2
    assert set(samples.values()) == {0}
