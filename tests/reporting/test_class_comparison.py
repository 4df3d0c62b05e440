"""Two models of classes beside each other, in words and pictures."""

import numpy as np

from graded_essays import classified_texts
from gradewise.essays.scales import class_scale
from gradewise.evaluation.challenge import judge_challenge
from gradewise.evaluation.comparison import compare_graded, find_difference, grade_differences
from gradewise.evaluation.prompts import PromptLimits
from gradewise.evaluation.results import Resampling
from gradewise.reporting.topics.challenge import challenge_sections, challenge_statements, figure_rows
from gradewise.reporting.topics.model_comparison import model_sections, model_statements

FOUR = class_scale(("greeting", "lost card", "opening hours", "refund"))
RESAMPLING = Resampling(20, 0.95, 0)
WEAK, STRONG = classified_texts(200, sharpness=0.5), classified_texts(200, sharpness=4.0)


def test_a_better_model_is_called_so() -> None:
    """The verdict is by macro F1, and tells what changed and what is new to both."""
    comparison = compare_graded(
        WEAK, STRONG, resampling=RESAMPLING, limits=PromptLimits(min_prompt=20, bottom_k=1)
    )
    unseen = find_difference("unseen", WEAK, STRONG, RESAMPLING)
    whole, changed, new, warned = model_statements(comparison, unseen, ("take care",))
    assert ("good", True) == (whole.kind, "tells classes apart better" in whole.text)
    assert "get another class" in changed.text
    assert "the difference in macro F1 is" in new.text
    assert "take care" == warned.text
    classes = grade_differences(WEAK, STRONG, FOUR, RESAMPLING)
    sections = model_sections(comparison, classes, unseen, FOUR)
    assert ["agreement", "grades", "changed"] == [section.name for section in sections]
    table = sections[1].figures[0].table
    assert table is not None
    assert set(FOUR.grades) == {row[0] for row in table.rows}


def test_the_same_model_changes_nothing() -> None:
    """No class changes, and no section lists what did."""
    comparison = compare_graded(
        WEAK, WEAK, resampling=RESAMPLING, limits=PromptLimits(min_prompt=20, bottom_k=1)
    )
    assert "gives the very same classes" in model_statements(comparison, None, ())[0].text
    assert 2 == len(model_sections(comparison, grade_differences(WEAK, WEAK, FOUR, RESAMPLING), None, FOUR))


def test_a_challenger_is_told_in_classes() -> None:
    """It is right more often; nothing speaks of teachers or grades."""
    found = judge_challenge(WEAK, STRONG, scale=FOUR, resampling=RESAMPLING)
    told = [each.text for each in challenge_statements(found, ())]
    assert "the challenger is right more often" in told[0]
    assert "macro F1" in told[1]
    sections = challenge_sections(found)
    words = " ".join(
        told + [section.intro + section.heading + section.figures[0].reading for section in sections]
    )
    assert "teacher" not in words
    assert "grade" not in words
    assert 3 == len(list(figure_rows(found)))
    assert np.isfinite(found.sequence.means).all()
