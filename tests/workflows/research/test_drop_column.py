"""Drop-column importance: planted columns are found out, and a run can be cut short anywhere."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from gradewise.errors import PlanError, TrainingError
from gradewise.features.schema import FeatureMatrix, FeatureSpec
from gradewise.telemetry import Event, StageAdvanced, StageStarted, silent
from gradewise.workflows.datasets.prepare import prepare_dataset
from gradewise.workflows.research import trials, variants
from gradewise.workflows.research.drop_column import DropColumnRun, drop_column, learn_without
from gradewise.workflows.services import Services
from gradewise.workflows.training.experiment import Experiment, gather
from trials import essay_rows, read_json, write_csv

ARTIFACT = "artifacts/drop_column_importance.json"


def planted(experiment: Experiment) -> Experiment:
    """Columns made from the grades: one that nothing replaces, a pair of doubles, and a useless one."""
    rng = np.random.default_rng(4)
    n = len(experiment.train)
    half = rng.normal(size=n)
    other = experiment.train_codes - half
    columns = {
        "alone": half + 0.05 * rng.normal(size=n),
        "double": other + 0.05 * rng.normal(size=n),
        "its_double": 2 * other + 0.1 * rng.normal(size=n),
        "useless": rng.normal(size=n),
    }
    return replace(
        experiment,
        train_matrix=with_columns(experiment.train_matrix, columns),
        views=tuple(with_columns(view, columns) for view in experiment.views),
    )


def with_columns(matrix: FeatureMatrix, columns: dict[str, NDArray[np.float64]]) -> FeatureMatrix:
    """The matrix with further columns."""
    specs = [FeatureSpec(name, "", "planted", -np.inf, np.inf, "Planted.") for name in columns]
    return matrix.with_columns(np.stack(list(columns.values()), axis=1).astype(np.float32), specs)


def test_planted_columns_are_found_out(
    quick_plan: Callable[..., Any], opened: Callable[..., Any], services: Services
) -> None:
    """What nothing replaces is kept; a useless column, and each of two doubles, is inside the noise."""
    plan = quick_plan(
        240,
        split={"folds": 3},
        drop_column={"noise_columns": 6},
        # With a share of the columns for each tree, two doubles would be at hand more often than one.
        model={"booster": {"rounds": 40, "learning_rate": 0.2, "feature_fraction": 1.0}},
    )
    experiment = planted(gather(prepare_dataset(plan, services, silent), services, silent))
    with opened(plan) as run:
        found = learn_without(experiment, ["alone", "double", "its_double", "useless"], run)
    assert found is not None
    assert {
        "alone": "keep",
        "double": "inside the noise",
        "its_double": "inside the noise",
        "useless": "inside the noise",
    } == {column.name: column.advice for column in found.columns}
    assert found.columns[0].gain("rps") > 2 * found.noise.reach


@pytest.fixture
def measured(quick_plan: Callable[..., Any], services: Services) -> DropColumnRun:
    """A finished run on every measured column."""
    return drop_column(quick_plan(), services)


def test_a_run_leaves_figures_and_pages(measured: DropColumnRun) -> None:
    """The record has the fields that are documented; the pages name every column and its advice."""
    record = read_json(measured.directory / ARTIFACT)
    assert measured.importance is not None
    assert [column.name for column in measured.importance.columns] == [
        row["feature"] for row in record["handcrafted_features"]
    ]
    first = record["handcrafted_features"][0]
    assert {"qwk", "mae", "adjacent", "rps"} == set(first["deltas"])
    assert 2 == len(first["deltas"]["qwk"]["per_fold"])
    mean = np.mean(first["deltas"]["qwk"]["per_fold"])
    assert mean == pytest.approx(first["deltas"]["qwk"]["mean"])
    assert 4 == len(first["folds"]) == len(record["baseline"]["folds"])
    for row in first["folds"]:
        base = record["baseline"]["folds"][2 * row["seed"] + row["fold"]]
        expected = base["qwk"] - row["qwk"], row["mae"] - base["mae"]
        deltas = (first["deltas"][name]["per_fold"][row["seed"]][row["fold"]] for name in ("qwk", "mae"))
        assert expected == pytest.approx(tuple(deltas))
    assert 3 == len(record["noise"]["columns"])
    for suffix in ("html", "md", "json"):
        page = (measured.directory / f"reports/drop_column_importance.{suffix}").read_text(encoding="utf-8")
        assert "distinct" in page
    assert "</svg>" in measured.html.read_text(encoding="utf-8")


def test_chosen_columns_alone_are_left_out(quick_plan: Callable[..., Any], services: Services) -> None:
    """In the order of the matrix, whatever the order of asking; by prompt, if asked."""
    asked = {"columns": ["words", "sentences"], "noise_columns": 0, "by_prompt": True}
    run = drop_column(quick_plan(drop_column=asked), services)
    assert run.importance is not None
    assert {"words", "sentences"} == {column.name for column in run.importance.columns}
    assert "prompt" == run.importance.resampling.clustered_by
    assert any("No random columns were tried" in each.text for each in run.page.statements)


def test_workers_do_not_change_a_byte(
    quick_plan: Callable[..., Any], by_workers: Callable[[int], Services]
) -> None:
    """One thread and three give the same record and the same page."""
    plan = quick_plan()
    runs = [drop_column(plan, by_workers(n)) for n in (1, 3)]
    for name in (ARTIFACT, "reports/drop_column_importance.html"):
        first, second = ((run.directory / name).read_bytes() for run in runs)
        assert first == second, name


def test_a_killed_run_goes_on_where_it_was(
    quick_plan: Callable[..., Any],
    services: Services,
    measured: DropColumnRun,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing that was kept is learnt again, and the record is that of an unbroken run to the byte."""
    real, learnt = variants.read_variant_fold, list[str]()

    def mortal(experiment: Experiment, variant: Any, fold: int, **options: Any) -> Any:
        if len(learnt) == 11:
            raise TrainingError("cut short")
        learnt.append(f"{variant.id} {fold}")
        return real(experiment, variant, fold, **options)

    monkeypatch.setattr(trials, "read_variant_fold", mortal)
    with pytest.raises(TrainingError, match="cut short"):
        drop_column(quick_plan(), services)
    (directory,) = {path.parent for path in Path("output").rglob("status.json")} - {measured.directory}
    kept, learnt[:] = tuple(learnt), ["before the cut"] * 100
    resumed = drop_column(quick_plan(), services, resume=directory)
    again = learnt[100:]
    assert not set(kept) & set(again)
    assert total_fits(measured) == len({*kept, *again}) == len(kept) + len(again)
    assert (measured.directory / ARTIFACT).read_bytes() == (resumed.directory / ARTIFACT).read_bytes()


def total_fits(run: DropColumnRun) -> int:
    """Seeds times folds, for the base, each column and each random column."""
    found = run.importance
    assert found is not None
    return found.n_seeds * found.n_folds * (1 + len(found.columns) + len(found.noise.columns))


def test_progress_is_told_of_every_fit(quick_plan: Callable[..., Any], services: Services) -> None:
    """Each stage says how much there is to do, and ends when it is done."""
    heard: list[Event] = []
    run = drop_column(quick_plan(), services, listener=heard.append)
    totals = {event.stage: event.total for event in heard if isinstance(event, StageStarted)}
    done = {event.stage: event.done for event in heard if isinstance(event, StageAdvanced)}
    assert total_fits(run) == totals["all columns"] + totals["columns left out or added"]  # type: ignore[operator]
    for name in ("all columns", "columns left out or added", "grades"):
        assert totals[name] == done[name]


def test_every_fold_and_seed_grows_as_many_trees_with_a_column_as_without(
    quick_plan: Callable[..., Any], services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model with all columns finds the number; no other model looks for its own."""
    real, rounds = variants.read_variant_fold, dict[tuple[int, int], set[tuple[int, ...]]]()

    def watching(experiment: Experiment, variant: Any, fold: int, **options: Any) -> Any:
        reading = real(experiment, variant, fold, **options)
        rounds.setdefault((variant.model.seed, fold), set()).add(reading.rounds)
        return reading

    monkeypatch.setattr(trials, "read_variant_fold", watching)
    drop_column(quick_plan(), services)
    assert 4 == len(rounds)
    assert {1} == {len(found) for found in rounds.values()}


def test_blocked_data_shows_no_figure(quick_plan: Callable[..., Any], services: Services) -> None:
    """Where the card allows smoke tests only everything runs and no file holds a figure."""
    card = {"name": "found", "licence": "unknown"}
    run = drop_column(quick_plan(data={"train": "essays.csv", "card": card}), services)
    assert run.importance is None
    assert not (run.directory / ARTIFACT).exists()
    assert ["No figures are shown"] == [statement.text[:20] for statement in run.page.statements]
    record = read_json(run.directory / "reports/drop_column_importance.json")
    assert {} == record["sections"]
    assert "</svg>" not in run.html.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"drop_column": {"columns": ["wrods"]}},
            "names 'wrods', which is not measured; did you mean 'words'",
        ),
        (
            {"features": {"drop": ["log_words", "sentences", "distinct_words"]}},
            "is the only",
        ),
        (
            {
                "drop_column": {"by_prompt": True},
                "data": {"train": "essays.csv", "columns": {"prompt": "none"}},
            },
            "no essay has a prompt",
        ),
    ],
    ids=["unknown column", "only column", "no prompts"],
)
def test_what_cannot_be_measured_is_refused_before_anything_is_written(
    changes: dict[str, Any], said: str, quick_plan: Callable[..., Any], services: Services
) -> None:
    """One line that says what to do, and no run directory."""
    plan = quick_plan(**changes)
    write_csv(Path("essays.csv"), [{**row, "none": ""} for row in essay_rows(90)])
    with pytest.raises(PlanError, match=said):
        drop_column(plan, services)
    assert not Path("output").exists()
