"""Training classes from a file of texts to a bundle, a report, predictions and the monitoring log."""

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from gradewise.errors import InputError, MissingDependencyError, TrainingError
from gradewise.models.bundles.bundle import load_bundle
from gradewise.models.classifiers.fitted import FittedClassifier
from gradewise.models.classifiers.fitting import fit_classifier
from gradewise.models.classifiers.params import ClassifierParams
from gradewise.telemetry import Event, Notice, silent
from gradewise.workflows.classification import searching
from gradewise.workflows.datasets.read_dataset import read_dataset
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.services import Services, no_tables
from gradewise.workflows.train import train

MakePlan = Callable[..., Plan]


def _log(plan: Plan) -> list[dict[str, object]]:
    return [json.loads(line) for line in (plan.output / "monitoring_log.jsonl").read_text().splitlines()]


def test_a_file_of_texts_becomes_a_classifier(class_plan: MakePlan, classifying: Services) -> None:
    """Every part is there: figures side by side, a bundle that answers, predictions, a line in the log."""
    heard: list[Event] = []
    plan = class_plan({"method": "grid", "space": {"c": [1.0, 100.0]}})
    run = train(plan, classifying, listener=heard.append)
    assert ["training texts", "out of fold", "locked test"] == [each.name for each in run.report.evaluations]
    assert run.report.evaluations[-1].evaluation.metrics["macro_f1"].estimate > 0.8
    bundle = load_bundle(run.bundle)
    assert ("nominal", ("card", "cash", "pin")) == (bundle.metadata.task, bundle.metadata.scale.grades)
    assert "oos" == bundle.metadata.out_of_scope
    rows = pyarrow.parquet.read_table(run.directory / "artifacts/predictions.parquet").to_pylist()
    assert {"validation", "test", "out_of_scope"} == {row["part"] for row in rows}
    assert 12 == Counter(row["label"] for row in rows)["oos"]
    assert all(0 <= row["confidence"] <= 1 and isinstance(row["in_scope"], bool) for row in rows)
    metrics = json.loads((run.directory / "artifacts/metrics.json").read_text())
    assert {"train", "validation", "test"} <= metrics.keys()
    assert metrics["validation_chosen_on"] is True
    search = json.loads((run.directory / "artifacts/search.json").read_text())
    assert [{"c": 1.0}, {"c": 100.0}] == [trial["params"] for trial in search["trials"]]
    assert ["done"] == [line["outcome"] for line in _log(plan)]
    said = [event.message for event in heard if isinstance(event, Notice)]
    assert any("2 classes are left out" in line and "rare (1)" in line for line in said)
    assert any("'RARE' and 'rare'" in line for line in said)


def test_a_random_search_goes_on_where_it_was_stopped(
    class_plan: MakePlan, classifying: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was learnt before a run was stopped is not learnt again, and the result is the same."""
    plan = class_plan({"method": "random", "trials": 4})
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("gradewise.workflows.classification.training.learn_classes", _stop)
        with pytest.raises(KeyboardInterrupt):
            train(plan, classifying)
    directory = next((plan.output / "intents").iterdir())
    fitted: list[ClassifierParams] = []

    def counted(*given: Any, params: ClassifierParams, **named: Any) -> FittedClassifier:
        fitted.append(params)
        return fit_classifier(*given, params=params, **named)

    monkeypatch.setattr(searching, "fit_classifier", counted)
    resumed = train(plan, classifying, resume=directory)
    assert 3 == len(fitted)  # the three folds of the setting that was chosen
    search = json.loads((resumed.directory / "artifacts/search.json").read_text())
    assert 4 == len(search["trials"])
    assert ["stopped", "done"] == [line["outcome"] for line in _log(plan)]


def _stop(*_given: object, **_named: object) -> None:
    raise KeyboardInterrupt


def test_a_setting_that_cannot_be_learnt_is_kept_with_its_reason(
    class_plan: MakePlan, classifying: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others decide."""

    def failing(*given: Any, params: ClassifierParams, **named: Any) -> FittedClassifier:
        if params.c == 1.0:
            raise TrainingError("no such luck")
        return fit_classifier(*given, params=params, **named)

    monkeypatch.setattr(searching, "fit_classifier", failing)
    plan = class_plan({"method": "bayesian", "trials": 3, "space": {"c": [1.0, 5.0, 10.0]}})
    run = train(plan, classifying)
    search = json.loads((run.directory / "artifacts/search.json").read_text())
    failures = {trial["params"]["c"]: trial["failure"] for trial in search["trials"]}
    assert {1.0: "no such luck", 5.0: None, 10.0: None} == failures
    assert search["chosen"]["c"] != 1.0


@pytest.mark.parametrize("error", [TrainingError("broken"), MissingDependencyError("install it")], ids=type)
def test_where_nothing_can_be_learnt_the_run_fails_and_says_so(
    error: Exception, class_plan: MakePlan, classifying: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failed run is a line in the log too."""

    def failing(*_given: object, **_named: object) -> None:
        raise error

    monkeypatch.setattr(searching, "fit_classifier", failing)
    plan = class_plan({"method": "grid", "space": {"c": [1.0]}})
    with pytest.raises(type(error), match=str(error)):
        train(plan, classifying)
    assert [type(error).__name__] == [line["error_type"] for line in _log(plan)]


def test_data_that_is_refused_is_in_the_log_without_its_texts(
    class_plan: MakePlan, classifying: Services, texts: Path
) -> None:
    """Nothing of a text, also where a run never began."""
    texts.write_text("text,intent\nsecret words,card\nmore secret words,card\n", encoding="utf-8")
    plan = class_plan()
    with pytest.raises(InputError, match="1 different labels"):
        train(plan, classifying)
    assert ["refused"] == [line["outcome"] for line in _log(plan)]
    assert "secret" not in (plan.output / "monitoring_log.jsonl").read_text()


def test_predictions_are_json_lines_where_nothing_writes_parquet(
    class_plan: MakePlan, classifying: Services
) -> None:
    """And that is said; without a search, figures out of fold chose nothing."""
    heard: list[Event] = []
    plan = class_plan(out_of_scope=None, calibration="none", least_per_class=1)
    run = train(plan, replace(classifying, open_table=no_tables), listener=heard.append)
    lines = (run.directory / "artifacts/predictions.jsonl").read_text().splitlines()
    assert {"validation", "test"} == {json.loads(line)["part"] for line in lines}
    assert any("JSON Lines" in event.message for event in heard if isinstance(event, Notice))
    assert not any("chosen" in notice for notice in run.report.notices)
    assert ("RARE", "card", "cash", "oos", "pin", "rare") == load_bundle(run.bundle).metadata.scale.grades


def test_a_label_that_does_not_occur_cannot_be_out_of_scope(
    class_plan: MakePlan, classifying: Services
) -> None:
    """The nearest one is suggested."""
    with pytest.raises(InputError, match="no text has that label.*did you mean"):
        train(class_plan(out_of_scope="caash"), classifying)


def test_texts_of_no_class_may_be_in_the_locked_test_file_alone(
    texts: Path, tmp_path: Path, class_plan: MakePlan, classifying: Services
) -> None:
    """They are then no bad rows; any other label that no training text has still is."""
    inside, outside = tmp_path / "train.csv", tmp_path / "test.csv"
    header, *rows = texts.read_text().splitlines()
    inside.write_text("\n".join([header, *(row for row in rows if not row.endswith(",oos"))]))
    outside.write_text(f"{header}\nis my card lost,card\nany news,oos\n")
    plan = class_plan()
    plan = plan.model_copy(update={"data": plan.data.model_copy(update={"train": inside, "test": outside})})
    read = read_dataset(plan, classifying, silent)
    assert ("RARE", "card", "cash", "oos", "pin", "rare") == read.scale.grades
    assert ["card", "oos"] == [essay.label for essay in read.essays if essay.id in (read.test_ids or ())]
    outside.write_text(f"{header}\nis my card lost,card\nany news,news\n")
    with pytest.raises(InputError, match="'news' is not one of the classes"):
        read_dataset(plan, classifying, silent)


def test_a_log_that_cannot_be_written_fails_nothing(class_plan: MakePlan, classifying: Services) -> None:
    """What was trained is there, and what lacks is said."""
    heard: list[Event] = []
    plan = class_plan()
    (plan.output / "monitoring_log.jsonl").mkdir(parents=True)
    assert train(plan, classifying, listener=heard.append).bundle.is_dir()
    assert any("cannot be written" in event.message for event in heard if isinstance(event, Notice))
