"""Tests of spelling: what Harper's own rule flags, without its search for corrections."""

import harper
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gradewise.adapters import harper_spelling
from gradewise.adapters.harper_linters import TOKENS, Dialect, lint, new_linter, spans
from gradewise.adapters.harper_spelling import RULE, Spelling, Verdicts

FORMS = [
    *("the", "The", "dog", "isn't", "dont", "don’t", "I", "i", "a", "A", "s", "O'Brien", "o'clock"),
    *("recieve", "Recieve", "RECIEVE", "alot", "highschool", "xqzzkj", "teh's", "freinds'", "zqx-wert"),
    *("america", "America", "AMERICA", "english", "polish", "iphone", "iPhone", "macos", "harper", "march"),
    *("colour", "color", "verandah", "yogourt", "prepone", "Labor", "afterwards", "mum"),
    *("haha", "HAHAhah", "hahha", "ahaha", "ha", "bwahaha"),
    *("U.S.", "u.s.", "t.v.", "p.m.", "p. m.", "e.g.", "i.e.", "et al.", "etc.", "M.P.", "D.Furthermore"),
    *("1st", "3th", "1990s", "90's", "CAPS1", "x2", "2x", "½", "10k", "¾", "5pm"),
    *("foo@bar.com", "www.bad.xyz", "file.txt", "#tag", "a/b", "and/or", "A&B", "C++", "$5"),
    *("essay(s)", "(s)", "recieve(s)", "box(es)", "3(s)", "(S)"),
    *("naïve", "cafe", "Ångström", "straße", "ﬁnd", "中文", "動物", "привет", "e\u0301", "😀", "İ"),
    *("\n", "\n\n", "…", "—", "-", "'", "’", '"', "(", ")", "[", "*", "_", ",", ".", "!", "/", "@"),
]  # fmt: skip
"""Forms of every sort: known, unknown, of another case or dialect, dotted, mixed, foreign, no words."""


@pytest.fixture(scope="module")
def tokens() -> harper.Linter:
    """Shows the tokens of a text."""
    return new_linter("american", {TOKENS})


@pytest.fixture(scope="module")
def rule() -> harper.Linter:
    """Harper's own rule."""
    return new_linter("american", {RULE})


@pytest.fixture(scope="module")
def spelling() -> Spelling:
    """One that remembers what it has met in all tests."""
    return Spelling("american", Verdicts())


def flagged(spelling: Spelling, tokens: harper.Linter, text: str) -> list[str]:
    """The words that are flagged."""
    found = spelling.flagged(text, spans(lint(tokens, text).get(TOKENS, ())))
    return [text[start:end] for start, end in found]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(FORMS), min_size=1, max_size=25).map(" ".join))
@example("We like an essay(s) and U.S. films of the 1990s , teh p. m. news...")
def test_flags_what_the_rule_flags(
    spelling: Spelling, tokens: harper.Linter, rule: harper.Linter, text: str
) -> None:
    """Whatever stands side by side, the same spans are flagged."""
    expected = [text[start:end] for start, end in sorted(set(spans(lint(rule, text).get(RULE, ()))))]
    assert expected == flagged(spelling, tokens, text)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(FORMS) | st.text(max_size=5), max_size=20).map("".join))
def test_flags_what_the_rule_flags_in_any_text(
    spelling: Spelling, tokens: harper.Linter, rule: harper.Linter, text: str
) -> None:
    """Nor does it matter how forms are run together."""
    expected = [text[start:end] for start, end in sorted(set(spans(lint(rule, text).get(RULE, ()))))]
    assert expected == flagged(spelling, tokens, text)


@pytest.mark.parametrize(
    ("dialect", "expected"),
    [("american", ["prepone", "colour"]), ("british", ["prepone", "color"]), ("indian", ["color"])],
)
def test_dialects_are_kept_apart(tokens: harper.Linter, dialect: Dialect, expected: list[str]) -> None:
    """A word of another dialect is flagged."""
    assert expected == flagged(Spelling(dialect, Verdicts()), tokens, "We prepone color and colour.")


def test_forgets_when_there_are_too_many_forms(
    monkeypatch: pytest.MonkeyPatch, tokens: harper.Linter
) -> None:
    """Memory is bounded, and what was forgotten is found out again."""
    monkeypatch.setattr(harper_spelling, "MOST_FORMS", 3)
    verdicts = Verdicts()
    spelling = Spelling("american", verdicts)
    text = "We recieve it. They recieve america."
    assert flagged(spelling, tokens, text) == ["recieve", "recieve", "america"]
    assert len(verdicts({"We", "recieve", "it", "They", "america", "."})) > 3
    assert flagged(spelling, tokens, "Go home.") == []
    assert verdicts({"recieve"}) == {}
    assert flagged(spelling, tokens, text) == ["recieve", "recieve", "america"]


def test_corrects_a_word(spelling: Spelling) -> None:
    """A misspelt word has a likely correction, a right one nothing to be said of."""
    correction = spelling.correction("recieve")
    assert correction is not None
    assert "receive" in [each.replacement_text for each in correction.suggestions]
    assert spelling.correction("receive") is None


def test_threads_share_what_is_known(tokens: harper.Linter) -> None:
    """What one has found out another need not ask."""
    verdicts = Verdicts()
    flagged(Spelling("american", verdicts), tokens, "They like america.")
    assert verdicts({"They", "like", "america", "."}) == {
        "They": False,
        "like": False,
        "america": True,
        ".": False,
    }
