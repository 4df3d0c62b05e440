"""Tests of the Harper checker: the contract, categories, overlaps, and texts that would break Harper."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import harper
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradewise.adapters import harper_checker
from gradewise.adapters.harper_checker import PIECE, HarperChecker
from gradewise.adapters.harper_rules import CATEGORY_OF_KIND, CATEGORY_OF_RULE, DEFAULT_RULES, category_of
from gradewise.errors import InputError, PlanError
from gradewise.features.findings import CATEGORIES, Finding
from gradewise.testing.contracts.language_checker import LanguageCheckerContract

FRAGMENTS = ["their is", "an book", " i ", "the the", "  ", "\n\n", ".", ",", '"', "’", "(", "😀", "\u0301"]
ODD = [
    "\x00",
    "\u200d",
    "\ud800",
    "\u2028",
    "\r\n",
    "\t",
    "…",
    "İ",
    "ﬁ",
    "中文",
    "http://a.b",
    "1,000",
    "a.m.",
]


@pytest.fixture(scope="module")
def checker() -> HarperChecker:
    """One checker for tests that do not change it."""
    return HarperChecker()


class TestHarperChecker(LanguageCheckerContract):
    """Harper keeps every promise of the port."""

    def new_checker(self) -> HarperChecker:
        """A checker with the default rules."""
        return HarperChecker()

    def text_with_error(self) -> str:
        """A text with a confused word and a wrong article."""
        return "Their is an book on the table."


@pytest.mark.parametrize(
    ("text", "flagged", "category", "suggestion"),
    [
        ("We recieve letters.", "recieve", "spelling", "receive"),
        ("We like highschool a lot.", "highschool", "spelling", "high school"),
        ("This is an book.", "an", "grammar", "a"),
        ("Then i went home.", "i", "capitalisation", "I"),
        ("I like it,and you do too.", ",", "punctuation", ", "),
        ("It is bigger then mine.", "then", "word_choice", "than"),
        ("We saw the the dog.", "the the", "grammar", "the"),
    ],
)
def test_files_errors_as_teachers_do(
    checker: HarperChecker, text: str, flagged: str, category: str, suggestion: str
) -> None:
    """Each kind of error lands in its category, with the span of the error and a correction."""
    findings = checker.with_suggestions(checker.check(text), text)
    found = [(text[each.start : each.end], each.category, each.suggestion) for each in findings]
    assert (flagged, category, suggestion) in found


def test_every_kind_has_a_category() -> None:
    """The tables know only our categories and only rules that Harper has."""
    assert {*CATEGORY_OF_KIND.values(), *CATEGORY_OF_RULE.values()} <= set(CATEGORIES)
    assert set(CATEGORY_OF_RULE) <= set(harper.get_default_lint_config())
    assert len(CATEGORY_OF_KIND) == 21


def test_kinds_that_harper_reports_are_in_the_table() -> None:
    """Errors of many sorts, with every rule of Harper on, bring no kind that the table does not know."""
    linter = harper.Linter()
    linter.set_lint_config(dict.fromkeys(linter.get_lint_config(), True))
    text = """Their is alot of peple in the the park .i dont no why,but its bigger then mine
        For all intensive purposes we could care less. She have went to there house irregardless.
        He did a 360 degree turn and and could of won, in order to basically utilize very good things
        I has a apple on monday. The colour of the organisation. Never has he not did nothing nowhere.
        One of the boy are tall. More better. He past away. Everyday i go too school by feets."""
    found = linter.organized_lints(text, language="plaintext", dedup=False)
    kinds = {lint.lint_kind for lints in found.values() for lint in lints}
    assert len(kinds) > 8
    assert kinds <= set(CATEGORY_OF_KIND)


def test_unknown_kind_counts_as_grammar() -> None:
    """A kind of a later Harper is an error of grammar until the table names it."""
    assert category_of("NewRule", "NewKind") == "grammar"


def test_long_sentence_hides_no_error_within(checker: HarperChecker) -> None:
    """A sentence that is flagged as too long keeps its other findings."""
    long = "We recieve letters and " + "then we go home and " * 15 + "we eat."
    rules = {each.rule for each in checker.check(long)}
    assert {"LongSentences", "SpellCheck"} <= rules


def test_one_place_is_flagged_once(checker: HarperChecker) -> None:
    """Where two rules flag the same word, the particular one is kept."""
    (found,) = checker.check("We like highschool.")
    assert found.rule == "SplitWords"


def test_overlap_keeps_the_longer() -> None:
    """Of overlapping findings the longer stays, spelling yields to all, and order does not matter."""
    short, long = finding(0, 3, "A"), finding(2, 9, "B")
    spelling, apart = finding(2, 20, "SpellCheck"), finding(9, 12, "C")
    expected = (long, apart)
    assert harper_checker._once_a_place([spelling, short, apart, long]) == expected
    assert harper_checker._once_a_place([long, apart, short, spelling]) == expected


def finding(start: int, end: int, rule: str) -> Finding:
    """A finding of some rule."""
    return Finding(start, end, "grammar", rule, "message")


def test_asks_only_the_given_rules() -> None:
    """Rules that were not asked for find nothing, and the order of rules does not matter."""
    text = "Their is an book and we recieve it."
    assert {each.rule for each in HarperChecker(["AnA"]).check(text)} == {"AnA"}
    assert (
        HarperChecker(["AnA", "SpellCheck"]).fingerprint == HarperChecker(["SpellCheck", "AnA"]).fingerprint
    )


def test_fingerprint_tells_rules_and_dialects_apart() -> None:
    """Another rule list or dialect is another checker."""
    checkers = [HarperChecker(), HarperChecker(dialect="british"), HarperChecker(DEFAULT_RULES[:49])]
    assert len({each.fingerprint for each in checkers}) == 3


def test_dialect_decides_spelling() -> None:
    """What is right in British English is not flagged there."""
    text = "The colour is nice."
    assert HarperChecker(dialect="american").check(text)
    assert not HarperChecker(dialect="british").check(text)


def test_refuses_unknown_rules_and_dialects() -> None:
    """A rule or dialect that Harper does not have is named."""
    with pytest.raises(PlanError, match="no rule 'Nonsense'"):
        HarperChecker(["AnA", "Nonsense"])
    with pytest.raises(PlanError, match="'scots' is no dialect"):
        HarperChecker(dialect="scots")  # type: ignore[arg-type]  # a plan may hold anything


@settings(max_examples=60, deadline=None)  # the first unknown word is slow
@given(st.lists(st.sampled_from([*FRAGMENTS, *ODD]) | st.text(max_size=8), max_size=30).map(" ".join))
def test_gets_through_any_text(checker: HarperChecker, text: str) -> None:
    """No text breaks it: findings lie within, and those that are not of sentences do not overlap."""
    findings = checker.check(text)
    assert all(0 <= each.start < each.end <= len(text) for each in findings)
    places = [each for each in findings if each.rule != "LongSentences"]
    assert all(left.end <= right.start for left, right in pairwise(places))


def test_unbroken_stretches_are_passed_over(checker: HarperChecker) -> None:
    """A key held down, which would take Harper all memory, is skipped; the words around it are checked."""
    text = f"We recieve {'a' * 300_000} an book."
    assert [text[each.start : each.end] for each in checker.check(text)] == ["recieve", "an"]


def test_long_texts_are_checked_in_pieces(checker: HarperChecker) -> None:
    """Errors are found where they stand, however far into the text."""
    text = "This is fine. " * 3_000 + "We saw an book."
    (found,) = checker.check(text)
    assert text[found.start : found.end] == "an"


@given(st.text(alphabet="ab \n.!", min_size=0, max_size=200).map(lambda text: text * 300))
@settings(max_examples=30, deadline=None)
def test_pieces_partition_the_text(text: str) -> None:
    """Pieces follow each other without gap, none is too long, and none is empty."""
    pieces = list(harper_checker._pieces(text))
    assert "".join(text[start:end] for start, end in pieces) == text
    assert all(0 < end - start <= harper_checker.LONGEST_PIECE for start, end in pieces)
    assert all(end - start >= PIECE for start, end in pieces[:-1])


def test_pieces_end_after_a_line_or_sentence_and_only_when_there_is_none_at_a_space() -> None:
    """A text is cut where it hurts least: errors do not reach over the end of a sentence."""
    words, sentence = "word " * 300, "Done. "
    assert cut(f"{words}{sentence}{words}") == f"{words}{sentence}"
    assert cut(f'{words}He said "no." {words}') == f'{words}He said "no." '
    assert cut(f"{words}\n{sentence}{words}") == f"{words}\n"
    assert cut("word " * 9_000) == "word " * 2_000
    assert cut("x" * 30_000) == "x" * harper_checker.LONGEST_PIECE


def test_threads_share_a_text_and_find_the_same() -> None:
    """However many threads check however many texts at once, the findings are those of one."""
    text = "We recieve an book. I has alot of freinds, and they is nice. " * 120
    alone = HarperChecker()
    expected, expected_of_start = alone.check(text), alone.check(text[:2_000])
    assert expected
    for threads in (2, 3):
        several = HarperChecker(threads=threads)
        several.warm_up()
        assert several.check(text) == expected
        assert several.check("") == ()
        begun = [several.begin(each) for each in (text[:2_000], text, text[:2_000])]
        short, long, again = (findings() for findings in begun)
        assert long == expected
        assert short == again == expected_of_start


def cut(text: str) -> str:
    """The first piece of a text."""
    start, end = next(harper_checker._pieces(text))
    return text[start:end]


def test_gibberish_stops_costing(monkeypatch: pytest.MonkeyPatch) -> None:
    """After many different unknown words later pieces are not checked for spelling; the next text is."""
    monkeypatch.setattr(harper_checker, "UNKNOWN_WORDS", 1)
    checker = HarperChecker()
    text = "We recieve it. " * 700 + "The accomodation was an box. " * 400
    rules = [(each.rule, text[each.start : each.end]) for each in checker.check(text)]
    assert ("SpellCheck", "recieve") in rules
    assert ("AnA", "an") in rules
    assert rules.count(("SpellCheck", "accomodation")) < 50
    assert [each.rule for each in checker.check("The accomodation was nice.")] == ["SpellCheck"]


class PanicException(BaseException):
    """Named as the class that a panic in Rust raises."""


class Raising:
    """A linter that fails in the given way."""

    def __init__(self, error: BaseException) -> None:
        self._error = error

    def organized_lints(self, text: str, *, language: str, dedup: bool) -> None:
        """Fail, asked as Harper is."""
        assert (text, language, dedup) == ("secret", "plaintext", False)
        raise self._error


def failing(error: BaseException) -> Any:
    """A checker whose linter fails."""
    checker: Any = HarperChecker()
    checker._own.linters = replace(checker._own.linters, rules=Raising(error))
    return checker


def test_panic_becomes_an_error_and_the_next_text_is_checked() -> None:
    """When Harper panics the message says how long the text was, not what, and a new linter takes over."""
    checker = failing(PanicException("index out of bounds"))
    with pytest.raises(InputError, match="failed on a text of 6 characters") as caught:
        checker.check("secret")
    assert "secret" not in str(caught.value)
    assert checker.check("This is an book.")


def test_interrupt_passes_through() -> None:
    """Nothing but a panic is translated."""
    with pytest.raises(KeyboardInterrupt):
        failing(KeyboardInterrupt()).check("secret")
