"""The section on robustness: charts that mark what is broken, and words that say so."""

from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from graded_essays import BANDS
from gradewise.evaluation.results import Interval, Resampling
from gradewise.evaluation.robustness import Answers, RobustnessEvaluation, evaluate_robustness
from gradewise.reporting.charts.intervals import IntervalRow
from gradewise.reporting.charts.limits import limits_chart
from gradewise.reporting.html import render_html
from gradewise.reporting.markdown import render_markdown
from gradewise.reporting.parts import Statement
from gradewise.reporting.record import report_record
from gradewise.reporting.report import UNDEFINED, Report
from gradewise.reporting.topics.robustness import asked, found, robustness_section
from gradewise.reporting.verdict import verdict
from gradewise.reporting.wording import THIN

SHIFTS = {
    "stock_sentences": 1,
    "shuffled_words": -2,
    "shuffled_sentences": 0,
    "trailing_space": -1,
    "swapped_quotes": 0,
}
"""By how much every grade moves under these changes; the rest is as it must be."""


def evaluated(shifts: dict[str, int], *, n: int = 80) -> RobustnessEvaluation:
    """Essays in the middle of the scale whose grades all move alike."""
    before = np.full(n, 4)
    answers = {
        name: Answers(before, before + shift, before.astype(float), (before + shift).astype(float))
        for name, shift in shifts.items()
    }
    nothing = Answers(before[:0], before[:0], np.zeros(0), np.zeros(0))
    return evaluate_robustness({**answers, "task_copied": nothing}, BANDS, n=n, resampling=Resampling(20))


@pytest.fixture
def probed(report: Report) -> Report:
    """A report on nothing but robustness."""
    return replace(
        report, evaluations=(), baselines=(), importance=(), sections=(robustness_section(evaluated(SHIFTS)),)
    )


def test_what_is_broken_is_marked_and_stays_in_its_place() -> None:
    """A broken row has a red dot beyond its limit and a cross; one that holds lies on the shaded stretch."""
    svg = limits_chart(
        "Padding",
        [
            IntervalRow("stock", Interval(0.7, 0.6, 0.8), "broken", "0.70 (0.60–0.80) ✗", limit=0.25),
            IntervalRow("rare", Interval(-0.1, -0.2, 0.1), said="✓", limit=0.25),
            IntervalRow("none", UNDEFINED, limit=0.25),
        ],
    )
    root = ET.fromstring(svg)  # noqa: S314 - our own output
    broken, fine = root.findall("circle")
    assert ("broken", "model") == (broken.attrib["class"], fine.attrib["class"])
    stretches = [node for node in root.iter("rect") if node.attrib["class"] == "allowed"]
    edge = float(stretches[0].attrib["x"]) + float(stretches[0].attrib["width"])
    assert float(fine.attrib["cx"]) < edge < float(broken.attrib["cx"])
    assert 3 == len(stretches)
    assert "stock: 0.70 (0.60–0.80) ✗" in (root.findtext("desc") or "")


def test_a_chart_of_nothing_is_whole() -> None:
    """Without rows there is an empty frame."""
    assert limits_chart("nothing", []).startswith("<svg")


def test_every_change_is_shown_with_what_is_asked_and_found() -> None:
    """One figure a kind, with its numbers; what was not tried has a row and no mark on the chart."""
    section = robustness_section(evaluated(SHIFTS))
    padding, damage, invisible, explained = section.figures
    assert padding.table is not None
    assert padding.table.rows == (
        (
            "Sentences that say nothing",
            "80",
            "≤ +0.25",
            "1.00 (1.00–1.00)",
            f"100{THIN}%",
            f"0{THIN}%",
            "broken",
        ),
        ("The task copied in front", "0", "≤ +0.25", "–", "–", "–", "not tried"),
    )
    assert 1 == padding.svg.count("<circle")
    assert damage.table is not None
    assert [row[2] for row in damage.table.rows] == ["≤ −1.00", "≤ −0.25"]
    assert invisible.table is not None
    assert invisible.table.rows[0][2:4] == (f"≤ 5{THIN}%", f"100{THIN}% (95–100{THIN}%)")
    assert explained.table is not None
    assert ("", len(SHIFTS) + 1) == (explained.svg, len(explained.table.rows))
    assert "80 essays" in section.intro


def test_a_kind_without_essays_has_numbers_only() -> None:
    """Where nothing of a kind could be tried there is no chart."""
    (padding, _) = robustness_section(evaluated({})).figures
    assert "" == padding.svg
    assert padding.table is not None


def test_asked_and_found_are_about_the_same_figure() -> None:
    """Steps for steps, shares for shares."""
    rows = {row.name: row for row in evaluated(SHIFTS).responses}
    assert ("≤ +0.25", "1.00 (1.00–1.00)") == (asked(rows["stock_sentences"]), found(rows["stock_sentences"]))
    assert (f"≤ 5{THIN}%", f"0{THIN}% (0–5{THIN}%)") == (
        asked(rows["swapped_quotes"]),
        found(rows["swapped_quotes"]),
    )


def test_statements_name_what_is_broken_by_how_much() -> None:
    """The count first, then each fault with its figure, then what holds and what was not tried."""
    lead, *faults, held, untried = robustness_section(evaluated(SHIFTS)).statements
    assert lead == Statement(
        "bad",
        "Of 5 changes to the texts, the model’s grades answer 2 as they must and 3 as they must not; for 0, "
        "these essays cannot tell.",
    )
    assert {"bad"} == {fault.kind for fault in faults}
    stock, shuffled, trailing = (fault.text for fault in faults)
    assert "raises the grade by 1.00 (1.00–1.00) steps on average, over 80 essays. It must not pay" in stock
    assert "Sentences shuffled: this changes the grade by 0.00" in shuffled
    assert "It must lower it by 0.25 at least." in shuffled
    assert f"Blanks at line ends: this changes the grade of 100{THIN}%" in trailing
    assert held == Statement("good", "As it must be: words shuffled and curly or straight quotes.")
    assert "the task copied in front" in untried.text


@pytest.mark.parametrize(
    ("shifts", "n", "kind", "words"),
    [
        ({"shuffled_words": -2}, 80, "good", "answer 1 as they must"),
        ({"shuffled_words": -2}, 10, "warn", "for 1, these essays cannot tell"),
        ({}, 80, "warn", "Of 0 changes"),
    ],
)
def test_without_a_fault_the_lead_is_no_worse_than_known(
    shifts: dict[str, int], n: int, kind: str, words: str
) -> None:
    """Good when all is shown, doubtful when something is not, or nothing was tried."""
    lead = robustness_section(evaluated(shifts, n=n)).statements[0]
    assert kind == lead.kind
    assert words in lead.text


def test_few_essays_are_told_to_be_few() -> None:
    """What is not shown is named, with the remedy."""
    told = [each.text for each in robustness_section(evaluated({"shuffled_words": -2}, n=10)).statements]
    assert "Not shown either way: words shuffled. More essays would tell." in told


def test_statements_of_sections_are_the_verdict_where_nothing_else_is(probed: Report) -> None:
    """A report of sections alone is judged by them, and shown whole in every rendering."""
    assert probed.sections[0].statements == verdict(probed)
    for text in (render_html(probed), render_markdown(probed)):
        for said in ("Is it robust?", "Padding must not pay", "Blanks at line ends", "answer 2 as they must"):
            assert said in text
    assert 6 == len(report_record(probed)["sections"]["robustness"]["responses"])


def test_statements_of_sections_join_the_verdict_by_their_weight(report: Report) -> None:
    """Beside evaluations, faults come right after the agreement."""
    joined = verdict(replace(report, sections=(robustness_section(evaluated(SHIFTS)),)))
    assert verdict(report)[0] == joined[0]
    assert "bad" == joined[1].kind
    assert "as they must not" in joined[1].text
    assert len(verdict(report)) + 6 == len(joined)


def test_blocked_data_shows_no_figure(probed: Report, make_report: Callable[..., Report]) -> None:
    """Terms that allow no figures take the section and its statements away."""
    blocked = replace(probed, metrics_allowed=False)
    (only,) = verdict(blocked)
    assert "No figures are shown" in only.text
    assert "Is it robust?" not in render_html(blocked) + render_markdown(blocked)
    assert {} == report_record(blocked)["sections"]
