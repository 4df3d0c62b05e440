"""Variants are told apart by what they learn from, and learnt once."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gradewise.errors import InputError
from gradewise.telemetry import silent
from gradewise.workflows.datasets.prepare import prepare_dataset
from gradewise.workflows.research.trials import judge_variants, rounds_of, try_variants
from gradewise.workflows.research.variants import Variant, decode_variant, variant_view
from gradewise.workflows.services import Services
from gradewise.workflows.training.experiment import gather


def test_an_id_follows_what_is_learnt_and_not_what_it_is_called(quick_plan: Callable[..., Any]) -> None:
    """Settings, columns and noise shape it; the name and the order of columns do not."""
    model = quick_plan().model
    first = Variant(name="first", model=model, without=("a", "b"))
    assert first.id == Variant(name="second", model=model, without=("b", "a")).id
    said = model.model_copy(update={"linear_share": model.blend})
    assert first.id == replace(first, model=said).id, "a default that is written out is the same setting"
    others = (
        replace(first, without=("a",)),
        replace(first, noise_seed=1),
        replace(first, model=model.model_copy(update={"seed": 1})),
    )
    assert 4 == len({first.id, *(each.id for each in others)})


def test_variants_are_judged_as_each_alone(
    quick_plan: Callable[..., Any], opened: Callable[..., Any], services: Services
) -> None:
    """Together or alone, a variant reads and grades the same; noise is one more column."""
    plan = quick_plan()
    experiment = gather(prepare_dataset(plan, services, silent), services, silent)
    variants = [
        Variant(name="all", model=plan.model),
        Variant(name="fewer", model=plan.model, without=("words",)),
        Variant(name="noisy", model=plan.model, noise_seed=3),
    ]
    with opened(plan) as run:
        read = try_variants(experiment, variants, run, name="three")
        graded = judge_variants(experiment, variants, read, run)
    for variant, readings, found in zip(variants, read, graded, strict=True):
        _, alone = decode_variant(experiment, variant, readings)
        np.testing.assert_array_equal(alone.predicted_codes, found.predicted_codes)
        np.testing.assert_array_equal(alone.probabilities, found.probabilities)
        assert alone.essay_ids == found.essay_ids
        assert 0 == sum(reading.train_scores.size for reading in readings)
    assert 2 == len(rounds_of(read[0]))
    width = len(experiment.train_matrix.schema)
    widths = [len(variant_view(variant, experiment.train_matrix).schema) for variant in variants]
    assert [width, width - 1, width + 1] == widths


def test_a_column_that_is_not_there_cannot_be_left_out(
    quick_plan: Callable[..., Any], opened: Callable[..., Any], services: Services
) -> None:
    """The first refusal ends the stage; what waits is not begun."""
    plan = quick_plan()
    experiment = gather(prepare_dataset(plan, services, silent), services, silent)
    with opened(plan) as run, pytest.raises(InputError, match="no feature 'wrods' to leave out"):
        try_variants(experiment, [Variant(name="x", model=plan.model, without=("wrods",))], run, name="x")
