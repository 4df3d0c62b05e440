"""Small searches, and what must be the same of them whoever carried them out."""

import json
from pathlib import Path
from typing import Any

from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import read_plan
from gradewise.workflows.research.tune import TunedRun
from trials import essay_rows, read_json, small_plan

N = 72

SPACE = {
    "model.booster.max_leaves": [3, 7],
    "model.booster.learning_rate": {"low": 0.05, "high": 0.3, "log": True},
    "model.linear_share": {"low": 0.0, "high": 0.8, "step": 0.1},
}

BOOSTER = {"rounds": 12, "early_stopping_rounds": 5, "learning_rate": 0.1, "min_child": 3}


def quick(*, folds: int = 2, tune: dict[str, Any] | None = None, **changes: Any) -> Plan:
    """A plan whose search takes a second; `tune` changes how it searches."""
    path = small_plan(
        Path(),
        essay_rows(N),
        split={"folds": folds},
        features={"groups": ["length"], "text_learners": []},
        model={"calibration": "none", "booster": BOOSTER},
        tune={"trials": 6, "batch": 2, "nested_trials": 2, "space": SPACE, **(tune or {})},
        **changes,
    )
    return read_plan(path)


def results(directory: Path) -> dict[str, bytes]:
    """What must be the same byte for byte; of the page, everything but when and where."""
    names = ("artifacts/tune_trials.json", "artifacts/selected_params.json")
    page = read_json(directory / "reports" / "tune_report.json")
    said = json.dumps([page["verdict"], page["sections"]]).encode()
    return {name: (directory / name).read_bytes() for name in names} | {"page": said}


def trials_of(run: TunedRun) -> list[dict[str, Any]]:
    """The trials that a run wrote down."""
    found = read_json(run.directory / "artifacts" / "tune_trials.json")["trials"]
    assert isinstance(found, list)
    return found


def selected_of(run: TunedRun) -> dict[str, Any]:
    """What a run selected."""
    return read_json(run.directory / "artifacts" / "selected_params.json")
