"""Every split is audited: what it holds out must not be among what it trains on."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import InputError, LeakError, SplitError
from gradewise.essays.leaks import audit_split, parted_kin
from gradewise.essays.records import Essay
from gradewise.essays.split_plan import Fold, Scheme, SplitPlan, plan_id
from gradewise.essays.splits import make_split_plan

START = datetime(2025, 1, 1, tzinfo=UTC)


def _essay(number: int, *, text: int | None = None) -> Essay:
    return Essay(
        id=f"e{number:02d}",
        text=f"Essay {number if text is None else text}",
        label="AB"[number % 2],
        prompt=f"p{number % 6}",
        written_at=START + timedelta(days=number),
    )


ESSAYS = tuple(_essay(number) for number in range(36))


def _plan(scheme: Scheme, *, inner_folds: int = 2) -> SplitPlan:
    return make_split_plan(ESSAYS, scheme=scheme, n_folds=3, inner_folds=inner_folds)


def _edited(plan: SplitPlan, fold: Fold) -> SplitPlan:
    """The plan with another first fold, and an id that was made to fit."""
    edited = replace(plan, folds=(fold, *plan.folds[1:]))
    return replace(edited, id=plan_id(edited))


def _with_first_held_out_in_training(plan: SplitPlan) -> Fold:
    first, *_ = plan.folds
    return replace(first, train_ids=(*first.train_ids, first.validate_ids[0]))


@given(
    scheme=st.sampled_from(["stratified_text", "prompt_holdout", "temporal"]),
    copies=st.lists(st.tuples(st.integers(0, 35), st.integers(0, 35)), max_size=4),
    seed=st.integers(0, 99),
)
def test_plans_that_are_made_here_do_not_leak(
    scheme: Scheme, copies: list[tuple[int, int]], seed: int
) -> None:
    """Whatever the scheme, and whichever texts occur twice."""
    of = dict(copies)
    essays = [_essay(number, text=of.get(number)) for number in range(36)]
    try:
        plan = make_split_plan(essays, scheme=scheme, n_folds=3, inner_folds=2, seed=seed)
    except SplitError:  # copies may tie so many prompts together that too few are left
        return
    audit_split(plan, essays)


@pytest.mark.parametrize("scheme", ["stratified_text", "prompt_holdout", "temporal"])
def test_an_essay_on_both_sides_of_a_fold_is_caught(scheme: Scheme) -> None:
    """Also when the plan's id was recomputed after it was edited."""
    plan = _plan(scheme)
    with pytest.raises(LeakError, match="^text_in_two_folds: 1 essays of what fold 0 holds out") as caught:
        audit_split(_edited(plan, _with_first_held_out_in_training(plan)), ESSAYS)
    assert "text_in_two_folds" == caught.value.check
    assert isinstance(caught.value, InputError)


def test_a_leak_within_a_fold_is_caught() -> None:
    """Folds for choices inside a training part are held to the same rules."""
    plan = _plan("stratified_text")
    first, *_ = plan.folds
    inner = replace(first.inner[0], train_ids=(*first.inner[0].train_ids, first.inner[0].validate_ids[0]))
    with pytest.raises(LeakError, match="^text_in_two_folds: .* fold 0, inner fold 0 holds out"):
        audit_split(_edited(plan, replace(first, inner=(inner, *first.inner[1:]))), ESSAYS)


def test_a_copy_of_a_text_across_folds_is_caught() -> None:
    """Ids may differ: the texts behind them are looked at."""
    plan = _plan("stratified_text")
    fold = plan.folds[0]
    number = int(fold.train_ids[0][1:])
    essays = [replace(e, text=f"Essay\n {number}") if e.id == fold.validate_ids[0] else e for e in ESSAYS]
    with pytest.raises(LeakError, match=f"^text_in_two_folds: .*'{fold.validate_ids[0]}' that of"):
        audit_split(plan, essays)


def test_a_copy_in_other_capitals_is_caught() -> None:
    """It would teach what is judged of the text as well as the text itself."""
    plan = _plan("stratified_text")
    held, number = plan.folds[0].validate_ids[0], int(plan.folds[0].train_ids[0][1:])
    essays = [replace(e, text=f"«ESSAY» {number}!") if e.id == held else e for e in ESSAYS]
    with pytest.raises(LeakError, match=f"^text_in_two_folds: .*'{held}' that of"):
        audit_split(plan, essays)


def test_what_a_saved_plan_parts_is_named() -> None:
    """Writers and near copies on both sides are told with ids of two essays; of a plan made here nothing."""
    plan = _plan("stratified_text", inner_folds=0)
    held, taught = plan.test_ids[0], plan.train_ids[0]
    draft = " ".join(f"word{number}" for number in range(60))
    drafts = {held: draft, taught: f"{draft} and more"}
    essays = [replace(e, text=drafts.get(e.id, e.text)) for e in ESSAYS]
    (told,) = parted_kin(plan, essays)
    assert told.startswith(
        f"1 essays that are held out are nearly copies of essays that teach, the first {held!r} and "
        f"{taught!r};"
    )
    written = [replace(e, writer="w" if e.id in drafts else None) for e in ESSAYS]
    (told,) = parted_kin(plan, written)
    assert f"1 essays that are held out are by writers of essays that teach, the first {held!r}" in told
    assert () == parted_kin(replace(plan, scheme="prompt_holdout"), written)
    assert () == parted_kin(make_split_plan(written, n_folds=3), written)
    assert () == parted_kin(make_split_plan(essays, n_folds=3), essays)


def test_locked_ids_and_texts_in_training_are_caught() -> None:
    """A locked essay that trains, and a training essay with the text of one."""
    plan = _plan("stratified_text", inner_folds=0)
    fold = plan.folds[0]
    with pytest.raises(LeakError, match="^test_ids_in_train: 1 essays of the locked test set"):
        audit_split(_edited(plan, replace(fold, train_ids=(*fold.train_ids, plan.test_ids[0]))), ESSAYS)
    number = int(plan.test_ids[0][1:])
    essays = [replace(e, text=f"Essay {number}") if e.id == fold.train_ids[0] else e for e in ESSAYS]
    with pytest.raises(LeakError, match="^test_text_in_training: 1 essays of the locked test set"):
        audit_split(plan, essays)


def test_a_prompt_on_both_sides_is_caught_where_prompts_are_held_out() -> None:
    """The same parts are fine where only texts count."""
    plan = _plan("stratified_text", inner_folds=0)
    audit_split(plan, ESSAYS)
    with pytest.raises(LeakError, match="^prompt_in_two_folds: .* have the prompt of a training essay"):
        audit_split(replace(plan, scheme="prompt_holdout"), ESSAYS)


def test_training_on_the_future_is_caught_where_time_counts() -> None:
    """Within a fold and for the locked test set, at the same moment too; without a time is as late as any."""
    plan = _plan("stratified_text", inner_folds=0)
    with pytest.raises(LeakError, match="^trained_on_the_future: .* of what fold 0 holds out"):
        audit_split(replace(plan, scheme="temporal"), ESSAYS)
    temporal = _plan("temporal", inner_folds=0)
    early = [replace(e, written_at=datetime(1999, 1, 1)) if e.id in temporal.test_ids else e for e in ESSAYS]  # noqa: DTZ001
    with pytest.raises(LeakError, match="^trained_on_the_future: .* of the locked test set"):
        audit_split(temporal, early)
    last = next(e.written_at for e in ESSAYS if e.id == temporal.train_ids[-1])
    at_once = [replace(e, written_at=last) if e.id == temporal.test_ids[0] else e for e in ESSAYS]
    with pytest.raises(LeakError, match="^trained_on_the_future: .* of the locked test set"):
        audit_split(temporal, at_once)
    undated = [replace(e, written_at=None) if e.id == temporal.folds[0].train_ids[0] else e for e in ESSAYS]
    with pytest.raises(LeakError, match="^trained_on_the_future: training essay 'e00'"):
        audit_split(temporal, undated)


def test_without_a_locked_test_set_time_is_looked_at_in_folds_alone() -> None:
    """There is nothing later to compare with."""
    audit_split(make_split_plan(ESSAYS, scheme="temporal", n_folds=3, test_share=0), ESSAYS)
