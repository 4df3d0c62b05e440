"""The part of an ONNX graph that makes scores of features: trees, linear part, link."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto, numpy_helper

from gradewise.models.linear_part import MOST_DEVIATIONS, LinearPart
from gradewise.models.links import BinaryLink, Link, OrderedLogitLink, SoftmaxLink
from gradewise.models.onnx.nodes import AXIS_1, FEATURES, SCORE, Graph, add_in_order
from gradewise.models.score_models import LinkedScore, RegressionScore, ScoreModel
from gradewise.models.trees import TreeEnsemble


def add_score_model(graph: Graph, model: ScoreModel) -> str | None:
    """``features`` to ``score``; the name of raw cumulative probabilities, where the model knows any."""
    features = graph.apply("Cast", [FEATURES], "features_double", to=TensorProto.DOUBLE)
    attributes = tree_attributes(model.forests)
    margins = graph.apply("TreeEnsembleRegressor", [features], "margins", domain="ai.onnx.ml", **attributes)
    if isinstance(model, LinkedScore):
        return _add_link(graph, model.link, margins)
    assert isinstance(model, RegressionScore)  # noqa: S101 (there are two kinds)
    flat = graph.constant("flat", np.array([-1]))
    if model.linear is None:
        graph.apply("Reshape", [margins, flat], SCORE)
    else:
        _add_linear_part(graph, model.linear, share=model.linear_share)
    return None


def tree_attributes(forests: Sequence[TreeEnsemble]) -> dict[str, Any]:
    """Nodes and leaves as the operator for trees wants them: numbered within a tree, forest after forest."""
    parts = [_numbered(forest) for forest in forests]
    nodes = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    first_tree = np.cumsum([0, *(forest.n_trees for forest in forests)])
    tree = np.concatenate([part["tree"] + first for part, first in zip(parts, first_tree, strict=False)])
    target = np.concatenate([np.full(forest.n_nodes, k) for k, forest in enumerate(forests)])
    leaf = nodes["leaf"]
    return {
        "nodes_treeids": tree.tolist(),
        "nodes_nodeids": nodes["number"].tolist(),
        "nodes_featureids": nodes["feature"].tolist(),
        "nodes_modes": np.where(leaf, "LEAF", "BRANCH_LEQ").tolist(),
        "nodes_truenodeids": nodes["left"].tolist(),
        "nodes_falsenodeids": nodes["right"].tolist(),
        "nodes_values_as_tensor": numpy_helper.from_array(nodes["threshold"], "thresholds"),
        "target_treeids": tree[leaf].tolist(),
        "target_nodeids": nodes["number"][leaf].tolist(),
        "target_ids": target[leaf].tolist(),
        "target_weights_as_tensor": numpy_helper.from_array(nodes["value"][leaf], "leaf_values"),
        "base_values_as_tensor": numpy_helper.from_array(
            np.array([forest.base for forest in forests]), "base"
        ),
        "n_targets": len(forests),
        "aggregate_function": "SUM",
        "post_transform": "NONE",
    }


def _numbered(forest: TreeEnsemble) -> dict[str, NDArray[Any]]:
    """Nodes by the number of their tree and their own number in it."""
    tree = np.searchsorted(forest.roots, np.arange(forest.n_nodes), side="right") - 1
    start, leaf = forest.roots[tree], forest.is_leaf
    return {
        "tree": tree,
        "number": np.arange(forest.n_nodes) - start,
        "leaf": leaf,
        "feature": np.where(leaf, 0, forest.feature),
        "left": np.where(leaf, 0, forest.left - start),
        "right": np.where(leaf, 0, forest.right - start),
        "threshold": forest.threshold,
        "value": forest.value,
    }


def _add_linear_part(graph: Graph, linear: LinearPart, *, share: float) -> None:
    """``features_double`` and ``margins`` to ``score``."""
    away = graph.apply("Sub", ["features_double", graph.constant("means", linear.means)], "away")
    scaled = graph.apply("Div", [away, graph.constant("spreads", linear.spreads)], "deviations")
    limits = (graph.constant(f"limit_{sign}", np.array(sign * MOST_DEVIATIONS)) for sign in (-1, 1))
    held = graph.apply("Clip", [scaled, *limits], "held_back")
    products = graph.apply(
        "MatMul", [held, graph.constant("coefficients", linear.coefficients[:, None])], "products"
    )
    line = graph.apply("Add", [products, graph.constant("linear_start", np.array(linear.start))], "line")
    trees = graph.apply("Cast", ["margins"], "margins_double", to=TensorProto.DOUBLE)
    parts = [
        graph.apply("Mul", [part, graph.constant(f"{part}_share", np.array(weight))], f"{part}_part")
        for part, weight in ((trees, 1 - share), (line, share))
    ]
    mixed = graph.apply("Add", parts, "mixed")
    _add_score(graph, graph.apply("Reshape", [mixed, "flat"], "mixed_flat"))


def _add_link(graph: Graph, link: Link, margins: str) -> str:
    """``margins`` to ``score``; the name of the raw cumulative probabilities."""
    sums = graph.apply("Cast", [margins], "margins_double", to=TensorProto.DOUBLE)
    if isinstance(link, OrderedLogitLink):
        thresholds = graph.constant("thresholds_up", link.thresholds)
        above = graph.apply("Sigmoid", [graph.apply("Sub", [sums, thresholds], "beyond")], "p_above")
        _add_score(graph, graph.apply("ReduceSum", [above, AXIS_1], "expected", keepdims=0))
        return graph.apply("Sigmoid", [graph.apply("Sub", [thresholds, sums], "short")], "own")
    if isinstance(link, BinaryLink):
        odds = graph.apply("Add", [sums, graph.constant("binary_start", link.intercepts)], "above_odds")
        above = graph.apply("Sigmoid", [odds], "p_above")
        _add_score(graph, graph.apply("ReduceSum", [above, AXIS_1], "expected", keepdims=0))
        below = graph.apply("Sigmoid", [graph.apply("Neg", [odds], "below_odds")], "p_below")
        shares = graph.constant("usual_shares", link.shares)
        return add_in_order(graph, below, shares, n=len(link.shares), name="own")
    assert isinstance(link, SoftmaxLink)  # noqa: S101 (there are three links)
    start = graph.constant("softmax_start", link.intercepts)
    shares = graph.apply("Softmax", [graph.apply("Add", [sums, start], "log_odds_sum")], "p_grade", axis=1)
    codes = graph.constant("codes", np.arange(link.n_grades, dtype=np.float64))
    _add_score(graph, graph.apply("MatMul", [shares, codes], "expected"))
    return graph.apply("MatMul", [shares, graph.constant("up_to", link.up_to)], "own")


def _add_score(graph: Graph, double: str) -> None:
    graph.apply("Cast", [double], SCORE, to=TensorProto.FLOAT)
