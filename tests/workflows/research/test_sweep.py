"""Sweeps: a grid is checked before anything runs, no configuration runs twice, and luck is named."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gradewise.errors import PlanError
from gradewise.reporting.topics.sweep import OWN
from gradewise.workflows.research import trials, variants
from gradewise.workflows.research.grid import grid_variants, model_with, read_grid
from gradewise.workflows.research.sweep import SweepRun, sweep
from gradewise.workflows.services import Services
from trials import read_json

GRID = {"model.booster.max_leaves": [3, 4], "model.linear_share": [None, 0.3]}
DEFINITION, RESULTS = "artifacts/sweep_definition.json", "artifacts/sweep_results.json"


@pytest.fixture
def swept(quick_plan: Callable[..., Any], services: Services) -> SweepRun:
    """Four combinations, one of which is the plan itself."""
    return sweep(quick_plan(sweep={"grid": GRID}), services)


def test_every_combination_is_evaluated_once_and_ranked(swept: SweepRun) -> None:
    """The plan's own settings are one of the four; definition and results name the same configurations."""
    assert swept.ranking is not None
    names = {each.name for each in swept.ranking.standings}
    expected = {
        "max_leaves 3, linear_share none",
        "max_leaves 3, linear_share 0.3",
        "max_leaves 4, linear_share 0.3",
    }
    assert {OWN, *expected} == names
    found = [each.figures["rps"].estimate for each in swept.ranking.standings]
    assert sorted(found) == found
    definition, results = (read_json(swept.directory / name) for name in (DEFINITION, RESULTS))
    by_id = {each["id"]: each["name"] for each in definition["configurations"]}
    assert by_id == {each["id"]: each["name"] for each in results["ranking"]}
    assert 4 == len(by_id)
    assert 2 == len(results["ranking"][0]["trees"])
    assert 2 == len(results["chosen_elsewhere"]["choices"])
    assert "</svg>" in swept.html.read_text(encoding="utf-8")
    assert swept.html.name == "sweep_summary.html"


def test_the_verdict_gives_the_flattered_figure_and_the_honest_one(swept: SweepRun) -> None:
    """So few essays show nothing, and the page says so in words."""
    said = " ".join(statement.text for statement in swept.page.statements)
    assert "Inside the noise" in said or "None of 3 other configurations" in said
    assert ("flattered" in said) == ("None of 3 other configurations" not in said)
    assert "the settings that are best on the other folds" in said


def test_workers_and_an_earlier_end_do_not_change_a_byte(
    swept: SweepRun,
    quick_plan: Callable[..., Any],
    by_workers: Callable[[int], Services],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Cut short after three fits and resumed with two threads, the results are the same."""
    real, learnt = variants.read_variant_fold, list[int]()

    def mortal(*arguments: Any, **options: Any) -> Any:
        if len(learnt) == 3:
            raise KeyboardInterrupt
        learnt.append(1)
        return real(*arguments, **options)

    plan = quick_plan(sweep={"grid": GRID})
    with monkeypatch.context() as patch:
        patch.setattr(trials, "read_variant_fold", mortal)
        with pytest.raises(KeyboardInterrupt):
            sweep(plan, by_workers(1))
    (directory,) = {path.parent for path in Path("output").rglob("status.json")} - {swept.directory}
    resumed = sweep(plan, by_workers(2), resume=directory)
    for name in (DEFINITION, RESULTS, "reports/sweep_summary.html"):
        assert (swept.directory / name).read_bytes() == (resumed.directory / name).read_bytes(), name


def test_blocked_data_shows_no_figure(quick_plan: Callable[..., Any], services: Services) -> None:
    """Where the card allows smoke tests only everything runs and no file holds a figure."""
    card = {"name": "found", "licence": "unknown"}
    plan = quick_plan(sweep={"grid": GRID, "max_runs": 1}, data={"train": "essays.csv", "card": card})
    run = sweep(plan, services)
    assert run.ranking is None
    assert (run.directory / DEFINITION).exists()
    assert not (run.directory / RESULTS).exists()
    assert {} == read_json(run.directory / "reports/sweep_summary.json")["sections"]


def test_a_grid_is_cut_and_shuffled_as_asked(quick_plan: Callable[..., Any]) -> None:
    """Equal settings are tried once; the order is that of the grid, or one drawn by a seed."""
    grid = {"model.booster.l2": [1, 1.0], "model.booster.max_leaves": [3, 4, 3, 5]}
    names = list(grid_variants(quick_plan(sweep={"grid": grid})))
    assert ["max_leaves 3", "max_leaves 4", "max_leaves 5"] == [name.split(", ")[1] for name in names]
    drawn = [
        list(grid_variants(quick_plan(sweep={"grid": grid, "shuffle": True, "seed": seed, "max_runs": 2})))
        for seed in range(6)
    ]
    assert {2} == {len(each) for each in drawn}
    assert 1 < len({tuple(each) for each in drawn})


def test_a_value_of_none_replaces_what_the_plan_says(quick_plan: Callable[..., Any]) -> None:
    """None is a value like any other."""
    plan = quick_plan(model={"linear_share": 0.3})
    assert model_with(plan, {"model.linear_share": None}).linear_share is None


@pytest.mark.parametrize(
    ("grid", "said"),
    [
        ({"model.booster.max_leafs": [3]}, "unknown key 'model.booster.max_leafs'; known there: rounds"),
        ({"model.engine.name": [3]}, "goes through 'engine', which is no section"),
        ({"model.shape.size": [3]}, "unknown key 'model.shape.size'; known there: nothing"),
        ({"model.booster.max_leaves": [3, 1]}, "settings max_leaves 1: `model.booster.max_leaves` is 1"),
        ({"model.booster.max_leaves": []}, "sweep.grid has no value for model.booster.max_leaves"),
        ({}, "sweep.grid has no value for any key"),
    ],
    ids=["unknown key", "no section", "unknown section", "refused value", "no value", "no key"],
)
def test_a_grid_that_is_no_plan_is_refused_before_anything_runs(
    grid: dict[str, Any], said: str, quick_plan: Callable[..., Any], services: Services
) -> None:
    """The message names the settings, and there is no run directory."""
    with pytest.raises(PlanError, match=said):
        sweep(quick_plan(sweep={"grid": grid}), services)
    assert not Path("output").exists()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("model.engine: lightgbm\nmodel.seed: [1, 2]", {"model.engine": ["lightgbm"], "model.seed": [1, 2]}),
        ('{"model.seed": [1, null]}', {"model.seed": [1, None]}),
    ],
    ids=["yaml", "json"],
)
def test_a_grid_is_read_from_a_file(content: str, expected: dict[str, Any]) -> None:
    """YAML or JSON; one value is a list of one."""
    Path("grid").write_text(content, encoding="utf-8")
    assert expected == read_grid(Path("grid"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read: No such file"),
        (b"\xff", "cannot be read"),
        (b"a: [", ", line 1: not a grid"),
        (b"[1]", "is no mapping"),
        (b"", "is no mapping"),
    ],
    ids=["absent", "not text", "not YAML", "a list", "empty"],
)
def test_a_file_that_is_no_grid_is_refused(content: bytes | None, said: str) -> None:
    """One line that says which file and why."""
    if content is not None:
        Path("grid").write_bytes(content)
    with pytest.raises(PlanError, match=f"grid grid.*{said}") as refusal:
        read_grid(Path("grid"))
    assert "\n" not in str(refusal.value)
