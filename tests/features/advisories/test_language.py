"""Ordinary text, learnt in any language, and what is not ordinary."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import InputError
from gradewise.features.advisories.language import (
    EVERYDAY_WORDS,
    LanguageProfile,
    learn_language,
)
from gradewise.features.advisories.other_languages import _WORDS, LANGUAGE_NAMES, guess_language
from gradewise.testing.synthetic import generate_essays
from ordinary_essays import ordinary, read, reference, words_of

SWEDISH = (
    "Jag tycker att läxor ska finnas kvar men att de måste bli bättre. Många elever säger att de inte lär "
    "sig något av dem, och det kan jag förstå. Om man bara får ett papper med tjugo tal så tröttnar man."
)


def learnt() -> LanguageProfile:
    """What ordinary essays teach of their language."""
    return reference().language


def shuffled(text: str, *, seed: int = 0) -> str:
    """The same words in another order."""
    found = text.split()
    random.Random(seed).shuffle(found)
    return " ".join(found)


def test_held_out_essays_look_ordinary() -> None:
    """Essays that were not learnt from have everyday words in order, and few strange ones."""
    for essay in ordinary(40, seed=8):
        words = words_of(essay.text)
        assert learnt().everyday_share(words) > 0.3
        assert learnt().order(words) > 0
        assert learnt().strange_share(words) < 0.2


def test_shuffled_words_stand_in_no_order() -> None:
    """Every word is known, and yet neighbours fit together worse than by chance."""
    for essay in ordinary(20, seed=8):
        words = words_of(shuffled(essay.text))
        assert learnt().everyday_share(words) > 0.3
        assert learnt().order(words) < 0


def test_another_language_has_few_everyday_words() -> None:
    """Swedish words are spelled like no English ones, and hardly any of them is an everyday English word."""
    assert learnt().everyday_share(words_of(SWEDISH)) < 0.1
    assert learnt().strange_share(words_of(SWEDISH)) > 0.3


def test_any_language_can_be_learnt() -> None:
    """Learnt from Swedish essays, Swedish is ordinary and English is not."""
    swedish = learn_language([words_of(essay.text) for essay in generate_essays(60, seed=1, language="sv")])
    assert swedish.everyday_share(words_of(SWEDISH)) > 0.3
    assert swedish.everyday_share(words_of(ordinary()[0].text)) < 0.15
    assert swedish.strange_share(words_of(ordinary()[0].text)) > 0.3


def test_words_with_digits_are_not_strange() -> None:
    """Numbers are spelled in no language."""
    assert 0.0 == learnt().strange_share(words_of("2024 3rd xq7zj"))
    assert 1.0 == learnt().strange_share(words_of("xqzj"))


def test_a_single_word_has_no_neighbours() -> None:
    """Order needs two words."""
    assert 0.0 == learnt().order(words_of("Hello"))


def test_affinity_is_pointwise_mutual_information_with_one_added() -> None:
    """Of ``a b a b``, ``a b`` is seen twice and expected 4/3 times: log2(3 / (7/3))."""
    found = learn_language([["a", "b", "a", "b"]])
    assert ("a", "b") == found.everyday
    assert np.log2(3 / (7 / 3)) == pytest.approx(found.affinity[0, 1])
    assert (3, 3) == found.affinity.shape
    assert 0.0 == pytest.approx(found.affinity[2, 2])


def test_letters_of_a_few_essays_are_not_usual() -> None:
    """Three letters in a row are usual from five essays on; of fewer essays, when all of them have them."""
    six = [["aaa"]] * 5 + [["bbb"]]
    assert frozenset({" aa", "aaa", "aa "}) == learn_language(six).trigrams
    assert frozenset({" aa", "aaa", "aa "}) == learn_language([["aaa", "bbb"], ["aaa"]]).trigrams


def test_at_most_fifty_everyday_words_are_kept() -> None:
    """The commonest ones, whatever the number of essays."""
    assert EVERYDAY_WORDS == len(learnt().everyday)
    assert {"the", "to", "and"} <= set(learnt().everyday[:10])


@given(st.text(alphabet="abc ", min_size=1).filter(str.strip))
def test_shares_are_shares(text: str) -> None:
    """Whatever the text, shares lie within 0 and 1 and order is finite."""
    words = words_of(text)
    assert 0 <= learnt().everyday_share(words) <= 1
    assert 0 <= learnt().strange_share(words) <= 1
    assert np.isfinite(learnt().order(words))


@pytest.mark.parametrize("affinity", [np.zeros((2, 2)), np.full((3, 3), np.nan)])
def test_parts_must_belong_together(affinity: np.ndarray) -> None:
    """A table of another size, or with holes, is refused."""
    with pytest.raises(InputError, match="2 everyday words has affinities of shape"):
        LanguageProfile(("a", "b"), affinity.astype(np.float32), frozenset())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (SWEDISH, "Swedish"),
        ("Ich finde, dass die Schule nicht so früh anfangen soll, und das ist auch gut.", "German"),
        ("Je pense que les élèves ne sont pas libres et que la cantine est trop chère.", "French"),
        ("Eu acho que a escola não é só para estudar, mas também para ser feliz.", "Portuguese"),
        ("Minä olen sitä mieltä, että koulu on hyvä, mutta se ei ole niin hyvä.", "Finnish"),
        ("Я думаю, что школа должна начинаться позже", "Cyrillic script"),
        ("أعتقد أن المدرسة يجب أن تبدأ لاحقا", "Arabic script"),
        ("asdf jkl qwer uiop zxcv asdf jkl", ""),
        ("https www com com com com com", ""),
        ("1 2 3", ""),
    ],
)  # fmt: skip
def test_other_languages_go_by_their_name(text: str, name: str) -> None:
    """A language or script is named when enough of its commonest words are there, and none otherwise."""
    assert name == guess_language(read(text))


def test_the_expected_language_is_no_other_one() -> None:
    """A text in its own language is not guessed at, nor do its everyday words count for another."""
    english = "I think that it is not fair for us and that they should not do this to all of the people here."
    assert "" == guess_language(read(english))
    assert "English" == guess_language(read(english, language="sv"))
    danish_for_norwegians = "det er ikke for meg"
    known = frozenset(danish_for_norwegians.split())
    assert "" == guess_language(read(danish_for_norwegians, language="nb"), known=known)


def test_every_language_has_a_name() -> None:
    """Names and word lists go together: each list is recognised as its own language."""
    assert set(LANGUAGE_NAMES) == set(_WORDS)
    for code, common in _WORDS.items():
        expected_language = "fi" if code == "en" else "en"
        found = guess_language(read(" ".join(sorted(common)), language=expected_language))
        assert LANGUAGE_NAMES[code] == found
