"""The section about what scores are made of."""

import json
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from gradewise.evaluation.construct_audit import ConstructAudit, audit_constructs
from gradewise.evaluation.results import Resampling
from gradewise.reporting.parts import Section
from gradewise.reporting.topics.constructs import constructs_section

NAMES = ("wording", "vocabulary", "spelling", "<length>")


@pytest.fixture(scope="module")
def audit() -> ConstructAudit:
    """Four sides of writing, the first the weightiest."""
    generator = np.random.default_rng(3)
    parts = generator.normal(0, [1.0, 0.5, 0.3, 0.1], (120, 4))
    codes = np.clip(np.round(3 + parts.sum(axis=1)), 0, 6).astype(np.int64)
    return audit_constructs(parts, NAMES, codes, generator.integers(100, 900, 120), resampling=Resampling(50))


@pytest.fixture(scope="module")
def section(audit: ConstructAudit) -> Section:
    """What is shown of them."""
    return constructs_section(audit)


def test_the_sentence_names_the_weightiest(section: Section) -> None:
    """Three sides of writing with their shares, the rest by number, and how much is length."""
    assert section.intro.startswith("Scores differ most through wording (")
    assert ", vocabulary (" in section.intro
    assert "<length>" not in section.intro
    assert "length alone would account for" in section.intro
    assert "120 essays" in section.intro


def test_pictures_are_whole_and_have_their_numbers(section: Section) -> None:
    """Each chart is well formed and names what it shows; each table has a row for it."""
    shares, length = section.figures
    for figure in (shares, length):
        assert ET.fromstring(figure.svg).findtext("desc")  # noqa: S314 - our own output
    assert shares.table is not None
    assert length.table is not None
    assert NAMES == tuple(row[0] for row in shares.table.rows)
    assert 4 == len(length.table.rows)


def test_the_record_holds_every_figure(audit: ConstructAudit, section: Section) -> None:
    """JSON values, with nothing that JSON lacks."""
    record = json.loads(json.dumps(section.record, allow_nan=False))
    assert 120 == record["n"]
    assert list(NAMES) == [row["construct"] for row in record["constructs"]]
    assert audit.length_excess.estimate == record["length_excess"]["estimate"]
    assert 1 == pytest.approx(sum(row["variance_share"]["estimate"] for row in record["constructs"]))


def test_undefined_figures_are_shown_as_such() -> None:
    """Scores that do not vary leave dashes and nulls, and the section stands."""
    flat = audit_constructs(
        np.zeros((5, 1)), ("length",), np.arange(5), np.full(5, 200), resampling=Resampling(5)
    )
    section = constructs_section(flat)
    assert "length (–)" in section.intro
    assert section.record["score_length_r2"]["estimate"] is None
