"""Look into an ONNX model without trusting it: does it stand alone and use standard operators only?

A model may ask for tensors from other files, which ONNX Runtime would go and read. The `onnx` package could
tell, but takes half a second to import, too long for a process that only scores; the few fields that matter
are read here from the wire format (https://protobuf.dev/programming-guides/encoding/; field numbers from
``onnx.proto``).
"""

import re
from collections.abc import Collection, Iterator

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import BundleError, UnsafeBundleError

STANDARD_DOMAINS = frozenset({b"", b"ai.onnx", b"ai.onnx.ml"})
"""Where operators of a grader may come from."""
BUILT_IN_DOMAINS = STANDARD_DOMAINS | {b"com.microsoft"}
"""Where operators may come from that ONNX Runtime has by itself, with no library beside it."""

_MODEL_GRAPH, _MODEL_OPSET, _MODEL_TRAINING, _MODEL_FUNCTION = 7, 8, 20, 25
_OPSET_DOMAIN = 1
_GRAPH_NODE, _GRAPH_TENSOR, _GRAPH_SPARSE_TENSOR = 1, 5, 15
_NODE_ATTRIBUTE, _NODE_DOMAIN = 5, 7
_ATTRIBUTE_TENSORS, _ATTRIBUTE_OTHERS = (5, 10), (6, 11, 22, 23)  # graphs and sparse tensors
_TENSOR_KIND, _TENSOR_NAME, _TENSOR_BYTES, _TENSOR_EXTERNAL, _TENSOR_LOCATION = 2, 8, 9, 13, 14
_SINGLE = b"\x01"  # the kind of a tensor of single-precision numbers
_HERE = b"\x00"  # the location of a tensor that the model holds; some exporters write it down

_VARINT, _FIXED_64, _BYTES, _FIXED_32 = 0, 1, 2, 5
_FIXED_SIZES = {_FIXED_64: 8, _FIXED_32: 4}
_LONGEST_VARINT = 10
# Trees are hundreds of thousands of these in an attribute: a float, a whole number, a kind of node. One by
# one they took half a second, in which requests waited for the interpreter.
_NUMBERS = re.compile(
    rb"(?:\x3d.{4}|\x40[\x80-\xff]{0,9}+[\x00-\x7f]|\x4a\x04LEAF|\x4a\x0aBRANCH_LEQ)++", re.DOTALL
)

Field = tuple[int, bytes]


def check_self_contained(model: bytes, *, domains: Collection[bytes] = STANDARD_DOMAINS) -> None:
    """Refuse a model that reads other files or needs operators of other domains.

    Raises:
        BundleError: it does, it holds subgraphs or functions (ours never do), or it is no ONNX model.
    """
    graphs = 0
    for number, value in _fields(model):
        if number in (_MODEL_TRAINING, _MODEL_FUNCTION):
            raise UnsafeBundleError("the ONNX model holds functions or training steps; export it without")
        if number == _MODEL_OPSET:
            _check_domain(value, field=_OPSET_DOMAIN, domains=domains)
        if number == _MODEL_GRAPH:
            graphs += 1
            _check_graph(value, domains)
    if graphs != 1:
        raise BundleError(f"{len(model)} bytes hold {graphs} ONNX graphs, expected one")


def read_singles(model: bytes, name: str) -> NDArray[np.float32] | None:
    """The single-precision numbers that a graph keeps under a name, flat; ``None`` where there are none.

    Raises:
        BundleError: it is no ONNX model, or the numbers are cut off.
    """
    for number, graph in _fields(model):
        if number != _MODEL_GRAPH:
            continue
        for part, tensor in _fields(graph):
            if part == _GRAPH_TENSOR and (found := dict(_fields(tensor))).get(_TENSOR_NAME) == name.encode():
                return _singles(found.get(_TENSOR_KIND, b""), found.get(_TENSOR_BYTES, b""))
    return None


def _singles(kind: bytes, content: bytes) -> NDArray[np.float32] | None:
    if kind != _SINGLE:
        return None
    if len(content) % np.dtype("<f4").itemsize:
        raise BundleError(f"the ONNX model is damaged: {len(content)} bytes hold no whole numbers")
    return np.frombuffer(content, dtype="<f4").astype(np.float32)


def _check_graph(graph: bytes, domains: Collection[bytes]) -> None:
    for number, value in _fields(graph):
        if number == _GRAPH_SPARSE_TENSOR:
            raise UnsafeBundleError("the ONNX model holds sparse tensors; export it without")
        if number == _GRAPH_TENSOR:
            _check_tensor(value)
        if number == _GRAPH_NODE:
            _check_node(value, domains)


def _check_node(node: bytes, domains: Collection[bytes]) -> None:
    _check_domain(node, field=_NODE_DOMAIN, domains=domains)
    for number, attribute in _fields(node):
        if number != _NODE_ATTRIBUTE:
            continue
        for part, value in _fields(attribute, passing=_NUMBERS):
            if part in _ATTRIBUTE_OTHERS:
                raise UnsafeBundleError("the ONNX model holds a graph within a node; export it without")
            if part in _ATTRIBUTE_TENSORS:
                _check_tensor(value)


def _check_domain(message: bytes, *, field: int, domains: Collection[bytes]) -> None:
    for number, value in _fields(message):
        if number == field and value not in domains:
            raise UnsafeBundleError(
                f"the ONNX model needs operators of {value[:80]!r}; only standard ones are run"
            )


def _check_tensor(tensor: bytes) -> None:
    for number, value in _fields(tensor):
        if number == _TENSOR_EXTERNAL or (number == _TENSOR_LOCATION and value != _HERE):
            raise UnsafeBundleError("the ONNX model reads numbers from another file; it must stand alone")


def _fields(message: bytes, *, passing: re.Pattern[bytes] | None = None) -> Iterator[Field]:
    """Field numbers with their bytes; those of fixed size come with none.

    Args:
        message: in the wire format.
        passing: whole fields that need not be looked at, many at a time.
    """
    position = 0
    while position < len(message):
        if passing is not None and (run := passing.match(message, position)):
            position = run.end()
            continue
        key, position = _varint(message, position)
        kind = key & 7
        if kind == _VARINT:
            _, end = _varint(message, position)
            size = end - position
        elif kind == _BYTES:
            size, position = _varint(message, position)
            end = position + size
        else:
            size, end = 0, position + _FIXED_SIZES.get(kind, len(message) + 1)
        if end > len(message):
            raise BundleError(f"the ONNX model is damaged: a field runs past its end at byte {position}")
        yield key >> 3, message[position : position + size]
        position = end


def _varint(message: bytes, position: int) -> tuple[int, int]:
    """A number of variable length, and where it ends."""
    number = 0
    for index, byte in enumerate(message[position : position + _LONGEST_VARINT]):
        number |= (byte & 0x7F) << (7 * index)
        if byte < 0x80:  # noqa: PLR2004 - the top bit says that more follows
            return number, position + index + 1
    raise BundleError(f"the ONNX model is damaged: a number does not end at byte {position}")
