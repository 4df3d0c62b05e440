"""The section on advisories."""

import json
from collections.abc import Callable
from dataclasses import replace
from xml.etree import ElementTree as ET

from gradewise.evaluation.flagged import FlaggedEvaluation, evaluate_flagged
from gradewise.evaluation.results import Resampling
from gradewise.features.advisories.advisory import REVIEW_CODES
from gradewise.reporting.html import render_html
from gradewise.reporting.markdown import render_markdown
from gradewise.reporting.record import report_record
from gradewise.reporting.report import Report
from gradewise.reporting.topics.advisories import SHOWN, advisories_section


def flagged(report: Report, *, some: bool = True) -> FlaggedEvaluation:
    """Every sixth essay is off topic, every ninth too long, one has a flag of the user's own."""
    graded = report.evaluations[0].graded
    flags = [
        {
            code
            for code, every in (("off_topic", 6), ("too_long", 9), ("mine", 100))
            if some and row % every == 0
        }
        for row in range(len(graded.essay_ids))
    ]
    return evaluate_flagged(graded, flags, set_aside=REVIEW_CODES, resampling=Resampling(30))


def test_the_section_counts_and_compares(report: Report) -> None:
    """A row for each advisory in a teacher's words, then figures with and without."""
    section = advisories_section(flagged(report), essays="out of fold")
    assert "Of 120 essays, out of fold, 20 (16.7\u202f%) would be read" in section.intro
    counts, without = section.figures
    assert counts.table is not None
    assert ("off topic", "read by a person", "20", "16.7\u202f%") == counts.table.rows[0][:4]
    assert ("very long", "remarked on", "14", "11.7\u202f%") == counts.table.rows[1][:4]
    assert ("mine", "", "2", "1.7\u202f%") == counts.table.rows[2][:4]
    assert ["set aside", "all others"] == [row[0] for row in counts.table.rows[3:]]
    assert without.table is not None
    assert len(SHOWN) == len(without.table.rows)
    assert "points" in without.table.rows[1][-1]


def test_charts_are_sound_markup(report: Report) -> None:
    """Both parse, and have a title and a description for a screen reader."""
    for figure in advisories_section(flagged(report), essays="out of fold").figures:
        root = ET.fromstring(figure.svg)  # noqa: S314 our own markup
        assert ["title", "desc"] == [child.tag for child in root][:2]


def test_every_rendering_shows_the_section(report: Report) -> None:
    """The page, the text and the record; the record is JSON."""
    shown = replace(report, sections=(advisories_section(flagged(report), essays="out of fold"),))
    for rendered in (render_html(shown), render_markdown(shown)):
        assert "Essays that must not be graded blindly" in rendered
        assert "off topic" in rendered
    record = json.loads(json.dumps(report_record(shown), allow_nan=False))["sections"]["advisories"]
    assert 20 == record["n_set_aside"]
    assert ["off_topic", "too_long", "mine"] == [row["code"] for row in record["advisories"]]
    assert record["gain"]["qwk"]["low"] <= record["gain"]["qwk"]["estimate"] <= record["gain"]["qwk"]["high"]


def test_without_advisories_the_numbers_say_so(report: Report) -> None:
    """No picture of nothing; what is not defined is shown as such and null in the record."""
    section = advisories_section(flagged(report, some=False), essays="locked test")
    counts, without = section.figures
    assert "" == counts.svg
    assert without.svg
    assert "0 (0.0\u202f%) would be read" in section.intro
    assert section.record["set_aside"]["qwk"] == {"estimate": None, "low": None, "high": None}
    assert counts.table is not None
    assert "–" == counts.table.rows[0][-1]


def test_a_single_essay_has_no_bounds(make_report: Callable[..., Report]) -> None:
    """Differences without an interval stand alone."""
    graded = make_report(4).evaluations[1].graded
    alone = replace(
        graded,
        essay_ids=graded.essay_ids[:1],
        true_codes=graded.true_codes[:1],
        predicted_codes=graded.predicted_codes[:1],
        scores=graded.scores[:1],
        probabilities=graded.probabilities[:1],
        prompts=None,
        word_counts=None,
    )
    section = advisories_section(
        evaluate_flagged(alone, [set()], set_aside=REVIEW_CODES), essays="locked test"
    )
    table = section.figures[1].table
    assert table is not None
    assert "0.000" == table.rows[3][-1]
