"""Advisories: what speaks against believing a grade, with its evidence."""

import random
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from gradewise.errors import InputError
from gradewise.essays.records import Essay
from gradewise.features.advisories.advisory import (
    ADVISORIES,
    REVIEW_CODES,
    Advisory,
    must_be_read,
)
from gradewise.models.advising import find_advisories
from gradewise.testing.synthetic import generate_essays
from ordinary_essays import measured, ordinary, reference

REFERENCE = reference()
PROMPTS = REFERENCE.topics.prompts
HELD_OUT = tuple(
    essay
    for essay in ordinary(60, seed=8)
    if len(essay.text.split()) > 120 and essay.prompt in REFERENCE.topics.prompts
)
MIDDLE = np.asarray((REFERENCE.ranges.low + REFERENCE.ranges.high) / 2, dtype=np.float32)


def advisories(
    text: str, *, prompt: str | None = None, prompt_text: str | None = None
) -> dict[str, Advisory]:
    """What is said of a text whose measurements are in the middle, by code."""
    essay = Essay(id="e", text=text, prompt=prompt, prompt_text=prompt_text)
    return {found.code: found for found in find_advisories(essay, MIDDLE, REFERENCE)}


def codes(text: str, *, prompt: str | None = None) -> set[str]:
    """The codes alone."""
    return set(advisories(text, prompt=prompt))


def shuffled(text: str) -> str:
    """The same words in another order."""
    words = text.split()
    random.Random(1).shuffle(words)
    return " ".join(words)


def test_ordinary_essays_get_no_advisory() -> None:
    """Nine held-out essays in ten and more, measured as they are."""
    essays = ordinary(60, seed=8)
    rows = measured(essays).values
    silent = [not find_advisories(essay, row, REFERENCE) for essay, row in zip(essays, rows, strict=True)]
    assert np.mean(silent) > 0.9


def test_lengths_are_held_against_those_learnt_from() -> None:
    """The message gives the length and the window; too short is for review, very long a note."""
    short = advisories(" ".join(HELD_OUT[0].text.split()[:40]))["too_short"]
    assert "40 words; the model learnt from essays of 90 to 597" == short.message
    assert (40, 90, "review") == (short.value, short.limit, short.severity)
    long = advisories("\n\n".join(essay.text for essay in HELD_OUT[:5]))["too_long"]
    assert "note" == long.severity


def test_another_language_is_named() -> None:
    """A Swedish essay among English ones is said to be Swedish, and not to be off topic besides."""
    for essay in generate_essays(8, seed=2, language="sv"):
        found = advisories(essay.text, prompt=PROMPTS[0])
        assert "it seems to be in Swedish" in found["other_language"].message
        assert not {"off_topic", "not_an_essay", "unusual_features"} & set(found)


def test_a_language_that_is_mixed_in_is_noticed() -> None:
    """Half an essay in Swedish is enough."""
    swedish = generate_essays(8, seed=2, language="sv")
    for own, other in zip(HELD_OUT, swedish, strict=False):
        half = " ".join(own.text.split()[:100])
        assert {"other_language", "strange_words"} & codes(f"{half}\n{' '.join(other.text.split()[:100])}")


@pytest.mark.parametrize(
    ("text", "evidence"),
    [
        (shuffled(HELD_OUT[0].text), "no better than by chance"),
        ("xqzj wvkx jjkq zzxv " * 30, "a list of words, or no language"),
        ("\n".join(f"- apples and pears {at}" for at in range(30)), "lines of a few words"),
        ("if (x == {y}) { return [z]; } " * 20, "symbols"),
    ],
)
def test_what_is_no_essay_is_called_so(text: str, evidence: str) -> None:
    """Scrambled words, mashing, lists and code, each with its reason, and with one reason only."""
    found = advisories(text)
    assert evidence in found["not_an_essay"].message
    assert "off_topic" not in found


def test_strange_words_in_an_essay_are_noticed() -> None:
    """Every fourth word is keys hit at random, the others are an essay."""
    words = HELD_OUT[1].text.split()
    words[::4] = ["qxzvj"] * len(words[::4])
    found = advisories(" ".join(words))["strange_words"]
    assert "spelled like no word of the training essays" in found.message


def test_repetition_is_noticed() -> None:
    """The first part of an essay, four times."""
    part = " ".join(HELD_OUT[2].text.split()[:60])
    found = advisories("\n\n".join([part] * 4))["repetition"]
    assert found.value > 0.6
    assert "are not new" in found.message


def test_copying_the_task_is_noticed_when_the_task_is_known() -> None:
    """Half of a text from the task; without the task nothing can be said."""
    task = (
        "Many schools collect pupils' phones in the morning. Should mobile phones be banned during the whole "
        "school day? Write an argumentative text for your headmaster and give good reasons for your opinion."
    )
    text = f"{task} {' '.join(HELD_OUT[3].text.split()[:60])}"
    assert "copied from the task" in advisories(text, prompt_text=task)["copied_prompt"].message
    assert "copied_prompt" not in advisories(text)


def test_answers_to_another_prompt_are_off_topic() -> None:
    """Each essay under the next prompt, not under its own; the prompt that it answers is named."""
    named = 0
    for essay in HELD_OUT:
        other = PROMPTS[(PROMPTS.index(str(essay.prompt)) + 1) % len(PROMPTS)]
        found = advisories(essay.text, prompt=other)["off_topic"]
        assert f"training essays on {other!r}" in found.message
        named += f"it reads like an answer to {essay.prompt!r}" in found.message
    assert named > len(HELD_OUT) / 4
    on_topic = [essay for essay in HELD_OUT if "off_topic" not in codes(essay.text, prompt=essay.prompt)]
    assert len(on_topic) >= 0.95 * len(HELD_OUT)


def test_half_an_answer_to_another_prompt_is_off_topic() -> None:
    """The half that does not resemble the prompt is seen; where both halves do, nothing is said."""

    def off_topic_by_half(text: str, prompt: str | None) -> bool:
        found = advisories(text, prompt=prompt).get("off_topic")
        return found is not None and found.message.startswith("one half of it")

    mixed, alone = 0, 0
    for own, other in pairwise(HELD_OUT):
        if own.prompt != other.prompt:
            text = f"{' '.join(own.text.split()[:120])} {' '.join(other.text.split()[:120])}"
            mixed += off_topic_by_half(text, own.prompt)
            alone += off_topic_by_half(own.text, own.prompt)
    assert mixed > 5
    assert alone < 2


def test_an_unknown_prompt_is_held_against_all_essays() -> None:
    """A story about the sea is nothing like school essays, whatever the prompt."""
    story = (
        "The captain looked at the waves. A whale rose beside the ship, and the sailors ran to the harpoons. "
        "Rain fell on the sails, the mast broke, and the anchor was lost. Sharks swam around the rocks, and "
        "the island was gone behind the fog. The cook threw bread to the gulls and sang about gold. "
    )
    lenient = replace(REFERENCE, limits=replace(REFERENCE.limits, strange=1.0))
    for prompt in (None, "never seen"):
        found = find_advisories(Essay(id="e", text=story, prompt=prompt), MIDDLE, lenient)
        (message,) = (advisory.message for advisory in found if advisory.code == "off_topic")
        assert "vocabulary of the training essays: likeness" in message
    assert "off_topic" not in codes(HELD_OUT[0].text, prompt=None)


def test_copies_of_training_essays_are_noticed() -> None:
    """The number is the essay's place among the training essays, from 1."""
    copy = advisories(ordinary()[4].text)["near_duplicate"]
    assert "it is nearly training essay number 5:" in copy.message
    half = f"{' '.join(ordinary()[4].text.split()[:150])} {' '.join(HELD_OUT[0].text.split()[:100])}"
    assert "it shares passages with training essay number 5:" in advisories(half)["near_duplicate"].message


def test_measurements_that_nobody_had_are_named() -> None:
    """Far beyond every range, with the largest first; within the ranges nothing is said."""
    row = MIDDLE.copy()
    row[-1], row[-2] = 5 * REFERENCE.ranges.high[-1] + 900, 2 * REFERENCE.ranges.high[-2] + 1
    (found,) = find_advisories(HELD_OUT[0], row, REFERENCE)
    assert "unusual_features" == found.code
    assert REFERENCE.ranges.names[-1].replace("_", " ") in found.message
    assert "note" == found.severity


def test_alerts_come_first_and_quote_nothing() -> None:
    """What may be a cry for help stands before everything else, without its words."""
    essay = Essay(id="e", text=f"{HELD_OUT[0].text} I want to kill myself. {'Yes. ' * 900}")
    first, *others = find_advisories(essay, MIDDLE, REFERENCE)
    assert "alert" == first.code
    assert "it may speak of self-harm: a person must read it, whatever its grade" == first.message
    assert others


def test_short_texts_are_only_short() -> None:
    """Below fifty words shares say nothing; an alert still counts."""
    assert {"too_short"} == codes("asdf jkl asdf jkl", prompt=PROMPTS[0])
    assert {"too_short", "alert"} == codes("I want to die")


def test_advisories_become_json() -> None:
    """Plain values, the severity among them."""
    (found,) = find_advisories(Essay(id="e", text="Too short."), MIDDLE, REFERENCE)
    assert {
        "code": "too_short",
        "severity": "review",
        "message": "2 words; the model learnt from essays of 90 to 597",
        "value": 2,
        "limit": 90,
    } == found.to_json()


def test_advisories_stand_in_order_of_urgency() -> None:
    """The order of the table, whatever the order of the checks."""
    text = " ".join(ordinary()[4].text.split()[:80])
    found = find_advisories(Essay(id="e", text=text, prompt=PROMPTS[0]), MIDDLE * 9, REFERENCE)
    order = [list(ADVISORIES).index(advisory.code) for advisory in found]
    assert len(found) >= 3
    assert sorted(order) == order


def test_what_must_be_read() -> None:
    """One advisory for review is enough, a note is not; an unknown code is refused."""
    note = Advisory(code="too_long", message="", value=0, limit=0)
    review = replace(note, code="off_topic")
    assert must_be_read((note, review))
    assert not must_be_read((note,))
    assert not must_be_read(())
    assert set(ADVISORIES) - REVIEW_CODES == {"too_long", "unusual_features"}
    with pytest.raises(InputError, match="advisory 'boring' is unknown"):
        replace(note, code="boring")


def test_rows_of_another_schema_are_refused() -> None:
    """The message says how many features there should be."""
    with pytest.raises(InputError, match="measure by the same schema"):
        find_advisories(HELD_OUT[0], MIDDLE[:3], REFERENCE)
