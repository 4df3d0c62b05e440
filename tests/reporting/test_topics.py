"""Sections on standards, fairness and gates: what a reader sees of them."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from gradewise.evaluation.gate_json import gate_report_from_json
from gradewise.evaluation.gates import PRESETS, judge_gates
from gradewise.evaluation.results import Interval, Resampling
from gradewise.evaluation.standards import Standards, gate_figures, measure_standards
from gradewise.reporting.charts.ceiling import ceiling_chart
from gradewise.reporting.charts.intervals import IntervalRow
from gradewise.reporting.charts.zones import zone_chart
from gradewise.reporting.html import render_html
from gradewise.reporting.markdown import render_markdown
from gradewise.reporting.parts import Section
from gradewise.reporting.record import report_record
from gradewise.reporting.report import UNDEFINED, Report
from gradewise.reporting.topics.fairness import MOST_GROUPS, NOT_STATED, fairness_section
from gradewise.reporting.topics.gates import conclusion, gates_section
from gradewise.reporting.topics.standards import HOW_TO_GIVE, standards_section

HOSTILE = "<script>alert('&\"')</script>\x07|"
Measure = Callable[..., Standards]


@pytest.fixture
def measure(report: Report) -> Measure:
    """Measure the made-up essays with so many second grades and with these groups."""
    graded = report.evaluations[0].graded

    def measured(n_second: int = 0, groups: Sequence[str] = (), *, lean: float = 0.0) -> Standards:
        second = np.where(np.arange(120) < n_second, graded.true_codes.astype(np.float64), np.nan)
        second[::3] = np.clip(second[::3] + 1, 0, 7)
        leaning = np.array([name == "favoured" for name in groups] or [False] * 120)
        given = np.clip(graded.predicted_codes + np.rint(lean * leaning), 0, 7).astype(np.int64)
        return measure_standards(
            replace(graded, predicted_codes=given),
            report.scale,
            second=second,
            groups={"home_language": groups} if groups else {},
            min_group=20,
            resampling=Resampling(40),
        )

    return measured


def svg_texts(svg: str) -> list[str]:
    """Every visible line of text of a chart; fails when it is not well formed."""
    return [node.text or "" for node in ET.fromstring(svg).iter("text")]  # noqa: S314 - our own output


def headings(section: Section) -> list[str]:
    """What the figures of a section are about."""
    return [figure.heading for figure in section.figures]


def test_with_a_second_teacher_the_picture_of_what_is_possible_comes_first(measure: Measure) -> None:
    """Model, two teachers, one more teacher and the ceiling each have a row with their figure."""
    standards = measure(120)
    first, *_ = standards_section(standards).figures
    texts = svg_texts(first.svg)
    assert standards.second is not None
    for shown in ("the model", "two teachers with each other", "the most that anybody can reach", "guessing"):
        assert shown in texts
    for figure in (standards.agreement["qwk"], standards.second.true_scores.variance_matched):
        assert any(text.startswith(f"{figure.estimate:.2f} (") for text in texts)
    assert 'class="beyond"' in first.svg


def test_degradation_is_told_for_each_figure(measure: Measure) -> None:
    """Both teachers, the model, the loss and what is accepted stand in one row."""
    standards = measure(120)
    assert standards.second is not None
    _, second, _ = standards_section(standards).figures
    assert second.table is not None
    assert 3 == len(second.table.rows)
    lost = standards.second.comparison.degradation["exact_agreement"]
    assert f"{lost.estimate:.2f}".replace("-", "−") in second.table.rows[2][3]


def test_without_a_second_teacher_the_section_says_how_to_get_one(measure: Measure) -> None:
    """The figures that are missing are named, and so is the way to them; few second grades are counted."""
    nothing, few = (standards_section(measure(n)) for n in (0, 7))
    assert ["Level, spread and agreement", "What a second teacher’s grades would add"] == headings(nothing)
    assert HOW_TO_GIVE == nothing.figures[-1].reading
    assert f"Only 7 essays here had a second grade. {HOW_TO_GIVE}" == few.figures[-1].reading
    assert "data.columns.second_label" in HOW_TO_GIVE


def test_the_variant_of_a_mean_difference_is_named(measure: Measure) -> None:
    """Two kinds of SMD are in use, so words and record say which one it is."""
    section = standards_section(measure())
    assert "unpooled" in section.figures[0].reading
    assert "unpooled" == section.record["smd_method"]


def test_every_group_has_a_row_and_small_ones_no_mark(measure: Measure) -> None:
    """The picture and the table list small groups without judging them."""
    section = fairness_section(measure(0, ["a"] * 60 + ["b"] * 50 + ["few"] * 9 + [""]).groups)
    figure = section.figures[0]
    assert "Writers by “home language”" == figure.heading
    assert ["a, n 60", "b, n 50", "few, n 9", f"{NOT_STATED}, n 1"] == [
        text for text in svg_texts(figure.svg) if ", n " in text
    ]
    assert 2 == figure.svg.count("<circle")
    assert 2 == svg_texts(figure.svg).count("too few to judge")
    assert figure.table is not None
    nothing = ("–",) * 4
    assert (("few", "9", *nothing), (NOT_STATED, "1", *nothing)) == figure.table.rows[2:]
    assert "Compared are 2 groups of at least 20 essays." in section.intro


def test_a_difference_that_is_shown_is_said_in_words(measure: Measure) -> None:
    """The group is named with its difference, marked in the picture, and the effect on errors is named."""
    section = fairness_section(measure(0, ["favoured", "others"] * 60, lean=2.0).groups)
    assert "Shown to be placed otherwise than by the teacher: “favoured” by +" in section.figures[0].reading
    assert 'class="human"' in section.figures[0].svg
    assert "direction of errors (OSD) by “home language”" in section.figures[-1].reading
    record = section.record["attributes"]["home_language"]
    assert record["effects"]["osd"]["adjusted_p_value"] < 0.05


def test_what_few_essays_cannot_rule_out_is_said(measure: Measure) -> None:
    """No difference shown is not the same as none: groups whose interval leaves the zone are named."""
    reading = fairness_section(measure(0, ["a"] * 90 + ["b"] * 30).groups).figures[0].reading
    assert "No group is shown to be placed otherwise" in reading
    assert "“b”" in reading
    few = fairness_section(measure(0, [str(row // 10) for row in range(120)]).groups)
    assert few.figures[0].reading.startswith("No group has 20 essays, so none is judged.")
    assert few.figures[-1].reading.startswith("None is shown.")


def test_groups_graded_alike_are_called_so(measure: Measure) -> None:
    """Where every interval keeps to the zone, the finding is good news."""
    one = measure(0, ["a", "b"] * 60).groups[0]
    near = tuple(
        replace(group, row=replace(group.row, dsm=Interval(0.01, -0.05, 0.07))) for group in one.groups
    )
    section = fairness_section([replace(one, groups=near)])
    assert "as the teacher places it, or within the zone of it." in section.figures[0].reading


def test_many_groups_are_drawn_in_part_and_listed_in_full(measure: Measure) -> None:
    """A picture with thirty groups would not be read; the table has all of them."""
    figure = fairness_section(measure(0, [f"school {row % 30}" for row in range(120)]).groups).figures[0]
    assert MOST_GROUPS == sum(", n " in text for text in svg_texts(figure.svg))
    assert figure.table is not None
    assert 30 == len(figure.table.rows)


def test_gates_are_told_rule_by_rule(measure: Measure) -> None:
    """Each rule has what was asked, what was found and a verdict that needs no colour."""
    found = judge_gates(PRESETS["williamson2012"], {"qwk": Interval(0.69, 0.651, 0.72), "smd": UNDEFINED})
    section = gates_section((found,))
    (figure,) = section.figures
    assert figure.table is not None
    qwk, _, _, _, smd, _ = figure.table.rows
    assert ("at least 0.70", "0.690 (0.651 to 0.720)", "? not shown") == qwk[1:]
    assert ("−0.15 to 0.15", "–", "– not measured") == smd[1:]
    assert found == gate_report_from_json(section.record["williamson2012"])


@pytest.mark.parametrize(
    ("qwk", "expected"),
    [
        (Interval(0.8, 0.75, 0.85), "Passed: every rule that could be measured holds (1 of 4). 3 could not"),
        (Interval(0.6, 0.55, 0.65), "Not passed: of 1 rule that could be measured, 1 failed. 3 could not"),
        (Interval(0.7, 0.65, 0.75), "measured, 1 not shown (too few to tell). 3 could not"),
        (
            UNDEFINED,
            "Not passed: no rule could be measured. 4 could not be measured, for want of essays",
        ),
    ],
)
def test_the_conclusion_says_what_the_rules_amount_to(qwk: Interval, expected: str) -> None:
    """Passed or not, how many rules failed or were not shown, and what the others would need."""
    assert expected in conclusion(judge_gates(PRESETS["seeds"], {"qwk": qwk}))


def test_what_an_unmeasured_rule_needs_is_said(measure: Measure) -> None:
    """A second teacher and writer groups are what most often lacks."""
    report = judge_gates(PRESETS["ctb2014"], gate_figures(measure()))
    needs = "4 could not be measured, for want of a second teacher’s grades and groups of writers that are"
    assert needs in conclusion(report)


def test_sections_survive_hostile_names_in_every_rendering(report: Report, measure: Measure) -> None:
    """A report with all three is whole as a page, a text and strict JSON, whatever groups are called."""
    standards = measure(120, [HOSTILE, "b"] * 60)
    gates = tuple(judge_gates(preset, gate_figures(standards)) for preset in PRESETS.values())
    sections = (standards_section(standards), fairness_section(standards.groups), gates_section(gates))
    told = replace(report, sections=sections)
    page, text = render_html(told), render_markdown(told)
    record = json.loads(json.dumps(report_record(told), allow_nan=False))
    assert "<script" not in page
    assert {"standards", "fairness", "gates"} == set(record["sections"])
    for section in sections:
        assert f'id="{section.name}"' in page
        assert section.heading in text


def test_a_track_without_figures_has_no_marks() -> None:
    """What is not defined is a dash, and nothing is out of reach when the ceiling is not known."""
    svg = ceiling_chart(UNDEFINED, [IntervalRow("two teachers", UNDEFINED, "human")], ceiling=UNDEFINED)
    assert 2 == svg_texts(svg).count("–")
    for mark in ("<circle", "beyond", "pointer", "out of reach"):
        assert mark not in svg


def test_a_zone_chart_of_nothing_is_whole() -> None:
    """No rows, or only rows without a figure, make an empty chart."""
    assert "<circle" not in zone_chart("nothing", (), zone=0.1, ends=("low", "high"))
    alone = IntervalRow("a", Interval(0.3, float("nan"), float("nan")))
    svg = zone_chart("one", (alone, IntervalRow("b", UNDEFINED)), zone=0.1, ends=("low", "high"))
    assert 1 == svg.count("<circle")
    assert "span" not in svg
