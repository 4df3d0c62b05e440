"""Terms: what scikit-learn would count of the same plain text, in any language."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from gradewise.models.text.terms import list_terms, plain_text

TEXTS = st.text(alphabet="aAbB åÅé.,'’\n\t1-“̊ß", max_size=60)


@given(TEXTS)
def test_words_are_those_of_scikit_learn(text: str) -> None:
    """Tokens and pairs equal a word vectoriser's that keeps capitals and punctuation."""
    settings = {"token_pattern": r"\w+|[^\w\s]", "ngram_range": (1, 2)}
    analyse = CountVectorizer(lowercase=False, **settings).build_analyzer()
    assert Counter(analyse(plain_text(text))) == Counter(list_terms("words", text))


@given(TEXTS)
def test_runs_are_those_of_scikit_learn(text: str) -> None:
    """Runs equal a character vectoriser's."""
    analyse = CountVectorizer(lowercase=False, analyzer="char", ngram_range=(3, 5)).build_analyzer()
    plain = plain_text(text)
    expected = Counter(analyse(plain)) if len(plain) >= 3 else Counter()
    assert expected == Counter(list_terms("characters", text))


@given(TEXTS)
def test_long_runs_are_those_of_scikit_learn_once(text: str) -> None:
    """Each run counts once, in small letters."""
    analyse = CountVectorizer(lowercase=False, analyzer="char", ngram_range=(3, 8)).build_analyzer()
    plain = plain_text(text).lower()
    expected = set(analyse(plain)) if len(plain) >= 3 else set()
    found = list_terms("runs", text)
    assert expected == set(found)
    assert len(expected) == len(found)


def test_how_a_text_was_typed_does_not_matter() -> None:
    """Composed and decomposed letters, curly and straight quotes, spaces and line ends count alike."""
    typed, retyped = "Hon sa “åh” – det’s bra", 'Hon sa\r\n "a\u030ah" –\u00a0 det\'s bra'
    assert list_terms("words", typed) == list_terms("words", retyped)
    assert list_terms("characters", typed) == list_terms("characters", retyped)


def test_capitals_and_punctuation_count() -> None:
    """What teachers mark is not thrown away."""
    assert set(list_terms("words", "I am.")).isdisjoint(list_terms("words", "i AM"))


def test_a_broken_character_becomes_a_sign() -> None:
    """A lone surrogate cannot be stored in a file and is replaced."""
    assert "å\ufffd" == plain_text("å\ud800")
