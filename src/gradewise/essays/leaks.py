"""Leaks between parts of a split, each found by a check with a name: what is judged must not have taught."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from gradewise.errors import LeakError
from gradewise.essays.records import Essay
from gradewise.essays.split_plan import Fold, SplitPlan
from gradewise.essays.split_table import kin_of
from gradewise.essays.suggestions import quotable
from gradewise.essays.texts import copy_hash
from gradewise.essays.timeline import in_utc

TEST_IDS_IN_TRAIN = "test_ids_in_train"
TEST_TEXT_IN_TRAINING = "test_text_in_training"
TEXT_IN_TWO_FOLDS = "text_in_two_folds"
PROMPT_IN_TWO_FOLDS = "prompt_in_two_folds"
TRAINED_ON_THE_FUTURE = "trained_on_the_future"

ANEW = "make the splits anew: gradewise make-splits"
"""What to do about a split plan that leaks."""


def audit_split(plan: SplitPlan, essays: Sequence[Essay]) -> None:
    """Pass when nothing that a plan holds out is among what it trains on.

    Looks at the ids of every part, inner folds included, and at the essays behind them, so that a plan
    that was edited is caught although its own id and digests were made to fit.

    Args:
        plan: any plan.
        essays: every essay that it names.

    Raises:
        LeakError: the message begins with the name of the check.
    """
    known = {essay.id: essay for essay in essays}
    shared = set(plan.test_ids).intersection(plan.train_ids)
    if shared:
        raise LeakError(
            TEST_IDS_IN_TRAIN,
            f"{len(shared)} essays of the locked test set train or validate, the first "
            f"{quotable(min(shared))!r}; {ANEW}",
        )
    texts = {essay_id: copy_hash(essay.text) for essay_id, essay in known.items()}
    prompts = {essay_id: essay.prompt or "" for essay_id, essay in known.items()}
    _require_apart(TEST_TEXT_IN_TRAINING, plan.train_ids, plan.test_ids, "the locked test set", by=texts)
    for name, fold in _every_fold(plan.folds, "fold"):
        held_out = f"what {name} holds out"
        _require_apart(TEXT_IN_TWO_FOLDS, fold.train_ids, fold.validate_ids, held_out, by=texts)
        if plan.scheme == "prompt_holdout":
            _require_apart(PROMPT_IN_TWO_FOLDS, fold.train_ids, fold.validate_ids, held_out, by=prompts)
        if plan.scheme == "temporal":
            _require_past(fold.train_ids, fold.validate_ids, known, held_out)
    if plan.scheme == "temporal":
        _require_past(plan.train_ids, plan.test_ids, known, "the locked test set")


def parted_kin(plan: SplitPlan, essays: Sequence[Essay]) -> tuple[str, ...]:
    """What to say of writers and near copies that a plan parts, a line each; nothing of a plan made here.

    A plan may part them that was made before they were looked at, or around a test set that was given.
    Copies are another matter: `audit_split` refuses a plan that parts them.

    Args:
        plan: any plan; who wrote what counts under ``stratified_text`` alone.
        essays: every essay that it names.
    """
    looks = [(kin_of(essays), "are nearly copies of essays that teach")]
    if plan.scheme == "stratified_text":
        writers = {essay.id: essay.writer for essay in essays if essay.writer is not None}
        looks.append((writers, "are by writers of essays that teach"))
    parts = [(plan.train_ids, plan.test_ids), *((fold.train_ids, fold.validate_ids) for fold in plan.folds)]
    told = []
    for ties, fault in looks:
        parted = {
            held: taught for train, held_ids in parts for held, taught in _parted(train, held_ids, ties)
        }
        if parted:
            held = next(iter(parted))
            told.append(
                f"{len(parted)} essays that are held out {fault}, the first {quotable(held)!r} and "
                f"{quotable(parted[held])!r}; figures flatter the model; take them out of the data, or {ANEW}"
            )
    return tuple(told)


def _parted(
    train_ids: Collection[str], held_ids: Collection[str], ties: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Essays that are held out, each with one of training that has the same tie."""
    teaches = {ties[each]: each for each in sorted(train_ids, reverse=True) if each in ties}
    for each in sorted(held_ids):
        if each in ties and ties[each] in teaches:
            yield each, teaches[ties[each]]


def _require_apart(
    check: str,
    train_ids: Collection[str],
    held_ids: Collection[str],
    held_out: str,
    *,
    by: Mapping[str, str],
) -> None:
    """Pass when no essay that is held out shares what `by` says of it, text hash or prompt, with training."""
    teaches = {by[essay_id]: essay_id for essay_id in sorted(train_ids, reverse=True)}
    shared = [(teaches[by[each]], each) for each in sorted(held_ids) if by[each] in teaches]
    if shared:
        trains, held = (quotable(each) for each in shared[0])
        kind = "prompt" if check == PROMPT_IN_TWO_FOLDS else "text"
        raise LeakError(
            check,
            f"{len(shared)} essays of {held_out} have the {kind} of a training essay, the first {held!r} "
            f"that of {trains!r}; {ANEW}",
        )


def _require_past(
    train_ids: Sequence[str], held_ids: Sequence[str], known: Mapping[str, Essay], held_out: str
) -> None:
    if not train_ids or not held_ids:
        return
    latest = max(train_ids, key=lambda essay_id: _instant(known[essay_id]))
    earliest = min(held_ids, key=lambda essay_id: _instant(known[essay_id]))
    if _instant(known[latest]) >= _instant(known[earliest]):
        raise LeakError(
            TRAINED_ON_THE_FUTURE,
            f"training essay {quotable(latest)!r} was not written before {quotable(earliest)!r} of "
            f"{held_out}; {ANEW}",
        )


def _instant(essay: Essay) -> datetime:
    """When an essay was written, without an offset in UTC; one without a time may be as late as any."""
    when = essay.written_at
    if when is None:
        return datetime.max.replace(tzinfo=UTC)
    return in_utc(when)


def _every_fold(folds: Sequence[Fold], name: str) -> Iterator[tuple[str, Fold]]:
    """Folds and the folds within them, each with what a message calls it."""
    for number, fold in enumerate(folds):
        called = f"{name} {number}"
        yield called, fold
        yield from _every_fold(fold.inner, f"{called}, inner fold")
