"""One ONNX graph for the whole grader: features in; score, probabilities and grade out.

Trees compare and sum in double precision and hand over a single-precision score, as the native grader does,
so that a feature that lies on a threshold and a score that lies on a cut fall to the same side in both.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from gradewise.errors import TrainingError
from gradewise.models.calibration import LOGIT_LIMIT, RAW_SHARE, Calibrator, Curves, LogitLines
from gradewise.models.grader import Decoding, Grader
from gradewise.models.piecewise import Floats, PiecewiseLinear
from gradewise.models.predictions import GradePredictions
from gradewise.models.trees import TreeEnsemble

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
    names stand in the model's metadata under ``grades``, one a line.
    """
    graph = _Graph()
    _add_trees(graph, grader.ensemble)
    _add_decoding(graph, grader.decoding)
    n_features, n_grades = len(grader.schema), grader.scale.n_grades
    proto = helper.make_graph(
        graph.nodes,
        "grader",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, ["n", n_features])],
        [
            helper.make_tensor_value_info("score", TensorProto.FLOAT, ["n"]),
            helper.make_tensor_value_info("cumulative", TensorProto.DOUBLE, ["n", n_grades - 1]),
            helper.make_tensor_value_info("probabilities", TensorProto.DOUBLE, ["n", n_grades]),
            helper.make_tensor_value_info("code", TensorProto.INT64, ["n"]),
        ],
        graph.initializers,
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid("ai.onnx.ml", ML_OPSET)]
    model = helper.make_model(proto, opset_imports=opsets, ir_version=IR_VERSION, producer_name="gradewise")
    helper.set_model_props(
        model, {"grades": "\n".join(grader.scale.grades), "features": grader.schema.fingerprint}
    )
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


class _Graph:
    """Nodes and constants in the making; every name is given once."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def apply(self, operator: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(operator, list(inputs), [output], name=output, **attributes))
        return output


def _add_trees(graph: _Graph, ensemble: TreeEnsemble) -> None:
    """``features`` to ``score``."""
    double = graph.apply("Cast", ["features"], "features_double", to=TensorProto.DOUBLE)
    attributes = _tree_attributes(ensemble)
    graph.apply("TreeEnsembleRegressor", [double], "score_column", domain="ai.onnx.ml", **attributes)
    graph.apply("Reshape", ["score_column", graph.constant("flat", np.array([-1]))], "score")


def _tree_attributes(ensemble: TreeEnsemble) -> dict[str, Any]:
    """Nodes and leaves as the operator wants them: numbered within their tree."""
    tree = np.searchsorted(ensemble.roots, np.arange(ensemble.n_nodes), side="right") - 1
    start = ensemble.roots[tree]
    leaf = ensemble.is_leaf
    number = np.arange(ensemble.n_nodes) - start
    return {
        "nodes_treeids": tree.tolist(),
        "nodes_nodeids": number.tolist(),
        "nodes_featureids": np.where(leaf, 0, ensemble.feature).tolist(),
        "nodes_modes": np.where(leaf, "LEAF", "BRANCH_LEQ").tolist(),
        "nodes_truenodeids": np.where(leaf, 0, ensemble.left - start).tolist(),
        "nodes_falsenodeids": np.where(leaf, 0, ensemble.right - start).tolist(),
        "nodes_values_as_tensor": numpy_helper.from_array(ensemble.threshold, "thresholds"),
        "target_treeids": tree[leaf].tolist(),
        "target_nodeids": number[leaf].tolist(),
        "target_ids": np.zeros(int(leaf.sum()), dtype=np.int64).tolist(),
        "target_weights_as_tensor": numpy_helper.from_array(ensemble.value[leaf], "leaf_values"),
        "base_values_as_tensor": numpy_helper.from_array(np.array([ensemble.base]), "base"),
        "n_targets": 1,
        "aggregate_function": "SUM",
        "post_transform": "NONE",
    }


def _add_decoding(graph: _Graph, decoding: Decoding) -> None:
    """``score`` to ``code``, ``cumulative`` and ``probabilities``."""
    column = graph.apply("Unsqueeze", ["score", graph.constant("axis_1", np.array([1]))], "score_2d")
    above = graph.apply("GreaterOrEqual", [column, graph.constant("cuts", decoding.cuts)], "above")
    count = graph.apply("Cast", [above], "above_count", to=TensorProto.INT64)
    graph.apply("ReduceSum", [count, "axis_1"], "code", keepdims=0)

    double = graph.apply("Cast", [column], "score_double", to=TensorProto.DOUBLE)
    halves = graph.constant("halves", np.arange(decoding.n_grades - 1) + 0.5)
    reach = graph.apply("Sub", [halves, double], "reach")
    raw = _add_curves(graph, (decoding.cdf,), reach, name="raw")
    _add_calibration(graph, decoding.calibrator, raw)
    _add_probabilities(graph)


def _add_curves(graph: _Graph, curves: Sequence[PiecewiseLinear], values: str, *, name: str) -> str:
    """One curve for all columns of `values`, or one for each: the sum of clipped ramps."""
    start, width, slope = (_padded(curves, part) for part in ("x", "widths", "slopes"))
    low = graph.constant(f"{name}_low", np.array([curve.y[0] for curve in curves]))
    last = graph.constant(f"{name}_axis", np.array([2]))
    deep = graph.apply("Unsqueeze", [values, last], f"{name}_deep")
    ramp = graph.apply("Sub", [deep, graph.constant(f"{name}_start", start)], f"{name}_ramp")
    floor = graph.apply("Max", [ramp, graph.constant(f"{name}_zero", np.zeros(1))], f"{name}_floor")
    clipped = graph.apply("Min", [floor, graph.constant(f"{name}_width", width)], f"{name}_clipped")
    scaled = graph.apply("Mul", [clipped, graph.constant(f"{name}_slope", slope)], f"{name}_scaled")
    total = graph.apply("ReduceSum", [scaled, last], f"{name}_sum", keepdims=0)
    return graph.apply("Add", [total, low], name)


def _padded(curves: Sequence[PiecewiseLinear], part: str) -> Floats:
    """A row for each curve, filled up with zeros (ramps that add nothing): ``(n_curves, n_segments)``."""
    n_segments = max(len(curve.widths) for curve in curves)
    rows = np.zeros((len(curves), n_segments))
    for row, curve in zip(rows, curves, strict=True):
        numbers = getattr(curve, part)[: len(curve.widths)]
        row[: len(numbers)] = numbers
    return rows


def _add_calibration(graph: _Graph, calibrator: Calibrator, raw: str) -> None:
    """Raw cumulative probabilities to ``cumulative``."""
    if isinstance(calibrator, LogitLines):
        _add_in_order(graph, _add_lines(graph, calibrator, raw), raw, n=len(calibrator.slopes))
    elif isinstance(calibrator, Curves):
        curves = calibrator.curves
        _add_in_order(graph, _add_curves(graph, curves, raw, name="calibrated"), raw, n=len(curves))
    else:
        graph.apply("Identity", [raw], "cumulative")


def _add_lines(graph: _Graph, lines: LogitLines, raw: str) -> str:
    least = graph.constant("least", np.array(LOGIT_LIMIT))
    most = graph.constant("most", np.array(1 - LOGIT_LIMIT))
    p = graph.apply("Min", [graph.apply("Max", [raw, least], "p_floor"), most], "p")
    rest = graph.apply("Sub", [graph.constant("one", np.array(1.0)), p], "p_rest")
    odds = graph.apply("Log", [graph.apply("Div", [p, rest], "odds")], "log_odds")
    tilted = graph.apply("Mul", [odds, graph.constant("slopes", lines.slopes)], "tilted")
    moved = graph.apply("Add", [tilted, graph.constant("intercepts", lines.intercepts)], "moved")
    return graph.apply("Sigmoid", [moved], "calibrated")


def _add_in_order(graph: _Graph, calibrated: str, raw: str, *, n: int) -> None:
    """The running maximum, as the maximum over what stands at or before each threshold, and a raw share."""
    not_after = graph.constant("not_after", np.tri(n))
    row = graph.apply("Unsqueeze", [calibrated, "axis_1"], "row")
    masked = graph.apply("Mul", [row, not_after], "masked")
    highest = graph.apply("ReduceMax", [masked], "highest", axes=[2], keepdims=0)
    most = graph.apply("Mul", [highest, graph.constant("new_share", np.array(1 - RAW_SHARE))], "most_part")
    trace = graph.apply("Mul", [raw, graph.constant("raw_share", np.array(RAW_SHARE))], "raw_part")
    graph.apply("Add", [most, trace], "cumulative")


def _add_probabilities(graph: _Graph) -> None:
    """``cumulative`` to ``probabilities``: differences between neighbours, 0 before and 1 after."""
    before = graph.constant("pad_before", np.array([0, 1, 0, 0]))
    after = graph.constant("pad_after", np.array([0, 0, 0, 1]))
    zero, one = graph.constant("pad_zero", np.array(0.0)), graph.constant("pad_one", np.array(1.0))
    lower = graph.apply("Pad", ["cumulative", before, zero], "lower")
    upper = graph.apply("Pad", ["cumulative", after, one], "upper")
    parts = graph.apply("Sub", [upper, lower], "parts")
    graph.apply("Max", [parts, zero], "probabilities")
