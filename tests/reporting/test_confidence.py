"""Sections on grade sets and on review: whole, honest where there is nothing to say, and in words."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from gradewise.essays.scales import Scale
from gradewise.evaluation.coverage import CoverageEvaluation, evaluate_coverage
from gradewise.evaluation.policy import Cuts, ReviewPolicy
from gradewise.evaluation.release import Release, apply_policy, choose_policy
from gradewise.evaluation.results import Resampling
from gradewise.evaluation.review import ReviewCurve, declared_cuts, review_curve
from gradewise.reporting.html import render_html
from gradewise.reporting.markdown import render_markdown
from gradewise.reporting.parts import Section
from gradewise.reporting.record import report_record
from gradewise.reporting.report import Report
from gradewise.reporting.topics.confidence import (
    MOST_ROWS_DRAWN,
    coverage_section,
    coverage_sentence,
    cut_words,
    release_sentence,
    review_section,
)
from judged_essays import judged

HOSTILE = "<script>alert('&\"')</script>"
SIX = Scale("six", ("F", "E", "D", "C", "B", "A"))
PASS_FAIL = Scale("pass", ("fail", "pass"))
THIN = "\N{NARROW NO-BREAK SPACE}"


def covered(n: int, scale: Scale = SIX, *, prompts: bool = True) -> CoverageEvaluation:
    """Grade sets of three grades at most, about nine in ten of which hold the teacher's grade."""
    generator = np.random.default_rng(n)
    top = scale.n_grades - 1
    codes = np.clip(np.round(generator.normal(top / 2, top / 5, n)), 0, top).astype(np.int64)
    middle = np.clip(codes + generator.choice([-2, -1, 0, 1], n, p=[0.1, 0.2, 0.5, 0.2]), 0, top)
    low, high = np.maximum(middle - 1, 0), np.minimum(middle + 1, top)
    names = [f"Prompt {row % 3}" for row in range(n)] if prompts else None
    return evaluate_coverage(codes, low, high, scale, promised=0.9, prompts=names, resampling=Resampling(20))


def released(
    n: int, *, cuts: Cuts = (3,), required: float = 0.9, n_grades: int = 6
) -> tuple[ReviewCurve, Release]:
    """A curve, and what the policy chosen on it does."""
    candidates = judged(n, cuts=cuts, n_grades=n_grades)
    policy = choose_policy(candidates, required=required)
    return review_curve(candidates, resampling=Resampling(20)), apply_policy(policy, candidates)


def parsed(svg: str) -> ET.Element:
    """The chart as a tree; fails when it is not well formed."""
    return ET.fromstring(svg)  # noqa: S314 - our own output


def assert_whole(section: Section) -> None:
    """Charts are well formed and described, tables are even, and the record is plain JSON."""
    assert section.intro
    for figure in section.figures:
        assert figure.reading
        assert figure.table is not None
        assert {len(figure.table.columns)} == {len(row) for row in figure.table.rows}
        if figure.svg:
            root = parsed(figure.svg)
            assert all(root.findtext(part) for part in ("title", "desc"))
            assert "nan" not in re.sub("<(title|desc)>.*?</", "", figure.svg)
    assert section.record == json.loads(json.dumps(section.record, allow_nan=False))


@pytest.mark.parametrize("n", [1, 2, 40, 600])
@pytest.mark.parametrize("n_grades", [2, 6, 61])
def test_coverage_section_is_whole_on_any_scale(n: int, n_grades: int) -> None:
    """One essay or six hundred, two grades or sixty-one: the section is whole, prompts known or not."""
    scale = Scale("points", tuple(str(points) for points in range(n_grades)))
    for prompts in (True, False):
        assert_whole(coverage_section(covered(n, scale, prompts=prompts)))


def test_long_scales_are_drawn_in_three_parts() -> None:
    """A dot for every grade of a short scale, three for a long one; the table holds every grade."""
    scale = Scale("points", tuple(str(points) for points in range(30)))
    short, long = (coverage_section(covered(2000, each)).figures[0] for each in (SIX, scale))
    assert 7 == len(list(parsed(short.svg).iter("circle")))
    assert 4 == len(list(parsed(long.svg).iter("circle")))
    assert long.table is not None
    assert 31 == len(long.table.rows) > MOST_ROWS_DRAWN


def test_grades_with_few_essays_are_grey() -> None:
    """A grade of which little can be said does not look like one that was judged."""
    evaluation = covered(300)
    few = sum(0 < row.n < 50 for row in evaluation.grades)
    marks = [node.get("class") for node in parsed(coverage_section(evaluation).figures[0].svg).iter("circle")]
    assert 0 < few == marks.count("baseline")


def test_coverage_in_words() -> None:
    """The sentence says how often, how many grades, and which grade fares worst."""
    codes = np.repeat([1, 2], [100, 100])
    low = np.where(np.arange(200) < 20, 2, codes)
    said = coverage_sentence(evaluate_coverage(codes, low, np.maximum(low, 2), SIX, promised=0.9))
    assert f"It was in 90.0{THIN}% (85.1–93.4{THIN}%) of 200 essays, with 1.40 (1.33–1.47) of 6" in said
    assert said.endswith(f"Of the grades with 50 essays or more, E fares worst: 80{THIN}% (71–87{THIN}%).")


def test_coverage_of_few_essays_in_words() -> None:
    """Where no grade can be judged alone the sentence says so."""
    assert "No grade has the 50 essays" in coverage_sentence(covered(40))


@pytest.mark.parametrize("n", [1, 30, 800])
@pytest.mark.parametrize("cuts", [(3,), (2, 4), (1, 2, 3, 4, 5)])
def test_review_section_is_whole(n: int, cuts: Cuts) -> None:
    """One essay or many, one cut or all, released or not: the section is whole."""
    curve, chosen = released(n, cuts=cuts)
    for test in (None, chosen):
        assert_whole(review_section(curve, chosen, SIX, test=test))


def test_chosen_share_is_marked_when_there_is_one() -> None:
    """The dot on the curve says what the policy does; a policy that releases nothing has none."""
    for required, dots in ((0.9, 1), (0.999, 0)):
        curve, chosen = released(800, required=required)
        assert (dots == 1) == (chosen.n_released > 0)
        svg = review_section(curve, chosen, SIX).figures[0].svg
        assert dots == len(list(parsed(svg).iter("circle")))


def test_a_model_that_lets_nothing_out_says_why_and_what_changes_it() -> None:
    """What was found of the surest fifth, fewer cuts where every one counts, and the essays that it takes."""
    every = range(1, 6)
    few, many = (review_section(*released(n, cuts=tuple(every), required=0.95), SIX) for n in (60, 800))
    (of_few,), (of_many,) = few.statements, many.statements
    assert "needs a teacher’s look: about every cut between two grades" in of_few.text
    assert "confidence.cuts in the plan" in of_few.text
    assert "295 marked essays or more are needed to show it" in of_few.text
    assert "More marked essays help to show it" in of_many.text
    (one_cut,) = review_section(*released(60, required=0.999), SIX).statements
    assert "confidence.cuts" not in one_cut.text
    assert () == review_section(*released(800), SIX).statements


def test_intro_is_about_the_locked_test() -> None:
    """Where there is a locked test the sentence is about its essays, and both stand in the table."""
    curve, chosen = released(800)
    test = apply_policy(chosen.policy, judged(300, seed=9))
    section = review_section(curve, chosen, SIX, test=test)
    assert release_sentence(test, SIX) in section.intro
    assert release_sentence(chosen, SIX) in review_section(curve, chosen, SIX).intro
    assert section.figures[1].table is not None
    assert ("Share", "where it was chosen, n = 800", "locked test, n = 300") == section.figures[
        1
    ].table.columns


def test_release_in_words() -> None:
    """One sentence: how much, how often the teacher agrees about the cut, how often within one grade."""
    _, chosen = released(800)
    agreement = chosen.agreement
    bounds = f"{100 * agreement.low:.1f}–{100 * agreement.high:.1f}{THIN}%"
    expected = (
        f"Release {100 * chosen.share.estimate:.0f}{THIN}% automatically; of those "
        f"{100 * agreement.estimate:.1f}{THIN}% ({bounds}) agree with the teacher about the cut below C and "
        f"{100 * chosen.within_one.estimate:.0f}{THIN}% are within one grade."
    )
    assert expected == release_sentence(chosen, SIX)


def test_release_of_nothing_in_words() -> None:
    """A policy that could not be shown to work releases nothing, and one that finds no sure essay neither."""
    never = ReviewPolicy(cuts=(1, 3), required=0.95, level=0.95, threshold=np.inf)
    candidates = judged(10, cuts=(1, 3))
    assert (
        f"Release none automatically: that 95{THIN}% agree with the teacher about the cuts below E and C"
        in (release_sentence(apply_policy(never, candidates), SIX))
    )
    strict = replace(never, threshold=1.5)
    assert "Of these 10 essays none is sure enough to be released." == release_sentence(
        apply_policy(strict, candidates), SIX
    )


def test_cuts_in_words() -> None:
    """One cut, some, all, and the only one of a scale of two grades."""
    assert "the cut below pass" == cut_words(declared_cuts(PASS_FAIL, []), PASS_FAIL)
    assert "every cut between two grades" == cut_words(declared_cuts(SIX, []), SIX)
    assert "the cuts below E and B" == cut_words(declared_cuts(SIX, ["B", "E"]), SIX)


def test_reports_take_the_sections(make_report: Callable[..., Report]) -> None:
    """Page, text and record hold both sections, with names that could be an attack spelled out harmlessly."""
    scale = Scale("six", (HOSTILE, "E", HOSTILE + "2", "C", "B", "A"))
    curve, chosen = released(300, cuts=(2,))
    sections = (coverage_section(covered(300, scale)), review_section(curve, chosen, scale))
    report = replace(make_report(40), sections=sections)
    page, text, record = render_html(report), render_markdown(report), report_record(report)
    assert "<script" not in page
    for section in sections:
        assert f'id="{section.name}"' in page
        assert section.heading in text
    assert {"grade_sets", "review"} == set(record["sections"])
    json.dumps(record, allow_nan=False)
