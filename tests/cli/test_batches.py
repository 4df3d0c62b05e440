"""`gradewise batches` and `gradewise finalize`: from files to grades that are final."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gradewise.cli.judge.batch_views import SHOWN, result_table
from gradewise.essays.texts import text_sha256
from gradewise.judgement.batches import BatchResult, EssayResult, JudgedBatch
from gradewise.testing.judged import GRADES, made_up_batch
from trials import Command, Trained

ESSAYS, PAIRS, ANCHORS = "essays.csv", "pairs.csv", "anchors.csv"


def write(batch: JudgedBatch, directory: Path) -> None:
    """A batch as files."""
    tables: dict[str, list[tuple[str, ...]]] = {
        ESSAYS: [("essay_id", "text"), *((each.id, each.text or "") for each in batch.essays)],
        ANCHORS: [
            ("essay_id", "grade"),
            *((each.id, each.known_grade or "") for each in batch.essays if each.is_anchor),
        ],
        PAIRS: [
            ("essay_a", "essay_b", "winner", "judge"),
            *(
                (each.first, each.second, "essay_a" if each.first_won else "essay_b", each.judge)
                for each in batch.comparisons
            ),
            ("e00", "e01", "error", "j1"),
        ],
    }
    for name, rows in tables.items():
        with (directory / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)


@pytest.fixture
def imported(command: Command, tmp_path: Path) -> Command:
    """Commands where a batch called spring is in the database."""
    write(made_up_batch(), tmp_path)
    done = command(*IMPORT)
    assert (0, True) == (done.code, "10 essays, 8 anchors, 108 comparisons; is in the database" in done.out)
    assert "1 of 109 rows set aside: undecided, first in row 109" in done.err
    return command


IMPORT = (
    "batches", "import", "spring", "--essays", ESSAYS, "--comparisons", PAIRS, "--anchors", ANCHORS,
    "--scale", "swedish8",
)  # fmt: skip


def test_a_batch_from_files_becomes_final(imported: Command, tmp_path: Path) -> None:
    """Seen first, then for good; shown again as it was kept; told of in events; never changed again."""
    assert "was there already, just so" in imported(*IMPORT).out
    assert "make it final: gradewise finalize spring" in imported("batches", "show", "spring").out
    seen = imported("finalize", "spring", "--dry-run")
    assert (0, True) == (seen.code, "nothing was written down" in seen.err)
    assert "–" == imported("batches", "list").out.splitlines()[1].split()[-1]
    final = imported("finalize", "spring", "--output", "results.csv")
    assert seen.out == final.out
    assert "10 essays by judgement alone (no model)" in final.out
    assert "no model is in production under models: judgement alone grades" in final.err
    assert 0 == imported("finalize", "spring", "--excel", "--output", "spreadsheet.csv").code
    opened = (tmp_path / "spreadsheet.csv").read_text(encoding="utf-8-sig").splitlines()
    assert (19, True) == (len(opened), opened[0].startswith("essay_id;is_anchor;rank;"))
    with (tmp_path / "results.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert 18 == len(rows)
    students = [row for row in rows if row["is_anchor"] == "False"]
    for row in students:
        assert 1 == pytest.approx(sum(float(row[f"p_{grade}"]) for grade in GRADES))
    known = {row["essay_id"]: row["grade"] for row in rows if row not in students}
    assert known == {f"k{n:02d}": grade for n, grade in enumerate(GRADES)}
    kept = json.loads(imported("finalize", "spring", "--json").out)
    assert [row["essay_id"] for row in rows] == [essay["essay_id"] for essay in kept["essays"]]
    assert "bt_only" in imported("batches", "list").out
    assert final.out.strip() in imported("batches", "show", "spring").out
    for told in ("2 events handed over to events.jsonl", "0 events"):
        assert told in imported("batches", "publish", "--to", "events.jsonl").out
    assert 2 == len((tmp_path / "events.jsonl").read_text(encoding="utf-8").splitlines())
    write(made_up_batch(seed=7), tmp_path)
    again = imported(*IMPORT)
    assert (2, True) == (again.code, "'spring' is final and cannot change" in again.err)
    assert 0 == imported("db", "check").code


def test_a_trained_model_grades_with_judgement(imported: Command, trained: Trained) -> None:
    """Its name and digest stand in every result; both grades are shown."""
    done = imported("finalize", "spring", "--model", str(trained.run), "--json")
    assert 0 == done.code, done.err
    result = json.loads(done.out)
    assert "hybrid_bt_ml" == result["scoring_method"]
    assert 64 == len(result["model_digest"])
    students = [essay for essay in result["essays"] if not essay["is_anchor"]]
    assert all(essay["ml_grade"] and essay["bt_grade"] and not essay["reason"] for essay in students)
    assert "10 essays by judgement and model" in imported("finalize", "spring").out


def test_the_task_of_a_batch_reaches_the_model(imported: Command, tmp_path: Path) -> None:
    """From a column or as typed; shown by its digest, and never twice in one batch."""
    rows = (tmp_path / ESSAYS).read_text(encoding="utf-8").splitlines()
    told = "\n".join([f"{rows[0]},prompt_text", *(f"{row},Write a letter. " for row in rows[1:])])
    (tmp_path / ESSAYS).write_text(told, encoding="utf-8")
    assert "is in the database" in imported(*IMPORT).out
    shown = json.loads(imported("batches", "show", "spring", "--json").out)
    assert ("spring", text_sha256("Write a letter.")) == (shown["task"], shown["task_sha256"])
    assert "is in the database" in imported(*IMPORT, "--prompt-text", "Write a tale.").out
    assert text_sha256("Write a tale.") in imported("batches", "show", "spring").out
    (tmp_path / ESSAYS).write_text(told.replace("letter", "tale", 1), encoding="utf-8")
    mixed = imported(*IMPORT)
    assert (2, True) == (mixed.code, "row 2, column 'prompt_text': holds another task" in mixed.err)


def test_batches_as_json(imported: Command) -> None:
    """Facts without texts."""
    (listed,) = json.loads(imported("batches", "list", "--json").out)["batches"]
    assert {"schema_version": 1, **listed} == json.loads(imported("batches", "show", "spring", "--json").out)
    assert ("spring", 10, 108, None) == (
        listed["batch"], listed["essays"], listed["comparisons"], listed["final"]
    )  # fmt: skip
    assert "This is essay" not in json.dumps(listed)


def test_where_there_is_none(command: Command) -> None:
    """What to do is said."""
    assert "bring one in: gradewise batches import" in command("batches", "list").out
    gone = command("finalize", "spring")
    assert (2, True) == (gone.code, "has no batch 'spring'; there is none" in gone.err)


REFUSED: dict[str, tuple[tuple[str, ...], str]] = {
    "results in a strange form": (("finalize", "spring", "-o", "r.xlsx"), "name a .csv or a .json file"),
    "no model of that name": (("finalize", "spring", "--model", "nobody"), "nobody"),
    "several models in production": (("finalize", "spring"), "several models in production (a, b); name one"),
    "tables that are no YAML": (("batches", "list", "--tables", "bad.yaml"), "cannot be read as YAML"),
    "tables that say nothing": (("batches", "list", "--tables", "empty.yaml"), "holds no keys"),
    "a table that is not there": (("batches", "list", "--tables", "odd.yaml"), "has no table 'mine'"),
    "a file without comparisons": (
        ("batches", "import", "x", "--comparisons", ESSAYS), "no two columns hold essays that were compared"
    ),
    "a file without texts": (
        ("batches", "import", "x", "--comparisons", PAIRS, "--essays", ANCHORS),
        "no column holds texts (text or",
    ),
    "an essay twice": (
        ("batches", "import", "x", "--comparisons", PAIRS, "--essays", "twice.csv"),
        "row 2, column 'essay_id': 'a' stands twice",
    ),
    "a grade off the scale": (
        ("batches", "import", "x", "--comparisons", PAIRS, "--anchors", ANCHORS, "--scale", "cefr"),
        "is not a grade of scale cefr",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_done_is_refused(case: str, imported: Command, tmp_path: Path) -> None:
    """With exit code 2, and words that say what to do."""
    arguments, message = REFUSED[case]
    (tmp_path / "bad.yaml").write_text("a: [", encoding="utf-8")
    (tmp_path / "empty.yaml").write_text("", encoding="utf-8")
    (tmp_path / "odd.yaml").write_text("uploads: {table: mine}", encoding="utf-8")
    (tmp_path / "twice.csv").write_text("essay_id,text\na,One\na,Two\n", encoding="utf-8")
    if "several" in case:
        for name in ("a", "b"):
            directory = tmp_path / "models" / name / "production"
            directory.mkdir(parents=True)
            (directory / "model_metadata.json").touch()
    done = imported(*arguments)
    assert (2, True) == (done.code, message in done.err), done.err


def test_comparisons_alone_make_a_ranking(command: Command, tmp_path: Path) -> None:
    """Two columns are enough; what is no comparison, and where grades would come from, is said."""
    rows = "\n".join(f"{better},{worse}" for better, worse in (("a", "b"), ("b", "c"), ("a", "c")) * 5)
    (tmp_path / PAIRS).write_text(f"mine,theirs\n{rows}\na,a\n", encoding="utf-8")
    (tmp_path / ANCHORS).write_text("essay_id,grade\nelsewhere,A\n", encoding="utf-8")
    named = ("--first", "mine", "--second", "theirs", "--anchors", ANCHORS)
    done = command("batches", "import", "x", "--comparisons", PAIRS, *named)
    assert (0, True) == (done.code, "1 of 16 rows set aside: self-pair, first in row 16" in done.err)
    assert "anchors that nobody compared are left out: elsewhere" in done.err
    done = command("finalize", "x")
    assert ["a", "b", "c"] == [line.split()[1] for line in done.out.splitlines()[2:5]]
    assert "no anchors of two known grades" in done.err


def made_result(n: int, *, disagrees: int) -> BatchResult:
    """Results of ``n`` essays, of which the one at that place disagrees."""
    essays = tuple(
        EssayResult(
            essay_id=f"essay-{place}", is_anchor=False, rank=place + 1, bt_score=0.0, bt_se=1.0, bt_grade="E",
            bt_probabilities={}, ml_grade=None, ml_confidence=None, ml_probabilities={}, grade="E",
            confidence=0.5, probabilities={}, scoring_method="bt_only", reason="no_model",
            disagrees=place == disagrees,
        )
        for place in range(n)
    )  # fmt: skip
    return BatchResult(
        batch_id="spring", finalized_at=datetime(2026, 3, 1, tzinfo=UTC), scale="swedish8",
        scoring_method="bt_only", model_name=None, model_version=None, model_digest=None, essays=essays,
    )  # fmt: skip


def test_a_long_batch_is_no_wall_of_numbers() -> None:
    """The first essays and those to look at are shown; the others are counted, with the way to them."""
    lines = result_table(made_result(100, disagrees=70)).splitlines()
    assert 1 + SHOWN + 1 + 1 == len(lines)
    assert "essay-70" in lines[-2]
    assert f"{100 - SHOWN - 1} more: gradewise finalize spring --output FILE.csv" == lines[-1]
    assert 1 + SHOWN == len(result_table(made_result(SHOWN, disagrees=0)).splitlines())


def test_published_events_are_pruned(imported: Command) -> None:
    """What waits stays; what was published goes once it is old, and is counted first if asked."""
    imported("finalize", "spring")
    assert "0 events published before" in imported("batches", "prune", "--older-than", "1").out
    published = imported("batches", "publish", "--to", "events.jsonl")
    assert (0, True) == (published.code, "handed over" in published.out)
    looked = imported("batches", "prune", "--dry-run")
    assert (0, True) == (looked.code, looked.out.endswith("UTC would be forgotten\n"))
    assert imported("batches", "prune").out.endswith("UTC forgotten\n")
