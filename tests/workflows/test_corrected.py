"""Corrected essays in the training part: the locked test set never learns of them."""

import asyncio
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from gradewise.errors import InputError, LeakError, SplitError
from gradewise.essays.leaks import audit_split
from gradewise.essays.split_table import kin_of
from gradewise.essays.texts import text_hash
from gradewise.scores.records import Route
from gradewise.telemetry import silent
from gradewise.testing.score_logs import MemoryScoreLog
from gradewise.workflows.datasets.corrected import FEEDBACK_LOOP, in_words
from gradewise.workflows.datasets.prepare import Dataset, prepare_dataset
from gradewise.workflows.datasets.provenance import provenance_path
from gradewise.workflows.plans.reading import plan_yaml, read_plan, rebased
from gradewise.workflows.scoring.snapshots import export_snapshot
from gradewise.workflows.services import Services
from reviewed_essays import decided, keep
from trials import Row, essay_rows, small_plan, write_csv

N_OWN = 120
"""Essays of the plan; the others are new."""


def snapshot(services: Services, rows: Sequence[Row], grades: Mapping[int, tuple[str, Route]]) -> Path:
    """A snapshot of decisions about the essays of these rows."""
    write_csv(Path("graded.csv"), rows)

    async def work() -> Path:
        log = MemoryScoreLog()
        await keep(
            log,
            [
                decided(n, grade, text=rows[n]["text"].strip(), route=route)
                for n, (grade, route) in grades.items()
            ],
        )
        made = await export_snapshot(log, [Path("graded.csv")], Path("snapshot"), services=services, salt="s")
        return made.directory

    return asyncio.run(work())


def prepared(services: Services, *, corrections: bool = True, **changes: Any) -> Dataset:
    """The small plan's essays, with the snapshot or without."""
    data = {**({"corrections": "snapshot"} if corrections else {}), **changes.pop("data", {})}
    return prepare_dataset(
        read_plan(small_plan(Path(), essay_rows(150)[:N_OWN], data=data, **changes)), services, silent
    )


def test_corrections_teach_and_the_locked_test_set_stays(services: Services) -> None:
    """A correction replaces the grade of its text or adds an essay; in the locked test set it is nothing."""
    rows = essay_rows(150)
    before = prepared(services, corrections=False)
    by_text = {essay.text: essay for essay in before.essays}
    own = [by_text.get(row["text"].strip()) for row in rows]
    locked = next(n for n, each in enumerate(own) if each is not None and each.id in before.split.test_ids)
    taught = next(n for n, each in enumerate(own) if each is not None and each.id in before.split.train_ids)
    grade = "A" if own[taught].label != "A" else "B"  # type: ignore[union-attr]
    snapshot(
        services, rows,
        {locked: ("A", "audit"), taught: (grade, "review"), 130: ("C", "review"), 131: ("C", "audit")},
    )  # fmt: skip
    after = prepared(services)
    use = after.corrections
    assert use is not None
    assert (2, 1, 1, 1, 0, 3) == (
        use.n_added, use.n_regraded, use.n_audit, use.n_locked, use.n_unfit, use.n,
    )  # fmt: skip
    assert before.split.test_ids == after.split.test_ids
    labels = {essay.id: essay.label for essay in after.essays}
    assert all(labels[each.id] == each.label for each in before.essays if each.id in before.split.test_ids)
    assert grade == labels[own[taught].id]  # type: ignore[union-attr]
    assert in_words(use) in after.notices
    assert before.data_sha256 != after.data_sha256
    audit_split(after.split, after.essays)


def test_reviewed_essays_teach_in_every_fold_and_are_judged_in_none(services: Services) -> None:
    """Those of the audit sample are dealt to folds like any other; inner folds hold the same."""
    snapshot(services, essay_rows(150), {n: ("C", "audit" if n % 2 else "review") for n in range(120, 140)})
    split = prepared(services, split={"folds": 3, "inner_folds": 2}).split
    held = [essay_id for fold in split.folds for essay_id in fold.validate_ids]
    always = set.intersection(*({*fold.train_ids} for fold in split.folds))
    assert len(held) == len(set(held))
    assert 10 == sum(essay_id.startswith("corrected-") for essay_id in held)
    assert 10 == sum(essay_id.startswith("corrected-") for essay_id in always)
    assert always.isdisjoint(held)
    assert all(always <= {*inner.train_ids} for fold in split.folds for inner in fold.inner)


def test_a_split_with_corrections_is_followed_again(services: Services) -> None:
    """Saved splits made with or without the snapshot give one locked test set; the former are taken whole."""
    snapshot(services, essay_rows(150), dict.fromkeys(range(120, 125), ("C", "review")))
    drawn, with_them = prepared(services, corrections=False), prepared(services)
    Path("drawn.json").write_text(json.dumps(drawn.splits_json()), encoding="utf-8")
    Path("whole.json").write_text(json.dumps(with_them.splits_json()), encoding="utf-8")
    assert with_them.split == prepared(services, split={"reuse": "whole.json"}).split
    again = prepared(services, split={"reuse": "drawn.json"})
    assert (with_them.split.id, drawn.split.test_ids) == (again.split.id, again.split.test_ids)
    with pytest.raises(SplitError, match="in the split plan and not in the data"):
        prepared(services, corrections=False, split={"reuse": "whole.json"})


def test_a_prompt_that_is_held_out_is_not_taught(services: Services) -> None:
    """Under `prompt_holdout` a new essay on a locked prompt would teach what is to be unknown."""
    rows = essay_rows(150)
    snapshot(services, rows, dict.fromkeys(range(120, 150), ("C", "review")))
    dataset = prepared(services, split={"scheme": "prompt_holdout", "folds": 2})
    locked = {e.prompt for e in dataset.essays if e.id in dataset.split.test_ids}
    use = dataset.corrections
    assert use is not None
    assert sum(row["prompt"] in locked for row in rows[120:]) == use.n_locked
    assert 30 == use.n_locked + use.n_added
    prompts = {essay.id: essay.prompt for essay in dataset.essays}
    for fold in dataset.split.folds:
        held = {prompts[each] for each in fold.validate_ids}
        assert held.isdisjoint(prompts[each] for each in fold.train_ids)
    assert use.n_added == sum(each.startswith("corrected-") for each in dataset.split.train_ids)


@pytest.mark.parametrize(
    "changes",
    [
        {"data": {"filters": {"min_words": 200}}},
        {"data": {"filters": {"only_prompts": ["Homework"]}}, "split": {"folds": 2}},
    ],
    ids=["length", "prompt"],
)
def test_the_plans_filters_hold_for_corrections(services: Services, changes: dict[str, Any]) -> None:
    """What a plan leaves out is not let in again by a correction."""
    rows = essay_rows(150)
    snapshot(services, rows, dict.fromkeys(range(120, 150), ("C", "review")))
    dataset = prepared(services, **changes)
    use = dataset.corrections
    assert use is not None
    assert use.n_unfit > 0
    assert 30 == use.n_added + use.n_unfit
    prompts = changes["data"]["filters"].get("only_prompts")
    assert prompts is None or {essay.prompt for essay in dataset.essays} == set(prompts)


def test_essays_that_lack_what_a_plan_reads_are_left_out(services: Services) -> None:
    """A snapshot has no grades of traits; regraded essays keep their own."""
    rows = [{**row, "Grammar": "C"} for row in essay_rows(150)]
    write_csv(Path("essays.csv"), rows[:N_OWN])
    snapshot(services, rows, {0: ("A", "review"), 130: ("C", "review")})
    plan = small_plan(
        Path(), rows[:N_OWN], data={"corrections": "snapshot", "columns": {"traits": ["Grammar"]}}
    )
    use = prepare_dataset(read_plan(plan), services, silent).corrections
    assert use is not None
    assert (0, 1) == (use.n_added, use.n_unfit)


def test_no_correction_may_be_left(services: Services) -> None:
    """All may lie in the locked test set, or be what the plan's filters exclude: then nothing changes."""
    before = prepared(services, corrections=False)
    rows = essay_rows(150)
    locked = {each.text for each in before.essays if each.id in before.split.test_ids}
    place = next(n for n, row in enumerate(rows) if row["text"].strip() in locked)
    snapshot(services, rows, {place: ("A", "review")})
    use = prepared(services).corrections
    assert use is not None
    assert (0, 1) == (use.n, use.n_locked)
    other = next(n for n, row in enumerate(rows) if row["prompt"] != "Homework" and n >= N_OWN)
    snapshot(services, rows, {other: ("A", "review")})
    found = prepared(services, data={"filters": {"only_prompts": ["Homework"]}}, split={"folds": 2})
    assert found.corrections is not None
    assert (0, 1) == (found.corrections.n, found.corrections.n_unfit)


def test_a_plan_with_corrections_is_saved_and_read_again(services: Services) -> None:
    """Its path is found from wherever the plan lies."""
    snapshot(services, essay_rows(150), {130: ("C", "review")})
    plan = read_plan(small_plan(Path(), data={"corrections": "snapshot"}))
    Path("deep").mkdir()
    Path("deep/plan.yaml").write_text(plan_yaml(rebased(plan, Path("deep"))), encoding="utf-8")
    again = read_plan(Path("deep/plan.yaml")).data.corrections
    assert again is not None
    assert Path("snapshot").resolve() == again.resolve()
    assert "../snapshot" == yaml.safe_load(Path("deep/plan.yaml").read_text())["data"]["corrections"]


def test_the_systems_own_grades_are_refused(services: Services) -> None:
    """A column of projected grades, and a file whose record says that judgement made its grades."""
    snapshot(services, essay_rows(150), {130: ("C", "review")})
    rows = [{**row, "projected_grade": row["grade"]} for row in essay_rows(N_OWN)]
    plan = small_plan(Path(), rows, data={"corrections": "snapshot", "columns": {"label": "projected_grade"}})
    with pytest.raises(LeakError, match="projected_grade") as refused:
        prepare_dataset(read_plan(plan), services, silent)
    assert FEEDBACK_LOOP == refused.value.check
    provenance_path(Path("essays.csv")).write_text('{"label": {"origin": "judgement"}}', encoding="utf-8")
    with pytest.raises(LeakError, match="comparative judgement"):
        prepared(services)
    provenance_path(Path("essays.csv")).write_text('{"label": {"origin": "teacher"}}', encoding="utf-8")
    assert prepared(services).corrections is not None


def test_what_cannot_be_joined_is_refused(services: Services) -> None:
    """A split by time, a scale without the grade, an id that is taken."""
    snapshot(services, essay_rows(150), {130: ("D+", "review")})
    with pytest.raises(SplitError, match="split by time"):
        prepared(services, split={"scheme": "temporal", "folds": 2})
    rows = [{**row, "grade": row["grade"].rstrip("+")} for row in essay_rows(150)]
    with pytest.raises(InputError, match="D\\+"):
        prepare_dataset(
            read_plan(
                small_plan(
                    Path(),
                    rows[:N_OWN],
                    scale=["F", "E", "D", "C", "B", "A"],
                    data={"corrections": "snapshot"},
                )
            ),
            services,
            silent,
        )
    taken = next(
        line for line in Path("snapshot/corrections.csv").read_text().splitlines()[1:] if "corrected-" in line
    ).split(",")[0]
    own = [{**row, "id": taken if n == 0 else row["id"]} for n, row in enumerate(essay_rows(N_OWN))]
    with pytest.raises(InputError, match="has the id of another"):
        prepare_dataset(
            read_plan(small_plan(Path(), own, data={"corrections": "snapshot"})), services, silent
        )


def test_a_corrected_copy_teaches_no_fold_that_holds_its_text_out(services: Services) -> None:
    """Other capitals or more words make no new text: it is left out, or teaches where the draft does."""
    rows = essay_rows(150)
    for own in range(20):
        fair = rows[own]["text"] if own % 2 else f"{rows[own]['text']} That is the end."
        rows[120 + own] |= {"text": fair.upper()}
    snapshot(services, rows, dict.fromkeys(range(120, 150), ("C", "review")))
    dataset = prepared(services, split={"folds": 3, "inner_folds": 2})
    copies = kin_of(dataset.essays)
    use = dataset.corrections
    assert use is not None
    locked = {text_hash(each.text) for each in dataset.essays if each.id in dataset.split.test_ids}
    assert sum(text_hash(row["text"]) in locked for row in rows[:20]) == use.n_locked > 0
    for fold in dataset.split.folds:
        for one in (fold, *fold.inner):
            assert {copies[each] for each in one.train_ids}.isdisjoint(
                copies[each] for each in one.validate_ids
            )
