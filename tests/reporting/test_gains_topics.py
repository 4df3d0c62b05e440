"""Gains as charts, words and records: drop-column, sweep and ablation."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from graded_essays import noisy_grades
from gradewise.evaluation.importance import Importance, weigh_columns
from gradewise.evaluation.prompts import PromptLimits
from gradewise.evaluation.results import Graded, Interval, Resampling
from gradewise.evaluation.standings import Standing, stand
from gradewise.evaluation.twins import Twin
from gradewise.reporting.charts.gains import gains_chart
from gradewise.reporting.charts.intervals import IntervalRow
from gradewise.reporting.parts import Section
from gradewise.reporting.report import UNDEFINED
from gradewise.reporting.topics.ablation import ablation_section
from gradewise.reporting.topics.drop_column import drop_column_section
from gradewise.reporting.topics.sweep import OWN, Ranking, sweep_section

FOLDS = tuple(np.split(np.arange(300), 5))
GOOD = noisy_grades(300, seed=1)
RESAMPLING = Resampling(100, 0.95, 0, None)


def spoilt(share: float) -> Graded:
    """The grades with a share of them a step off."""
    generator = np.random.default_rng(0)
    step = (generator.random(300) < share) * generator.choice([-1, 1], 300)
    return replace(GOOD, predicted_codes=np.clip(GOOD.predicted_codes + step, 0, 8))


def importance(*, noise: int = 5, harmful: bool = True) -> Importance:
    """A column to keep, two that say the same, perhaps one to drop."""
    without = {"needed": 0.9, "twin": 0.21, "other_twin": 0.2} | ({"harmful": 0.0} if harmful else {})
    return weigh_columns(
        (spoilt(0.2),),
        {name: (spoilt(share),) for name, share in without.items()},
        [(spoilt(0.2 + 0.01 * step),) for step in range(noise)],
        FOLDS,
        judged_by="qwk",
        stable_share=0.6,
        resampling=RESAMPLING,
    )


def said(section: Section) -> str:
    """Every statement of a section."""
    return " ".join(statement.text for statement in section.statements)


def test_a_chart_marks_what_stands_out_and_shades_the_luck() -> None:
    """Rows without figures have no mark; names stand beside their marks, or above."""
    rows = [
        IntervalRow("kept", Interval(0.3, 0.2, 0.4), "model", "+0.3"),
        IntervalRow("dropped", Interval(-0.3, -0.4, -0.2), "broken", "−0.3"),
        IntervalRow("unknown", UNDEFINED, "baseline", "–"),
    ]
    svg = gains_chart("Gains", rows, ends=("worse", "better"), band=0.1)
    root = ET.fromstring(svg)  # noqa: S314 - our own drawing
    dots = {each.get("class"): float(each.get("cx", "")) for each in root.iter("circle")}
    assert {"model", "broken"} == set(dots)
    zero = next(float(each.get("x1", "")) for each in root.iter("line") if each.get("class") == "zero")
    assert dots["broken"] < zero < dots["model"]
    (band,) = (each for each in root.iter("rect") if each.get("class") == "quiet")
    assert float(band.get("x", "")) < zero < float(band.get("x", "")) + float(band.get("width", ""))
    above = gains_chart("Gains", rows, ends=("worse", "better"), beside=False)
    assert "quiet" not in above
    assert "label halo" in above
    assert "</svg>" in gains_chart("Nothing", [], ends=("worse", "better"), band=np.nan)


def test_columns_are_advised_with_their_reasons() -> None:
    """Keep, drop, and inside the noise with the column that says the same; all of it is in the record."""
    found = importance()
    section = drop_column_section(found, {"twin": Twin("other_twin", 0.99), "needed": Twin("twin", 0.1)})
    assert "Of 4 columns 1 surely adds to the others, first needed" in said(section)
    assert "Better left out: harmful." in said(section)
    assert "Another column says nearly the same as twin." in said(section)
    assert "5 columns of random numbers" in said(section)
    (reasons,) = (figure.table for figure in section.figures if figure.heading.startswith("What to do"))
    assert reasons is not None
    why = {row[0]: row[2] for row in reasons.rows}
    assert "worse without it" in why["needed"]
    assert "better without it" in why["harmful"]
    assert "other_twin says nearly the same (rank correlation +0.99)" in why["twin"]
    assert "no surer than that of random numbers" in why["other_twin"]
    rows = section.record["handcrafted_features"]
    assert ["keep", "drop"] == [rows[0]["advice"], rows[-1]["advice"]]
    by_name = {row["feature"]: row for row in rows}
    assert {"feature": "other_twin", "rank_correlation": 0.99} == by_name["twin"]["twin"]
    assert by_name["harmful"]["twin"] is None
    assert 5 == len(section.record["noise"]["columns"])


def test_a_few_columns_have_room_for_their_names() -> None:
    """Above their marks where they are long; many stand in a column, and long names are cut."""
    name = "distinct_misspellings_per_100_words"

    def drawn(n: int) -> str:
        found = weigh_columns(
            (GOOD,), {f"{name}_{at}": (spoilt(0.2),) for at in range(n)}, [(GOOD,)], FOLDS, judged_by="rps",
            stable_share=0.8, resampling=RESAMPLING,
        )  # fmt: skip
        return drop_column_section(found, {}).figures[0].svg

    assert f">{name}_0<" in drawn(2)
    assert ">distinct_misspellings_per_10…<" in drawn(13)


def test_each_column_may_have_another_that_says_the_same() -> None:
    """Then they are not named twice."""
    found = importance(harmful=False)
    inside = {column.name for column in found.columns if column.advice == "inside the noise"}
    section = drop_column_section(found, {name: Twin("other", 0.95) for name in inside})
    assert "Another column says nearly the same as each of them." in said(section)


def test_without_random_columns_the_page_says_what_is_missing() -> None:
    """No table of them, no band, and a warning."""
    section = drop_column_section(importance(noise=0, harmful=False), {})
    assert "No random columns were tried" in said(section)
    assert "Better left out" not in said(section)
    assert 2 == len(section.figures)
    assert section.record["noise"]["reach"] is None


def test_a_figure_that_is_not_defined_is_null_in_the_record() -> None:
    """Kappa of constants has no mean."""
    same = replace(GOOD, true_codes=GOOD.true_codes * 0, predicted_codes=GOOD.true_codes * 0)
    found = weigh_columns(
        (same,), {"a": (same,)}, [(same,)], FOLDS, judged_by="qwk", stable_share=0.8, resampling=RESAMPLING
    )
    section = drop_column_section(found, {})
    assert {"mean": None, "std": None} == section.record["baseline"]["summary"]["qwk"]
    assert "Of 1 column none surely adds to the others. 1 cannot be told from random numbers." in said(
        section
    )


def standings(shares: dict[str, float], reference: str, graded: Graded = GOOD) -> dict[str, Standing]:
    """Ways to grade that are a share of the grades off."""
    return stand(
        {
            name: (replace(graded, predicted_codes=spoilt(share).predicted_codes),)
            for name, share in shares.items()
        },
        FOLDS,
        reference=reference,
        resampling=RESAMPLING,
        limits=PromptLimits(30, 2),
    )


@pytest.mark.parametrize(
    ("best", "chosen", "expected"),
    [
        (OWN, 0.3, "None of 2 other configurations is better"),
        ("other", 0.0, "not by luck alone: other comes first"),
        ("other", 0.3, "Inside the noise: other comes first of 3 configurations"),
    ],
    ids=["own", "surely", "noise"],
)
def test_a_sweep_says_whether_its_best_is_luck(best: str, chosen: float, expected: str) -> None:
    """What counts is what comes of choosing on the other folds."""
    shares = {OWN: 0.3, "other": 0.9 if best == OWN else 0.28, "third": 0.95, "chosen": chosen}
    found = standings(shares, OWN)
    honest = found.pop("chosen")
    ranked = sorted(found.values(), key=lambda each: -each.figures["qwk"].estimate)
    choices = ("other",) * 5 if best == "other" else (OWN, OWN, "other", OWN, OWN)
    ranking = Ranking(standings=tuple(ranked), rank_by="qwk", chosen=honest, choices=choices)
    section = sweep_section(ranking)
    assert expected in said(section)
    assert ("All folds choose the same" in said(section)) == (best == "other")
    assert best == section.record["ranking"][0]["name"]
    assert 3 == len(section.figures)
    assert ("flattered, the more so" in said(section)) == (best == "other")


def test_a_sweep_of_nothing_else_says_so() -> None:
    """A grid that holds the plan's own settings alone compares nothing."""
    (own,) = standings({OWN: 0.3}, OWN).values()
    section = sweep_section(Ranking(standings=(own,), rank_by="qwk", chosen=own, choices=(OWN,) * 5))
    assert said(section).startswith(f"Nothing was tried besides {OWN}.")


def test_an_ablation_says_what_each_part_is_worth() -> None:
    """Surely worse, surely better, or not told apart; weak prompts are named where there are any."""
    found = standings({"all": 0.3, "poor": 1.0, "alike": 0.31, "rich": 0.0}, "all")
    n_columns = {"all": 9, "poor": 2, "alike": 8, "rich": 5}
    section = ablation_section(tuple(found.values()), whole="all", n_columns=n_columns)
    assert "Surely worse: poor" in said(section)
    assert "Surely better: rich" in said(section)
    assert "Not told apart from all by these essays: alike." in said(section)
    assert [9, 2, 8, 5] == [arm["n_columns"] for arm in section.record["arms"]]
    assert section.record["arms"][0]["prompts"]["worst"].startswith("prompt-")
    plain = standings({"all": 0.3, "poor": 1.0}, "all", replace(GOOD, prompts=None))
    section = ablation_section(tuple(plain.values()), whole="all", n_columns=n_columns)
    assert section.record["arms"][0]["prompts"] is None
    assert "Not told apart" not in said(section)
    weak = section.figures[-1].table
    assert weak is not None
    assert ("–", "–", "–") == weak.rows[0][-3:]
