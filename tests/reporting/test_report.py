"""The report value: which evaluation counts, and what may be shown."""

from dataclasses import replace

import pytest

from gradewise.errors import InputError
from gradewise.essays.scales import Scale
from gradewise.reporting.report import LOCKED_TEST, OUT_OF_FOLD, Report, publishable


def test_locked_test_is_the_headline(report: Report) -> None:
    """The locked test counts most, wherever it stands."""
    assert report.headline is not None
    assert report.headline.name == LOCKED_TEST


def test_first_evaluation_is_the_headline_without_a_locked_test(report: Report) -> None:
    """Without a locked test, the first evaluation counts."""
    headline = replace(report, evaluations=report.evaluations[:1]).headline
    assert headline is not None
    assert headline.name == OUT_OF_FOLD


def test_no_evaluation_no_headline(report: Report) -> None:
    """A report on nothing has no headline."""
    assert replace(report, evaluations=()).headline is None


def test_evaluation_on_another_scale_is_refused(report: Report) -> None:
    """An evaluation on another scale names both scales."""
    with pytest.raises(InputError, match=r"'out of fold' has scale swedish, the report cefr"):
        replace(report, scale=Scale("cefr", ("A1", "A2")))


def test_blocked_data_publishes_nothing_measured(report: Report) -> None:
    """Where figures are not allowed, everything measured is taken out."""
    shown = publishable(replace(report, metrics_allowed=False))
    assert (shown.evaluations, shown.baselines, shown.importance, shown.human) == ((), (), (), None)


def test_allowed_data_is_published_as_it_is(report: Report) -> None:
    """Where figures are allowed, nothing is taken out."""
    assert publishable(report) is report
