"""Building blocks of ONNX graphs: nodes and constants by name, and the two shapes that recur in decoding."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from gradewise.models.piecewise import Floats, PiecewiseLinear
from gradewise.models.predictions import RAW_SHARE

FEATURES = "features"
"""What a graph reads: float32 ``[n, n_features]``."""
SCORE = "score"
"""What decoding begins with: float32 ``[n]``."""
CUMULATIVE = "cumulative"
"""What the last calibration ends with: double ``[n, n_grades - 1]``."""
AXIS_1 = "axis_1"
"""A constant that every graph holds: the second axis."""
LINE = 8
"""Numbers in double precision that fill a line of memory, beyond which no processor's vectors go.

A runtime treats rows of whole lines alike. Of others it takes those that begin or end amid a line in other
steps: sums come in another order, logarithms by another way, and the last bit of an answer by its company."""


class Graph:
    """Nodes and constants in the making; every name is given once."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.initializers: list[Any] = []

    def constant(self, name: str, value: NDArray[Any]) -> str:
        """Keep an array under a name; the name."""
        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def apply(self, operator: str, inputs: Sequence[str], output: str, **attributes: Any) -> str:
        """Add a node with one output; the output's name."""
        self.nodes.append(helper.make_node(operator, list(inputs), [output], name=output, **attributes))
        return output


def in_whole_lines(n: int) -> int:
    """So many numbers, and as many more as fill a `LINE`.

    >>> in_whole_lines(7), in_whole_lines(8), in_whole_lines(63)
    (8, 8, 64)
    """
    return -(-n // LINE) * LINE


def add_curves(graph: Graph, curves: Sequence[PiecewiseLinear], values: str, *, name: str) -> str:
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
    n_segments = in_whole_lines(max(len(curve.widths) for curve in curves))
    rows = np.zeros((len(curves), n_segments))
    for row, curve in zip(rows, curves, strict=True):
        numbers = getattr(curve, part)[: len(curve.widths)]
        row[: len(numbers)] = numbers
    return rows


def add_in_order(graph: Graph, changed: str, raw: str, *, n: int, name: str) -> str:
    """The running maximum, as the maximum over what stands at or before each threshold, and a raw share."""
    not_after = graph.constant(f"{name}_not_after", np.tri(n))
    row = graph.apply("Unsqueeze", [changed, AXIS_1], f"{name}_row")
    masked = graph.apply("Mul", [row, not_after], f"{name}_masked")
    highest = graph.apply("ReduceMax", [masked], f"{name}_highest", axes=[2], keepdims=0)
    new, old = (
        graph.constant(f"{name}_{part}_share", np.array(share))
        for part, share in (("new", 1 - RAW_SHARE), ("raw", RAW_SHARE))
    )
    most = graph.apply("Mul", [highest, new], f"{name}_most")
    trace = graph.apply("Mul", [raw, old], f"{name}_trace")
    return graph.apply("Add", [most, trace], name)
