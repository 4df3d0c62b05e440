"""How well grades agree with what teachers decided: the audit sample for what is released, and the rest.

Reviewed answers are the hard ones, chosen by the model's own doubts, so they say nothing of the grades that
go out. Those were never looked at but for the audit sample, which chance drew: it alone speaks for them.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.codes import Codes
from gradewise.essays.scales import Scale
from gradewise.evaluation.agreement import kappa_of_counts, mean_residual_of_counts, weighted_joint_counts
from gradewise.evaluation.bootstrap import bootstrap_intervals
from gradewise.evaluation.figures import Figures
from gradewise.evaluation.policy import parts_of_scale
from gradewise.evaluation.probability import wilson_interval
from gradewise.evaluation.release import exact_interval
from gradewise.evaluation.results import Interval, Resampling
from gradewise.evaluation.weights import Weights
from gradewise.scores.answers import read_answer, scale_of_decisions
from gradewise.scores.corrections import Correction
from gradewise.scores.records import Route, ScoreDraft


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """An answer that a teacher has decided about."""

    answer: ScoreDraft
    """The answer."""
    correction: Correction
    """What the teacher decided last."""

    @property
    def model(self) -> str:
        """Name and version of the model that answered."""
        return f"{self.answer.model_name} {self.answer.model_version}"

    @property
    def week(self) -> date:
        """The Monday of the week in which it was answered."""
        day = self.answer.made_at.date()
        return day - timedelta(days=day.weekday())


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidedAgreement:
    """How model and teachers agree on some answers."""

    n: int
    """Answers."""
    cuts: Interval
    """Share on the teacher's side of every declared cut, with an exact interval, as the next two; of classes
    the share with the right one."""
    exact: Interval
    """Share with the teacher's grade."""
    within_one: Interval | None
    """Share at most one grade apart; ``None`` of classes, as the next two: they have no order."""
    qwk: Interval | None
    """Quadratic weighted kappa, with a bootstrap interval over answers, as the next."""
    generous: Interval | None
    """Mean of model minus teacher in grades: above 0 the model gives more."""

    @property
    def of_classes(self) -> bool:
        """Whether classes were told, which have no order."""
        return self.qwk is None


@dataclass(frozen=True, slots=True)
class GroupAgreement:
    """The agreement of one week, or of one model."""

    name: str
    """The Monday as an ISO date, or the model's name and version."""
    audited: DecidedAgreement | None
    """On released grades that were looked at; ``None`` where there is none."""
    reviewed: DecidedAgreement | None
    """On grades that were held back and looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """Whether agreement on the audit sample moved: its later half against its earlier half."""

    earlier: Interval
    """Agreement about every cut in the earlier half, with an exact interval."""
    later: Interval
    """The same in the later half."""
    change: Interval
    """Later minus earlier, with Newcombe's interval."""
    since: datetime
    """When the later half begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewFindings:
    """What reviews and audits say of the grades that were given."""

    scale: Scale
    """The grades."""
    audited: DecidedAgreement | None
    """On released grades that chance drew: what is true of all that are released."""
    reviewed: DecidedAgreement | None
    """On grades that were held back: the hard ones."""
    n_audits_waiting: int
    """Of the audit sample, answers that nobody has looked at yet."""
    weeks: tuple[GroupAgreement, ...]
    """By week of the answer, earliest first; only weeks in which there was one."""
    models: tuple[GroupAgreement, ...]
    """By model, in the order of their first answer."""
    drift: Drift | None
    """``None`` below `FEWEST_FOR_DRIFT` audited answers."""
    n_other_scales: int = 0
    """Decided answers by models of another scale, which are in none of the figures."""


FEWEST_FOR_DRIFT = 20
"""Audited answers from which on two halves are held against each other."""
RESAMPLING = Resampling(1000, 0.95, 0, None)
"""How bootstrap intervals are made, where nothing else is said."""


def review_findings(
    decided: Sequence[Decided], *, n_audits_waiting: int = 0, resampling: Resampling = RESAMPLING
) -> ReviewFindings | None:
    """Say how grades agree with teachers, apart for what was released and for what was held back.

    Answers on another scale than the newest one's are counted and left out.

    Args:
        decided: answers with what was decided about them, in any order.
        n_audits_waiting: answers of the audit sample that nobody has looked at.
        resampling: how bootstrap intervals are made; its confidence is that of every interval.

    Returns:
        ``None`` where nothing was decided.
    """
    if not decided:
        return None
    ordered = sorted(decided, key=lambda each: (each.answer.made_at, each.answer.id))
    grades = read_answer(ordered[-1].answer).grades
    same = [each for each in ordered if read_answer(each.answer).grades == grades]
    scale = scale_of_decisions([read_answer(each.answer) for each in same])
    measure = partial(_of_routes, scale=scale, resampling=resampling)
    whole = measure("", same)
    return ReviewFindings(
        scale=scale,
        audited=whole.audited,
        reviewed=whole.reviewed,
        n_audits_waiting=n_audits_waiting,
        weeks=_grouped(same, lambda each: each.week.isoformat(), measure),
        models=_grouped(same, lambda each: each.model, measure),
        drift=_drift([each for each in same if each.answer.route == "audit"], scale, resampling.confidence),
        n_other_scales=len(ordered) - len(same),
    )


def decided_agreement(
    decided: Sequence[Decided], *, scale: Scale, resampling: Resampling = RESAMPLING
) -> DecidedAgreement | None:
    """How model and teachers agree on answers of one scale; ``None`` where there is none."""
    if not decided:
        return None
    teacher, model = _codes(decided, scale)
    apart, n, level = np.abs(teacher - model), len(decided), resampling.confidence
    exact = exact_interval(int((apart == 0).sum()), n, level=level)
    if not scale.ordered:
        return DecidedAgreement(n=n, cuts=exact, exact=exact, within_one=None, qwk=None, generous=None)
    found = bootstrap_intervals(
        partial(_figures, teacher, model, n_grades=scale.n_grades), n, resampling=resampling
    )
    return DecidedAgreement(
        n=n,
        cuts=exact_interval(int(_same_side(decided, scale).sum()), n, level=level),
        exact=exact,
        within_one=exact_interval(int((apart <= 1).sum()), n, level=level),
        qwk=found["qwk"][0],
        generous=found["mean_residual"][0],
    )


def _figures(teacher: Codes, model: Codes, weights: Weights, *, n_grades: int) -> Figures:
    counts = weighted_joint_counts(teacher, model, weights, n_grades=n_grades)
    return {"qwk": kappa_of_counts(counts), "mean_residual": mean_residual_of_counts(counts)}


def _codes(decided: Sequence[Decided], scale: Scale) -> tuple[Codes, Codes]:
    return (
        scale.codes([each.correction.grade for each in decided]),
        scale.codes([each.answer.grade for each in decided]),
    )


def _same_side(decided: Sequence[Decided], scale: Scale) -> NDArray[np.bool_]:
    """Whether both grades lie between the same cuts, those that the answer was given under."""
    same = np.zeros(len(decided), dtype=np.bool_)
    for row, each in enumerate(decided):
        cuts = tuple(sorted(scale.code(name) for name in read_answer(each.answer).cuts))
        grades = np.array([scale.code(each.correction.grade), scale.code(each.answer.grade)], dtype=np.int64)
        parts = parts_of_scale(grades, cuts or tuple(range(1, scale.n_grades)))
        same[row] = parts[0] == parts[1]
    return same


def _of_routes(
    name: str, decided: Sequence[Decided], *, scale: Scale, resampling: Resampling
) -> GroupAgreement:
    def of(route: Route) -> DecidedAgreement | None:
        chosen = [each for each in decided if each.answer.route == route]
        return decided_agreement(chosen, scale=scale, resampling=resampling)

    return GroupAgreement(name, of("audit"), of("review"))


def _grouped(
    decided: Iterable[Decided],
    key: Callable[[Decided], str],
    measure: Callable[[str, Sequence[Decided]], GroupAgreement],
) -> tuple[GroupAgreement, ...]:
    groups: dict[str, list[Decided]] = {}
    for each in decided:
        groups.setdefault(key(each), []).append(each)
    return tuple(measure(name, members) for name, members in groups.items())


def _drift(audited: Sequence[Decided], scale: Scale, level: float) -> Drift | None:
    """The later half of the audit sample against the earlier.

    Source: Newcombe (1998), method 10, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I.
    """
    if len(audited) < FEWEST_FOR_DRIFT:
        return None
    middle = len(audited) // 2
    hits = _same_side(audited, scale)
    counted = [(int(half.sum()), half.size) for half in (hits[:middle], hits[middle:])]
    first, second = (wilson_interval(k, n, level=level) for k, n in counted)
    change = second.estimate - first.estimate
    return Drift(
        earlier=exact_interval(*counted[0], level=level),
        later=exact_interval(*counted[1], level=level),
        change=Interval(
            change,
            change - sqrt((second.estimate - second.low) ** 2 + (first.high - first.estimate) ** 2),
            change + sqrt((second.high - second.estimate) ** 2 + (first.estimate - first.low) ** 2),
        ),
        since=audited[middle].answer.made_at,
    )
