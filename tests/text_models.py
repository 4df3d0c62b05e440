"""Small text models, made on the spot: a vector for each word, and a tokenizer that knows those words."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers, processors

WORDS = (
    *("[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "the", "cat", "sat", "on", "mat", "stock", "markets"),
    *("fell", "sharply", "today", "same", "words", "again", "and", "x"),
)
"""What the tokenizer knows, by number."""
CLS, SEP = 2, 3
WIDTH = 6


def table(seed: int = 0) -> NDArray[np.float32]:
    """The vector of each word: shape ``(n_words, WIDTH)``."""
    return np.random.default_rng(seed).normal(size=(len(WORDS), WIDTH)).astype(np.float32)


def text_model(directory: Path, **changes: bytes | None) -> Path:
    """Write a text model, some of its files (``model``, ``tokenizer``, ``config``) changed or left out."""
    files = {"model": onnx_model(), "tokenizer": tokenizer(), "config": config()} | changes
    names = {"model": "model.onnx", "tokenizer": "tokenizer.json", "config": "config.json"}
    directory.mkdir(parents=True, exist_ok=True)
    for part, content in files.items():
        if content is not None:
            (directory / names[part]).write_bytes(content)
    return directory


def config(**changes: Any) -> bytes:
    """A configuration with changes."""
    return json.dumps({"hidden_size": WIDTH, "max_position_embeddings": 64} | changes).encode()


def tokenizer() -> bytes:
    """Words and marks, framed; it cuts and pads by itself, as many that are published do."""
    known, unknown = {word: number for number, word in enumerate(WORDS)}, "[UNK]"
    made = Tokenizer(models.WordLevel(known, unk_token=unknown))
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]"])
    made.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair=None, special_tokens=[("[CLS]", CLS), ("[SEP]", SEP)]
    )
    made.enable_truncation(8)
    made.enable_padding(length=8)
    return str(made.to_str()).encode()


def onnx_model(
    vectors: NDArray[np.float32] | None = None,
    *,
    inputs: tuple[str, ...] = ("input_ids", "attention_mask", "token_type_ids"),
    output: str = "last_hidden_state",
    integers: int = TensorProto.INT64,
) -> bytes:
    """A model that looks each token up; masks and types are taken and not used."""
    known = numpy_helper.from_array(table() if vectors is None else vectors, "table")
    known.data_location = TensorProto.DEFAULT
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", inputs[0]], [output])],
        "words",
        [helper.make_tensor_value_info(name, integers, ["batch", "length"]) for name in inputs],
        [helper.make_tensor_value_info(output, TensorProto.FLOAT, ["batch", "length", None])],
        [known],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(made)
    return bytes(made.SerializeToString())
