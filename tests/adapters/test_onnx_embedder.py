"""Text models in ONNX: the contract, pooling by hand, long texts, threads, and files that are not right."""

import importlib
import os
from pathlib import Path
from types import ModuleType

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto

from gradewise.adapters.onnx_embedder import OnnxEmbedder
from gradewise.adapters.token_pieces import Frame, cut
from gradewise.errors import GradewiseError, InputError, MissingDependencyError, PlanError
from gradewise.testing.contracts.embedder import TEXTS, EmbedderContract
from text_models import CLS, SEP, WORDS, config, onnx_model, table, text_model

MODELS = os.environ.get("GRADEWISE_MODELS", "")


class TestOnnxEmbedder(EmbedderContract):
    """A small model keeps every promise of the port."""

    @pytest.fixture(autouse=True)
    def _model(self, tmp_path: Path) -> None:
        self.directory = text_model(tmp_path / "model")

    def new_embedder(self) -> OnnxEmbedder:
        """Of the small model, read by two threads."""
        return OnnxEmbedder(self.directory, max_tokens=64, overlap=8, threads=2)


@pytest.mark.skipif(not MODELS, reason="GRADEWISE_MODELS names no directory of text models")
def test_a_published_model_keeps_the_promise_about_company() -> None:
    """All-MiniLM-L6-v2 with 8-bit weights: alike texts lie together, bytes are those of each text alone."""
    embedder = OnnxEmbedder(Path(MODELS) / "minilm-int8", threads=2)
    vectors = embedder.embed(TEXTS)
    assert vectors.tobytes() == b"".join(embedder.embed((text,)).tobytes() for text in TEXTS)
    first, second, other = vectors[:3].astype(np.float64)
    assert first @ second > 0.8
    assert first @ other < 0.3
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-6)
    assert (384, 7) == (embedder.dimensions, embedder.count_pieces(TEXTS)[-1])


def by_hand(*pieces: tuple[list[str], int]) -> np.ndarray:
    """The vector of pieces of words with their weights, computed plainly."""
    together = sum(
        weight * table().astype(np.float64)[[CLS, *(WORDS.index(word) for word in words), SEP]].mean(axis=0)
        for words, weight in pieces
    )
    return np.asarray(together / np.linalg.norm(together))


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The small model."""
    return text_model(tmp_path / "model")


def test_a_short_text_is_the_mean_of_its_tokens_at_length_1(model: Path) -> None:
    """Special tokens count; the tokenizer's own cutting and padding to eight do not."""
    words = ["the", "cat", "sat", "on", "the", "mat", "again", "and", "again", "today"]
    (vector,) = OnnxEmbedder(model, max_tokens=64).embed((" ".join(words),))
    np.testing.assert_allclose(vector, by_hand((words, 1)), atol=1e-6)


def test_pieces_of_a_long_text_weigh_by_their_new_tokens(model: Path) -> None:
    """Ten words by pieces of six that share two: six new ones, then four."""
    words = ["the", "cat", "sat", "on", "the", "mat", "again", "and", "again", "today"]
    embedder = OnnxEmbedder(model, max_tokens=8, overlap=2)
    assert [2, 1] == embedder.count_pieces((" ".join(words), "cat")).tolist()
    (vector,) = embedder.embed((" ".join(words),))
    np.testing.assert_allclose(vector, by_hand((words[:6], 6), (words[4:], 4)), atol=1e-6)


def test_special_tokens_that_a_writer_types_are_words(model: Path) -> None:
    """What stands in a text frames nothing: it is read as the characters that it is."""
    typed, unknown = OnnxEmbedder(model, max_tokens=64).embed(("cat [SEP] mat", "cat ( zzz ) mat"))
    np.testing.assert_array_equal(typed, unknown)


@given(n=st.integers(0, 200), room=st.integers(2, 30), data=st.data())
def test_pieces_cover_a_text_once(n: int, room: int, data: st.DataObject) -> None:
    """Every token is new in just one piece, pieces are no longer than there is room, neighbours overlap."""
    overlap = data.draw(st.integers(0, room - 1))
    pieces = cut(range(10, 10 + n), Frame((1,), (2,)), room=room, overlap=overlap)
    inner = [piece.ids[1:-1] for piece in pieces]
    assert max(n, 1) == sum(piece.weight for piece in pieces)
    assert all((1, 2) == (piece.ids[0], piece.ids[-1]) for piece in pieces)
    assert all(len(ids) <= room for ids in inner)
    assert list(range(10, 10 + n)) == [
        token for number, ids in enumerate(inner) for token in ids[overlap if number else 0 :]
    ]


def test_a_frame_is_found_on_both_sides() -> None:
    """Special tokens may stand before, behind, or nowhere."""
    assert Frame((7, 8), (9,)) == Frame.around([7, 8, 1, 2, 9], [1, 1, 0, 0, 1])
    assert Frame((), ()) == Frame.around([1, 2], [0, 0])


def test_the_fingerprint_tells_what_shapes_vectors(model: Path, tmp_path: Path) -> None:
    """Another model, tokenizer, configuration, length or overlap is another fingerprint; a place is not."""
    usual = OnnxEmbedder(model).fingerprint
    others = {
        OnnxEmbedder(model, max_tokens=64).fingerprint,
        OnnxEmbedder(model, overlap=8).fingerprint,
        OnnxEmbedder(text_model(tmp_path / "1", model=onnx_model(table(1)))).fingerprint,
        OnnxEmbedder(text_model(tmp_path / "2", config=config(more=1))).fingerprint,
        OnnxEmbedder(text_model(tmp_path / "3", tokenizer=b"{}")).fingerprint,
    }
    assert 5 == len(others - {usual})
    assert usual == OnnxEmbedder(text_model(tmp_path / "4"), threads=3).fingerprint


def test_what_was_digested_is_what_runs(model: Path) -> None:
    """A file that changes after the fingerprint was taken changes nothing."""
    embedder, other = OnnxEmbedder(model, max_tokens=64), OnnxEmbedder(model, max_tokens=64)
    expected = other.embed(("the cat",))
    assert embedder.fingerprint == other.fingerprint
    text_model(model, model=onnx_model(table(1)))
    np.testing.assert_array_equal(expected, embedder.embed(("the cat",)))


def test_models_may_take_fewer_inputs_and_smaller_integers(model: Path) -> None:
    """Ids alone, or integers of 32 bits, are read just as well."""
    expected = OnnxEmbedder(model, max_tokens=64).embed(("the cat",))
    text_model(model, model=onnx_model(inputs=("input_ids",), integers=TensorProto.INT32))
    np.testing.assert_array_equal(expected, OnnxEmbedder(model, max_tokens=64).embed(("the cat",)))


def foreign() -> bytes:
    """A model that needs operators of a library beside ONNX Runtime."""
    made = onnx.load_from_string(onnx_model())
    made.opset_import.append(onnx.helper.make_opsetid("foreign", 1))
    return bytes(made.SerializeToString())


def elsewhere() -> bytes:
    """A model whose numbers lie in another file."""
    made = onnx.load_from_string(onnx_model())
    made.graph.initializer[0].data_location = TensorProto.EXTERNAL
    made.graph.initializer[0].external_data.add(key="location", value="/etc/passwd")
    return bytes(made.SerializeToString())


def endless() -> np.ndarray:
    """Vectors that are no numbers."""
    return np.full_like(table(), np.nan)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"model": None}, "model.onnx cannot be read: No such file"),
        ({"tokenizer": None}, "tokenizer.json cannot be read"),
        ({"config": None}, "config.json cannot be read"),
        ({"model": b"noise"}, "model.onnx: the ONNX model is damaged"),
        ({"model": onnx_model()[:-40]}, "model.onnx: the ONNX model is damaged"),
        ({"model": foreign()}, "operators of b'foreign'"),
        ({"model": elsewhere()}, "from another file"),
        ({"tokenizer": b"{}"}, "tokenizer.json is damaged"),
        ({"tokenizer": b"\xff"}, "tokenizer.json is damaged"),
        ({"config": b"{"}, "config.json is not JSON"),
        ({"config": b"[]"}, "config.json is not a JSON object"),
        ({"config": config(hidden_size="wide")}, "hidden_size is 'wide'"),
        ({"config": b"{}"}, "hidden_size is None"),
        (
            {"config": config(hidden_size=7)},
            r"shape \(1, 4, 6\) of 4 tokens, expected finite ones of \(1, 4, 7",
        ),
        ({"model": onnx_model(endless())}, "expected finite ones"),
        ({"model": onnx_model(table()[:4])}, "model.onnx fails on 4 tokens"),
        ({"model": onnx_model(inputs=("input_ids", "position_ids"))}, "asks for 'position_ids'"),
        ({"model": onnx_model(output="pooled")}, "makes pooled of input_ids, attention_mask"),
        ({"model": onnx_model(inputs=("token_type_ids",))}, "not last_hidden_state of input_ids"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_files_that_are_not_right_are_refused(tmp_path: Path, changes: dict[str, bytes], said: str) -> None:
    """The message names the directory and what is wrong with it."""
    embedder = OnnxEmbedder(text_model(tmp_path / "broken", **changes), max_tokens=64)
    with pytest.raises(InputError, match=f"text model .*broken: .*{said}"):
        embedder.embed(("the cat",))


@pytest.mark.parametrize(
    ("reading", "said"),
    [
        ({"max_tokens": 65}, "reads 64 tokens at once, not 65"),
        ({"max_tokens": 16, "overlap": 14}, "pieces of 16 tokens, 2 of them special, cannot share 14"),
    ],
)
def test_pieces_that_cannot_be_read_are_refused(model: Path, reading: dict[str, int], said: str) -> None:
    """Longer ones than the model knows places for, or such that no token would be new."""
    with pytest.raises(PlanError, match=said):
        OnnxEmbedder(model, **reading).embed(("the cat",))


def test_without_tokenizers_the_extra_is_named(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is read before it is known that it can be."""
    real = importlib.import_module

    def absent(name: str) -> ModuleType:
        if name == "tokenizers":
            raise ImportError(name)
        return real(name)

    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(MissingDependencyError, match=r"gradewise\[embeddings\]") as refusal:
        OnnxEmbedder(model)
    assert isinstance(refusal.value, GradewiseError)
