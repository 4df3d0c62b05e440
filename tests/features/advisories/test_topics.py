"""What essays are about."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from gradewise.errors import InputError
from gradewise.features.advisories.signs import Words
from gradewise.features.advisories.topic_learning import (
    FEWEST_ON_PROMPT,
    MOST_TERMS,
    learn_topics,
)
from gradewise.features.advisories.topics import TopicProfile, halves_of, key_counts, weigh
from ordinary_essays import ordinary, words_of

ESSAYS = ordinary()
TEXTS = [words_of(essay.text) for essay in ESSAYS]
PROMPTS = [essay.prompt for essay in ESSAYS]
PROFILE, ORDINARY = learn_topics(TEXTS, PROMPTS, language="en")


def vector(words: Words) -> np.ndarray:
    """As the profile reads a whole essay."""
    return PROFILE.vector(words, "en")


def test_essays_are_like_those_on_their_own_prompt() -> None:
    """Held-out essays are nearest to their own prompt, and unlike the others."""
    held_out = [essay for essay in ordinary(60, seed=8) if essay.prompt in PROFILE.prompts]
    assert len(held_out) > 20
    for essay in held_out:
        found = vector(words_of(essay.text))
        nearest = PROFILE.nearest_prompt(found)
        assert nearest is not None
        assert essay.prompt == nearest[0]
        others = [PROFILE.likeness(found, prompt) for prompt in PROFILE.prompts if prompt != essay.prompt]
        assert nearest[1] > 0.15 > max(likeness for likeness in others if likeness is not None)


def test_what_is_ordinary_is_measured_without_the_essay_itself() -> None:
    """Each likeness is the one that a profile of all other essays gives."""
    row = next(row for row, prompt in enumerate(PROMPTS) if prompt == PROFILE.prompts[0])
    rest = [at for at in range(len(TEXTS)) if at != row]
    others, _ = learn_topics([TEXTS[at] for at in rest], [PROMPTS[at] for at in rest], language="en")
    expected = others.likeness(others.vector(TEXTS[row], "en"), PROMPTS[row])
    assert expected == pytest.approx(ORDINARY.to_prompt[0], abs=0.01)  # its own words still weigh a little
    halves = [others.likeness(others.vector(half, "en"), PROMPTS[row]) for half in halves_of(TEXTS[row])]
    assert min(half for half in halves if half is not None) == pytest.approx(
        ORDINARY.half_to_prompt[0], abs=0.01
    )


def test_likeness_to_all_leaves_out_essays_on_the_same_prompt() -> None:
    """With five prompts and more, essays are held against other prompts; with fewer, against all others."""
    apart = ORDINARY.to_all
    _, together = learn_topics(TEXTS, [None] * len(TEXTS), language="en")
    assert (len(TEXTS),) == apart.shape == together.to_all.shape
    assert np.median(apart) < np.median(together.to_all)
    assert all(0 <= likeness <= 1 for likeness in (*apart, *together.to_all))


def test_likeness_to_all_equals_the_cosine_with_the_others() -> None:
    """The closed formula gives what leaving each essay out gives."""
    vectors = np.array([vector(words) for words in TEXTS])
    _, found = learn_topics(TEXTS, [None] * len(TEXTS), language="en")
    for row in (0, 7, 100):
        others = np.delete(vectors, row, axis=0).sum(axis=0)
        assert others @ vectors[row] / np.linalg.norm(others) == pytest.approx(found.to_all[row], abs=1e-5)


def test_small_prompts_have_no_direction() -> None:
    """A prompt of fewer than twenty essays, or of nearly all, is compared with everything."""
    few = [*["rare"] * (FEWEST_ON_PROMPT - 1), *["common"] * (len(TEXTS) - FEWEST_ON_PROMPT + 1)]
    profile, found = learn_topics(TEXTS, few, language="en")
    assert () == profile.prompts
    assert 0 == found.to_prompt.size == found.half_to_prompt.size
    assert profile.nearest_prompt(vector(TEXTS[0])) is None
    assert profile.likeness(vector(TEXTS[0]), "rare") is None
    assert profile.likeness(vector(TEXTS[0]), None) is None


def test_off_topic_text_is_unlike_everything() -> None:
    """A text without a single known content word has no likeness at all."""
    found = vector(words_of("the of and zyzzyva to be"))
    assert 0.0 == PROFILE.likeness_to_all(found)
    assert 0.0 == PROFILE.likeness(found, PROFILE.prompts[0])


def test_vectors_have_length_one() -> None:
    """Long and short essays weigh the same."""
    assert_allclose(1.0, [np.linalg.norm(vector(words)) for words in TEXTS[:20]])
    assert_allclose(1.0, np.linalg.norm(PROFILE.directions, axis=1), atol=1e-6)


def test_weights_are_damped_counts_times_rarity() -> None:
    """``(1 + ln count) * idf``, scaled to length 1; unknown terms do not count."""
    idf = np.array([2.0, 1.0], dtype=np.float32)
    found = weigh({"sea": 3, "ice": 1, "oak": 9}, {"ice": 0, "sea": 1}, idf)
    expected = np.array([2.0, 1 + np.log(3)])
    assert_allclose(expected / np.linalg.norm(expected), found)


def test_terms_are_content_lemmas_that_essays_share() -> None:
    """Function words carry no topic, forms of a word are one, and no rare word is kept."""
    assert {"house": 2} == dict(key_counts(["the", "house", "and", "houses"], "en"))
    assert {"the": 1, "houses": 1} == dict(key_counts(["the", "houses"], "fi"))
    assert "the" not in PROFILE.terms
    assert len(PROFILE.terms) <= MOST_TERMS
    holding = [sum(term in key_counts(words, "en") for words in TEXTS) for term in PROFILE.terms[:50]]
    assert min(holding) >= 5


def test_halves_are_the_whole() -> None:
    """Both halves together are all words, in order."""
    for words in TEXTS[:10]:
        first, second = halves_of(words)
        assert words == (*first, *second)
        assert abs(len(first) - len(second)) <= 1


def test_a_profile_of_nothing_shared_knows_no_word() -> None:
    """Essays without a common content word leave an empty profile, likeness 0."""
    profile, found = learn_topics([["sea"], ["ice"]], ["a", "b"], language="en")
    assert () == profile.terms
    assert 0.0 == profile.likeness_to_all(profile.vector(("sea",), "en"))
    assert [0.0, 0.0] == found.to_all.tolist()


@pytest.mark.parametrize(
    ("idf", "message"),
    [(np.ones(3, np.float32), "has arrays of shapes"), (np.array([1, np.nan], np.float32), "not finite")],
)
def test_parts_must_belong_together(idf: np.ndarray, message: str) -> None:
    """Arrays of another length, or with holes, are refused."""
    with pytest.raises(InputError, match=message):
        TopicProfile(("a", "b"), idf, np.zeros(2, np.float32), (), np.zeros((0, 2), np.float32))
