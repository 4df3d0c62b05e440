"""Preparing a dataset: what is kept, what is refused, and that it reads back as it was."""

import csv
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from gradewise.errors import InputError, LeakError
from gradewise.essays.prepared import prepared_csv
from gradewise.essays.records import Essay
from gradewise.telemetry import Event, Notice, silent
from gradewise.workflows.datasets.prepare import prepare_dataset
from gradewise.workflows.datasets.read_dataset import read_dataset
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import make_plan, read_plan
from gradewise.workflows.research.prepare_dataset import PreparedRun, prepare_files
from gradewise.workflows.services import Services
from gradewise.workflows.train import train
from trials import Row, as_if_killed, changed, essay_rows, read_json, small_plan, write_csv

LETTERS = "Cell phones at school"
TASKS = ("Sea", "Air", "Woods", LETTERS)


def ellipse_rows(n: int = 90) -> list[Row]:
    """Generated essays under the columns of ELLIPSE; ids as a spreadsheet mangles them, one text with CR."""
    bands = [f"{half / 2:.1f}" for half in range(2, 11)]
    order = ["F", "E", "D", "D+", "C", "C+", "B", "A"]
    rows = [
        {
            "text_id_kaggle": f"{number}E+{number:02d}",
            "full_text": f"{row['text']} And so on, {number} times.",
            "gender": "Female" if number % 2 else "Male",
            "grade": str(8 + number % 3),
            "prompt": TASKS[number % 4],
            "Overall": bands[order.index(row["grade"])],
        }
        for number, row in enumerate(essay_rows(n))
    ]
    rows[0]["full_text"] = rows[0]["full_text"].replace(". ", ".\r\n", 1) + ' "Ã¥" ; \u2028end'
    return rows


def ellipse_plan(rows: list[Row] | None = None, **data: object) -> Plan:
    """A plan for such a file."""
    write_csv(Path("ellipse.csv"), rows or ellipse_rows())
    raw = {
        "name": "trial",
        "data": {"kind": "ellipse", "train": Path("ellipse.csv"), **data},
        "features": {"groups": ["length"], "text_learners": []},
    }
    return make_plan(raw, location="test")


def prepared(services: Services, plan: Plan) -> PreparedRun:
    """The dataset, prepared."""
    return prepare_files(plan, services)


def test_a_published_dataset_is_filtered_as_its_users_filter_it(services: Services) -> None:
    """Letters go, and essays outside 200 to 1000 words; the counts by reason stand in dataset.json."""
    run = prepared(services, ellipse_plan())
    record = read_json(run.plan.parent / "dataset.json")
    counts = record["counts"]["train"]
    assert ({"min": 200, "max": 1000}, "ellipse") == (record["word_count_window"], record["dataset_kind"])
    assert LETTERS in record["dataset_excluded_prompts"]
    assert 22 == counts["dropped"]["prompt"]
    assert counts["dropped"]["too short"] > 0
    assert 90 == counts["rows"] == counts["kept"] + sum(counts["dropped"].values())
    assert "ellipse_train_prepared.csv" == run.train.name
    assert ("ELLIPSE", True) == (record["card"]["name"], record["metrics_allowed"])
    assert read_json(run.html.with_suffix(".json"))["sections"]["rows"]["train"]["kept"] == counts["kept"]


def test_what_the_plan_says_wins_over_what_is_known(services: Services) -> None:
    """Another window, and no prompt left out."""
    plan = ellipse_plan(filters={"min_words": 1, "exclude_prompts": []})
    dataset = read_dataset(plan, services, silent)
    assert 90 == len(dataset.essays)
    origin = dataset.origin
    assert (1, 1000, ()) == (origin.min_words, origin.max_words, origin.exclude_prompts)

    letters = ellipse_plan(filters={"min_words": 1, "only_prompts": [LETTERS]})
    assert {LETTERS} == {essay.prompt for essay in read_dataset(letters, services, silent).essays}


def test_prepared_files_read_back_as_the_same_essays(services: Services) -> None:
    """Ids, texts, grades, prompts, groups: through the plan beside them, and through the kind alone."""
    plan = ellipse_plan()
    essays = read_dataset(plan, services, silent).essays
    run = prepared(services, plan)
    heard: list[Event] = []
    again = read_dataset(read_plan(run.plan), services, heard.append)
    assert essays == again.essays
    assert not [each for each in heard if isinstance(each, Notice) and LETTERS in each.message]
    alone = make_plan({"data": {"kind": "ellipse", "train": run.train}}, location="test")
    by_kind = read_dataset(alone, services, silent)
    assert essays == by_kind.essays
    assert (again.origin, "ellipse") == (by_kind.origin, by_kind.scale.name)


def test_a_second_preparation_changes_nothing(services: Services) -> None:
    """What was prepared is prepared: the same bytes come out."""
    first = prepared(services, ellipse_plan())
    second = prepare_files(read_plan(first.plan), services)
    assert first.train.read_bytes() == second.train.read_bytes()


def test_going_on_ends_with_the_same_files(services: Services) -> None:
    """In the directory of the run that was stopped, byte for byte."""
    plan = ellipse_plan()
    run = prepared(services, plan)
    before = run.train.read_bytes(), run.plan.read_bytes(), run.html.read_bytes()
    run.train.unlink()
    again = prepare_files(plan, services, resume=as_if_killed(run.directory))
    assert before == (again.train.read_bytes(), again.plan.read_bytes(), again.html.read_bytes())


def test_a_text_in_both_files_is_an_error_with_a_name(services: Services) -> None:
    """Nothing is written; the message names both essays."""
    rows = ellipse_rows()
    copy = {**rows[4], "text_id_kaggle": "other", "full_text": rows[4]["full_text"].replace(" ", "\n")}
    write_csv(Path("held.csv"), [*ellipse_rows(120)[90:], copy])
    plan = ellipse_plan(rows, test="held.csv", filters={"min_words": 1})
    with pytest.raises(LeakError, match="^test_text_in_training: leakage: 1 times .* 'other' .* '4E.04'"):
        prepare_files(plan, services)
    assert not Path("output").exists()
    with pytest.raises(LeakError, match="^test_text_in_training: ellipse.csv: 1 test essays"):
        prepare_dataset(plan, services, silent)


def test_a_locked_test_file_is_prepared_too(services: Services) -> None:
    """Its ids stay apart from the others', also where both files only have row numbers."""
    rows = [{"text": row["text"], "grade": row["grade"]} for row in essay_rows(60)]
    rows.append(dict(rows[0]))
    write_csv(Path("held.csv"), essay_rows(80)[60:])
    run = prepare_files(read_plan(small_plan(Path(), rows, data={"test": "held.csv"})), services)
    assert run.test is not None
    with run.test.open(encoding="utf-8", newline="") as file:
        ids = [row["id"] for row in csv.DictReader(file)]
    assert [f"test-row-{number:06d}" for number in range(1, 21)] == ids
    assert ("trial_train_prepared.csv", "trial_test_prepared.csv") == (run.train.name, run.test.name)
    text = run.html.with_suffix(".md").read_text(encoding="utf-8")
    assert "No text of the test file is in the training file" in text
    assert "row-000001 and row-000061" in text


def test_odd_data_is_told(services: Services) -> None:
    """Copies with different grades, rare and unused grades, rows set aside."""
    rows = [row for row in essay_rows(60) if row["grade"] != "A"]
    rows = changed([*rows, {**rows[0], "id": "copy", "grade": "A"}], 5, text="")
    plan = read_plan(small_plan(Path(), rows, data={"on_bad_rows": "set_aside"}))
    text = prepare_files(plan, services).html.with_suffix(".md").read_text(encoding="utf-8")
    assert "1 text with different grades occur more than once" in text
    assert "Too few for every fold have grade" in text
    assert "| empty text | −1 |" in text


def test_essays_without_prompts_have_no_topic_of_prompts(services: Services) -> None:
    """Nothing is said of tasks that nobody named; lengths are said in words."""
    rows = [{"text": row["text"], "grade": row["grade"]} for row in essay_rows(40)]
    text = prepare_files(read_plan(small_plan(Path(), rows)), services).html.with_suffix(".md").read_text()
    assert "Which tasks they answer" not in text
    assert "| half are shorter than |" in text


def test_a_file_of_another_kind_is_refused_in_words(services: Services) -> None:
    """The message names the dataset, what is missing and what to do."""
    write_csv(Path("essays.csv"), essay_rows(40))
    plan = make_plan({"data": {"kind": "asap", "train": Path("essays.csv")}}, location="test")
    with pytest.raises(InputError, match="not ASAP-AES .*'essay', 'domain1_score', .*leave --dataset"):
        prepare_files(plan, services)


def asap_rows(prompt: str = "3") -> list[Row]:
    """Generated essays under the columns of ASAP, graded 0 to 3, and one of another prompt."""
    order = ["F", "E", "D", "D+", "C", "C+", "B", "A"]
    rows = [
        {
            "essay_id": str(number),
            "essay_set": prompt,
            "essay": row["text"],
            "rater1_domain1": str(order.index(row["grade"]) // 2),
            "rater2_domain1": str(order.index(row["grade"]) // 2),
            "domain1_score": str(order.index(row["grade"]) // 2),
        }
        for number, row in enumerate(essay_rows(60))
    ]
    other = {"essay_id": "900", "essay_set": "1", "essay": "Of another prompt.", "domain1_score": "12"}
    return [*rows, {**other, "rater1_domain1": "6", "rater2_domain1": "6"}]


def test_asap_is_read_a_prompt_at_a_time(services: Services) -> None:
    """Its prompts have scales of their own; a single rater's grades have the other rater beside them."""
    write_csv(Path("asap.csv"), asap_rows())
    data = {"kind": "asap", "train": Path("asap.csv")}
    with pytest.raises(InputError, match="--prompt PROMPT"):
        read_dataset(make_plan({"data": data}, location="test"), services, silent)
    chosen = {**data, "filters": {"only_prompts": ["3"]}}
    resolved = read_dataset(make_plan({"data": chosen}, location="test"), services, silent)
    assert ("0-3", None) == (resolved.scale.name, resolved.essays[0].second_label)
    raters = {**chosen, "columns": {"label": "rater1_domain1"}}
    by_rater = read_dataset(make_plan({"data": raters}, location="test"), services, silent)
    assert "rater2_domain1" == by_rater.plan.data.columns.second_label
    assert by_rater.essays[0].second_label == by_rater.essays[0].label


def ielts_rows() -> list[Row]:
    """Generated essays under the columns of the blocked dataset."""
    order = ["F", "E", "D", "D+", "C", "C+", "B", "A"]
    return [
        {
            "Task_Type": "2", "Question": "Why?", "Essay": row["text"], "Task_Response": "",
            "Range_Accuracy": "",
            "Overall": f"{order.index(row['grade']) + 2}.0",
        }
        for row in essay_rows(80)
    ]  # fmt: skip


def test_a_blocked_dataset_is_a_smoke_test_without_any_metric(services: Services) -> None:
    """It is prepared and trained on; no file of the run tells how well."""
    write_csv(Path("ielts.csv"), ielts_rows())
    raw = {
        "data": {"kind": "ielts", "train": Path("ielts.csv"), "filters": {"min_words": 1}},
        "features": {"groups": ["length"], "text_learners": []},
        "split": {"folds": 2},
        "model": {"booster": {"rounds": 20}},
        "evaluation": {"resamples": 100},
    }
    run = prepare_files(make_plan(raw, location="test"), services)
    assert read_json(run.plan.parent / "dataset.json")["metrics_allowed"] is False
    assert "smoke tests only" in run.html.read_text(encoding="utf-8")
    trained = train(read_plan(run.plan), services)
    assert not trained.report.metrics_allowed
    for path in trained.directory.rglob("*.json*"):
        assert '"qwk":' not in path.read_text(encoding="utf-8").replace('"qwk": null', ""), path


def test_files_that_do_not_read_back_are_refused(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the reason, a dataset that changes by being written is not left behind unsaid."""
    where = "gradewise.workflows.research.prepare_dataset.prepared_csv"
    plan = ellipse_plan(filters={"min_words": 1, "exclude_prompts": []})
    monkeypatch.setattr(where, lambda essays, columns: prepared_csv(essays[:-1], columns))
    with pytest.raises(InputError, match="89 of 90 essays read back"):
        prepare_files(plan, services)

    def with_another_text(essays: Sequence[Essay], columns: Sequence[str]) -> str:
        return prepared_csv([replace(essays[0], text="Other."), *essays[1:]], columns)

    monkeypatch.setattr(where, with_another_text)
    with pytest.raises(InputError, match="essay '0E.00' does not read back"):
        prepare_files(plan, services)


def test_a_report_holds_no_essay_text(services: Services) -> None:
    """Neither the report nor dataset.json quotes what pupils wrote."""
    run = prepared(services, ellipse_plan())
    for path in (*run.html.parent.iterdir(), run.plan.parent / "dataset.json"):
        assert "And so on" not in path.read_text(encoding="utf-8")
    json.loads(run.html.with_suffix(".json").read_text(encoding="utf-8"))
