"""Whether the ONNX model of a bundle grades as the trees beside it."""

from dataclasses import replace

import numpy as np
import onnx
import pytest

from gradewise.errors import BundleError
from gradewise.models.bundles.bundle import bundle_from_files
from gradewise.models.bundles.contents import BundleContents, bundle_files
from gradewise.models.bundles.native_parity import native_parity
from gradewise.models.bundles.storage import SIGNATURE, sign
from gradewise.models.bundles.targets import MODEL, SELF_TEST
from gradewise.models.objectives import ProbabilityKind
from gradewise.models.onnx.guard import read_singles
from gradewise.testing.graders import made_up_bundle, made_up_grader, made_up_matrix


@pytest.fixture(scope="module")
def contents() -> BundleContents:
    """A small bundle."""
    return made_up_bundle()


@pytest.mark.parametrize("kind", ["residuals", "cumulative_link"])
def test_a_bundle_as_it_was_made_changes_no_grade(kind: ProbabilityKind) -> None:
    """Both ways of grading give the same scores to the last bit."""
    grader, boosters = made_up_grader(probabilities=kind)
    bundle = bundle_from_files(bundle_files(made_up_bundle(grader, boosters)))
    matrix, _ = made_up_matrix()
    found = native_parity((bundle.overall, *bundle.traits), matrix.values)
    assert found is not None
    assert (len(matrix.values), 0, 0.0) == (found.n, found.n_changed, found.max_score_difference)
    assert grader.decoding.cuts.tolist() == np.array(bundle.grader.cuts).tolist()


def test_an_exchanged_model_is_caught_though_it_is_signed(contents: BundleContents) -> None:
    """Another model's graph with its own test rows, signed anew: only grading with both tells."""
    grader, boosters = made_up_grader(seed=3)
    other = bundle_files(made_up_bundle(grader, boosters))
    files = {name: each for name, each in bundle_files(contents).items() if name != SIGNATURE}
    exchanged = sign({**files, MODEL: other[MODEL], SELF_TEST: other[SELF_TEST]})
    bundle = bundle_from_files(exchanged)
    found = native_parity((bundle.overall,), made_up_matrix()[0].values)
    assert found is not None
    assert found.n_changed > 0
    assert found.max_score_difference > 0.01


def test_a_graph_that_does_not_say_where_grades_begin_is_not_judged(contents: BundleContents) -> None:
    """Under another name its cuts are not found, and nothing is claimed."""
    model = onnx.load_from_string(contents.overall.model)
    for initializer in model.graph.initializer:
        if initializer.name == "cuts":
            initializer.name = "limits"
    for node in model.graph.node:
        node.input[:] = ["limits" if name == "cuts" else name for name in node.input]
    renamed = replace(contents.overall, model=model.SerializeToString())
    bundle = bundle_from_files(bundle_files(replace(contents, overall=renamed)))
    assert native_parity((bundle.overall,), made_up_matrix()[0].values) is None


def test_numbers_of_a_graph_are_read_by_name(contents: BundleContents) -> None:
    """Only single-precision ones; what is cut off is damage."""
    model = contents.overall.model
    assert read_singles(model, "nothing") is None
    assert read_singles(model, "halves") is None
    damaged = onnx.load_from_string(model)
    for initializer in damaged.graph.initializer:
        if initializer.name == "cuts":
            initializer.raw_data = initializer.raw_data[:-1]
    with pytest.raises(BundleError, match="no whole numbers"):
        read_singles(damaged.SerializeToString(), "cuts")
