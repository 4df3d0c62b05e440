"""Which pairs to ask about next, whom to ask, and whether to ask at all."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from gradewise.errors import InputError
from gradewise.judgement.batches import JudgedBatch
from gradewise.judgement.beliefs import Expected, believe
from gradewise.judgement.expectations import USUAL_AGREEMENT, USUAL_SPREAD, expect_scores
from gradewise.judgement.findings import ExaminedBatch, arrays_of
from gradewise.judgement.pairing import Pair, PairRules, next_pairs
from gradewise.judgement.stopping import Decision, Progress, StoppingRule, decide
from gradewise.models.one_thread import one_blas_thread
from gradewise.telemetry import Listener, silent, stage

USUAL_BUDGET = 10
"""Comparisons an essay that a batch may cost where nobody says: each is then seen twenty times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPairs:
    """What is wanted of a choice of pairs."""

    n: int = 20
    """How many."""
    rules: PairRules = field(default_factory=PairRules)
    """What they must respect."""
    waiting: tuple[Pair, ...] = ()
    """Pairs that are asked and not yet answered."""
    judges: tuple[str, ...] = ()
    """Who is there to decide; nobody in particular when empty."""
    model_scores: Mapping[str, float] | None = None
    """What a model says of essays; higher is better."""
    agreement: float = USUAL_AGREEMENT
    """Correlation of that with what judges find."""
    spread: float = USUAL_SPREAD
    """Standard deviation of what judges find, in logits."""
    seed: int = 0
    """Decides between pairs that promise the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """What a batch is to reach, and may cost."""

    budget: int | None = None
    """Comparisons in all; `USUAL_BUDGET` for each essay when left out."""
    reliability: float | None = None
    """What the lower bound of reliability must reach."""
    error: float | None = None
    """What the mean standard error may be at the most, in logits."""


@dataclass(frozen=True, slots=True)
class ChosenPairs:
    """Pairs to ask about."""

    pairs: tuple[Pair, ...]
    """Those that teach most first."""
    judges: tuple[str, ...]
    """Who decides each; empty where nobody was named."""


def choose_pairs(batch: JudgedBatch, asked: AskedPairs, *, listener: Listener = silent) -> ChosenPairs:
    """Choose the pairs that teach most, from no comparison at all on.

    Raises:
        InputError: there are fewer than two essays, a waiting pair is of another batch, or the model graded
            none of the essays.
    """
    comparisons = arrays_of(batch)
    with one_blas_thread(), stage(listener, "pairs"):
        pairs = next_pairs(
            believe(comparisons, expected=_expected(comparisons.items, asked)),
            comparisons,
            asked.n,
            rng=np.random.default_rng(asked.seed),
            rules=asked.rules,
            waiting=asked.waiting,
        )
    return ChosenPairs(pairs, deal(pairs, asked.judges, batch))


def _expected(items: Sequence[str], asked: AskedPairs) -> Expected | None:
    if asked.model_scores is None:
        return None
    return expect_scores(items, asked.model_scores, agreement=asked.agreement, spread=asked.spread)


def deal(pairs: Sequence[Pair], judges: Sequence[str], batch: JudgedBatch) -> tuple[str, ...]:
    """Give each pair to the judge who decided fewest, of those who have not decided it, where there are any.

    Raises:
        InputError: a judge is named twice.
    """
    if len(set(judges)) < len(judges):
        raise InputError(f"judge {Counter(judges).most_common(1)[0][0]!r} is named twice; name each once")
    done = Counter(dict.fromkeys(judges, 0))
    done.update(row.judge for row in batch.comparisons if row.judge in done)
    seen = {(frozenset((row.first, row.second)), row.judge) for row in batch.comparisons}
    dealt = []
    for pair in pairs if judges else ():
        both = frozenset((pair.first, pair.second))
        fresh = [judge for judge in judges if (both, judge) not in seen] or list(judges)
        chosen = min(fresh, key=lambda judge: done[judge])
        done[chosen] += 1
        dealt.append(chosen)
    return tuple(dealt)


def stopping(batch: JudgedBatch, scored: ExaminedBatch | None, targets: Targets) -> Decision:
    """Whether to stop, why, and how many more are needed.

    Reliability is that of the likelihood: pairs that `choose_pairs` chose reach any separation too soon.

    Args:
        batch: Comparisons that came to nothing cost as much as others.
        scored: The same batch; ``None`` before any comparison.
        targets: What it is to reach.

    Raises:
        InputError: a target or the budget is none.
    """
    n_items = len(arrays_of(batch).items)
    rule = StoppingRule(
        budget=USUAL_BUDGET * n_items if targets.budget is None else targets.budget,
        reliability=targets.reliability,
        error=targets.error,
    )
    usable = len(batch.comparisons)
    reliability = None if scored is None else scored.reliability
    return decide(
        rule,
        Progress(
            n_items=n_items,
            asked=usable + batch.set_aside.get("undecided", 0),
            usable=usable,
            reliability=np.nan if reliability is None else reliability.estimate,
            reliability_low=np.nan if reliability is None else reliability.low,
            error=np.nan if scored is None else float(scored.scores.errors.mean()),
            groups=n_items if scored is None else scored.scores.n_groups,
        ),
    )
