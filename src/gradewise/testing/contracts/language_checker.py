"""What every `LanguageChecker` must do."""

from dataclasses import replace

from gradewise.features.findings import CATEGORIES
from gradewise.protocols.measuring import LanguageChecker

TEXTS = (
    "He walk to school every day. I has a dog",
    "their is alot of peple in the the park .\n\nwhy? i dont know",
    "Résumé – naïve, 😀 and e\u0301 … “quoted” 中文 text.\r\nNew line\tand tab.",
    "!?!? ...",
    "x" * 5_000,
)
"""Texts that a checker must get through, with and without errors."""


class LanguageCheckerContract:
    """Inherit, build the checker in `new_checker`, and pytest runs every promise of the port against it."""

    def new_checker(self) -> LanguageChecker:
        """A checker as it is used."""
        raise NotImplementedError

    def text_with_error(self) -> str:
        """A text in which it finds something."""
        raise NotImplementedError

    def test_is_a_language_checker(self) -> None:
        """It has the shape of the port, says what it is, and speaks some language by its two letters."""
        checker = self.new_checker()
        assert isinstance(checker, LanguageChecker)
        assert checker.fingerprint
        assert {len(code) for code in checker.languages} == {2}

    def test_fingerprint_is_stable(self) -> None:
        """Two of the same kind have one fingerprint."""
        assert self.new_checker().fingerprint == self.new_checker().fingerprint

    def test_warms_up_twice(self) -> None:
        """Warming up again is harmless and changes no finding."""
        cold, warm = self.new_checker(), self.new_checker()
        warm.warm_up()
        warm.warm_up()
        assert cold.check(self.text_with_error()) == warm.check(self.text_with_error())

    def test_finds_something(self) -> None:
        """A text with an error has a finding."""
        assert self.new_checker().check(self.text_with_error())

    def test_no_text_has_no_findings(self) -> None:
        """An empty text and blanks are without fault."""
        assert self.new_checker().check("") == ()
        assert self.new_checker().check(" \n ") == ()

    def test_findings_are_well_formed(self) -> None:
        """Findings are in order, lie within the text, are not empty, and have a known category."""
        checker = self.new_checker()
        for text in (*TEXTS, self.text_with_error()):
            findings = checker.check(text)
            spans = [(each.start, each.end) for each in findings]
            assert spans == sorted(spans)
            assert all(0 <= start < end <= len(text) for start, end in spans)
            assert {each.category for each in findings} <= set(CATEGORIES)
            assert all(each.rule and each.message for each in findings)

    def test_suggestions_change_nothing_else(self) -> None:
        """Findings with suggestions are the same findings, in the same order; those there were stay."""
        checker = self.new_checker()
        for text in (*TEXTS, self.text_with_error()):
            findings = checker.check(text)
            told = checker.with_suggestions(findings, text)
            assert [replace(each, suggestion=None) for each in findings] == [
                replace(each, suggestion=None) for each in told
            ]
            had = [each for each in findings if each.suggestion is not None]
            assert set(had) <= set(told)
        assert checker.with_suggestions((), "") == ()

    def test_spans_count_characters(self) -> None:
        """A character outside the basic plane moves a span by one, not by two or four."""
        checker, text = self.new_checker(), self.text_with_error()
        plain = checker.check(f"Well. {text}")[-1]
        moved = checker.check(f"😀 Well. {text}")[-1]
        assert (moved.start, moved.end) == (plain.start + 2, plain.end + 2)

    def test_depends_on_the_text_alone(self) -> None:
        """What was checked before does not change what is found."""
        used, fresh = self.new_checker(), self.new_checker()
        for text in TEXTS:
            used.check(text)
        for text in (self.text_with_error(), *TEXTS):
            assert used.check(text) == fresh.check(text)
