"""Text learners through the use cases: one file of essays in, the same suggestions everywhere."""

import csv
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from essay_writers import written
from gradewise.adapters.essay_files import open_essay_file
from gradewise.adapters.memory_cache import MemoryCache
from gradewise.errors import PlanError
from gradewise.essays.records import Essay
from gradewise.models.bundles.bundle import load_bundle
from gradewise.models.bundles.verified import Bundle
from gradewise.reporting.report import Report
from gradewise.telemetry import Event, StageAdvanced, StageStarted, silent
from gradewise.workflows.evaluate import evaluate_bundle
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import make_plan, parse_plan, plan_yaml
from gradewise.workflows.plans.template import commented_plan
from gradewise.workflows.score import Scorer, score_many
from gradewise.workflows.services import Services
from gradewise.workflows.train import TrainedRun, train

GRADES = "EDCBA"
TEXTS, CODES = written(150, seed=2)
Trained = tuple[TrainedRun, Bundle, list[Event]]


def services() -> Services:
    """No checker, nothing kept."""
    return Services(
        open_source=open_essay_file,
        find_checker=lambda _name, _language: None,
        cache=MemoryCache(),
        workers=1,
        clock=lambda: datetime(2026, 1, 31, 12, tzinfo=UTC),
        versions={"gradewise": "0"},
    )


def essay_plan(directory: Path, **changes: Mapping[str, Any]) -> Plan:
    """Few trees over one group of features and the default text learners."""
    file = directory / "essays.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(["text", "label", "prompt"])
        writer.writerows(
            (text, GRADES[code], f"task {row % 6}")
            for row, (text, code) in enumerate(zip(TEXTS, CODES, strict=True))
        )
    sections: dict[str, Any] = {
        "language": "sv",
        "scale": list(GRADES),
        "data": {"train": file, "columns": {"text": "text", "label": "label", "prompt": "prompt"}},
        "split": {"folds": 3},
        "features": {"groups": ["length"]},
        "model": {"booster": {"rounds": 30, "learning_rate": 0.2, "min_child": 5}},
        "evaluation": {"resamples": 100},
        "output": directory / "output",
    }
    for name, section in changes.items():
        sections[name] = sections[name] | section
    return make_plan(sections, location="test")


def trained_on(plan: Plan) -> Trained:
    """A training, its bundle and what it reported."""
    heard: list[Event] = []
    run = train(plan, services(), listener=heard.append)
    return run, load_bundle(run.bundle), heard


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """The default learners at work."""
    return trained_on(essay_plan(tmp_path_factory.mktemp("wording")))


def shares(report: Report) -> dict[str, float]:
    """How much of scores each construct moves."""
    return {share.construct: share.share for share in report.importance}


def test_wording_is_learnt_by_default(trained: Trained) -> None:
    """The bundle has both learners, their work is reported step by step, and one construct explains it."""
    run, bundle, heard = trained
    assert ["words", "characters"] == [learner.kind for learner in bundle.learners]
    assert StageStarted("wording", 8, "fits") in heard
    assert list(range(1, 9)) == [
        event.done for event in heard if isinstance(event, StageAdvanced) and event.stage == "wording"
    ]
    assert shares(run.report)["wording"] > 0.5
    assert bundle.metadata.hyperparameters["wording_words_penalty"] == bundle.learners[0].penalties[0]
    assert ("words", "characters") == bundle.metadata.text_learners
    assert "terms that at least 5 training essays share" in (run.bundle / "model_card.md").read_text()


def test_one_and_many_are_scored_alike(trained: Trained) -> None:
    """An essay gets the same score alone and in company, and wording is among its reasons."""
    _, bundle, _ = trained
    essays = [Essay(id=f"new-{row}", text=text) for row, text in enumerate(written(12, seed=9)[0])]
    many = list(score_many(bundle, essays, services(), n_reasons=6))
    scorer = Scorer(bundle, None)
    assert [scorer.score(essay) for essay in essays] == many
    assert "wording" in {reason.construct for reason in many[0].reasons}
    assert len({prediction.score for prediction in many}) > 3


def test_a_bundle_is_evaluated_with_its_learners(trained: Trained) -> None:
    """Evaluation on a file completes the features too."""
    run, bundle, _ = trained
    plan = essay_plan(run.directory)
    report = evaluate_bundle(bundle, plan, services(), listener=silent).report
    assert report.evaluations[0].evaluation.metrics["qwk"].estimate > 0.6
    assert "wording" in shares(report)


def test_no_learner_is_a_choice(tmp_path: Path) -> None:
    """An empty list trains on measured features alone, without a stage for it."""
    run, bundle, heard = trained_on(essay_plan(tmp_path, features={"text_learners": []}))
    assert () == bundle.learners
    assert "wording" not in shares(run.report)
    assert not [event for event in heard if isinstance(event, StageStarted) and event.stage == "wording"]


def test_prompts_may_be_held_out(tmp_path: Path) -> None:
    """The inner parts then hold out whole prompts as well, and training goes through."""
    plan = essay_plan(tmp_path, split={"scheme": "prompt_holdout"}, features={"text_learners": ["words"]})
    run, bundle, _ = trained_on(plan)
    assert ["words"] == [learner.kind for learner in bundle.learners]
    assert run.report.evaluations


@pytest.mark.parametrize(
    ("written_so", "said"),
    [("[wrods]", "'words', 'characters' or 'runs'"), ("[words, words]", "name each learner once")],
)
def test_a_plan_names_known_learners_once(written_so: str, said: str) -> None:
    """Anything else is refused in one line."""
    with pytest.raises(PlanError, match=said):
        parse_plan(f"data: {{train: a.csv}}\nfeatures: {{text_learners: {written_so}}}", location="plan")


@pytest.mark.parametrize("written_so", ["[]", "[characters]", "[runs, words]"])
def test_the_choice_survives_being_saved(written_so: str) -> None:
    """A saved plan says the same, and the commented one shows it."""
    plan = parse_plan(f"data: {{train: a.csv}}\nfeatures: {{text_learners: {written_so}}}", location="plan")
    assert plan == parse_plan(plan_yaml(plan), location="saved")
    assert plan.features == parse_plan(commented_plan(plan), location="saved").features
