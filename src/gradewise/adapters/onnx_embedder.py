"""Text models in ONNX, with their tokens by `tokenizers` (``pip install 'gradewise[embeddings]'``).

Pieces of text are read one by one, without padding. A batch would be no faster on a processor (16 pieces of
256 tokens by a model of 8-bit weights: 0.33 s one by one, 0.47 s together, one thread), and such a model
scales its numbers by the largest in the batch: a vector then depends on its company (cosine .98 to itself).
"""

import hashlib
import importlib
import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradewise.adapters.token_pieces import Frame, Piece, cut, pooled
from gradewise.errors import BundleError, InputError, MissingDependencyError, PlanError
from gradewise.models.onnx.guard import BUILT_IN_DOMAINS, check_self_contained
from gradewise.models.onnx.session import open_session

MODEL, TOKENIZER, CONFIG = "model.onnx", "tokenizer.json", "config.json"
"""The files of a text model."""

# Raised when this module, or how pieces are pooled, changes a vector; part of the fingerprint.
REVISION = 1
POOLING = "mean"
WIDTH_KEYS = ("hidden_size", "dim", "d_model")
"""Where a configuration says how long vectors are, by family of models."""
IDS, MASK, TYPES = "input_ids", "attention_mask", "token_type_ids"
OUTPUT = "last_hidden_state"
WARM_UP_TEXT = "A few words."


@dataclass(frozen=True, slots=True)
class _Files:
    """A text model as it lies on disk, read once: what was digested is what runs."""

    model: bytes
    tokenizer: bytes
    config: bytes


class OnnxEmbedder:
    """An `Embedder`: the mean over all tokens of a text, at length 1.

    Texts of more tokens than are read at once are cut into pieces that overlap; each counts by the tokens
    that the piece before it does not have.
    """

    def __init__(
        self, directory: Path, *, max_tokens: int = 256, overlap: int = 32, threads: int = 1
    ) -> None:
        """Take the model's directory, how it reads, and by how many threads pieces are read side by side.

        Raises:
            MissingDependencyError: `tokenizers` is not installed.
        """
        try:
            self._tokenizers: Any = importlib.import_module("tokenizers")
        except ImportError as error:
            raise MissingDependencyError(
                f"text model {directory} needs tokenizers: pip install 'gradewise[embeddings]'"
            ) from error
        self._directory, self._threads = directory, threads
        self._max_tokens, self._overlap = max_tokens, overlap

    @cached_property
    def fingerprint(self) -> str:
        """How texts are read, and a digest of that with the bytes of model, tokens and configuration.

        Raises:
            InputError: a file cannot be read.
        """
        reading = f"{POOLING} of {self._max_tokens} tokens, overlap {self._overlap}"
        files = (self._files.model, self._files.tokenizer, self._files.config)
        content = [REVISION, reading, *(hashlib.sha256(file).hexdigest() for file in files)]
        return f"onnx {reading}, {hashlib.sha256(json.dumps(content).encode()).hexdigest()}"

    @cached_property
    def dimensions(self) -> int:
        """Length of a vector, once it is sure that the model can read as it is asked to.

        Raises:
            InputError: tokens or configuration cannot be read, or the latter does not say.
            PlanError: pieces are longer than the model can read, or hold nothing but what they share.
        """
        config, _ = self._config, self._frame
        width = next((config[key] for key in WIDTH_KEYS if key in config), None)
        if not isinstance(width, int) or width < 1:
            raise self._refused(f"{CONFIG} does not say how long vectors are: {WIDTH_KEYS[0]} is {width!r}")
        return width

    def warm_up(self) -> None:
        """Open the model and read a few words: a tenth of a second for a small one."""
        self.embed((WARM_UP_TEXT,))

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of texts: shape ``(n, dimensions)``, each of length 1.

        Raises:
            InputError: files are damaged or do not belong together, or the model fails on a text.
            PlanError: as `dimensions`.
        """
        cut_up = [self._pieces(text) for text in texts]
        pieces = [piece for each in cut_up for piece in each]
        read = iter(self._read_all(pieces))
        vectors = [pooled([next(read) for _ in each], [piece.weight for piece in each]) for each in cut_up]
        return np.array(vectors, dtype=np.float32).reshape(len(texts), self.dimensions)

    def count_pieces(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """In how many pieces each text is read: shape ``(n,)``.

        Raises:
            InputError, PlanError: as `embed`.
        """
        return np.array([len(self._pieces(text)) for text in texts], dtype=np.int64)

    @cached_property
    def _files(self) -> _Files:
        return _Files(*(self._file(name) for name in (MODEL, TOKENIZER, CONFIG)))

    def _file(self, name: str) -> bytes:
        try:
            return (self._directory / name).read_bytes()
        except OSError as error:
            raise self._refused(f"{name} cannot be read: {error.strerror}") from error

    def _refused(self, why: str) -> InputError:
        return InputError(
            f"text model {self._directory}: {why}; name a directory with {MODEL}, {TOKENIZER} and {CONFIG}"
        )

    @cached_property
    def _config(self) -> dict[str, Any]:
        try:
            config = json.loads(self._files.config)
        except ValueError as error:
            raise self._refused(f"{CONFIG} is not JSON") from error
        if not isinstance(config, dict):
            raise self._refused(f"{CONFIG} is not a JSON object")
        return config

    @cached_property
    def _tokenizer(self) -> Any:
        try:
            tokenizer = self._tokenizers.Tokenizer.from_str(self._files.tokenizer.decode())
        except Exception as error:  # the library raises nothing more specific
            raise self._refused(f"{TOKENIZER} is damaged: {str(error)[:200]}") from error
        tokenizer.no_truncation()
        tokenizer.no_padding()
        # A writer who types [SEP] types five characters.
        tokenizer.encode_special_tokens = True
        return tokenizer

    @cached_property
    def _frame(self) -> Frame:
        """The special tokens around every piece, once it is sure that pieces can be read."""
        known = self._tokenizer.encode("a")
        frame = Frame.around(known.ids, known.special_tokens_mask)
        room, most = self._max_tokens - frame.size, self._config.get("max_position_embeddings")
        if isinstance(most, int) and self._max_tokens > most:
            raise PlanError(
                f"text model {self._directory} reads {most} tokens at once, not {self._max_tokens}; write "
                f"`features.embedder.max_tokens: {most}` or less"
            )
        if room <= self._overlap:
            raise PlanError(
                f"pieces of {self._max_tokens} tokens, {frame.size} of them special, cannot share "
                f"{self._overlap}; write less in `features.embedder.overlap`"
            )
        return frame

    def _pieces(self, text: str) -> tuple[Piece, ...]:
        frame = self._frame
        # Half a pair of surrogates is no character, and none that could be encoded.
        sound = text.encode("utf-8", "replace").decode()
        ids = self._tokenizer.encode(sound, add_special_tokens=False).ids
        return cut(ids, frame, room=self._max_tokens - frame.size, overlap=self._overlap)

    @cached_property
    def _session(self) -> Any:
        files, _ = self._files, self.fingerprint
        try:
            check_self_contained(files.model, domains=BUILT_IN_DOMAINS)
            session = open_session(files.model)
        except BundleError as error:
            raise self._refused(f"{MODEL}: {error}") from error
        asked, said = ([one.name for one in each] for each in (session.get_inputs(), session.get_outputs()))
        if odd := set(asked) - {IDS, MASK, TYPES}:
            raise self._refused(f"{MODEL} asks for {min(odd)!r}, which texts do not have")
        if IDS not in asked or OUTPUT not in said:
            raise self._refused(
                f"{MODEL} makes {', '.join(said)} of {', '.join(asked)}, not {OUTPUT} of {IDS}"
            )
        # The digest is taken and the runtime has a copy: hundreds of megabytes need not stay twice.
        self.__dict__["_files"] = replace(files, model=b"")
        return session

    @cached_property
    def _integers(self) -> dict[str, type[np.integer[Any]]]:
        """The inputs with the kind of numbers that each takes."""
        return {
            each.name: np.int32 if each.type == "tensor(int32)" else np.int64
            for each in self._session.get_inputs()
        }

    def _read_all(self, pieces: Sequence[Piece]) -> list[NDArray[np.float64]]:
        # Before threads ask for them: each would open the model for itself.
        kinds = self._integers
        if min(self._threads, len(pieces)) <= 1:
            return [self._read(piece, kinds) for piece in pieces]
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(lambda piece: self._read(piece, kinds), pieces))

    def _read(self, piece: Piece, kinds: Mapping[str, type[np.integer[Any]]]) -> NDArray[np.float64]:
        """The mean over the tokens of a piece: shape ``(dimensions,)``."""
        n = len(piece.ids)
        whole = {IDS: piece.ids, MASK: (1,) * n, TYPES: (0,) * n}
        given = {name: np.array([whole[name]], dtype=kind) for name, kind in kinds.items()}
        try:
            (states,) = self._session.run((OUTPUT,), given)
        except Exception as error:  # ONNX Runtime's errors share no base of their own
            reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            raise self._refused(f"{MODEL} fails on {n} tokens of {TOKENIZER}: {reason}") from error
        if states.shape != (1, n, self.dimensions) or not np.isfinite(states).all():
            raise self._refused(
                f"{MODEL} makes numbers of shape {states.shape} of {n} tokens, expected finite ones of "
                f"{(1, n, self.dimensions)}"
            )
        mean: NDArray[np.float64] = states[0].mean(axis=0, dtype=np.float64)
        return mean
