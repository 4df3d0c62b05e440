"""Accuracy on real essays with the default plan: out of fold, and once on the locked test file."""

import tempfile
from pathlib import Path

from benchmarks.corpora import EXCLUDED_PROMPTS, ellipse
from benchmarks.measurements import Measurement
from benchmarks.speed import fresh_services
from gradewise.evaluation.results import Interval
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import make_plan
from gradewise.workflows.train import train

ASKED = {("locked test", "qwk"): 0.60}
SHOWN = ("qwk", "mae", "rmse", "accuracy", "adjacent_accuracy", "rps", "ece")
HIGHER = {"qwk", "accuracy", "adjacent_accuracy"}


def ellipse_plan(train_file: Path, test_file: Path, output: Path) -> Plan:
    """ELLIPSE Overall with the default filters: 200–1000 words, letters left out."""
    return make_plan(
        {
            "name": "ellipse",
            "scale": "ellipse",
            "data": {
                "train": train_file,
                "test": test_file,
                "columns": {
                    "text": "full_text",
                    "label": "Overall",
                    "id": "text_id_kaggle",
                    "prompt": "prompt",
                },
                "card": {"name": "ELLIPSE", "source": "ELLIPSE corpus", "licence": "CC BY-NC-SA 4.0"},
                "filters": {"min_words": 200, "max_words": 1000, "exclude_prompts": EXCLUDED_PROMPTS},
            },
            "model": {"decision": "cutpoints"},
            "output": output,
        },
        location="benchmark",
    )


def on_ellipse() -> list[Measurement]:
    """Figures with 95 % intervals; nothing when the machine lacks the corpus."""
    train_file, test_file = ellipse("train"), ellipse("test")
    if train_file is None or test_file is None:
        return []
    with fresh_services() as services, tempfile.TemporaryDirectory() as directory:
        report = train(ellipse_plan(train_file, test_file, Path(directory)), services).report
    measured = [
        _measurement(named.name, metric, named.evaluation.metrics[metric], named.evaluation.n)
        for named in report.evaluations
        for metric in SHOWN
    ]
    return [
        *measured,
        *(_measurement(row.name, "qwk", row.metrics["qwk"], report.data.n_test) for row in report.baselines),
    ]


def _measurement(where: str, metric: str, interval: Interval, n: int) -> Measurement:
    return Measurement(
        name=f"ELLIPSE {where}: {metric}",
        value=interval.estimate,
        unit="",
        asked=ASKED.get((where, metric)),
        better="higher" if metric in HIGHER else "lower",
        note=f"95 % interval {interval.low:.3f}–{interval.high:.3f}, n={n}",
    )
