"""Trials: every fold of every variant learnt once, in a pool of threads, and kept as soon as it is done."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager

from gradewise.evaluation.results import Graded
from gradewise.models.cross_fit import FoldReading
from gradewise.telemetry import stage
from gradewise.workflows.research.variants import (
    Variant,
    beside_teacher,
    honest_predictions,
    read_variant_fold,
)
from gradewise.workflows.runs.readings import keep_reading, recall_reading
from gradewise.workflows.runs.run import Run
from gradewise.workflows.training.experiment import Experiment
from gradewise.workflows.training.learning import text_hashes

Readings = tuple[FoldReading, ...]
"""What the folds of one variant read, in their order."""
Rounds = tuple[tuple[int, ...], ...]
"""Trees of each member in each fold."""


def try_variants(
    experiment: Experiment,
    variants: Sequence[Variant],
    run: Run,
    *,
    name: str,
    rounds: Sequence[Rounds] | None = None,
) -> tuple[Readings, ...]:
    """Learn and read every fold of every variant, apart from what the run has kept.

    Neither the number of threads nor where a run was cut short changes the result: a fold of a variant is
    learnt in one thread, from its own seed.

    Args:
        experiment: essays, features, grades and folds.
        variants: ways to learn, each different from the others.
        run: keeps each reading, and hears of each.
        name: of the stage.
        rounds: of each variant, trees of each member in each fold; each finds its own when ``None``.

    Raises:
        InputError: a variant leaves out a column that is not there.
        TrainingError: there are too few essays, or the booster failed.
    """
    folds, texts = range(len(experiment.folds)), text_hashes(experiment)

    def read(place: int, fold: int) -> FoldReading:
        variant, known = variants[place], None if rounds is None else rounds[place][fold]
        key = ("variant", variant.id, known, fold)
        reading = recall_reading(run.checkpoints, key)
        if reading is None:
            reading = read_variant_fold(experiment, variant, fold, rounds=known, texts=texts)
            keep_reading(run.checkpoints, key, reading)
        return reading

    units = [(place, fold) for place in range(len(variants)) for fold in folds]
    with stage(run.listener, name, total=len(units), unit="fits") as done, _pool(experiment.workers) as pool:
        futures = [pool.submit(read, *unit) for unit in units]
        for count, future in enumerate(as_completed(futures), start=1):
            future.result()
            done(count)
    return tuple(_of_variant(futures, place, len(folds)) for place in range(len(variants)))


def judge_variants(
    experiment: Experiment, variants: Sequence[Variant], readings: Sequence[Readings], run: Run
) -> tuple[Graded, ...]:
    """What each variant said of the essays that its folds held out, beside the teacher's grades."""
    with stage(run.listener, "grades", total=len(variants), unit="variants") as done:
        honest = []
        for count, (variant, read) in enumerate(zip(variants, readings, strict=True), start=1):
            honest.append(honest_predictions(experiment, variant, read))
            done(count)
    return beside_teacher(experiment, honest)


def rounds_of(readings: Readings) -> Rounds:
    """How many trees each member grew in each fold."""
    return tuple(reading.rounds for reading in readings)


def _of_variant(futures: Sequence[Future[FoldReading]], place: int, n_folds: int) -> Readings:
    return tuple(future.result() for future in futures[place * n_folds : (place + 1) * n_folds])


@contextmanager
def _pool(workers: int) -> Iterator[ThreadPoolExecutor]:
    """Threads that stop after what they are at when the block fails: nothing that waits is begun."""
    pool = ThreadPoolExecutor(workers)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
