"""How fast a model grades here: from text, by the path that serves, warm, in one thread, nothing cached.

What is held against a rule is processor time. All of the work is computing, in one thread of this process, so
that on a machine with nothing else to do it takes as long by the clock; on a busy one the clock counts the
neighbours' work as well, which says nothing of the model. Both are kept.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import cycle, islice
from time import perf_counter, process_time

from gradewise.essays.records import Essay
from gradewise.evaluation.results import Interval
from gradewise.evaluation.timings import fewest_timings, quantile_of_times
from gradewise.models.bundles.verified import Bundle
from gradewise.telemetry import Listener, silent, stage
from gradewise.workflows.measuring.bundle_needs import bundle_checker
from gradewise.workflows.measuring.nothing_kept import NothingKept
from gradewise.workflows.measuring.text_models import bundle_embedder
from gradewise.workflows.score import Scorer, score_many
from gradewise.workflows.services import Services

ONE_ESSAY, BATCH = 0.95, 50
"""Of how many of all essays the time is said, and how many essays a batch has."""
_FEWEST = 100  # timings of single essays; a quantile of .95 needs 72 of them for its upper bound
_WARM_UP = 3
_BATCHES = 6  # the least and the greatest of six bound their median at 95 %
_MILLISECONDS = 1000.0


@dataclass(frozen=True, slots=True)
class Taken:
    """How long one piece of work took, in seconds."""

    processor: float
    """Of the processor, in all threads of this process."""
    clock: float
    """By the clock, with whatever it waited for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """How long grading takes."""

    essay_ms: Interval
    """What 95 of 100 essays stay below, in milliseconds of the processor."""
    essay_clock_ms: Interval
    """The same by the clock, while this machine did whatever else it did."""
    n_timings: int
    """Essays that were timed one by one."""
    batch_s: Interval
    """The median time of a batch, in seconds of the processor."""
    batch_clock_s: Interval
    """The same by the clock."""
    n_batches: int
    """Batches that were timed."""


def measure_speed(
    bundle: Bundle,
    essays: Sequence[Essay],
    services: Services,
    *,
    confidence: float = 0.95,
    listener: Listener = silent,
) -> Speed:
    """Grade essays one by one and in batches, and count the processor's time and the clock's.

    Args:
        bundle: the model.
        essays: one at least; they are taken again and again where there are too few.
        services: what measures texts; its cache is not used.
        confidence: of the bounds.
        listener: hears stage ``speed``.

    Raises:
        BundleError: this installation does not measure as the bundle needs.
        InputError: an essay cannot be measured.
    """
    alone = max(_FEWEST, fewest_timings(ONE_ESSAY, confidence=confidence))
    with stage(listener, "speed", total=alone + _BATCHES * BATCH, unit="essays") as advance:
        singles: list[Taken] = []
        for taken in _single_times(bundle, essays, services, n=alone):
            singles.append(taken)
            advance(len(singles))
        batches: list[Taken] = []
        for done in range(_BATCHES):
            batches.append(_batch_time(bundle, essays, services))
            advance(alone + (done + 1) * BATCH)
    typical = partial(quantile_of_times, confidence=confidence)
    return Speed(
        essay_ms=typical([_MILLISECONDS * taken.processor for taken in singles], ONE_ESSAY),
        essay_clock_ms=typical([_MILLISECONDS * taken.clock for taken in singles], ONE_ESSAY),
        n_timings=len(singles),
        batch_s=typical([taken.processor for taken in batches], 0.5),
        batch_clock_s=typical([taken.clock for taken in batches], 0.5),
        n_batches=len(batches),
    )


def _single_times(bundle: Bundle, essays: Sequence[Essay], services: Services, *, n: int) -> Iterator[Taken]:
    """How long one essay after another takes, with tools that are warm."""
    make_checker, embedder = bundle_checker(bundle, services), bundle_embedder(bundle, services)
    checker = make_checker() if make_checker else None
    if checker is not None:
        checker.warm_up()
    scorer = Scorer(bundle, checker, embedder=embedder)
    for essay in islice(cycle(essays), _WARM_UP):
        scorer.score(essay)
    for essay in islice(cycle(essays), n):
        yield _timed(partial(scorer.score, essay))


def _batch_time(bundle: Bundle, essays: Sequence[Essay], services: Services) -> Taken:
    """How long a batch takes; essays that come twice are measured twice."""
    alone = replace(services, cache=NothingKept(), workers=1)
    parts = [part for part in _parts(essays) if part]

    def _grade() -> None:
        for part in parts:
            for _ in score_many(bundle, part, alone):
                pass

    return _timed(_grade)


def _timed(work: Callable[[], object]) -> Taken:
    processor, clock = process_time(), perf_counter()
    work()
    return Taken(process_time() - processor, perf_counter() - clock)


def _parts(essays: Sequence[Essay]) -> Iterator[Sequence[Essay]]:
    """A batch in parts that hold no text twice: within a part, the same text would be measured once."""
    distinct = list({essay.text: essay for essay in essays}.values())
    times, rest = divmod(BATCH, len(distinct))
    yield from [distinct] * times
    yield distinct[:rest]
