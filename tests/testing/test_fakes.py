"""Tests of the fakes."""

import numpy as np
import pytest

from gradewise.errors import InputError
from gradewise.testing.contracts.embedder import EmbedderContract
from gradewise.testing.contracts.language_checker import LanguageCheckerContract
from gradewise.testing.fakes import FakeEmbedder, FakeLanguageChecker


class TestFakeLanguageChecker(LanguageCheckerContract):
    """The fake keeps every promise of the port."""

    def new_checker(self) -> FakeLanguageChecker:
        """A fake."""
        return FakeLanguageChecker()

    def text_with_error(self) -> str:
        """A text with a misspelled word."""
        return "We recieve letters."

    def test_finds_by_category(self) -> None:
        """Each of its patterns finds one kind of error, with a correction where it knows one."""
        checker, text = FakeLanguageChecker(), "Teh cat saw the the dog and i ran ."
        found = checker.with_suggestions(checker.check(text), text)
        expected = [("spelling", "the"), ("grammar", None), ("capitalisation", None), ("punctuation", None)]
        assert [(each.category, each.suggestion) for each in found] == expected

    def test_fails_where_told(self) -> None:
        """It refuses a text that holds the given words, and says only how long the text is."""
        with pytest.raises(InputError, match="text of 9 characters"):
            FakeLanguageChecker(fails_on="BAD").check("BAD thing")

    def test_counts_what_it_does(self) -> None:
        """It tells how often it was warmed up and asked."""
        checker = FakeLanguageChecker()
        checker.warm_up()
        checker.check("One.")
        checker.check("Two.")
        assert (checker.warmed_up, checker.checked) == (1, 2)


class TestFakeEmbedder(EmbedderContract):
    """The fake text model keeps every promise of the port."""

    def new_embedder(self) -> FakeEmbedder:
        """A fake."""
        return FakeEmbedder()

    def test_fails_where_told(self) -> None:
        """It refuses a text that holds the given words, and says only how long the text is."""
        with pytest.raises(InputError, match="text of 9 characters"):
            FakeEmbedder(fails_on="BAD").embed(("fine", "BAD thing"))

    def test_counts_what_it_does(self) -> None:
        """It tells how often it was warmed up, and how many texts it has embedded."""
        embedder = FakeEmbedder()
        embedder.warm_up()
        embedder.embed(("One.", "Two."))
        assert (1, 2) == (embedder.warmed_up, embedder.embedded)

    def test_other_names_are_other_models(self) -> None:
        """Two fakes by other names see texts otherwise, and say so."""
        one, other = FakeEmbedder(), FakeEmbedder(name="other")
        assert one.fingerprint != other.fingerprint
        assert not np.array_equal(one.embed(("a cat",)), other.embed(("a cat",)))
