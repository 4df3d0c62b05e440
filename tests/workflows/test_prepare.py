"""From a plan to essays: what was guessed, chosen and left out."""

from pathlib import Path

import pytest

from gradewise.errors import InputError, SplitError
from gradewise.essays.split_json import split_set_to_json
from gradewise.essays.split_set import make_split_set
from gradewise.telemetry import Event, Notice, silent
from gradewise.work_events import EssaysRead
from gradewise.workflows.datasets.prepare import prepare_dataset
from gradewise.workflows.datasets.read_dataset import plan_scale
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import parse_plan, plan_yaml, read_plan, rebased
from gradewise.workflows.runs.directory import RunDirectory
from gradewise.workflows.services import Services
from trials import changed, essay_rows, small_plan, write_csv


def test_guesses_are_said_and_filled_in(services: Services) -> None:
    """The dataset's plan names the columns and the scale that were found."""
    write_csv(Path("essays.csv"), essay_rows(60))
    heard: list[Event] = []
    plan = parse_plan("data: {train: essays.csv}", location="test")
    dataset = prepare_dataset(plan, services, heard.append)
    assert ("swedish8", "grade") == (dataset.plan.scale, dataset.plan.data.columns.label)
    assert [
        Notice(
            "columns, as their names suggest: text 'text', label 'grade', id 'id', prompt 'prompt', "
            "prompt_text 'prompt_text', written_at 'written_at'"
        ),
        Notice("groups of writers to report fairness by, as their names suggest: 'school'"),
        Notice("scale swedish8 (F E D D+ C C+ B A), as the labels suggest"),
    ] == [event for event in heard if isinstance(event, Notice)]
    assert [("csv", 60)] == [(each.source, each.count) for each in heard if isinstance(each, EssaysRead)]


def test_a_grade_that_nobody_gave_is_told_of(services: Services) -> None:
    """A model gives every grade of its scale: who has fewer is told how to say so."""
    write_csv(Path("essays.csv"), [{**row, "grade": "EC"[n % 2]} for n, row in enumerate(essay_rows(60))])
    heard: list[Event] = []
    plan = parse_plan("data: {train: essays.csv}\nscale: swedish8", location="test")
    dataset = prepare_dataset(plan, services, heard.append)
    said = (
        "no essay has grade F or D or D+ or C+ or 2 others, and the model may give it all the same; if "
        "teachers do not: --scale 'E,C'"
    )
    assert said in dataset.notices
    assert Notice(said) in heard


def test_prompts_are_chosen_before_rows_are_looked_at(services: Services) -> None:
    """Rows of other prompts may be as bad as they like; the counts tell how many there were."""
    rows = [{**row, "text": "" if row["prompt"] != "Homework" else row["text"]} for row in essay_rows(200)]
    kept = sum(row["prompt"] == "Homework" for row in rows)
    plan = read_plan(
        small_plan(Path(), rows, data={"filters": {"only_prompts": ["Homework"]}}, split={"folds": 2})
    )
    dataset = prepare_dataset(plan, services, silent)
    assert ({"prompt": 200 - kept}, kept) == (dataset.dropped, len(dataset.essays))
    excluded = sorted({row["prompt"] for row in rows} - {"Homework"})
    plan = read_plan(
        small_plan(Path(), rows, data={"filters": {"exclude_prompts": excluded}}, split={"folds": 2})
    )
    assert dataset.essays == prepare_dataset(plan, services, silent).essays


def test_lengths_are_filtered_and_counted(services: Services) -> None:
    """What is too short or too long is left out by reason, beside prompts."""
    plan = read_plan(small_plan(Path(), data={"filters": {"min_words": 100, "max_words": 400}}))
    dataset = prepare_dataset(plan, services, silent)
    assert {"too short"} <= set(dataset.dropped)
    assert 150 == len(dataset.essays) + sum(dataset.dropped.values())


def test_a_plan_without_a_scale_cannot_be_read(services: Services) -> None:
    """Whoever skips the guessing must name the scale."""
    with pytest.raises(InputError, match="add `scale:`"):
        plan_scale(Plan.model_validate({"data": {"train": "a.csv"}}))


def test_a_saved_split_without_a_test_set_is_refused(
    services: Services,
) -> None:
    """There would be nothing to evaluate the finished model on."""
    plan = read_plan(small_plan(Path()))
    dataset = prepare_dataset(plan, services, silent)
    bare = make_split_set(
        dataset.essays,
        ("stratified_text",),
        origin=dataset.origin,
        scale=dataset.scale,
        n_folds=3,
        test_share=0,
    )
    RunDirectory(Path()).write_json("bare.json", split_set_to_json(bare, dataset.essays))
    with pytest.raises(SplitError, match=r"essays.csv: .*bare.json holds no locked test set"):
        prepare_dataset(read_plan(small_plan(Path(), split={"reuse": "bare.json"})), services, silent)


def test_a_plan_keeps_its_data_wherever_it_is_saved(tmp_path: Path) -> None:
    """Written for a directory and read from there, every path is the same file."""
    plan = read_plan(
        small_plan(Path(), data={"train": "essays.csv", "test": "held.csv"}, split={"reuse": "s.json"})
    )
    there = tmp_path / "some" / "run"
    there.mkdir(parents=True)
    (there / "plan.yaml").write_text(plan_yaml(rebased(plan, there)), encoding="utf-8")
    moved = read_plan(there / "plan.yaml")
    for before, after in (
        (plan.data.train, moved.data.train),
        (plan.data.test, moved.data.test),
        (plan.split.reuse, moved.split.reuse),
    ):
        assert before is not None
        assert after is not None
        assert before.resolve() == after.resolve()
    assert plan.model == moved.model


def test_inner_folds_lie_within_the_training_part_of_their_fold(services: Services) -> None:
    """A plan that asks for nested folds gets them in the split that is saved."""
    write_csv(Path("essays.csv"), essay_rows(120))
    plan = parse_plan("{data: {train: essays.csv}, split: {folds: 3, inner_folds: 2}}", location="test")
    for fold in prepare_dataset(plan, services, silent).split.folds:
        assert 2 == len(fold.inner)
        for inner in fold.inner:
            assert {*inner.train_ids, *inner.validate_ids} == set(fold.train_ids)


def test_a_row_that_cannot_be_read_does_not_shift_the_numbers_of_others(services: Services) -> None:
    """A stray grade is named by the row that holds it in the file, broken ones before it counted."""
    rows = changed(essay_rows(30), 20, grade="x")
    plan = small_plan(Path(), rows, scale=None)
    lines = Path("essays.csv").read_bytes().splitlines(keepends=True)
    Path("essays.csv").write_bytes(b"".join([lines[0], b"too,few\r\n", *lines[1:]]))
    with pytest.raises(InputError, match="row 22: 'x' is not a grade"):
        prepare_dataset(read_plan(plan), services, silent)


def test_essays_without_a_prompt_among_others_are_told(services: Services) -> None:
    """As merged cells of a spreadsheet leave them; nothing is said where no essay has a prompt."""
    rows = [
        {**row, "prompt": row["prompt"] if number % 3 else ""} for number, row in enumerate(essay_rows(90))
    ]
    heard: list[Event] = []
    plan = read_plan(small_plan(Path(), rows))
    prepare_dataset(plan, services, heard.append)
    said = [event.message for event in heard if isinstance(event, Notice)]
    assert any(each.startswith("30 of 90 essays have no prompt, the first 'essay-00001'") for each in said)
    write_csv(Path("essays.csv"), [{**row, "prompt": ""} for row in rows])
    heard.clear()
    prepare_dataset(plan, services, heard.append)
    assert not any(isinstance(event, Notice) and "no prompt" in event.message for event in heard)


def test_what_one_pupil_wrote_stays_together(services: Services) -> None:
    """The column is known by its usual name, and prepared essays say who wrote them."""
    rows = [{**row, "elev_id": f"p{number // 3}"} for number, row in enumerate(essay_rows(90))]
    dataset = prepare_dataset(read_plan(small_plan(Path(), rows)), services, silent)
    writers = {essay.id: essay.writer for essay in dataset.essays}
    assert "elev_id" == dataset.plan.data.columns.writer
    assert {writers[each] for each in dataset.split.test_ids}.isdisjoint(
        writers[each] for each in dataset.split.train_ids
    )


def test_writers_and_near_copies_of_a_test_file_are_told(services: Services) -> None:
    """A locked test file is the user's choice: what it shares with the rest is named in notices."""
    rows = [{**row, "elev": f"p{number}"} for number, row in enumerate(essay_rows(60))]
    held = [{**row, "id": f"t-{row['id']}", "text": f"{row['text']} The end."} for row in rows[:5]]
    write_csv(Path("held.csv"), held)
    plan = read_plan(small_plan(Path(), rows, data={"train": "essays.csv", "test": "held.csv"}))
    notices = prepare_dataset(plan, services, silent).notices
    said = "5 essays that are held out are {}, the first 't-{}' and '{}'; figures flatter the model"
    for how in ("nearly copies of essays that teach", "by writers of essays that teach"):
        assert any(said.format(how, rows[0]["id"], rows[0]["id"]) in each for each in notices)


def test_groups_of_writers_are_known_by_usual_names(services: Services) -> None:
    """Not columns that tell nobody or everybody apart; a test file need not have those that are not named."""
    rows = [
        {**row, "Klass": f"9{'ab'[n % 2]}", "skola": row["school"], "kurs": "En", "kön": f"{n}"}
        for n, row in enumerate(essay_rows(60))
    ]
    rows = [{name: cell for name, cell in row.items() if name != "school"} for row in rows]
    held = [{**row, "id": f"t-{row['id']}", "text": f"{row['text']} The end."} for row in essay_rows(65)[60:]]
    kept = [name for name in held[0] if name not in ("school", "year")]
    write_csv(Path("held.csv"), held, columns=kept)
    files = {"train": "essays.csv", "test": "held.csv"}
    dataset = prepare_dataset(read_plan(small_plan(Path(), rows, data=files)), services, silent)
    assert ("Klass", "skola") == dataset.plan.data.columns.groups
    assert {"Klass": "9a", "skola": rows[0]["skola"]} == dataset.essays[0].groups
    named = small_plan(Path(), rows, data={**files, "columns": {"groups": ["skola"]}})
    with pytest.raises(InputError, match="held.csv.*'?skola"):
        prepare_dataset(read_plan(named), services, silent)
    taken = small_plan(Path(), rows, data={"columns": {"prompt": "Klass"}})
    assert ("skola",) == prepare_dataset(read_plan(taken), services, silent).plan.data.columns.groups
