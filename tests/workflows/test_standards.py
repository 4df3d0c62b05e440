"""Second teachers, writer groups and gates through the use cases."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradewise.adapters.essay_files import open_essay_file
from gradewise.adapters.memory_cache import MemoryCache
from gradewise.errors import InputError
from gradewise.essays.records import Essay
from gradewise.evaluation.agreement import quadratic_weighted_kappa
from gradewise.evaluation.gate_json import gate_report_to_json
from gradewise.evaluation.results import Graded
from gradewise.models.bundles.bundle import load_bundle
from gradewise.reporting.report import Report
from gradewise.telemetry import silent
from gradewise.testing.synthetic import generate_with_truth, to_rows
from gradewise.workflows.datasets.prepare import prepare_dataset
from gradewise.workflows.datasets.reading import with_guesses
from gradewise.workflows.evaluate import EvaluatedRun, evaluate_bundle
from gradewise.workflows.plans.evaluation import EvaluationPlan
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import make_plan, parse_plan, read_plan
from gradewise.workflows.services import Services
from gradewise.workflows.train import TrainedRun, train
from gradewise.workflows.training.standards import standards_topics
from trials import Row, read_json, small_plan, write_csv

COLUMNS = {"text": "text", "label": "grade", "second_label": "other", "groups": ["school", "year"]}


@dataclass(frozen=True)
class Trial:
    """One training on essays with two grades, and its essays."""

    run: TrainedRun
    """The run."""
    essays: tuple[Essay, ...]
    """All essays of the training, locked test included."""

    @property
    def graded(self) -> Graded:
        """The locked test, graded."""
        assert self.run.report.headline is not None
        return self.run.report.headline.graded


def quick_services() -> Services:
    """No checker, nothing kept."""
    return Services(
        open_source=open_essay_file,
        find_checker=lambda _name, _language: None,
        cache=MemoryCache(),
        workers=1,
        clock=lambda: datetime(2026, 1, 31, 12, tzinfo=UTC),
        versions={"gradewise": "0"},
    )


def rows_graded_twice(n: int, *, seed: int = 11) -> list[Row]:
    """Generated essays with the grade of another teacher, which every fourth lacks."""
    made = generate_with_truth(n, seed=seed)
    columns, rows = to_rows([truth.essay for truth in made])
    return [
        {**dict(zip(columns, row, strict=True)), "other": truth.second_label if number % 4 else ""}
        for number, (row, truth) in enumerate(zip(rows, made, strict=True))
    ]


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """A quick training on 240 essays, judged by two presets."""
    directory = tmp_path_factory.mktemp("standards")
    path = small_plan(
        directory,
        rows_graded_twice(240),
        data={"train": "essays.csv", "columns": COLUMNS},
        features={"groups": ["length"], "text_learners": []},
        evaluation={"gates": ["williamson2012", "seeds"], "min_group": 5},
        output=str(directory / "output"),
    )
    plan, services = read_plan(path), quick_services()
    return Trial(train(plan, services), prepare_dataset(plan, services, silent).essays)


def evaluated(trial: Trial, rows: list[Row], *, data: dict[str, Any], **evaluation: Any) -> EvaluatedRun:
    """The trained model on other essays."""
    raw = {
        "data": {"train": write_csv(Path("new.csv"), rows), **data},
        "evaluation": {"resamples": 100, **evaluation},
    }
    return evaluate_bundle(load_bundle(trial.run.bundle), make_plan(raw, location="test"), quick_services())


def names(report: Report) -> list[str]:
    """The topics of a report."""
    return [section.name for section in report.sections]


def test_a_training_is_held_to_the_standards(trial: Trial) -> None:
    """The report has the three topics, what two teachers reach, and the gates that the plan names."""
    assert ["standards", "fairness", "gates"] == names(trial.run.report)[2:5]
    assert ["williamson2012", "seeds"] == [gates.preset for gates in trial.run.gates]
    record = read_json(trial.run.directory / "reports" / "report.json")
    assert record["sections"]["gates"]["seeds"] == gate_report_to_json(trial.run.gates[1])
    assert {"school", "year"} == set(record["sections"]["fairness"]["attributes"])
    assert record["human"]["qwk"] == record["sections"]["standards"]["second"]["human_human"]["qwk"]
    assert not any(row.verdict == "not measured" for gates in trial.run.gates for row in gates.rules)


def test_two_teachers_are_those_of_the_locked_test(trial: Trial) -> None:
    """Agreement of the teachers is about the test essays that have a second grade, and no others."""
    report, by_id = trial.run.report, {essay.id: essay for essay in trial.essays}
    both = [essay for each in trial.graded.essay_ids if (essay := by_id[each]).second_label]
    first = report.scale.codes([essay.label or "" for essay in both])
    second = report.scale.codes([essay.second_label or "" for essay in both])
    assert report.human is not None
    expected = quadratic_weighted_kappa(first, second, n_grades=report.scale.n_grades)
    assert expected == pytest.approx(report.human["qwk"].estimate)


def test_new_essays_are_held_to_the_standards(trial: Trial) -> None:
    """Evaluation reports the same topics as training."""
    run = evaluated(trial, rows_graded_twice(60, seed=5), data={"columns": COLUMNS})
    assert ["grade_sets", "standards", "fairness", "gates", "advisories"] == names(run.report)
    assert run.report.human is not None
    assert ["williamson2012"] == [gates.preset for gates in run.gates]


def test_without_second_grades_groups_and_gates_the_standards_stay(trial: Trial) -> None:
    """What was not given is not shown; the standards say what a second teacher would add."""
    rows = [{name: row[name] for name in row if name != "school"} for row in rows_graded_twice(60, seed=5)]
    run = evaluated(trial, rows, data={}, gates=[])
    assert ["grade_sets", "standards", "advisories"] == names(run.report)
    assert ((), None) == (run.gates, run.report.human)


def test_data_whose_terms_allow_no_figures_show_no_gates(trial: Trial) -> None:
    """Not even a verdict leaves the run."""
    card = {"name": "found", "licence": "unknown"}
    run = evaluated(trial, rows_graded_twice(60, seed=5), data={"columns": COLUMNS, "card": card})
    record = read_json(run.directory / "reports" / "report.json")
    assert ((), {}, None) == (run.gates, record["sections"], record["human"])


def test_essays_are_joined_to_their_grades_by_id(trial: Trial) -> None:
    """The order of the essays, and essays that were not graded, change nothing."""
    plan = EvaluationPlan(resamples=100, gates=("williamson2012", "seeds"), min_group=5)
    forward, backward = (
        standards_topics(essays, trial.graded, trial.run.report.scale, plan)
        for essays in (trial.essays, trial.essays[::-1])
    )
    assert forward.gates == backward.gates == trial.run.gates
    assert forward.sections == backward.sections == trial.run.report.sections[2:5]


def test_a_preset_named_twice_is_judged_once(trial: Trial) -> None:
    """The order of the plan is kept."""
    plan = EvaluationPlan(resamples=100, gates=("seeds", "ctb2014", "seeds"))
    topics = standards_topics(trial.essays, trial.graded, trial.run.report.scale, plan)
    assert ["seeds", "ctb2014"] == [gates.preset for gates in topics.gates]


def test_a_sum_of_marks_is_no_second_grade(services: Services) -> None:
    """Where the label is the sum of two marks, one of them is refused before anything is measured."""
    marks = np.random.default_rng(0).integers(2, 6, 60).tolist()
    rows = [
        {"text": f"Essay {n} of mine.", "grade": str(2 * mark), "other": str(mark)}
        for n, mark in enumerate(marks)
    ]
    data = {"train": "essays.csv", "columns": {**COLUMNS, "groups": []}}
    plan = read_plan(small_plan(Path(), rows, scale="2-12", data=data))
    with pytest.raises(InputError, match=r"essays\.csv: the second teacher's grades lie"):
        prepare_dataset(plan, services, silent)


def ellipse_plan(services: Services, content: str, *, without: str = "") -> Plan:
    """The plan of a copy of ELLIPSE, with what it leaves open filled in."""
    columns = [
        "text_id_kaggle", "full_text", "gender", "race_ethnicity", "SES", "grade", "prompt",
        "Overall", "Cohesion", "Syntax", "Phraseology", "Conventions",
    ]  # fmt: skip
    file = write_csv(Path("ellipse.csv"), [{column: "3.0" for column in columns if column != without}])
    return with_guesses(parse_plan(content, location="test"), services.open_source(file), silent)


def test_groups_of_a_published_dataset_are_known(services: Services) -> None:
    """ELLIPSE is reported by its four attributes, or those that a copy still has, or those that are named."""
    plain = "data: {train: ellipse.csv}"
    expected = ("gender", "race_ethnicity", "SES", "grade")
    assert expected == ellipse_plan(services, plain).data.columns.groups
    assert expected[1:] == ellipse_plan(services, plain, without="gender").data.columns.groups
    named = "data: {train: ellipse.csv, columns: {groups: [SES]}}"
    assert ("SES",) == ellipse_plan(services, named).data.columns.groups
