"""Ablation: parts of one matrix on the same folds."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gradewise.errors import PlanError
from gradewise.features.schema import FeatureSchema, FeatureSpec
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.research.ablation import ablation, arms_of
from gradewise.workflows.services import Services
from trials import read_json

TWO = {"groups": ["length", "surface"]}


def schema(*groups: str) -> FeatureSchema:
    """One column a group."""
    specs = (FeatureSpec(f"of_{group}", "", group, -np.inf, np.inf, "") for group in groups)
    return FeatureSchema(tuple(specs), "en")


def test_a_text_model_is_set_against_named_features() -> None:
    """Both, each alone, and all three without what wording teaches; wording alone."""
    arms = {arm.name: arm.without for arm in arms_of(schema("length", "errors", "embedding", "wording"))}
    assert {
        "combined": (),
        "handcrafted": ("of_embedding",),
        "embeddings": ("of_length", "of_errors"),
        "combined, no text learners": ("of_wording",),
        "handcrafted, no text learners": ("of_embedding", "of_wording"),
        "embeddings, no text learners": ("of_length", "of_errors", "of_wording"),
        "text learners alone": ("of_length", "of_errors", "of_embedding"),
    } == arms


def test_without_a_text_model_each_group_is_left_out_in_turn() -> None:
    """A part without columns is no part."""
    arms = {arm.name: arm.without for arm in arms_of(schema("length", "wording"))}
    assert {"all columns": (), "without length": ("of_length",), "without wording": ("of_wording",)} == {
        name: without for name, without in arms.items() if name != "wording alone"
    }
    assert ("of_length",) == arms["wording alone"]
    assert ["combined", "embeddings"] == [arm.name for arm in arms_of(schema("embedding"))]


def test_parts_stand_beside_the_whole(
    quick_plan: Callable[..., Any], by_workers: Callable[[int], Services]
) -> None:
    """One page, one record, the same by two threads; each part with its number of columns."""
    plan = quick_plan(features=TWO, ablation={"seeds": 2})
    runs = [ablation(plan, by_workers(n)) for n in (1, 2)]
    first = runs[0]
    assert ["all columns", "without length", "without surface"] == [each.name for each in first.standings]
    assert 0 == first.standings[0].gains["qwk"].estimate
    assert (2, 2) == first.standings[0].by_fold["qwk"].shape
    record = read_json(first.directory / "artifacts/ablation.json")
    whole, *parts = (arm["n_columns"] for arm in record["arms"])
    assert whole == sum(whole - part for part in parts)
    assert "all columns" in first.page.statements[0].text
    assert "</svg>" in first.html.read_text(encoding="utf-8")
    for name in ("artifacts/ablation.json", "reports/ablation.html"):
        assert 1 == len({(run.directory / name).read_bytes() for run in runs}), name


def test_with_an_embedder_everything_is_measured(
    quick_plan: Callable[..., Any], services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the plan's own feature set is, both sides are compared."""
    asked: list[str] = []

    def seen(plan: Plan, *_others: Any) -> None:
        asked.append(plan.features.set)
        raise PlanError("seen")

    monkeypatch.setattr("gradewise.workflows.research.ablation.prepare_dataset", seen)
    with pytest.raises(PlanError, match="seen"):
        ablation(quick_plan(features={"embedder": {"model": "nowhere"}}), services)
    assert ["combined"] == asked


def test_one_group_has_no_parts(quick_plan: Callable[..., Any], services: Services) -> None:
    """Refused before anything is written."""
    with pytest.raises(PlanError, match="group 'length' is all there is"):
        ablation(quick_plan(), services)
    assert not Path("output").exists()


def test_blocked_data_shows_no_figure(quick_plan: Callable[..., Any], services: Services) -> None:
    """Where the card allows smoke tests only everything runs and no file holds a figure."""
    card = {"name": "found", "licence": "unknown"}
    run = ablation(
        quick_plan(features=TWO, ablation={"seeds": 1}, data={"train": "essays.csv", "card": card}), services
    )
    assert () == run.standings
    assert not (run.directory / "artifacts/ablation.json").exists()
    assert {} == read_json(run.directory / "reports/ablation.json")["sections"]
