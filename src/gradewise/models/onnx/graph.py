"""One ONNX graph for the whole grader: features in; score, probabilities and grade out.

Trees compare and sum in double precision and hand over single-precision sums, as the native grader does, so
that a feature that lies on a threshold and a score that lies on a cut fall to the same side in both.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper

from gradewise.errors import TrainingError
from gradewise.essays.scales import Scale
from gradewise.features.schema import FeatureSchema
from gradewise.models.calibration import LOGIT_LIMIT, Calibrator, Curves, LogitLines
from gradewise.models.grader import Decoding, Grader
from gradewise.models.onnx.nodes import (
    AXIS_1,
    CUMULATIVE,
    FEATURES,
    SCORE,
    Graph,
    add_curves,
    add_in_order,
    in_whole_lines,
)
from gradewise.models.onnx.scores import add_score_model
from gradewise.models.onnx.session import CUTS, EVEN
from gradewise.models.predictions import GradePredictions

OPSET = 17
"""Version of the standard operators; every ONNX Runtime since 1.12 knows it."""

ML_OPSET = 3
"""Version of the operators for trees: the first with double precision."""

IR_VERSION = 8
"""Version of the file format that belongs to these operators."""

MOST_DIFFERENCE = 1e-4
"""How far a probability of the graph may lie from the native one."""


class Predictor(Protocol):
    """Anything that grades rows of features."""

    def predict(self, values: NDArray[np.float32]) -> GradePredictions:
        """Grade essays with these features, shape ``(n, n_features)``."""
        ...


@dataclass(frozen=True, slots=True)
class Parity:
    """How far two ways of grading the same essays differ."""

    max_probability_difference: float
    """Largest absolute difference of a probability."""
    n_changed_grades: int
    """Essays that get another grade."""


def build_onnx(grader: Grader) -> bytes:
    """The grader as one ONNX model, complete in itself.

    Input ``features`` float32 ``[n, n_features]``; outputs ``score`` float32 ``[n]``, ``cumulative`` double
    ``[n, n_grades - 1]``, ``probabilities`` double ``[n, n_grades]`` and ``code`` int64 ``[n]``. The grades'
    names stand in the model's metadata under ``grades``, one a line. Where probabilities come from how far
    grades lie from scores, every row is whole lines of memory, and a row's answer is the same, bit for bit,
    whatever stands beside it; the metadata says so under ``even``.
    """
    graph = Graph()
    graph.constant(AXIS_1, np.array([1]))
    raw = add_score_model(graph, grader.model)
    _add_decoding(graph, grader.decoding, raw)
    return finished_model(graph, grader.scale, grader.schema, even=raw is None)


def finished_model(graph: Graph, scale: Scale, schema: FeatureSchema, *, even: bool = False) -> bytes:
    """The bytes of a graph that makes the four outputs of its features; see `build_onnx`.

    Args:
        graph: its nodes.
        scale: what it gives.
        schema: what it reads.
        even: whether a row's answer does not depend, in any bit, on its company.
    """
    n_grades = scale.n_grades
    proto = helper.make_graph(
        graph.nodes,
        "grader",
        [helper.make_tensor_value_info(FEATURES, TensorProto.FLOAT, ["n", len(schema)])],
        [
            helper.make_tensor_value_info(SCORE, TensorProto.FLOAT, ["n"]),
            helper.make_tensor_value_info(CUMULATIVE, TensorProto.DOUBLE, ["n", n_grades - 1]),
            helper.make_tensor_value_info("probabilities", TensorProto.DOUBLE, ["n", n_grades]),
            helper.make_tensor_value_info("code", TensorProto.INT64, ["n"]),
        ],
        graph.initializers,
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", ML_OPSET)]
    model = helper.make_model(proto, opset_imports=opsets, ir_version=IR_VERSION, producer_name="gradewise")
    told = {"grades": "\n".join(scale.grades), "features": schema.fingerprint}
    helper.set_model_props(model, told | ({EVEN: "1"} if even else {}))
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString())


def check_parity(
    native: Predictor, exported: Predictor, values: NDArray[np.float32], *, ties: float = 0.0
) -> Parity:
    """Compare two ways of grading on real rows, shape ``(n, n_features)``.

    Args:
        native: the model as it was trained.
        exported: the model as it ships.
        values: features.
        ties: scores that differ, but by no more than this, may fall to different sides of a cut: for an
            engine that sums in single precision. Equal scores must always give equal grades.

    Raises:
        TrainingError: a probability differs by more than `MOST_DIFFERENCE`, or any grade does.
    """
    expected, found = native.predict(values), exported.predict(values)
    apart = np.abs(expected.scores.astype(np.float64) - found.scores)
    changed, tied = expected.codes != found.codes, (apart > 0) & (apart <= ties)
    parity = Parity(
        float(np.abs(expected.probabilities - found.probabilities).max(initial=0.0)),
        int((changed & ~tied).sum()),
    )
    if parity.n_changed_grades or not parity.max_probability_difference <= MOST_DIFFERENCE:
        raise TrainingError(
            f"the exported model changes {parity.n_changed_grades} of {len(values)} grades and moves "
            f"probabilities by up to {parity.max_probability_difference:.2g}; do not ship it, report a bug"
        )
    return parity


def _add_decoding(graph: Graph, decoding: Decoding, raw: str | None) -> None:
    """``score``, and raw cumulative probabilities, to ``code``, ``cumulative`` and ``probabilities``."""
    column = graph.apply("Unsqueeze", [SCORE, AXIS_1], "score_2d")
    above = graph.apply("GreaterOrEqual", [column, graph.constant(CUTS, decoding.cuts)], "above")
    count = graph.apply("Cast", [above], "above_count", to=TensorProto.INT64)
    graph.apply("ReduceSum", [count, AXIS_1], "code", keepdims=0)
    if raw is None:
        _add_residuals(graph, decoding, column)
    else:
        _add_calibration(graph, decoding.calibrator, raw, name=CUMULATIVE)
    _add_probabilities(graph)


def _add_residuals(graph: Graph, decoding: Decoding, column: str) -> None:
    """Scores as a column to ``cumulative``, by how far grades lie from scores."""
    assert decoding.cdf is not None  # noqa: S101 (a grader without probabilities of its own)
    n = decoding.n_grades - 1
    width = in_whole_lines(n)  # thresholds above the highest grade are computed too, and left out at the end
    double = graph.apply("Cast", [column], "score_double", to=TensorProto.DOUBLE)
    reach = graph.apply("Sub", [graph.constant("halves", np.arange(width) + 0.5), double], "reach")
    raw = add_curves(graph, (decoding.cdf,), reach, name="raw")
    calibrator = _widened(decoding.calibrator, width - n)
    if width == n:
        _add_calibration(graph, calibrator, raw, name=CUMULATIVE)
    else:
        _add_calibration(graph, calibrator, raw, name="cumulative_wide")
        first, end = graph.constant("first", np.array([0])), graph.constant("end", np.array([n]))
        graph.apply("Slice", ["cumulative_wide", first, end, AXIS_1], CUMULATIVE)


def _widened(calibrator: Calibrator, n: int) -> Calibrator:
    """The same calibrator, with the last threshold's way for so many more above it."""
    if isinstance(calibrator, LogitLines):
        slopes, intercepts = (
            np.pad(each, (0, n), "edge") for each in (calibrator.slopes, calibrator.intercepts)
        )
        return LogitLines(slopes, intercepts)
    if isinstance(calibrator, Curves):
        return Curves(calibrator.curves + calibrator.curves[-1:] * n)
    return calibrator


def _add_calibration(graph: Graph, calibrator: Calibrator, raw: str, *, name: str) -> None:
    """Raw cumulative probabilities to calibrated ones of this name."""
    if isinstance(calibrator, LogitLines):
        add_in_order(graph, _add_lines(graph, calibrator, raw), raw, n=len(calibrator.slopes), name=name)
    elif isinstance(calibrator, Curves):
        curves = calibrator.curves
        calibrated = add_curves(graph, curves, raw, name="calibrated")
        add_in_order(graph, calibrated, raw, n=len(curves), name=name)
    else:
        graph.apply("Identity", [raw], name)


def _add_lines(graph: Graph, lines: LogitLines, raw: str) -> str:
    least = graph.constant("least", np.array(LOGIT_LIMIT))
    most = graph.constant("most", np.array(1 - LOGIT_LIMIT))
    p = graph.apply("Min", [graph.apply("Max", [raw, least], "p_floor"), most], "p")
    rest = graph.apply("Sub", [graph.constant("one", np.array(1.0)), p], "p_rest")
    odds = graph.apply("Log", [graph.apply("Div", [p, rest], "odds")], "log_odds")
    tilted = graph.apply("Mul", [odds, graph.constant("slopes", lines.slopes)], "tilted")
    moved = graph.apply("Add", [tilted, graph.constant("intercepts", lines.intercepts)], "moved")
    return graph.apply("Sigmoid", [moved], "calibrated")


def _add_probabilities(graph: Graph) -> None:
    """``cumulative`` to ``probabilities``: differences between neighbours, 0 before and 1 after."""
    before = graph.constant("pad_before", np.array([0, 1, 0, 0]))
    after = graph.constant("pad_after", np.array([0, 0, 0, 1]))
    zero, one = graph.constant("pad_zero", np.array(0.0)), graph.constant("pad_one", np.array(1.0))
    lower = graph.apply("Pad", [CUMULATIVE, before, zero], "lower")
    upper = graph.apply("Pad", [CUMULATIVE, after, one], "upper")
    parts = graph.apply("Sub", [upper, lower], "parts")
    graph.apply("Max", [parts, zero], "probabilities")
