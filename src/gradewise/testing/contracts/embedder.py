"""What every `Embedder` must do."""

import numpy as np

from gradewise.protocols.measuring import Embedder

ALIKE = ("the cat sat on the mat", "the cat sat on a mat")
UNLIKE = "stock markets fell sharply today"
TEXTS = (
    *ALIKE,
    UNLIKE,
    "Résumé – naïve, 😀 and e\u0301 … “quoted” 中文 text.\r\nNew line\tand tab.",
    "!?!? ...",
    "x" * 3_000,
    "[CLS] typed by hand [SEP] <s>",
    "half a pair \ud800 of surrogates",
    "",
    " \n ",
    "the same words again and again, " * 200,
)
"""Texts that an embedder must get through: two alike, odd ones, an empty one, and a long one at the end."""


class EmbedderContract:
    """Inherit, build the embedder in `new_embedder`, and pytest runs every promise of the port against it."""

    def new_embedder(self) -> Embedder:
        """An embedder as it is used, that reads the last of `TEXTS` in several pieces."""
        raise NotImplementedError

    def test_is_an_embedder(self) -> None:
        """It has the shape of the port, and says what it is and how long its vectors are."""
        embedder = self.new_embedder()
        assert isinstance(embedder, Embedder)
        assert embedder.fingerprint
        assert embedder.dimensions >= 1

    def test_fingerprint_is_stable(self) -> None:
        """Two of the same kind have one fingerprint, before and after they are used."""
        one, other = self.new_embedder(), self.new_embedder()
        other.embed(TEXTS[:1])
        assert one.fingerprint == other.fingerprint

    def test_vectors_are_finite_and_of_one_length(self) -> None:
        """A row of single precision for each text, whatever the text is; no text, no rows."""
        embedder = self.new_embedder()
        vectors = embedder.embed(TEXTS)
        assert (len(TEXTS), embedder.dimensions) == vectors.shape
        assert np.dtype(np.float32) == vectors.dtype
        assert np.isfinite(vectors).all()
        assert (0, embedder.dimensions) == embedder.embed(()).shape

    def test_a_text_has_one_vector_whatever_its_company(self) -> None:
        """Alone, among others, the other way round, again: the same bytes."""
        embedder, fresh = self.new_embedder(), self.new_embedder()
        together = embedder.embed(TEXTS)
        alone = np.concatenate([embedder.embed((text,)) for text in TEXTS])
        turned = fresh.embed(TEXTS[::-1])[::-1]
        assert together.tobytes() == alone.tobytes() == np.ascontiguousarray(turned).tobytes()

    def test_alike_texts_lie_together(self) -> None:
        """Two texts that differ by one word are closer than two that share none."""
        first, second, other = self.new_embedder().embed((*ALIKE, UNLIKE)).astype(np.float64)
        assert np.linalg.norm(first - second) < np.linalg.norm(first - other)

    def test_nothing_of_a_long_text_is_left_out(self) -> None:
        """A text that is read in several pieces changes with its last words too."""
        embedder, long = self.new_embedder(), TEXTS[-1]
        assert embedder.count_pieces((long,))[0] > 1
        first, second = embedder.embed((long, f"{long} {UNLIKE}"))
        assert not np.array_equal(first, second)

    def test_every_text_is_read_in_a_piece_at_least(self) -> None:
        """Pieces are counted text by text; a short one is a single piece."""
        counts = self.new_embedder().count_pieces(TEXTS)
        assert (len(TEXTS), 1) == (len(counts), counts.min())
        assert np.issubdtype(counts.dtype, np.integer)

    def test_warms_up_twice(self) -> None:
        """Warming up again is harmless and changes no vector."""
        cold, warm = self.new_embedder(), self.new_embedder()
        warm.warm_up()
        warm.warm_up()
        np.testing.assert_array_equal(cold.embed(TEXTS[:2]), warm.embed(TEXTS[:2]))
