"""Split plans keep their promises."""

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradewise.errors import InputError, LeakError, SplitError
from gradewise.essays.records import Essay
from gradewise.essays.scales import find_scale
from gradewise.essays.split_plan import RARE_RULE, Fold, Scheme, SplitPlan
from gradewise.essays.splits import make_split_plan
from gradewise.essays.texts import copy_hash, text_hash

START = datetime(2025, 1, 1, tzinfo=UTC)
SCHEMES: tuple[Scheme, ...] = ("stratified_text", "prompt_holdout", "temporal")


def _essay(number: int, *, text: int | None = None, label: str = "A", prompt: int = 0, day: int = 0) -> Essay:
    return Essay(
        id=f"e{number:04d}",
        text=f"Essay {number if text is None else text}",
        label=label,
        prompt=f"p{prompt}",
        written_at=START + timedelta(days=day),
    )


def _essays(n: int, labels: str = "CBA", n_prompts: int = 12) -> list[Essay]:
    return [
        _essay(number, label=labels[number % len(labels)], prompt=number % n_prompts, day=number)
        for number in range(n)
    ]


@st.composite
def some_essays(draw: st.DrawFn) -> list[Essay]:
    """Essays with copies, uneven grades, prompts and times."""
    n = draw(st.integers(40, 90))
    numbers = st.integers(0, 10**6)
    seeds = draw(st.lists(numbers, min_size=n, max_size=n))
    return [
        _essay(
            number,
            text=number if seed % 5 else number - number % 3,
            label="AABBBCD"[seed % 7],
            prompt=seed % 17,
            day=seed % 365,
        )
        for number, seed in enumerate(seeds)
    ]


def _assert_sound(plan: SplitPlan, essays: Sequence[Essay]) -> None:
    """Nothing in two parts, nothing lost, no text or held-out prompt on both sides."""
    by_id = {essay.id: essay for essay in essays}
    parts = [set(plan.test_ids), set(plan.train_ids), set(plan.left_out_ids)]
    assert sorted(by_id) == sorted(itertools.chain(*parts))
    assert sum(map(len, parts)) == len(by_id)
    sides = [(plan.test_ids, plan.train_ids)]
    sides += [(fold.train_ids, fold.validate_ids) for fold in plan.folds]
    sides += [(inner.train_ids, inner.validate_ids) for fold in plan.folds for inner in fold.inner]
    for one, other in sides:
        assert not _texts(one, by_id) & _texts(other, by_id)
        if plan.scheme == "prompt_holdout":
            assert not {by_id[each].prompt for each in one} & {by_id[each].prompt for each in other}
    for fold in plan.folds:
        assert fold.train_ids
        assert fold.validate_ids
        for inner in fold.inner:
            assert {*inner.train_ids, *inner.validate_ids} <= set(fold.train_ids)
    if plan.scheme == "temporal":
        _assert_in_time(plan, by_id)
    else:
        _assert_partition(plan.folds, plan.train_ids)
        for fold in plan.folds:
            if fold.inner:
                _assert_partition(fold.inner, fold.train_ids)


def _texts(ids: Sequence[str], by_id: dict[str, Essay]) -> set[str]:
    return {text_hash(by_id[essay_id].text) for essay_id in ids}


def _assert_partition(folds: Sequence[Fold], pool: Sequence[str]) -> None:
    assert sorted(pool) == sorted(itertools.chain(*(fold.validate_ids for fold in folds)))
    for fold in folds:
        assert sorted(pool) == sorted((*fold.train_ids, *fold.validate_ids))


def _assert_in_time(plan: SplitPlan, by_id: dict[str, Essay]) -> None:
    def times(ids: Sequence[str]) -> list[datetime]:
        written = [by_id[essay_id].written_at for essay_id in ids]
        return [when.replace(tzinfo=UTC) for when in written if when is not None]

    for fold in [*plan.folds, *itertools.chain(*(outer.inner for outer in plan.folds))]:
        assert max(times(fold.train_ids)) < min(times(fold.validate_ids))
    for earlier, later in itertools.pairwise(plan.folds):
        assert {*earlier.train_ids, *earlier.validate_ids} == set(later.train_ids)
    if plan.test_ids:
        assert max(times(plan.train_ids)) < min(times(plan.test_ids))


@given(some_essays(), st.sampled_from(SCHEMES), st.sampled_from([0.0, 0.2]), st.integers(0, 9))
def test_a_plan_is_sound(essays: list[Essay], scheme: Scheme, share: float, seed: int) -> None:
    """Under every scheme parts are disjoint and cover, in texts, prompts and time."""
    try:
        plan = make_split_plan(essays, scheme=scheme, n_folds=3, test_share=share, seed=seed, inner_folds=2)
    except SplitError as error:
        assert "use fewer folds" in str(error)  # noqa: PT017 - copies may bind prompts into too few groups
        assert scheme == "prompt_holdout"
        return
    _assert_sound(plan, essays)


@settings(max_examples=15)
@given(st.integers(0, 999), st.integers(40, 300), st.integers(0, 90))
def test_neither_copies_nor_what_one_wrote_is_parted(seed: int, n_texts: int, n_writers: int) -> None:
    """A copy with other capitals and signs is one; test set, folds and inner folds keep them whole."""
    random = Random(seed)
    drawn = [(random.randrange(n_texts), random.randrange(n_writers + 1)) for _ in range(60)]
    spellings = ("We had {} cats.", "we had  {} CATS", "«We» had {} cats!")
    essays = [
        Essay(
            id=f"e{number}",
            text=spellings[number % 3].format(copy + 1),
            label="AB"[copy % 2],
            writer=f"w{writer}" if writer else None,
        )
        for number, (copy, writer) in enumerate(drawn)
    ]
    shared = {each.id: {copy_hash(each.text), each.writer or each.id} for each in essays}
    try:
        plan = make_split_plan(essays, n_folds=3, test_share=0.2, seed=seed, inner_folds=2)
    except SplitError as error:
        assert "use fewer folds" in str(error)  # noqa: PT017 - few writers may be bound into too few groups
        return
    sides = [(plan.test_ids, plan.train_ids)]
    sides += [(fold.train_ids, fold.validate_ids) for fold in plan.folds]
    sides += [(inner.train_ids, inner.validate_ids) for fold in plan.folds for inner in fold.inner]
    for one, other in sides:
        assert (
            set[str]()
            .union(*(shared[each] for each in one))
            .isdisjoint(set[str]().union(*(shared[each] for each in other)))
        )


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_seed_decides(scheme: Scheme) -> None:
    """The same seed and essays, in whatever order, give the same plan; another seed another one."""
    essays = _essays(120)
    plan = make_split_plan(essays, scheme=scheme)
    assert make_split_plan(essays[::-1], scheme=scheme) == plan
    assert make_split_plan(essays, scheme=scheme, created_at="2025-05-14", git_sha="abc").id == plan.id
    other = make_split_plan(essays, scheme=scheme, seed=43)
    assert other.id != plan.id
    assert (other.folds == plan.folds) == (scheme == "temporal")


def test_grades_are_in_proportion_everywhere() -> None:
    """With single texts each fold has each grade's share to within one essay."""
    essays = _essays(300, labels="CCCCCBBBBA")
    plan = make_split_plan(essays, scale=find_scale(["C", "B", "A"]))
    label = {essay.id: essay.label for essay in essays}
    assert Counter(label[each] for each in plan.test_ids) == {"C": 30, "B": 24, "A": 6}
    assert plan.label_counts == {"C": 120, "B": 96, "A": 24}
    for fold in plan.folds:
        counts = Counter(label[each] for each in fold.validate_ids)
        assert counts["C"] == 24
        assert counts["B"] in {19, 20}
        assert counts["A"] in {4, 5}
    assert plan.rare == ()


def test_rare_grades_never_reach_a_drawn_test_set() -> None:
    """A grade in fewer texts than parts is reported, trains, and is dealt to different folds."""
    essays = [*_essays(100, labels="CB"), *(_essay(200 + number, label="A") for number in range(5))]
    plan = make_split_plan(essays, test_share=0.5)
    assert [(rare.label, rare.n_texts) for rare in plan.rare] == [("A", 5)]
    rare = {f"e{200 + number:04d}" for number in range(5)}
    assert not rare & set(plan.test_ids)
    assert [len(rare & set(fold.validate_ids)) for fold in plan.folds] == [1] * 5
    assert "never drawn into the test set" in RARE_RULE
    assert make_split_plan(essays, test_share=0).rare == ()


def test_copies_count_once_towards_rarity() -> None:
    """Many copies of one text do not make a grade common."""
    essays = [*_essays(60, labels="CB"), *(_essay(200 + copy, text=7777, label="A") for copy in range(9))]
    assert [(rare.label, rare.n_texts) for rare in make_split_plan(essays).rare] == [("A", 1)]


def test_an_official_test_set_is_kept() -> None:
    """Given test ids are the test set; prompts may be shared with it, texts may not."""
    essays = _essays(60)
    test_ids = [essay.id for essay in essays[-10:]]
    for scheme in SCHEMES:
        plan = make_split_plan(essays, scheme=scheme, test_ids=test_ids, n_folds=3)
        assert plan.test_ids == tuple(test_ids)
        assert len(plan.train_ids) == 50
    with pytest.raises(SplitError, match="1 test ids are not in the data, the first 'lost'"):
        make_split_plan(essays, test_ids=["lost", *test_ids])
    with pytest.raises(
        LeakError, match=r"^test_text_in_training: 1 test essays have the text .* 'e0059' that of 'e0003'"
    ):
        make_split_plan([*essays[:-1], _essay(59, text=3)], test_ids=test_ids)
    with pytest.raises(
        LeakError,
        match="^trained_on_the_future: test essay 'e0000' was not written after training essay 'e0059'",
    ):
        make_split_plan(essays, scheme="temporal", test_ids=["e0000"])
    with pytest.raises(LeakError, match="^trained_on_the_future: test essay 'e0060' was not written after"):
        make_split_plan([*essays, _essay(60, day=59)], scheme="temporal", test_ids=["e0060"])


def test_later_copies_are_left_out_of_a_temporal_plan() -> None:
    """A text handed in again in a later part is in no part, so that nothing leaks backwards."""
    essays = [*_essays(60), _essay(100, text=0, day=59), _essay(101, text=1, day=30)]
    plan = make_split_plan(essays, scheme="temporal", n_folds=3)
    assert plan.left_out_ids == ("e0100", "e0101")
    _assert_sound(plan, essays)


def test_a_part_of_nothing_but_copies_is_refused() -> None:
    """A temporal part whose texts all occurred before cannot be used."""
    essays = [*_essays(20), *(_essay(100 + copy, text=copy, day=900) for copy in range(20))]
    with pytest.raises(SplitError, match="nothing but copies"):
        make_split_plan(essays, scheme="temporal", n_folds=2, test_share=0.5)


def test_times_without_an_offset_are_utc() -> None:
    """Mixed times are compared, not refused."""
    essays = [
        replace(essay, written_at=(START + timedelta(days=number)).replace(tzinfo=None))
        if number % 2
        else essay
        for number, essay in enumerate(_essays(60))
    ]
    _assert_sound(make_split_plan(essays, scheme="temporal"), essays)


UNIT_ERRORS: list[tuple[dict[str, object], list[Essay], str]] = [
    ({"scheme": "stratified"}, _essays(60), "did you mean 'stratified_text'"),
    ({"n_folds": 1}, _essays(60), "1 folds cannot be made"),
    ({"inner_folds": 1}, _essays(60), "1 inner folds cannot be made"),
    ({"test_share": 0.9}, _essays(60), "test share of 0.9"),
    ({"seed": -1}, _essays(60), "seed -1"),
    ({}, [*_essays(60), _essay(0)], "two essays have the id 'e0000'"),
    ({}, [Essay(id="x", text="y")], "essay 'x' has no grade"),
    ({"scheme": "prompt_holdout"}, [Essay(id="x", text="y", label="A")], "'x' has no prompt"),
    ({"scheme": "temporal"}, [Essay(id="x", text="y", label="A")], "'x' has no time"),
    ({}, _essays(5), "5 different texts cannot fill 6 parts"),
    ({"test_share": 0.0}, _essays(4), "4 different texts cannot fill 5 parts"),
    ({}, _essays(12, labels="ABCDEF"), "no test set of 20% can be drawn"),
    ({"scheme": "prompt_holdout"}, _essays(60, n_prompts=5), "5 prompts without a text in common"),
    ({"scheme": "temporal"}, _essays(5), "different times cannot be cut into 6"),
    ({"test_ids": []}, [], "0 different texts cannot fill"),
]


@pytest.mark.parametrize(("options", "essays", "message"), UNIT_ERRORS)
def test_what_cannot_be_split_is_refused(
    options: dict[str, object], essays: list[Essay], message: str
) -> None:
    """Odd options and too few essays, prompts or times each get their own line."""
    with pytest.raises(SplitError, match=message):
        make_split_plan(essays, **options)  # type: ignore[arg-type]  # a table of options of every kind


def test_a_grade_off_the_scale_is_refused() -> None:
    """The scale checks the grades."""
    with pytest.raises(InputError, match="'C' is not a grade"):
        make_split_plan(_essays(60), scale=find_scale(["B", "A"]))
