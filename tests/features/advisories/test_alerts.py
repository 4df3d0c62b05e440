"""Words after which a person must read an essay."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.features.advisories.alerts import ALERT_PHRASES, find_alerts
from ordinary_essays import ordinary, words_of


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Last year I tried to kill myself.", "self-harm"),
        ("Sometimes I think about hurting my self", "self-harm"),
        ("honestly i just want to die", "self-harm"),
        ("I wish I was dead", "self-harm"),
        ("I don’t want to live\nanymore.", "self-harm"),
        ("I have thought about it. I'm suicidal", "self-harm"),
        ("Tomorrow I will bring a gun to school", "violence"),
        ("I'm going to kill everyone", "violence"),
        ("When he is drunk my step dad hits me.", "abuse"),
        ("I was raped.", "abuse"),
    ],
)
def test_what_a_writer_says_of_himself_is_found(text: str, kind: str) -> None:
    """First-person phrases are found whatever the case, the apostrophe and the line ends."""
    assert (kind,) == find_alerts(words_of(text), ALERT_PHRASES["en"])


@pytest.mark.parametrize(
    "text",
    [
        "Every year many people commit suicide because of bullying.",
        "We killed time and I was dying to see it.",
        "School shootings are in the news, and nobody should bring a gun.",
        "I kill zombies in this game and shoot the ball.",
        "My father beat me at chess.",
        "The killer myself-deprecating joke",
    ],
)
def test_what_essays_discuss_is_no_alert(text: str) -> None:
    """Matters in general, idioms and games are left alone."""
    assert () == find_alerts(words_of(text), ALERT_PHRASES["en"])


@given(st.lists(st.sampled_from(["i", "my", "own", "was", "be", "dead", "sister", "big", "x"]), min_size=1))
def test_phrases_that_cannot_stand_are_passed_over_rightly(words: list[str]) -> None:
    """What is found is what a pattern of the phrase finds."""
    phrases = {"one": ("i/my own/- was/be_dead",), "two": ("my big_sister/x -/own dead/was",)}
    one = re.search(r" (?:i|my)(?: own)? (?:was|be dead)(?!\S)", f" {' '.join(words)}")
    two = re.search(r" my (?:big sister|x)(?: own)? (?:dead|was)(?!\S)", f" {' '.join(words)}")
    expected = [kind for kind, found in (("one", one), ("two", two)) if found]
    assert tuple(expected) == find_alerts(words, phrases)


def test_swedish_phrases() -> None:
    """A few in Swedish too."""
    found = find_alerts(words_of("Jag vill inte leva längre. Min pappa slår mig."), ALERT_PHRASES["sv"])
    assert ("self-harm", "abuse") == found


def test_generated_essays_raise_no_alert() -> None:
    """They are about phones and homework."""
    assert not any(find_alerts(words_of(essay.text), ALERT_PHRASES["en"]) for essay in ordinary())


def test_phrases_may_be_your_own() -> None:
    """Alternatives, joined words and words that may be missing; a list may be empty."""
    phrases = {"cheating": ("my/our dad/big_sister wrote/- this",), "nothing": ()}
    assert ("cheating",) == find_alerts(words_of("Our big sister wrote this."), phrases)
    assert ("cheating",) == find_alerts(words_of("my dad this"), phrases)
    assert () == find_alerts(words_of("my dad wrote thistle; our sister wrote this"), phrases)


def test_marks_in_phrases_are_meant_literally() -> None:
    """A phrase is no pattern."""
    assert () == find_alerts(words_of("abc"), {"any": ("a.c",)})
