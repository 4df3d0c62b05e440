"""The exported graph: the same grades as the native grader, on hard rows too; nothing foreign is run."""

from dataclasses import replace
from functools import cache
from typing import Any, get_args

import numpy as np
import onnx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from gradewise.errors import BundleError, TrainingError
from gradewise.essays.scales import Scale
from gradewise.models.boosters import FittedBooster
from gradewise.models.calibration import CalibrationKind
from gradewise.models.decisions import DecisionKind
from gradewise.models.grader import EngineGrader, Grader, fit_decoding
from gradewise.models.onnx import session
from gradewise.models.onnx.graph import Parity, build_onnx, check_parity
from gradewise.models.onnx.guard import BUILT_IN_DOMAINS, check_self_contained
from gradewise.models.onnx.session import OnnxGrader, same_bits
from gradewise.models.predictions import GradePredictions, Scores
from gradewise.models.trees import average
from gradewise.models.xgboost_booster import XGBoostBooster
from gradewise.testing.graders import SCALE, made_up_grader, made_up_matrix


@pytest.fixture(scope="module")
def model() -> bytes:
    """The graph of a made-up grader."""
    return build_onnx(made_up_grader()[0])


def hard_rows(grader: Grader) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Rows whose features lie on thresholds and one step beside them, and far outside."""
    ensemble = average(grader.model.forests)
    generator = np.random.default_rng(0)
    rows = generator.normal(size=(400, ensemble.n_features)).astype(np.float32)
    for feature in range(ensemble.n_features):
        on = ensemble.threshold[ensemble.feature == feature].astype(np.float32)
        beside = np.concatenate([on, np.nextafter(on, np.float32(9)), np.nextafter(on, np.float32(-9))])
        rows[:, feature] = generator.choice(np.append(beside, [0, 1e30, -1e30]).astype(np.float32), 400)
    return rows


@pytest.mark.parametrize("calibration", get_args(CalibrationKind))
@pytest.mark.parametrize("decision", get_args(DecisionKind))
def test_graph_equals_native_grader(calibration: CalibrationKind, decision: DecisionKind) -> None:
    """Every calibration and decision gives the same scores, grades and, to 1e-9, probabilities."""
    grader, boosters = made_up_grader(calibration=calibration, decision=decision)
    exported = OnnxGrader(build_onnx(grader))
    rows = np.concatenate([made_up_matrix(seed=5)[0].values, hard_rows(grader)])
    native, found = grader.predict(rows), exported.predict(rows)
    np.testing.assert_array_equal(found.scores, native.scores)
    np.testing.assert_array_equal(found.codes, native.codes)
    np.testing.assert_allclose(found.cumulative, native.cumulative, atol=1e-9)
    np.testing.assert_allclose(found.probabilities, native.probabilities, atol=1e-9)
    assert found.scores.dtype == np.float32
    assert found.codes.dtype == np.int64
    rows[np.abs(rows) < 1e-30] = 0  # LightGBM takes what is this small for 0
    assert (
        check_parity(EngineGrader(boosters, grader.model, grader.decoding), exported, rows).n_changed_grades
        == 0
    )


WAYS: tuple[dict[str, Any], ...] = (
    {"linear_share": 0.4},
    {"n_seeds": 3, "partners": (XGBoostBooster(),), "linear_share": 0.25},
    {"probabilities": "cumulative_link"},
    {"probabilities": "frank_hall"},
    {"probabilities": "multiclass", "n_seeds": 2},
)
"""Every way to a score but the plainest."""


@pytest.mark.parametrize("way", WAYS, ids=["blend", "ensemble", "link", "thresholds", "softmax"])
@pytest.mark.parametrize("calibration", get_args(CalibrationKind))
def test_graph_equals_native_grader_for_every_way(way: dict[str, Any], calibration: CalibrationKind) -> None:
    """Blends, ensembles and links give the same scores and grades and, to 1e-9, probabilities."""
    grader, boosters = made_up_grader(calibration=calibration, **way)
    exported = OnnxGrader(build_onnx(grader))
    rows = np.concatenate([made_up_matrix(seed=5)[0].values, hard_rows(grader)])
    native, found = grader.predict(rows), exported.predict(rows)
    np.testing.assert_array_equal(found.scores, native.scores)
    np.testing.assert_array_equal(found.codes, native.codes)
    np.testing.assert_allclose(found.probabilities, native.probabilities, atol=1e-9)
    assert (found.probabilities >= 0).all()
    rows[np.abs(rows) < 1e-30] = 0  # LightGBM takes what is this small for 0
    engine = EngineGrader(boosters, grader.model, grader.decoding)
    assert check_parity(engine, exported, rows, ties=1e-5).n_changed_grades == 0


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 4), st.integers(-2, 2))
def test_a_score_on_a_cut_falls_to_the_same_side(cut: int, steps: int) -> None:
    """A cut that equals a score, or lies a rounding step beside it, changes no grade."""
    grader, _ = made_up_grader()
    rows = made_up_matrix(40)[0].values
    scores = np.unique(grader.predict(rows).scores)
    cuts: Scores = scores[cut : cut + 4].copy()
    for _ in range(abs(steps)):
        cuts = np.nextafter(cuts, np.float32(np.inf * np.sign(steps)))
    moved = replace(grader, decoding=replace(grader.decoding, cuts=cuts))
    assert check_parity(moved, OnnxGrader(build_onnx(moved)), rows).n_changed_grades == 0


@cache
def of_grades(n: int, calibration: CalibrationKind, linear_share: float) -> OnnxGrader:
    """A made-up grader of so many grades, drawn by chance around its scores."""
    grader, _ = trees(linear_share)
    readings = grader.model.read(made_up_matrix(seed=3)[0].values)
    wider, apart = readings.scores * ((n - 1) / 4), np.random.default_rng(n).normal(0, 0.7, len(readings))
    codes = np.clip(np.round(wider + apart), 0, n - 1).astype(np.int64)
    decoding = fit_decoding(readings, codes, n_grades=n, calibration=calibration, decision="rescale")
    scale = Scale("many", tuple(f"grade {code}" for code in range(n)))
    return OnnxGrader(build_onnx(Grader(grader.model, decoding, scale, grader.schema)))


@cache
def trees(linear_share: float) -> tuple[Grader, tuple[FittedBooster, ...]]:
    """A grader of five grades."""
    return made_up_grader(linear_share=linear_share)


@settings(deadline=None, max_examples=60)
@given(
    n_grades=st.integers(2, 18),
    calibration=st.sampled_from(get_args(CalibrationKind)),
    linear_share=st.sampled_from([0.0, 0.4]),
    company=st.lists(st.integers(0, 39), min_size=1, max_size=40),
)
def test_no_bit_of_an_answer_depends_on_its_company(
    n_grades: int, calibration: CalibrationKind, linear_share: float, company: list[int]
) -> None:
    """Whoever else is in the call and wherever a row stands, it is answered as if it were alone."""
    grader, rows = of_grades(n_grades, calibration, linear_share), made_up_matrix(40)[0].values
    assert grader.is_even
    together = grader.predict(rows[company])
    for place, row in enumerate(company):
        here = together.rows(np.arange(len(company)) == place)
        assert same_bits(grader.predict(rows[row : row + 1]), here)


@pytest.mark.parametrize("way", WAYS[2:], ids=["link", "thresholds", "softmax"])
def test_a_graph_whose_rows_depend_on_company_grades_each_by_itself(way: dict[str, Any]) -> None:
    """Only where a graph is made for it many rows are one call; the answers are those of single rows."""
    grader, rows = OnnxGrader(build_onnx(made_up_grader(**way)[0])), made_up_matrix(9)[0].values
    assert not grader.is_even
    alone = [grader.predict(rows[row : row + 1]).probabilities for row in range(len(rows))]
    assert np.concatenate(alone).tobytes() == grader.predict_each(rows).probabilities.tobytes()


def test_many_rows_are_graded_in_calls_of_a_bounded_size(
    model: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file of a hundred thousand essays takes no more memory than a few; no rows give no grades."""
    grader, rows = OnnxGrader(model), made_up_matrix(30)[0].values
    expected = grader.predict(rows)
    monkeypatch.setattr(session, "ROWS_AT_ONCE", 7)
    assert same_bits(expected, grader.predict_each(rows))
    assert 0 == len(grader.predict_each(rows[:0]))


class Swayed(OnnxGrader):
    """A grader on a machine where company moves the last bit."""

    def predict(self, values: NDArray[np.float32]) -> GradePredictions:
        """As usual, or next to it."""
        said = super().predict(values)
        return said if len(said) == 1 else replace(said, cumulative=np.nextafter(said.cumulative, 2))


def test_a_machine_that_computes_otherwise_is_found_out(model: bytes) -> None:
    """What the graph says of itself is believed only where test rows bear it out."""
    rows = made_up_matrix(8)[0].values
    usual, swayed = OnnxGrader(model), Swayed(model)
    for grader in (usual, swayed):
        grader.hold_to_even(rows)
    assert (True, False) == (usual.is_even, swayed.is_even)
    assert same_bits(usual.predict_each(rows), swayed.predict_each(rows))


def test_model_says_what_it_is(model: bytes) -> None:
    """Grades and feature count are read from the model itself; opset and format are widely known ones."""
    grader, proto = OnnxGrader(model), onnx.load_from_string(model)
    assert grader.grades == SCALE.grades
    assert grader.n_features == 4
    assert {(opset.domain, opset.version) for opset in proto.opset_import} == {("", 17), ("ai.onnx.ml", 3)}
    assert proto.ir_version == 8
    assert [output.name for output in proto.graph.output] == ["score", "cumulative", "probabilities", "code"]


def test_parity_refuses_a_changed_grade_and_a_moved_probability() -> None:
    """A model that grades otherwise is not to be shipped."""
    grader, _ = made_up_grader()
    rows = made_up_matrix()[0].values
    assert check_parity(grader, grader, rows) == Parity(0.0, 0)
    shifted = replace(grader, decoding=replace(grader.decoding, cuts=grader.decoding.cuts + np.float32(0.2)))
    with pytest.raises(TrainingError, match=r"changes [0-9]+ of 300 grades"):
        check_parity(grader, shifted, rows)
    other, _ = made_up_grader(calibration="none")
    with pytest.raises(
        TrainingError, match=r"changes 0 of 300 grades and moves probabilities by up to 0\.[0-9]+"
    ):
        check_parity(grader, replace(other, model=grader.model), rows)


@pytest.mark.parametrize("shape", [(2, 3), (4,), (1, 2, 2)])
def test_session_refuses_rows_of_another_shape(model: bytes, shape: tuple[int, ...]) -> None:
    """Rows of another width are an error that names both."""
    with pytest.raises(BundleError, match=r"the model expects \(n, 4\)"):
        OnnxGrader(model).predict(np.zeros(shape, dtype=np.float32))


def test_session_refuses_special_numbers(model: bytes) -> None:
    """A feature that is not finite is named by position."""
    rows = np.zeros((2, 4), dtype=np.float32)
    rows[1, 2] = np.nan
    with pytest.raises(BundleError, match="feature 2 of row 1 is nan"):
        OnnxGrader(model).predict(rows)


def spoilt(model: bytes, change: str) -> bytes:
    """The model with one thing in it that must not be run."""
    proto = onnx.load_from_string(model)
    graph = proto.graph
    tensor = numpy_helper.from_array(np.zeros(2), "extra")
    if change == "external":
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value="elsewhere.bin")
        graph.initializer.append(tensor)
    elif change == "external in a node":
        tensor.data_location = TensorProto.EXTERNAL
        graph.node.append(helper.make_node("Constant", [], ["extra"], value=tensor))
    elif change == "operator":
        graph.node.append(helper.make_node("Run", [], ["extra"], domain="foreign"))
    elif change == "domain":
        proto.opset_import.append(helper.make_opsetid("foreign", 1))
    elif change == "subgraph":
        inner = helper.make_graph([], "inner", [], [])
        graph.node.append(helper.make_node("If", ["x"], ["extra"], then_branch=inner, else_branch=inner))
    elif change == "sparse":
        graph.sparse_initializer.add()
    elif change == "function":
        proto.functions.add(name="inner")
    elif change == "no graph":
        proto.ClearField("graph")
    return bytes(proto.SerializeToString())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("external", "from another file"),
        ("external in a node", "from another file"),
        ("operator", "operators of b'foreign'"),
        ("domain", "operators of b'foreign'"),
        ("subgraph", "a graph within a node"),
        ("sparse", "sparse tensors"),
        ("function", "functions or training steps"),
        ("no graph", "hold 0 ONNX graphs"),
    ],
)
def test_foreign_parts_are_refused_before_anything_runs(model: bytes, change: str, message: str) -> None:
    """Numbers from other files, foreign operators, subgraphs and functions never reach the runtime."""
    with pytest.raises(BundleError, match=message):
        OnnxGrader(spoilt(model, change))


def test_numbers_that_are_said_to_lie_within_are_taken(model: bytes) -> None:
    """Some exporters write down that a tensor is where it always is: a sound model stays one."""
    proto = onnx.load_from_string(model)
    for tensor in proto.graph.initializer:
        tensor.data_location = TensorProto.DEFAULT
    written = proto.SerializeToString()
    assert written != model
    check_self_contained(written)


def test_operators_of_the_runtime_itself_may_be_allowed(model: bytes) -> None:
    """Text models may use what ONNX Runtime brings along; graders may not, and nobody foreign ones."""
    proto = onnx.load_from_string(model)
    proto.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    written = proto.SerializeToString()
    check_self_contained(written, domains=BUILT_IN_DOMAINS)
    with pytest.raises(BundleError, match="operators of b'com.microsoft'"):
        check_self_contained(written)
    with pytest.raises(BundleError, match="operators of b'foreign'"):
        check_self_contained(spoilt(model, "operator"), domains=BUILT_IN_DOMAINS)


@settings(deadline=None)
@given(st.binary(max_size=80))
@example(b":\x00")  # an empty graph: self-contained, and refused by the runtime
def test_noise_is_refused(noise: bytes) -> None:
    """Bytes that are no model are refused with a message, whatever they are."""
    with pytest.raises(BundleError):
        OnnxGrader(noise)


def test_a_cut_off_model_is_refused(model: bytes) -> None:
    """A model that ends early is refused, wherever it ends."""
    for length in range(0, len(model), 997):
        with pytest.raises(BundleError):
            OnnxGrader(model[:length])


def test_other_models_are_refused() -> None:
    """A sound model with other outputs is not a grader; one that the runtime refuses is named as such."""
    info = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("features", "mean")]
    for operator, message in (("Identity", "yields mean, expected score"), ("Nonsense", "Runtime refuses")):
        graph = helper.make_graph(
            [helper.make_node(operator, ["features"], ["mean"])], "g", info[:1], info[1:]
        )
        proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        with pytest.raises(BundleError, match=message):
            OnnxGrader(proto.SerializeToString())


@given(data=st.data())
@settings(max_examples=40)
def test_skipping_numbers_overlooks_nothing(model: bytes, data: st.DataObject) -> None:
    """Wherever a model is changed or cut, looking at every field comes to the same, word for word."""
    changed = bytearray(model[: data.draw(st.integers(len(model) // 2, len(model)))])
    for place in data.draw(st.lists(st.integers(0, len(changed) - 1), max_size=3)):
        changed[place] = data.draw(st.integers(0, 255))

    def verdict() -> str:
        try:
            check_self_contained(bytes(changed))
        except BundleError as error:
            return f"{type(error).__name__} {error}"
        return ""

    quickly = verdict()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gradewise.models.onnx.guard._NUMBERS", None)
        assert quickly == verdict()
