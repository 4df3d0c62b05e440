"""Figures as the registry keeps them."""

from math import isnan, nan

import pytest

from gradewise.evaluation.results import Interval
from gradewise.registry.known_figures import figures_of, headline_of, shared_headline


def _told(estimate: float | None, low: float | None = None, high: float | None = None) -> dict[str, object]:
    return {"estimate": estimate, "low": low, "high": high}


def test_figures_come_in_an_order_that_no_database_can_lose() -> None:
    """Those that speak for a model first, the others by the alphabet."""
    found = figures_of({"zeta": 1, "mae": 0.5, "alpha": 2.0, "qwk": _told(0.7, 0.6, 0.8)})
    assert ["qwk", "mae", "alpha", "zeta"] == list(found)
    assert Interval(0.7, 0.6, 0.8) == found["qwk"]


@pytest.mark.parametrize(
    "value",
    [None, "0.7", True, [0.7], {"estimate": 0.7}, {}],
    ids=["none", "text", "flag", "list", "half", "empty"],
)
def test_what_is_no_figure_is_left_out(value: object) -> None:
    """Rows that were there before gradewise may hold anything."""
    assert {} == figures_of({"qwk": value})


def test_a_bare_number_has_no_bounds() -> None:
    """As older rows hold it."""
    figure = figures_of({"qwk": 0.78})["qwk"]
    assert 0.78 == figure.estimate
    assert isnan(figure.low)
    assert isnan(figure.high)


def test_the_headline_is_the_first_figure_that_is_defined() -> None:
    """Nothing speaks for a model whose data allow no figures."""
    assert ("mae", Interval(0.5, 0.4, 0.6)) == headline_of({"mae": _told(0.5, 0.4, 0.6), "qwk": _told(None)})
    assert None is headline_of({"qwk": nan})
    assert None is headline_of({})


def test_models_are_shown_by_the_figure_that_speaks_for_most() -> None:
    """The first of them where as many speak by another."""
    assert "mae" == shared_headline([{"qwk": 0.7}, {"mae": 0.5}, {"mae": 0.4}, {}])
    assert "qwk" == shared_headline([{"mae": 0.5}, {"qwk": 0.7}])
    assert None is shared_headline([{}, {}])
