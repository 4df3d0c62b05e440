"""Making split plans: once, seeded, with copies and near copies of a text kept together."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from gradewise.errors import LeakError, SplitError
from gradewise.essays.allocation import Unit, deal_folds, draw_prompts, draw_texts
from gradewise.essays.leaks import TEST_TEXT_IN_TRAINING, TRAINED_ON_THE_FUTURE
from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale
from gradewise.essays.split_plan import (
    SCHEMES,
    Fold,
    Scheme,
    SplitPlan,
    hashes_digest,
    labels_digest,
    plan_id,
)
from gradewise.essays.split_table import SplitTable, lay_out
from gradewise.essays.suggestions import quotable, suggest
from gradewise.essays.timeline import cut_timeline

MIN_FOLDS = 2
"""With fewer there is nothing to hold back."""
MAX_FOLDS = 20
"""More folds cost time and tell nothing new."""
MAX_TEST_SHARE = 0.5
"""A larger test set leaves too little to learn from."""


def make_split_plan(
    essays: Sequence[Essay],
    *,
    scale: Scale | None = None,
    scheme: Scheme = "stratified_text",
    n_folds: int = 5,
    test_share: float = 0.2,
    test_ids: Collection[str] | None = None,
    seed: int = 42,
    inner_folds: int = 0,
    data_sha256: str = "",
    created_at: str = "",
    git_sha: str = "",
    kin: Mapping[str, str] | None = None,
) -> SplitPlan:
    """Decide which essays train, validate and test.

    The same essays, in whatever order, and the same options give the same plan.

    Args:
        essays: graded essays.
        scale: checks the grades; ``None`` takes them as they are.
        scheme: see `SCHEMES`.
        n_folds: `MIN_FOLDS` to `MAX_FOLDS`.
        test_share: of the essays, locked away; 0 for no test set.
        test_ids: an official test set instead. Under ``prompt_holdout`` it may share prompts with the
            folds, which among themselves do not.
        seed: of every draw, 0 or more.
        inner_folds: folds within each fold's training essays; 0 for none.
        data_sha256: digest of the file that the essays came from.
        created_at: recorded.
        git_sha: recorded.
        kin: what `kin_of` says of the essays, where it was asked before.

    Raises:
        SplitError: there are too few essays, prompts or times, or an essay lacks what the scheme needs.
        LeakError: a given test set shares a text with the rest, or is not the latest of a temporal split.
        InputError: a grade is not on the scale.
    """
    _check_options(scheme, n_folds, test_share, seed, inner_folds)
    table = lay_out(essays, scale, scheme, kin=kin)
    drawn = test_ids is None and test_share > 0
    if test_ids is not None:
        pool, test = _given_test(table, test_ids)
    elif drawn:
        pool, test = _drawn_test(table, test_share, n_folds=n_folds, seed=seed)
    else:
        pool, test = tuple(range(len(table.names))), ()
    folds = _folds(table, pool, n_folds, inner_folds, (seed, 1))
    placed = {*test}.union(*((*fold.train, *fold.validate) for fold in folds))
    everywhere = range(len(table.names))
    plan = SplitPlan(
        id="",
        scheme=scheme,
        seed=seed,
        n_folds=n_folds,
        test_ids=table.ids(test),
        folds=tuple(fold.named(table) for fold in folds),
        rare=table.rare(everywhere if drawn else pool, n_parts=n_folds + drawn),
        left_out_ids=table.ids(member for member in everywhere if member not in placed),
        label_counts=table.label_counts(placed.difference(test)),
        data_sha256=data_sha256,
        labels_sha256=labels_digest(essays),
        texts_sha256=hashes_digest(zip(table.names, table.texts, strict=True)),
        created_at=created_at,
        git_sha=git_sha,
    )
    return replace(plan, id=plan_id(plan))


@dataclass(frozen=True, slots=True)
class _Parts:
    """A fold by positions."""

    train: tuple[int, ...]
    validate: tuple[int, ...]
    inner: tuple["_Parts", ...] = ()

    def named(self, table: SplitTable) -> Fold:
        inner = tuple(fold.named(table) for fold in self.inner)
        return Fold(table.ids(self.train), table.ids(self.validate), inner)


def _check_options(scheme: str, n_folds: int, test_share: float, seed: int, inner_folds: int) -> None:
    if scheme not in SCHEMES:
        raise SplitError(f"{scheme!r} is not a scheme; use {', '.join(SCHEMES)}{suggest(scheme, SCHEMES)}")
    if not MIN_FOLDS <= n_folds <= MAX_FOLDS:
        raise SplitError(f"{n_folds} folds cannot be made; use {MIN_FOLDS} to {MAX_FOLDS}")
    if inner_folds and not MIN_FOLDS <= inner_folds <= MAX_FOLDS:
        raise SplitError(f"{inner_folds} inner folds cannot be made; use 0, or {MIN_FOLDS} to {MAX_FOLDS}")
    if not 0 <= test_share <= MAX_TEST_SHARE:
        raise SplitError(f"a test share of {test_share} cannot be used; use 0 to {MAX_TEST_SHARE}")
    if seed < 0:
        raise SplitError(f"seed {seed} cannot be used; use 0 or more")


def _given_test(table: SplitTable, test_ids: Collection[str]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Positions outside and inside an official test set."""
    wanted = set(test_ids)
    test = tuple(member for member, name in enumerate(table.names) if name in wanted)
    if len(test) < len(wanted):
        missing = sorted(wanted.difference(table.ids(test)))
        raise SplitError(
            f"{len(missing)} test ids are not in the data, the first {quotable(missing[0])!r}; "
            "check the ids, and that no filter drops them"
        )
    pool = tuple(member for member, name in enumerate(table.names) if name not in wanted)
    _refuse_shared_texts(table, pool, test)
    if table.scheme == "temporal" and pool and test:
        _refuse_early_test(table, pool, test)
    return pool, test


def _refuse_early_test(table: SplitTable, pool: Sequence[int], test: Sequence[int]) -> None:
    latest = max(pool, key=table.instants.__getitem__)
    earliest = min(test, key=table.instants.__getitem__)
    if table.instants[earliest] <= table.instants[latest]:
        raise LeakError(
            TRAINED_ON_THE_FUTURE,
            f"test essay {quotable(table.names[earliest])!r} was not written after training essay "
            f"{quotable(table.names[latest])!r}; a temporal test set must be the latest",
        )


def _refuse_shared_texts(table: SplitTable, pool: Sequence[int], test: Sequence[int]) -> None:
    in_pool = {table.copies[member]: member for member in pool}
    shared = [(in_pool[copy], member) for member in test if (copy := table.copies[member]) in in_pool]
    if shared:
        trains, tests = (quotable(table.names[member]) for member in shared[0])
        raise LeakError(
            TEST_TEXT_IN_TRAINING,
            f"{len(shared)} test essays have the text of a training essay, the first {tests!r} that of "
            f"{trains!r}; leave the copies out of one side",
        )


def _drawn_test(
    table: SplitTable, share: float, *, n_folds: int, seed: int
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Positions outside and inside a test set drawn here."""
    everywhere = tuple(range(len(table.names)))
    if table.scheme == "temporal":
        pool, test = _blocks(table, everywhere, (1 - share, share))
        return pool, test
    units, generator = table.units(everywhere), np.random.default_rng((seed, 0))
    _require_units(table, units, n_folds + 1)
    if table.scheme == "prompt_holdout":
        drawn = draw_prompts(units, share, keep=n_folds, generator=generator)
    else:
        rare = {table.labels.index(each.label) for each in table.rare(everywhere, n_parts=n_folds + 1)}
        drawn = draw_texts(units, share, keep=n_folds, never=rare, generator=generator)
    if not drawn:
        raise SplitError(
            f"no test set of {share:.0%} can be drawn from {len(everywhere)} essays, as a grade takes part "
            f"with {n_folds + 1} or more, one for each part; mark more essays, use fewer folds, or name a "
            "locked test file"
        )
    return tuple(member for member in everywhere if member not in drawn), tuple(sorted(drawn))


def _folds(
    table: SplitTable, pool: Sequence[int], n_folds: int, inner_folds: int, seeds: tuple[int, ...]
) -> tuple[_Parts, ...]:
    if table.scheme == "temporal":
        blocks = _blocks(table, pool, [1 / (n_folds + 1)] * (n_folds + 1))
        trains = [tuple(sorted(sum(blocks[:end], start=()))) for end in range(1, n_folds + 1)]
        validates: Sequence[tuple[int, ...]] = blocks[1:]
    else:
        validates = _dealt(table, pool, n_folds, seeds)
        trains = [tuple(sorted(set(pool).difference(validate))) for validate in validates]
    return tuple(
        _Parts(train, validate, _folds(table, train, inner_folds, 0, (*seeds, number)) if inner_folds else ())
        for number, (train, validate) in enumerate(zip(trains, validates, strict=True))
    )


def _dealt(
    table: SplitTable, pool: Sequence[int], n_folds: int, seeds: tuple[int, ...]
) -> tuple[tuple[int, ...], ...]:
    units = table.units(pool)
    _require_units(table, units, n_folds)
    return deal_folds(units, n_folds, np.random.default_rng(seeds))


def _require_units(table: SplitTable, units: Sequence[Unit], n_parts: int) -> None:
    if len(units) < n_parts:
        unit = "prompts without a text in common" if table.scheme == "prompt_holdout" else "different texts"
        if any(table.writers):
            unit = "writers without a text in common"
        raise SplitError(
            f"{len(units)} {unit} cannot fill {n_parts} parts; use fewer folds, more essays or another scheme"
        )


def _blocks(
    table: SplitTable, members: Sequence[int], shares: Sequence[float]
) -> tuple[tuple[int, ...], ...]:
    """Consecutive blocks of time; a near copy of a text from an earlier block is in none."""
    instants = [table.instants[member] for member in members]
    block_of = dict(zip(members, cut_timeline(instants, shares), strict=True))
    first: dict[str, int] = {}
    for member in sorted(members, key=block_of.__getitem__):
        first.setdefault(table.kin[member], block_of[member])
    blocks: list[list[int]] = [[] for _ in shares]
    for member, block in block_of.items():
        if first[table.kin[member]] == block:
            blocks[block].append(member)
    if not all(blocks):
        raise SplitError("a part holds nothing but copies of earlier texts; use fewer folds")
    return tuple(tuple(block) for block in blocks)
