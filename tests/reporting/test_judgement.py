"""What judgement found, in words and pictures."""

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from gradewise.evaluation.results import Interval
from gradewise.judgement.batches import BatchEssay, JudgedBatch
from gradewise.judgement.decisions import Comparison
from gradewise.judgement.findings import ExaminedBatch, examine_batch
from gradewise.judgement.reliability import SplitHalf
from gradewise.reporting.charts.caterpillar import Place, caterpillar_chart
from gradewise.reporting.charts.counts import counts_chart
from gradewise.reporting.topics.judgement_words import score_statements
from gradewise.workflows.judge.reading import decisions
from judged_pairs import made_up_qualities, made_up_session


def _examined(
    n_items: int = 12,
    n: int = 400,
    *,
    spread: float = 2.0,
    coin_tossers: int = 0,
    first_ahead: float = 0.0,
    set_aside: Mapping[str, int] | None = None,
    alone: int = 0,
) -> ExaminedBatch:
    made = made_up_session(
        made_up_qualities(n_items, spread=spread), n, coin_tossers=coin_tossers, first_ahead=first_ahead
    )
    batch = JudgedBatch(
        id="batch",
        essays=tuple(BatchEssay(id=name) for name in (*made.items, *(f"x{place}" for place in range(alone)))),
        comparisons=decisions(made),
        set_aside=set_aside or {},
    )
    return examine_batch(batch, n_resamples=200)


def _said(found: ExaminedBatch) -> str:
    return "\n".join(f"{each.kind}: {each.text}" for each in score_statements(found))


@pytest.mark.parametrize(
    ("low", "expected"),
    [
        (0.95, "good: Reliability 0.96 (0.95–0.97): others who judged as much"),
        (0.85, "good: Reliability 0.96 (0.85–0.97): the order is good enough for most"),
        (0.75, "warn: Reliability 0.96 (0.75–0.97): good enough to tell strong from weak"),
        (0.5, "bad: Reliability 0.96 (0.50–0.97): too few comparisons"),
    ],
    ids=["firm", "good", "fair", "poor"],
)
def test_reliability_is_judged_by_its_lower_bound(low: float, expected: str) -> None:
    """A figure that may be chance is not praised."""
    found = _examined(n=60)
    assert found.separation is not None
    separation = replace(found.separation, reliability=Interval(0.96, low, 0.97))
    assert expected in _said(replace(found, separation=separation))


def test_a_sound_batch_has_nothing_to_worry_about() -> None:
    """Many decisions of judges who agree, positions drawn at random."""
    assert {"good", "info"} >= {each.kind for each in score_statements(_examined(spread=1.5, n=900))}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (_examined(coin_tossers=1, n=600), "warn: 1 of 5 judges decides against the others"),
        (_examined(first_ahead=2.0), "position matters, so let every essay be first"),
        (_examined(n=20), "warn: Essays were compared 3.3 times on average"),
        (_examined(alone=1), "bad: 1 essay was never compared (x0): its place is not known"),
        (_examined(alone=2), "bad: 2 essays were never compared (x0 and x1): their places are not known"),
        (_examined(set_aside={"undecided": 90}), "warn: 90 rows set aside: 90 undecided"),
        (_examined(set_aside={"undecided": 1}), "info: 1 row set aside: 1 undecided"),
    ],
    ids=["coin-tosser", "position", "few", "one-alone", "two-alone", "many-aside", "one-aside"],
)
def test_what_is_wrong_is_said(found: ExaminedBatch, expected: str) -> None:
    """Each fault has its sentence."""
    assert expected in _said(found)


def test_a_fit_that_did_not_come_to_rest_is_said() -> None:
    """Its scores are not to be used."""
    found = _examined(n=40)
    assert "did not come to rest" in _said(replace(found, scores=replace(found.scores, converged=False)))


def test_judges_who_look_for_different_things_are_seen() -> None:
    """Halves of judges agree less than all comparisons together suggest."""
    found = _examined(n=200)
    assert found.separation is not None
    halves = SplitHalf(
        halves_of="judges",
        correlation=Interval(0.3, 0.2, 0.4),
        reliability=Interval(0.4, 0.3, 0.5),
        n_splits=5,
        resampling=found.separation.resampling,
    )
    assert "judges look for different things" in _said(replace(found, halves=(halves,)))


def test_groups_that_nobody_connected_and_stronger_ones_first_are_said() -> None:
    """Two pairs of essays that never met have no common order; position follows quality here."""
    rows = [
        Comparison(one, other, first_won=place != 0) for one, other in ("ab", "cd") for place in range(20)
    ]
    batch = JudgedBatch(id="b", essays=(), comparisons=tuple(rows))
    said = _said(examine_batch(batch, n_resamples=200))
    assert "bad: Essays fall into 2 groups that no comparison connects" in said
    assert "stronger essays were shown first more often" in said


def test_nothing_compared_is_said_so() -> None:
    """Before any comparison there is no order."""
    batch = JudgedBatch(id="b", essays=(BatchEssay(id="a"), BatchEssay(id="b")), comparisons=())
    assert "bad: Nothing has been compared yet" in _said(examine_batch(batch))


@pytest.mark.parametrize("n", [3, 2000], ids=["few", "many"])
def test_a_caterpillar_of_any_size_is_light(n: int) -> None:
    """Few essays have their names; thousands are one path, with anchors alone as dots."""
    rng = np.random.default_rng(0)
    places = [
        Place(f"essay {place}", Interval(value, value - 1, value + 1), anchor=place == 1)
        for place, value in enumerate(sorted(rng.normal(size=n).tolist(), reverse=True))
    ]
    svg = caterpillar_chart("Scores", places, ends=("weaker", "stronger"))
    assert (3 if n == 3 else 1) == len(re.findall("<circle", svg))
    assert len(svg) < 200_000


def test_counts_of_a_wide_range_share_bars() -> None:
    """However far counts spread, there are twenty bars at the most."""
    svg = counts_chart("Counts", [0, 5, 199, 200], noun="comparisons", axis="comparisons")
    assert 4 >= svg.count('class="model"') > 1
    assert "0–10" in svg
