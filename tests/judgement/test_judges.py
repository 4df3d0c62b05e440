"""How judges decide, and how far they agree."""

import numpy as np
import pytest

from gradewise.errors import InputError
from gradewise.evaluation.results import Resampling
from gradewise.judgement.bradley_terry import fit_scores
from gradewise.judgement.comparisons import Comparisons, compare
from gradewise.judgement.decisions import Comparison
from gradewise.judgement.judges import decided_by, judge_fit, position_bias
from gradewise.judgement.panels import compare_panels, judge_agreement
from judged_pairs import made_up_qualities, made_up_session

QUALITIES = made_up_qualities(30)


def test_a_judge_who_tosses_coins_is_erratic() -> None:
    """One of eight judges decides by chance: he alone is flagged, and agrees least with the scores."""
    session = made_up_session(QUALITIES, 640, n_judges=8, coin_tossers=1, seed=1)
    tosser, *others = judge_fit(session, fit_scores(session))
    assert ("judge-0", 80) == (tosser.judge, tosser.n)
    assert tosser.erratic
    assert not tosser.too_regular
    assert not any(fit.erratic for fit in others)
    assert tosser.agreement < min(fit.agreement for fit in others)
    assert tosser.infit > max(fit.infit for fit in others)


def test_fits_of_judges_who_are_alike_are_near_one() -> None:
    """With many comparisons of judges who follow the model, infit and outfit are about 1."""
    session = made_up_session(QUALITIES, 1500, n_judges=5)
    fits = judge_fit(session, fit_scores(session))
    assert 1 == pytest.approx(np.mean([fit.infit for fit in fits]), abs=0.06)
    assert 1 == pytest.approx(np.mean([fit.outfit for fit in fits]), abs=0.15)


def test_a_judge_who_never_surprises_is_too_regular() -> None:
    """One who always decides as the scores do, among others who do not, stands out on the other side."""
    session = made_up_session(QUALITIES, 600, n_judges=6)
    better = session.first > session.second  # qualities rise with position
    first_won = np.where(session.judges == 0, better, session.first_won)
    regular = compare(
        Comparison(session.items[i], session.items[j], bool(won), session.judge_names[judge])
        for i, j, won, judge in zip(session.first, session.second, first_won, session.judges, strict=True)
    )
    assert [True] + [False] * 5 == [fit.too_regular for fit in judge_fit(regular, fit_scores(regular))]


def test_a_judge_without_decisions_has_no_fit() -> None:
    """Judges who decided nothing, or are not named, are not spoken of; a balanced pair tells nothing."""
    rows = [Comparison("a", "b", first_won=won, judge="x") for won in (True, False)]
    both = compare([*rows, Comparison("b", "a", first_won=True), Comparison("a", "b", first_won=True)])
    assert ["x"] == [fit.judge for fit in judge_fit(both, fit_scores(both))]
    assert (0.0, 0.5) == (judge_fit(both, fit_scores(both))[0].infit_z, 0.5)
    nobodys = both.only(both.judges < 0)
    assert () == judge_fit(nobodys, fit_scores(nobodys))
    with pytest.raises(InputError, match="fit scores to these comparisons"):
        judge_fit(both, fit_scores(compare([], items="xy")))


def test_position_that_matters_is_found() -> None:
    """Where first place adds a logit the first wins more than half, and chance is no explanation."""
    everybody, *judges = position_bias(made_up_session(QUALITIES, 600, first_ahead=1.0, seed=2))
    assert everybody.judge is None
    assert everybody.p_value < 0.001
    assert 0.5 < everybody.first_won.low < everybody.first_won.estimate < everybody.first_won.high
    assert [f"judge-{k}" for k in range(5)] == [bias.judge for bias in judges]
    assert 600 == sum(bias.n for bias in judges)


@pytest.mark.parametrize(
    ("won", "n", "expected"),
    [(5, 10, 1.0), (8, 10, 0.109375), (0, 5, 0.0625), (1, 2, 1.0)],
    ids=["half", "8-of-10", "never", "1-of-2"],
)
def test_position_is_tested_exactly(won: int, n: int, expected: float) -> None:
    """The p-value is that of the two-sided binomial test, counted by hand."""
    rows = [Comparison("a", "b", first_won=k < won) for k in range(n)]
    (found,) = position_bias(compare(rows))
    assert expected == pytest.approx(found.p_value)
    assert won / n == found.first_won.estimate


def test_unknown_positions_cannot_be_tested() -> None:
    """Winners and losers alone do not say what was shown first."""
    with pytest.raises(InputError, match="not known which item was shown first"):
        position_bias(compare([Comparison("a", "b", first_won=True)], positions_known=False))
    with pytest.raises(InputError, match="there is no comparison"):
        position_bias(compare([], items="ab"))


def _same_pair(decided: str) -> Comparisons:
    """Decisions on one pair: each letter a judge, a capital when the second won."""
    return compare(
        Comparison("a", "b", first_won=letter.islower(), judge=letter.lower()) for letter in decided
    )


@pytest.mark.parametrize(
    ("decided", "n_pairs", "agreement"),
    [("xy", 1, 1.0), ("xY", 1, 0.0), ("xyZ", 1, 1 / 3), ("xxY", 1, 0.0), ("xXy", 1, 0.5), ("xx", 0, np.nan)],
    ids=["alike", "unlike", "two-of-three", "twice-the-same", "undecided", "one-judge"],
)
def test_agreement_is_over_couples_of_judges(decided: str, n_pairs: int, agreement: float) -> None:
    """Couples of decisions by different judges on one pair count; a judge with himself does not."""
    found = judge_agreement(_same_pair(decided), resampling=Resampling(5))
    assert n_pairs == found.n_pairs
    assert agreement == pytest.approx(found.agreement.estimate, nan_ok=True)


def test_a_pair_is_the_same_either_way_round() -> None:
    """Whoever is shown first, it is the winner on whom judges agree, and nobody in particular is no judge."""
    rows = [
        Comparison("a", "b", first_won=True, judge="x"),
        Comparison("b", "a", first_won=False, judge="y"),
        Comparison("a", "b", first_won=False),
        Comparison("a", "c", first_won=True, judge="x"),
    ]
    found = judge_agreement(compare(rows), resampling=Resampling(5))
    assert (1, 1.0) == (found.n_pairs, found.agreement.estimate)


def test_a_machine_as_good_as_people_is_found_so() -> None:
    """Judges who all follow the same qualities agree across panels as among themselves."""
    session = made_up_session(QUALITIES, 900, n_judges=6)
    found = compare_panels(session, ["judge-0", "judge-1"], resampling=Resampling(100))
    assert (300, 600) == (found.n_panel, found.n_others)
    assert found.others_themselves.estimate == pytest.approx(found.panel_follows.estimate, abs=0.07)
    assert found.correlation.estimate > 0.8
    assert found.shared.n_pairs > 20
    assert found.shared.agreement.low < 0.75 < found.shared.agreement.high


def test_a_machine_as_good_as_few_people_is_no_better() -> None:
    """Three who decide alike, one of them the panel: on average it follows the others as they each other."""
    qualities, ahead = made_up_qualities(25), []
    for seed in range(50):
        session = made_up_session(qualities, 150, n_judges=3, seed=seed)
        found = compare_panels(session, ["judge-0"], resampling=Resampling(1))
        ahead.append(found.panel_follows.estimate - found.others_themselves.estimate)
    assert 0 == pytest.approx(np.mean(ahead), abs=0.02)


def test_a_machine_that_tosses_coins_is_found_out() -> None:
    """Decisions by chance follow people's scores half the time, far less than people follow each other."""
    session = made_up_session(QUALITIES, 900, n_judges=6, coin_tossers=1)
    found = compare_panels(session, ["judge-0"], resampling=Resampling(100))
    assert 0.5 == pytest.approx(found.panel_follows.estimate, abs=0.1)
    assert found.panel_follows.high < found.others_themselves.low
    assert abs(found.correlation.estimate) < 0.4


def test_panels_that_share_nothing_say_nothing() -> None:
    """Without a common item or a second person there is nothing to compare, and nothing is made up."""
    rows = [Comparison("a", "b", first_won=True, judge="m"), Comparison("c", "d", first_won=True, judge="p")]
    found = compare_panels(compare(rows), ["m"], resampling=Resampling(5))
    assert 0 == found.shared.n_pairs
    for figure in (found.shared.agreement, found.panel_follows, found.others_themselves, found.correlation):
        assert np.isnan(figure.estimate)


def test_panels_are_checked() -> None:
    """A judge who decided nothing is named, and both sides need decisions."""
    both = compare([Comparison("a", "b", first_won=True, judge="m"), Comparison("a", "b", first_won=True)])
    assert [True, False] == decided_by(both, frozenset({"m"})).tolist()
    with pytest.raises(InputError, match="judge 'q' decided nothing; 1 others did"):
        compare_panels(both, ["q"])
    with pytest.raises(InputError, match="0 of 2 decisions are the panel's"):
        compare_panels(both, [])
    with pytest.raises(InputError, match="1 of 1 decisions are the panel's"):
        compare_panels(both.only(both.judges >= 0), ["m"])
