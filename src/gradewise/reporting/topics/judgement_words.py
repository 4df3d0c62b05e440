"""What judgement found, in a teacher's words: whether to trust the order, then what to worry about."""

from collections.abc import Iterator, Sequence

from gradewise.evaluation.results import Interval
from gradewise.judgement.findings import FEW_PER_ITEM, ExaminedBatch, GradedBatch
from gradewise.judgement.reliability import as_share
from gradewise.judgement.stopping import Decision
from gradewise.reporting.parts import Kind, Statement
from gradewise.reporting.wording import ABSENT, bounds, counted, decimal, enumerated, percentage, with_bounds

HIGH, GOOD, FAIR = 0.9, 0.8, 0.7
"""Reliabilities from which an order is firm, good enough for most uses, and good enough for a first look."""
MANY_ASIDE = 0.05
"""Share of rows set aside from which the table needs a look."""
_APART = 0.1
_NOTHING = 0.005  # is told as 0.00
_HALF = 0.5


def score_statements(scored: ExaminedBatch) -> tuple[Statement, ...]:
    """What is to be said of scores: whether to trust them, then problems, cares, and what is good to know."""
    said = [
        *_connection_statements(scored),
        *_honesty_statements(scored),
        *_judge_statements(scored),
        *_data_statements(scored),
    ]
    return (trust_statement(scored), *weighed(said))


def weighed(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """Weightiest first: problems, cares, what is well, what is good to know."""
    order: dict[Kind, int] = {"bad": 0, "warn": 1, "good": 2, "info": 3}
    return tuple(sorted(statements, key=lambda statement: order[statement.kind]))


def trust_statement(scored: ExaminedBatch) -> Statement:
    """Whether the order can be trusted."""
    found, groups = scored.reliability, scored.scores.n_groups - len(scored.never_compared)
    if found is None:
        return Statement("bad", "Nothing has been compared yet, so there is no order.")
    if groups > 1:
        return Statement(
            "bad",
            f"There is no one order: essays fall into {groups} groups that no comparison connects, and how "
            "the groups stand to each other is not known. Ask about pairs across groups (judge next-pairs "
            "does).",
        )
    return _reliability_statement(found)


def _reliability_statement(found: Interval) -> Statement:
    said = f"reliability {with_bounds(found, percent=False)}"
    if found.low >= HIGH:
        return Statement(
            "good", f"The order can be trusted: {said}. Others who judged as much would find nearly the same."
        )
    if found.low >= GOOD:
        return Statement(
            "good", f"The order can be trusted for most uses: {said}. Neighbours may change places."
        )
    if found.low >= FAIR:
        return Statement(
            "warn", f"The order tells strong from weak, not neighbours from each other: {said}. Compare more."
        )
    if _open(found):
        return Statement(
            "bad",
            "Whether the order can be trusted cannot be told from so few comparisons: reliability lies "
            f"anywhere from {decimal(found.low)} to {decimal(found.high)}. Compare more.",
        )
    if found.estimate >= FAIR:
        return Statement(
            "bad",
            f"The order cannot be trusted yet: {said}, and only the lower bound, {decimal(found.low)}, is "
            "shown by so few comparisons. Compare more.",
        )
    return Statement(
        "bad", f"The order cannot be trusted yet: {said}. Too few comparisons, or judges who do not agree."
    )


def _open(reliability: Interval) -> bool:
    """Whether comparisons leave open if the order is chance or good for some use."""
    return reliability.low < _NOTHING and reliability.high >= FAIR


def reliability_words(reliability: Interval | None) -> str:
    """Reliability as it is shown in a table."""
    if reliability is None:
        return ABSENT
    if _open(reliability):
        return f"cannot be told from so few ({bounds(reliability, percent=False)})"
    return with_bounds(reliability, percent=False)


def share_words(reliability: Interval) -> str:
    """Separation or agreement of halves, which may come out below 0, as it is shown in a table."""
    if reliability.estimate <= 0:
        return "0, no more than chance"
    return with_bounds(as_share(reliability), percent=False)


def _connection_statements(scored: ExaminedBatch) -> Iterator[Statement]:
    alone = scored.never_compared
    if alone:
        are, they = ("was", "its place is") if len(alone) == 1 else ("were", "their places are")
        yield Statement(
            "bad",
            f"{counted(len(alone), 'essay')} {are} never compared ({enumerated(alone)}): {they} not known.",
        )
    for what, essays in (("won", scored.always_won), ("lost", scored.always_lost)):
        if essays:
            yield Statement(
                "info",
                f"{counted(len(essays), 'essay')} {what} every time ({enumerated(essays, most=3)}): how far "
                f"{'above' if what == 'won' else 'below'} the others is not known, only that it is.",
            )


def _honesty_statements(scored: ExaminedBatch) -> Iterator[Statement]:
    if scored.adaptive and scored.reliability and scored.separation:
        stated, likely = scored.separation.reliability.estimate, scored.reliability.estimate
        yield Statement(
            "warn" if stated - likely > _APART else "info",
            f"Essays of about the same score were put together: scale separation ({decimal(stated)}) and "
            f"halves then look better than they are. Reliability ({decimal(likely)}) allows for that, as far "
            "as earlier decisions chose the pairs.",
        )
    by = {each.halves_of: each.reliability for each in scored.halves}
    if len(by) > 1 and by["comparisons"].estimate - by["judges"].estimate > _APART:
        yield Statement(
            "warn",
            f"Two halves of the judges agree less ({_told(by['judges'])}) than two halves of all comparisons "
            f"({_told(by['comparisons'])}): judges look for different things.",
        )
    each = 2 * scored.comparisons.n / len(scored.scores.items)
    if 0 < each < FEW_PER_ITEM:
        yield Statement(
            "warn", f"Essays were compared {decimal(each, digits=1)} times on average; 10 to 20 are usual."
        )


def _told(reliability: Interval) -> str:
    return decimal(as_share(reliability).estimate)


def _judge_statements(scored: ExaminedBatch) -> Iterator[Statement]:
    erratic = [each.judge for each in scored.judges if each.erratic]
    if erratic:
        decide = "decides" if len(erratic) == 1 else "decide"
        yield Statement(
            "warn",
            f"{len(erratic):,} of {counted(len(scored.judges), 'judge')} {decide} against the others more "
            f"than "
            f"chance explains ({enumerated(erratic)}). Look at their decisions together.",
        )
    yield from _position_statements(scored)


def _position_statements(scored: ExaminedBatch) -> Iterator[Statement]:
    if not scored.bias:
        return
    bias, expected = scored.bias[0].first_won, scored.first_expected
    said = f"What is shown first wins {percentage(bias.estimate)} of the time"
    if bias.low <= _HALF <= bias.high:
        return
    if bias.low <= expected <= bias.high:
        yield Statement(
            "info",
            f"{said}, and {percentage(expected)} is what scores lead to expect: {_which_first(expected)} "
            f"essays were "
            "shown first more often. Whether position matters can only be told where it is drawn at random.",
        )
    else:
        yield Statement("warn", f"{said}: position matters, so let every essay be first as often as second.")


def _which_first(expected: float) -> str:
    return "weaker" if expected < _HALF else "stronger"


def _data_statements(scored: ExaminedBatch) -> Iterator[Statement]:
    aside = {reason: n for reason, n in scored.batch.set_aside.items() if n}
    n = sum(aside.values())
    if n:
        reasons = ", ".join(f"{count:,} {reason}" for reason, count in aside.items())
        kind: Kind = "warn" if n > MANY_ASIDE * (n + scored.comparisons.n) else "info"
        yield Statement(kind, f"{counted(n, 'row')} set aside: {reasons}.")
    if not scored.scores.converged:
        yield Statement("bad", "The scores did not come to rest; narrow the prior (--prior-sd 3).")


def grade_statements(graded: GradedBatch) -> tuple[Statement, ...]:
    """What is to be said of grades, weightiest first."""
    said = [*_reach_statements(graded), *_check_statements(graded), *_resolution_statements(graded)]
    said += [Statement("warn", _sentence(concern.message)) for concern in graded.projection.concerns]
    moved = [move.item for move in graded.drift.moves if move.moved] if graded.drift else []
    if moved:
        said.append(
            Statement(
                "warn",
                f"{counted(len(moved), 'anchor')} moved against the others since the earlier batch "
                f"({enumerated(moved)}): judges see them differently now, or their texts changed.",
            )
        )
    elif graded.drift:
        said.append(Statement("good", "No anchor moved against the others since the earlier batch."))
    return weighed(said)


def _reach_statements(graded: GradedBatch) -> Iterator[Statement]:
    """Essays that no comparison connects with an anchor, and anchors that none connects with each other."""
    group = dict(zip(graded.scored.scores.items, graded.scored.scores.groups.tolist(), strict=True))
    anchored = {group[item] for item in graded.anchors.items}
    if len(anchored) > 1:
        yield Statement(
            "bad",
            f"Anchors fall into {len(anchored)} groups that no comparison connects, so that where grades end "
            "is assumed. Ask about pairs across groups (judge next-pairs does).",
        )
    apart = [item for item, place in group.items() if place not in anchored]
    if apart:
        is_one = len(apart) == 1
        yield Statement(
            "bad",
            f"No comparison connects {counted(len(apart), 'essay')} with any anchor "
            f"({enumerated(apart, most=3)}): {'its grade is' if is_one else 'their grades are'} assumed, not "
            "found. Ask about pairs across groups (judge next-pairs does).",
        )


def _check_statements(graded: GradedBatch) -> Iterator[Statement]:
    checks = graded.checks
    if not checks:
        yield Statement("warn", "There are too few anchors to check one by the others.")
        return
    near = sum(abs(check.steps) <= 1 for check in checks)
    far = [check.item for check in checks if abs(check.steps) > 1]
    n = counted(len(checks), "anchor")
    said = f"Graded by the others, {near} of {n} get their own grade within one step"
    if far:
        yield Statement("warn", f"{said}; {enumerated(far)} would not: check what they were given.")
    else:
        yield Statement("good", f"{said}.")


def _resolution_statements(graded: GradedBatch) -> Iterator[Statement]:
    if graded.unresolved:
        yield Statement(
            "warn",
            f"{counted(len(graded.unresolved), 'essay')} said to be an anchor, of which no grade is known: "
            f"{enumerated(graded.unresolved)}. Give known_grade, or a row in the table of anchors.",
        )
    if graded.unjudged:
        yield Statement(
            "info",
            f"{counted(len(graded.unjudged), 'anchor')} with a grade and never compared here: "
            f"{enumerated(graded.unjudged, most=3)}.",
        )


def decision_statement(decision: Decision) -> Statement:
    """The stopping rule's word."""
    said = f"{'Stop' if decision.stop else 'Go on'}: {decision.message}."
    good = decision.stop and decision.reason in {"reliable", "precise"}
    return Statement("good" if good else "info", said)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
