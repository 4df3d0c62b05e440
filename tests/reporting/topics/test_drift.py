"""What a report says of its data, and of texts that were held against it."""

import json
import math
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest

from gradewise.evaluation.data_profile import LABEL, Said, TextTable, describe_data
from gradewise.evaluation.drift import measure_drift
from gradewise.evaluation.drift_report import DriftReport
from gradewise.reporting.charts.then_now import parts_of_labels, parts_of_numbers
from gradewise.reporting.page import Page, page_record, render_page_html, render_page_markdown
from gradewise.reporting.parts import Table
from gradewise.reporting.topics.data_profile import profile_section
from gradewise.reporting.topics.drift import drift_sections, drift_statements


def texts(n: int, *, longer: int = 0, seed: int = 0) -> TextTable:
    """Made-up texts with one of everything."""
    generator = np.random.default_rng(seed)
    return TextTable(
        texts=[" ".join(["hello"] * length) for length in generator.integers(3, 60, n) + longer],
        numbers={"score": generator.normal(size=n), "few": generator.integers(0, 3, n).astype(float)},
        labels={LABEL: [f"<class {number % 20}>" for number in range(n)]},
        times=[datetime(2026, 1, 1 + number % 28, tzinfo=UTC) for number in range(n)],
        vectors={"embedding": generator.normal(size=(n, 3)).astype(np.float32)},
        said=Said(labels=["a"] * n, confidence=generator.random(n)),
    )


THEN = texts(200)
PROFILE = describe_data(THEN)


def page_of(report: DriftReport) -> Page:
    """A page about a report."""
    sections = drift_sections(report, against="what the model learnt from")
    return Page(
        title="t", subtitle="s", made_at=datetime(2026, 1, 1, tzinfo=UTC), sections=sections,
        statements=sections[0].statements, making=Table(("About", "What"), ()),
    )  # fmt: skip


def test_the_profile_is_a_section() -> None:
    """Lengths and labels are drawn, columns are listed, names are escaped, the record is JSON."""
    section = profile_section(replace(PROFILE, left_out=2))
    assert "data_profile" == section.name
    assert "2026-01-01 to 2026-01-28" in section.intro
    drawn = [figure for figure in section.figures if figure.svg]
    assert 2 == len(drawn)
    assert "&lt;class 0&gt;" in drawn[1].svg
    assert "<class 0>" not in drawn[1].svg
    assert {"score", "few"} == set(json.loads(json.dumps(section.record))["numbers"])
    facts = section.figures[-1].table
    assert facts is not None
    assert ("columns left out", "2") in facts.rows


def test_texts_without_anything_have_a_section_too() -> None:
    """No words, no labels, no times: only what there is."""
    section = profile_section(describe_data(TextTable(texts=[], labels={LABEL: []})))
    assert ["Is anything missing?"] == [figure.heading for figure in section.figures]


def test_drift_is_shown_told_and_written_down() -> None:
    """An alarm stands first in words, in the picture and in the record."""
    report = measure_drift(PROFILE, texts(100, longer=40, seed=1))
    page = page_of(report)
    assert "bad" == page.statements[0].kind
    assert "length in words" in page.statements[0].text
    assert 'class="broken"' in page.sections[0].figures[0].svg
    record = json.loads(json.dumps(page_record(page)))["sections"]["drift"]
    assert ("drift", 200, 100) == (record["verdict"], record["n_then"], record["n_now"])
    assert "words" in record["drifted"]
    assert "DRIFT" in render_page_markdown(page)
    assert "<class" not in render_page_html(page)


@pytest.mark.parametrize(
    ("table", "kinds"),
    [
        (texts(100, seed=1), ["good", "warn"]),
        (texts(20, seed=1), ["info"]),
        (replace(texts(100, seed=1), numbers={}), ["good", "warn", "warn"]),
    ],
    ids=["alike", "too-few", "lacking"],
)
def test_a_verdict_in_words(table: TextTable, kinds: list[str]) -> None:
    """Nothing to worry about, too few to tell, and what could not be looked at."""
    quiet = replace(PROFILE, repeated=0.0)
    assert kinds == [each.kind for each in drift_statements(measure_drift(quiet, table))][: len(kinds)]


def test_few_texts_are_not_called_alike_without_a_word_on_what_they_hide() -> None:
    """100 texts find a large change alone, and say so; of many nothing need be said."""
    few = measure_drift(PROFILE, texts(100, seed=1))
    alike = next(drift_statements(few)).text
    assert "shares must differ by 24 points to be found out" in alike
    many = next(drift_statements(replace(few, n_then=5000, n_now=5000))).text
    assert "look of the same kind" in many
    assert "points" not in many
    assert math.inf == replace(few, checks=()).found_from


def test_a_slight_move_is_told_as_one() -> None:
    """More than luck and too small to matter is said apart from the verdict."""
    report = measure_drift(PROFILE, texts(100, seed=1))
    slight = replace(report, checks=(replace(report.checks[0], verdict="slight"), *report.checks[1:]))
    assert any("Moved a little" in each.text for each in drift_statements(slight))


def test_stretches_of_numbers_hold_every_text() -> None:
    """Shares sum to 1 then and now, whether values are few or many."""
    for name in ("score", "few"):
        kept = PROFILE.numbers[name]
        parts = parts_of_numbers(kept.edges, kept.counts, kept.counts)
        assert 1 == pytest.approx(sum(part.then for part in parts))
        assert [part.then for part in parts] == [part.now for part in parts]
    assert 3 == len(parts)


def test_labels_beyond_the_picture_are_drawn_together() -> None:
    """Twelve labels are drawn, those that have changed most among them, largest first."""
    names = [f"label {number}" for number in range(20)]
    then, now = list(range(1, 21)), [60, *range(2, 21)]
    parts = parts_of_labels(names, then, now)
    assert (13, "all others") == (len(parts), parts[-1].name)
    assert "label 0" in {part.name for part in parts}
    assert all(before.then >= after.then for before, after in pairwise(parts[:-1]))
    assert 1 == pytest.approx(sum(part.now or 0 for part in parts))


def test_false_alarms_are_told_as_asked() -> None:
    """A reader learns how often these checks, and not the usual ones, raise a false alarm."""
    section = drift_sections(measure_drift(PROFILE, texts(60), alarm=0.05), against="those")[0]
    assert "in 5 % of cases at most" in section.intro
    assert {"alarm": 0.05}.items() <= (section.record or {}).items()
