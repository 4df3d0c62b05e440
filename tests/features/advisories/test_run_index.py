"""Which training essay a text shares its wording with."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import InputError
from gradewise.features.advisories.run_index import (
    MOST_OWNERS,
    SAMPLED,
    RunIndex,
    index_runs,
    sampled_runs,
)
from gradewise.features.advisories.signs import runs
from ordinary_essays import ordinary, words_of

GENERATOR = random.Random(4)
VOCABULARY = [f"word{number}" for number in range(2000)]
TEXTS = [" ".join(GENERATOR.choices(VOCABULARY, k=400)) for _ in range(30)]
INDEX = index_runs([words_of(text) for text in TEXTS])


def mixed(first: str, second: str, share: float) -> str:
    """The beginning of one text and the end of another, of the same length."""
    cut = int(share * 400)
    return " ".join(first.split()[:cut] + second.split()[cut:])


def test_a_copy_is_found() -> None:
    """The same text shares everything, with the essay that it copies."""
    for number in (0, 17, 29):
        found = INDEX.most_shared(words_of(TEXTS[number].upper()))
        assert found is not None
        assert (1.0, number) == (found.share, found.number)


def test_a_new_text_shares_nothing() -> None:
    """Other words in a row are no copy, and neither is a short text."""
    assert INDEX.most_shared(words_of(" ".join(GENERATOR.choices(VOCABULARY, k=400)))) is None
    assert INDEX.most_shared(words_of("word1 word2 word3")) is None


@pytest.mark.parametrize("share", [0.3, 0.5, 0.8])
def test_the_share_is_estimated_without_bias(share: float) -> None:
    """Over thirty half-copied texts, the mean estimate is the true share to within its standard error."""
    found = [
        INDEX.most_shared(words_of(mixed(text, " ".join(GENERATOR.choices(VOCABULARY, k=400)), share)))
        for text in TEXTS
    ]
    shares = [shared.share for shared in found if shared is not None]
    assert [shared.number for shared in found if shared is not None] == list(range(30))
    assert share == pytest.approx(np.mean(shares), abs=3 * np.sqrt(share * (1 - share) / 50 / 30))


@given(st.lists(st.sampled_from(VOCABULARY[:30]), min_size=1, max_size=80))
def test_samples_are_different_runs_in_order(words: list[str]) -> None:
    """Hashes rise, and there are no more of them than different runs."""
    found_words = words_of(" ".join(words))
    found = sampled_runs(found_words).astype(np.int64)
    assert (np.diff(found) > 0).all()
    assert len(found) <= len(set(runs(found_words)))


def test_one_run_in_eight_is_sampled() -> None:
    """Over all texts, to within chance."""
    n = sum(len(sampled_runs(words_of(text))) for text in TEXTS)
    total = sum(len(set(runs(words_of(text)))) for text in TEXTS)
    assert 1 / SAMPLED == pytest.approx(n / total, abs=0.01)


def test_hashes_are_the_same_everywhere() -> None:
    """Bundles travel between machines: the hashes of a text are pinned."""
    found = sampled_runs(
        words_of("We all know that the sea is blue and that the ice is cold in the north of Sweden.")
    )
    assert [2549057629, 4107475050] == found.tolist()


def test_stock_phrases_are_not_kept() -> None:
    """A run of six essays is nobody's; of five it still counts."""
    stock = TEXTS[0]
    own = [" ".join(GENERATOR.choices(VOCABULARY, k=60)) for _ in range(MOST_OWNERS + 1)]
    six = index_runs([words_of(f"{stock} {text}") for text in own])
    assert six.most_shared(words_of(stock)) is None
    five = index_runs([words_of(f"{stock} {text}") for text in own[:-1]])
    assert five.most_shared(words_of(stock)) is not None


def test_copies_in_training_count_once() -> None:
    """Ten copies of one text do not hide it; the first of them is named."""
    found = index_runs([words_of(TEXTS[1]), *[words_of(TEXTS[0])] * 10]).most_shared(words_of(TEXTS[0]))
    assert found is not None
    assert (1.0, 1) == (found.share, found.number)


def test_generated_essays_are_not_taken_for_copies() -> None:
    """Essays that were put together from the same phrases share less than what is flagged."""
    index = index_runs([words_of(essay.text) for essay in ordinary()])
    shared = [index.most_shared(words_of(essay.text)) for essay in ordinary(40, seed=8)]
    assert max(found.share for found in shared if found is not None) < 0.3


def test_texts_too_short_for_a_run_make_an_empty_index() -> None:
    """Nothing is kept and nothing found."""
    empty = index_runs([words_of("Too short.")])
    assert 0 == len(empty.hashes)
    assert empty.most_shared(words_of(TEXTS[0])) is None


@pytest.mark.parametrize("hashes", [[3, 1], [1, 2, 3], [[1], [2]]])
def test_parts_must_belong_together(hashes: list[int]) -> None:
    """Hashes out of order, or not one owner for each, are refused."""
    with pytest.raises(InputError, match="both must have one length"):
        RunIndex(np.array(hashes, dtype=np.uint32), np.zeros(2, dtype=np.uint32))
