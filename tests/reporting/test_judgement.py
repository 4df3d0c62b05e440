"""What judgement found, in words and pictures."""

import re
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from gradewise.evaluation.results import Interval, Resampling
from gradewise.judgement.batches import BatchEssay, JudgedBatch
from gradewise.judgement.decisions import Comparison
from gradewise.judgement.findings import ExaminedBatch, examine_batch
from gradewise.judgement.panels import PanelAgreement, SharedPairs
from gradewise.judgement.reliability import SplitHalf
from gradewise.reporting.charts.caterpillar import Place, caterpillar_chart
from gradewise.reporting.charts.counts import counts_chart
from gradewise.reporting.topics.judgement_panels import alike_words, panel_section
from gradewise.reporting.topics.judgement_words import reliability_words, score_statements, share_words
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


@pytest.fixture(scope="module")
def found() -> ExaminedBatch:
    """A batch of few comparisons."""
    return _examined(n=60)


def _said(found: ExaminedBatch) -> str:
    return "\n".join(f"{each.kind}: {each.text}" for each in score_statements(found))


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (
            0.95,
            0.97,
            "good: The order can be trusted: reliability 0.96 (0.95–0.97). Others who judged as much",
        ),
        (0.85, 0.97, "good: The order can be trusted for most uses: reliability 0.96 (0.85–0.97)"),
        (0.75, 0.97, "warn: The order tells strong from weak, not neighbours"),
        (
            0.5,
            0.97,
            "bad: The order cannot be trusted yet: reliability 0.96 (0.50–0.97), and only the lower bound",
        ),
        (0.0, 0.97, "bad: Whether the order can be trusted cannot be told from so few comparisons"),
        (0.0, 0.2, "bad: The order cannot be trusted yet: reliability 0.96 (0.00–0.20)"),
    ],
    ids=["firm", "good", "fair", "poor", "open", "chance"],
)
def test_trust_is_said_first_by_the_lower_bound(
    found: ExaminedBatch, low: float, high: float, expected: str
) -> None:
    """Whatever else is wrong, a reader is told first whether to trust; what may be chance is not praised."""
    judged = replace(found, reliability=Interval(0.96, low, high))
    assert _said(judged).startswith(expected)


def test_what_cannot_be_told_is_said_in_words() -> None:
    """A reliability below 0 is 0, one that may be anything is no figure, and none is a dash."""
    assert "cannot be told from so few (0.00–0.83)" == reliability_words(Interval(0.4, 0.0, 0.83))
    assert "0.40 (0.00–0.60)" == reliability_words(Interval(0.4, 0.0, 0.6))
    assert "–" == reliability_words(None)
    assert "0, no more than chance" == share_words(Interval(-8.0, -20.0, 0.1))
    assert "0.20 (0.00–0.40)" == share_words(Interval(0.2, -0.1, 0.4))


def test_pairs_of_alike_essays_that_flatter_are_said(found: ExaminedBatch) -> None:
    """Where separation says far more than the likelihood, the reader is told which to go by."""
    close = replace(found, closeness=0.5, reliability=Interval(0.1, 0.0, 0.3))
    assert "warn: Essays of about the same score were put together" in _said(close)
    alike = replace(close, reliability=found.separation.reliability if found.separation else None)
    assert "info: Essays of about the same score were put together" in _said(alike)


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


def test_judges_who_look_for_different_things_are_seen(found: ExaminedBatch) -> None:
    """Halves of judges agree less than halves of all comparisons."""
    assert found.separation is not None
    of_judges = SplitHalf(
        halves_of="judges",
        correlation=Interval(0.3, 0.2, 0.4),
        reliability=Interval(0.4, 0.3, 0.5),
        n_splits=5,
        resampling=found.separation.resampling,
    )
    both = replace(of_judges, halves_of="comparisons", reliability=Interval(0.6, 0.5, 0.7))
    assert "judges look for different things" in _said(replace(found, halves=(both, of_judges)))


def test_groups_that_nobody_connected_and_stronger_ones_first_are_said() -> None:
    """Two pairs of essays that never met have no common order; position follows quality here."""
    rows = [
        Comparison(one, other, first_won=place != 0) for one, other in ("ab", "cd") for place in range(20)
    ]
    batch = JudgedBatch(id="b", essays=(), comparisons=tuple(rows))
    said = _said(examine_batch(batch, n_resamples=200))
    assert said.startswith("bad: There is no one order: essays fall into 2 groups")
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


def _panel(panel: Interval, others: Interval) -> PanelAgreement:
    nothing = Interval(np.nan, np.nan, np.nan)
    return PanelAgreement(
        n_panel=40,
        n_others=80,
        shared=SharedPairs(n_pairs=0, agreement=nothing),
        panel_follows=panel,
        others_follow=panel,
        others_themselves=others,
        correlation=nothing,
        resampling=Resampling(n_resamples=1, confidence=0.95, seed=0, clustered_by=None),
    )


@pytest.mark.parametrize(
    ("panel", "others", "expected"),
    [
        ((0.6, 0.5, 0.7), (0.9, 0.8, 0.95), "warn: The panel is worth less than one of the others"),
        ((0.8, 0.7, 0.9), (0.85, 0.8, 0.9), "info: The panel and one of the others cannot be told apart"),
        ((0.9, 0.85, 0.95), (0.7, 0.6, 0.8), "good: The panel is worth more than one of the others"),
        ((0.9, 0.85, 0.95), (np.nan,) * 3, "info: Whether the panel is worth as much as the others cannot"),
    ],
    ids=["less", "alike", "more", "nobody_beside"],
)
def test_a_panel_is_held_against_what_one_of_the_others_reaches(
    panel: tuple[float, float, float], others: tuple[float, float, float], expected: str
) -> None:
    """It is worth less or more where the intervals lie apart; what cannot be compared is said to be so."""
    section = panel_section(_panel(Interval(*panel), Interval(*others)))
    (said,) = section.statements
    assert f"{said.kind}: {said.text}".startswith(expected)
    assert "40 decisions of the panel, 80 of the others" in section.intro


def test_how_often_two_judges_agree_is_said_where_it_is_known() -> None:
    """With the pairs that it rests on; nothing where nobody is named, and why where no pair came twice."""
    assert "" == alike_words(None)
    nothing = SharedPairs(n_pairs=0, agreement=Interval(np.nan, np.nan, np.nan))
    assert alike_words(nothing).startswith("No two of them decided the same pair")
    shared = SharedPairs(n_pairs=12, agreement=Interval(0.75, 0.6, 0.9))
    assert alike_words(shared).endswith("in 75\u202f% (60–90\u202f%), on 12 pairs.")
