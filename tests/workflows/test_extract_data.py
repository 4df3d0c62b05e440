"""Essays from a school's database, on SQLite and on PostgreSQL."""

import asyncio
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from databases import PostgresDatabases
from gradewise.errors import InputError, LeakError, PlanError, UnavailableError
from gradewise.telemetry import Event, Notice, StageStarted, correlated
from gradewise.workflows.datasets.extract_data import Extraction, extract_training_data
from schools import (
    JUDGEMENT,
    JUDGEMENT_SEED,
    School,
    at,
    essays_school,
    extracted,
    services_for,
    source_plan,
    stored,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def school(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[School]:
    """An empty database of each kind."""
    if request.param == "sqlite":
        (tmp_path / "school.sqlite").touch()
        yield School(f"sqlite:///{tmp_path / 'school.sqlite'}")
    else:
        databases: PostgresDatabases = request.getfixturevalue("postgres")
        with databases.new(empty=True) as url:
            yield School(url)


@pytest.fixture
def small_school(tmp_path: Path) -> School:
    """An empty SQLite file, for what no database decides."""
    (tmp_path / "school.sqlite").touch()
    return School(f"sqlite:///{tmp_path / 'school.sqlite'}")


def made(school: School, **source: Any) -> Extraction:
    """The file that a source gives."""
    return asyncio.run(extracted(school, **source))


def refused(school: School, **source: Any) -> str:
    """What a source is refused with; no file is made."""
    with pytest.raises((InputError, UnavailableError, PlanError)) as error:
        made(school, **source)
    assert [] == [path.name for path in Path.cwd().iterdir() if "training" in path.name]
    return str(error.value)


def test_essays_and_features_become_a_file_to_train_on(school: School) -> None:
    """Arrays, unicode, times with an offset; rows by id; what cannot teach is counted by reason."""
    essays_school(
        school,
        {"essay_id": "b", "text_content": "Två ‘ord’ 🙂\nny rad", "grade": "D+", "vector": [1, 2.5]},
        {"essay_id": "a", "vector": [0, -1], "created_at": datetime.fromisoformat("2025-12-01T01:30+02:00")},
        {"essay_id": "c", "grade": None, "vector": [0, 0]},
        {"essay_id": "d", "text_content": None, "vector": [0, 0]},
        {"essay_id": "e", "text_content": " nan ", "vector": [0, 0]},
        {"essay_id": "f"},
        {"essay_id": "g", "vector": [1, None]},
        {"essay_id": "h", "text_content": "x" * 200_001, "vector": [0, 0]},
        {"essay_id": "i", "grade": "y" * 65, "vector": [0, 0]},
    )
    extraction = made(school, features={"names": ["length", "depth"]})
    assert [
        {
            "essay_id": "a",
            "text": "An essay.",
            "grade": "C",
            "written_at": datetime(2025, 11, 30, 23, 30, tzinfo=UTC),
            "given_length": 0.0,
            "given_depth": -1.0,
        },
        {
            "essay_id": "b",
            "text": "Två ‘ord’ 🙂\nny rad",
            "grade": "D+",
            "written_at": at(1),
            "given_length": 1.0,
            "given_depth": 2.5,
        },
    ] == stored(extraction)
    assert {
        "in_table": 9,
        "left_out_by_filters": 0,
        "read": 9,
        "kept": 2,
        "left_out": {"label too long": 1, "no features": 2, "no label": 1, "no text": 2, "text too long": 1},
    } == extraction.provenance.counts.to_json()


def test_comparative_judgement_is_worked_out(school: School) -> None:
    """Decided comparisons alone count; the rank is among the whole batch; teachers' marks come by a join."""
    school.run(JUDGEMENT)
    extraction = made(
        school,
        preset="judgement",
        joins=[{"table": "marks", "on": {"essay": "els_essay_id"}}],
        columns={"label": "marks.teacher_mark", "groups": ["cj_batch_uploads.assignment_id"]},
        label_origin="teacher",
        filters={"since": "2025-11-01", "min_comparisons": 3},
    )
    common = {"prompt": "task-1", "written_at": datetime(2025, 12, 1, 9, tzinfo=UTC), "batch": "1"}
    assert [
        {"essay_id": "a", "text": "Text a", "grade": "B", **common, "group_assignment_id": "task-1",
         "given_bt_score": 1.5, "given_bt_se": 0.25, "given_win_rate": pytest.approx(2 / 3),
         "given_comparison_count": 3.0, "given_batch_rank": 1.0},
        {"essay_id": "c", "text": "Text c", "grade": "F", **common, "group_assignment_id": "task-1",
         "given_bt_score": -1.5, "given_bt_se": 0.5, "given_win_rate": pytest.approx(1 / 3),
         "given_comparison_count": 3.0, "given_batch_rank": 0.0},
    ] == stored(extraction)  # fmt: skip
    kinds = {each.name: each.kind for each in extraction.provenance.columns}
    assert ("label", "group", "judgement") == (
        kinds["grade"],
        kinds["group_assignment_id"],
        kinds["given_win_rate"],
    )
    assert (5, 2) == (extraction.provenance.counts.in_table, extraction.provenance.counts.asked)


def test_the_earlier_names_of_comparative_judgement_are_known(school: School) -> None:
    """Seed 001: the winner is named by id, a batch is COMPLETED; the circle is allowed by name here."""
    school.run(JUDGEMENT_SEED)
    extraction = made(school, preset="judgement_seed", allow_circular_label=True, filters={"since_days": 90})
    rows = stored(extraction)
    assert [("1", "A", 3.0, pytest.approx(2 / 3), 1.0), ("2", "D", 3.0, pytest.approx(1 / 3), 0.0)] == [
        (row["essay_id"], row["grade"], row["given_comparison_count"], row["given_win_rate"],
         row["given_batch_rank"]) for row in rows
    ]  # fmt: skip
    assert extraction.provenance.circular


def test_nothing_can_be_written(school: School) -> None:
    """The connection itself refuses, whatever is asked of it."""
    essays_school(school, {"essay_id": "a"}, vectors=False)
    from sqlalchemy import text  # noqa: PLC0415

    from gradewise.adapters.essay_database.reading import open_reading  # noqa: PLC0415
    from gradewise.adapters.sql.addresses import read_address  # noqa: PLC0415

    async def write() -> None:
        async with open_reading(read_address(school.url)) as reading:
            await reading.answer(reading.connection.execute(text("DELETE FROM essays")))

    with pytest.raises((InputError, UnavailableError)):
        asyncio.run(write())
    assert 1 == made(school).provenance.counts.kept


@pytest.mark.parametrize(
    "name",
    [
        'essays"; DROP TABLE essays; --',
        "essays' OR '1'='1",
        "essays) UNION SELECT * FROM pg_user --",
        "%s",
        ":x",
    ],
    ids=["quote", "tautology", "union", "percent", "colon"],
)
def test_identifiers_are_no_sql(school: School, name: str) -> None:
    """A name that the database does not have is refused, whatever it says; so is one of a column."""
    essays_school(school, {"essay_id": "a"}, vectors=False)
    assert "has no table" in refused(school, tables={"essays": name.replace(".", "")})
    assert "has no column" in refused(school, columns={"label": name})
    assert 1 == made(school).provenance.counts.kept


def test_values_are_bound(school: School) -> None:
    """A value with quotes is a value; columns with odd names are quoted."""
    essays_school(school, {"essay_id": "a"}, {"essay_id": "b", "grade": "x' OR '1'='1"}, vectors=False)
    school.run('ALTER TABLE essays ADD COLUMN "odd ""name"" %s :x" TEXT')
    filters = {"equals": {"grade": "x' OR '1'='1"}}
    assert ["b"] == [row["essay_id"] for row in stored(made(school, filters=filters))]
    columns = {"prompt": 'odd "name" %s :x'}
    assert [None, None] == [row["prompt"] for row in stored(made(school, columns=columns))]


def test_unknown_names_are_answered_with_the_nearest(school: School) -> None:
    """Table, column, and a table that no join leads to."""
    essays_school(school, vectors=False)
    assert "did you mean 'essays'?" in refused(school, tables={"essays": "essay"})
    assert "did you mean 'grade'?" in refused(school, columns={"label": "grades"})
    assert "no join leads there" in refused(school, columns={"label": "marks.grade"})
    assert "the filters leave none of 0 rows" in refused(school)


def test_a_question_that_takes_too_long_is_given_up(school: School) -> None:
    """The wait for an answer is bounded, and nothing is left behind."""
    if school.is_postgres:
        school.run("CREATE VIEW essays AS SELECT '1' AS essay_id, 'x' AS text_content, 'C' AS grade, "
                   "now() AS created_at, pg_sleep(30)::text AS slow")  # fmt: skip
        columns = {"prompt": "slow"}
    else:
        school.run(
            "CREATE VIEW essays AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
            "SELECT i AS essay_id, 'x' AS text_content, 'C' AS grade, '2025-12-01' AS created_at FROM n"
        )
        columns = {}
    with pytest.raises(UnavailableError, match=r"no answer within 0\.5 s"):
        asyncio.run(extracted(school, seconds=0.5, columns=columns))
    assert not list(Path.cwd().glob("*training*"))


def test_vectors_are_objects_or_columns_too(school: School) -> None:
    """An object gives its names; a table without the vector column gives every column of numbers."""
    essays_school(school, {"essay_id": "a", "vector": {"b": 2, "a": 1, "text": 3}})
    assert ("given_a", "given_b", "given_text") == made(school).features
    assert ("given_b",) == made(school, features={"names": ["b"]}).features
    school.run(
        "DROP TABLE features",
        "CREATE TABLE features (essay_id TEXT, words INTEGER, depth FLOAT_KIND, note TEXT)",
        "INSERT INTO features VALUES ('a', 7, 0.5, 'n')",
    )
    row = stored(made(school))[0]
    assert (7.0, 0.5) == (row["given_words"], row["given_depth"])
    assert "given_note" not in row
    chosen = made(school, features={"vector": "", "columns": ["features.depth"]})
    assert ("given_depth",) == chosen.features


def test_native_arrays_and_times_without_zone_are_read(postgresql_url: str) -> None:
    """PostgreSQL's own kinds: float arrays, numeric grades, UUIDs, dates, enumerations, other schemas."""
    school = School(postgresql_url)
    school.run(
        "CREATE SCHEMA skola",
        "CREATE TYPE state AS ENUM ('done', 'open')",
        "CREATE TABLE skola.uppsatser (id UUID PRIMARY KEY, txt TEXT, betyg NUMERIC(4, 2), day DATE, "
        "moment TIMESTAMP, state state, vec REAL[], again BOOLEAN)",
        "INSERT INTO skola.uppsatser VALUES "
        "(gen_random_uuid(), 'x', 3.50, '2025-12-01', '2025-12-01 10:00', 'done', '{1,2}', false), "
        "(gen_random_uuid(), 'y', 3, '2025-01-01', '2025-01-01 10:00', 'open', '{3,4}', true)",
    )
    shared: dict[str, Any] = {
        "tables": {"essays": "skola.uppsatser"},
        "columns": {"id": "id", "text": "txt", "label": "betyg", "written_at": "moment"},
        "features": {"vector": "vec"},
    }
    rows = stored(made(school, **shared, filters={"status": ["do*", "gone"], "status_column": "state"}))
    assert [("3.5", datetime(2025, 12, 1, 10, tzinfo=UTC), 1.0, 2.0)] == [
        (row["grade"], row["written_at"], row["given_f000"], row["given_f001"]) for row in rows
    ]
    for column in ("day", "moment"):
        filters = {"since": date(2025, 12, 1), "since_column": column}
        assert 1 == made(school, **shared, filters=filters).provenance.counts.kept
    assert 1 == made(school, **shared, filters={"equals": {"again": True}}).provenance.counts.kept
    assert "holds no times" in refused_with(school, shared, {"since": "2025-12-01", "since_column": "txt"})


def refused_with(school: School, shared: dict[str, Any], filters: dict[str, Any]) -> str:
    """What a further filter is refused with."""
    with pytest.raises(InputError) as error:
        made(school, **shared, filters=filters)
    return str(error.value)


@pytest.mark.parametrize(
    ("vectors", "source", "said"),
    [
        (([1, 2], [1, 2, 3]), {}, "essay 'b': features.feature_vector holds 3 numbers, and 2 elsewhere"),
        (([1, 2], {"a": 1}), {}, "holds an object, and an array elsewhere"),
        (({"a": 1}, {"b": 1}), {}, "lacks a, unlike others"),
        (({"a": 1}, {"a": 1, "b": 1}), {}, "has b besides"),
        (([1, 2], [1, 2]), {"features": {"names": ["one"]}}, "has 1 names; name every one"),
        (([1, "two"], [1, 2]), {}, "a feature holds str where a number belongs"),
        ((7, [1]), {}, "holds int where an array or an object belongs"),
        (("no json", [1]), {}, "holds no JSON"),
        (([1], [1]), {"features": {"columns": ["grade", "grade"]}}, "'grade' is asked for twice"),
        (([1], [1]), {"features": {"judgement": ["score"]}}, "say where in source.judgement.score"),
        (([1], [1]), {"features": {"judgement": ["win_rate"]}}, "say where they are in source.judgement"),
        (([1], [1]), {"filters": {"status": ["x"]}}, "name its column in source.filters.status_column"),
        (([1], [1]), {"filters": {"since_days": 9, "since_column": ""}}, "name the column of times"),
        (([1], [1]), {"on_bad_rows": "stop", "columns": {"text": "missing"}}, "essay 'a': no text"),
        (([1], [1]), {"columns": {"text": "missing"}}, "none of 2 rows is a graded essay (no text 2)"),
        (([1], [1]), {"columns": {"prompt": "bytes"}}, "essays.bytes holds bytes"),
        (([1], [1]), {"columns": {"groups": ["grade", "grade"]}}, "would be called 'group_grade'"),
    ],
    ids=[
        "width", "kind", "lacking", "beyond", "names", "word", "number", "text", "twice", "score", "pairs",
        "status", "since", "stop", "none", "bytes", "groups",
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_said(
    small_school: School, vectors: tuple[Any, Any], source: dict[str, Any], said: str
) -> None:
    """Each refusal names the column or the essay, and leaves no file."""
    essays_school(
        small_school, {"essay_id": "a", "vector": vectors[0]}, {"essay_id": "b", "vector": vectors[1]}
    )
    small_school.run(
        "ALTER TABLE essays ADD COLUMN missing TEXT",
        "ALTER TABLE essays ADD COLUMN bytes BLOB",
        "UPDATE essays SET bytes = x'00ff'",
    )
    assert said in refused(small_school, **source)


def test_joins_that_give_an_essay_twice_or_go_round_are_refused(small_school: School) -> None:
    """One row an essay; joins lead from the main table."""
    essays_school(small_school, {"essay_id": "a"}, vectors=False)
    small_school.run(
        "CREATE TABLE marks (essay TEXT, mark TEXT)", "INSERT INTO marks VALUES ('a', 'C'), ('a', 'D')"
    )
    join = {"table": "marks", "on": {"essay": "essay_id"}}
    columns = {"label": "marks.mark"}
    assert "essay 'a' twice" in refused(small_school, joins=[join], columns=columns)
    small_school.run("CREATE TABLE rolls (essay TEXT)")
    round_joins = [
        {"table": "marks", "on": {"essay": "rolls.essay"}},
        {"table": "rolls", "on": {"essay": "marks.essay"}},
    ]
    assert "go round in a circle" in refused(small_school, joins=round_joins, columns=columns)
    itself = [{"table": "marks", "on": {"essay": "marks.mark"}}]
    assert "goes by itself" in refused(small_school, joins=itself, columns=columns)
    chain = [
        {"table": "marks", "on": {"essay": "rolls.essay"}},
        {"table": "rolls", "on": {"essay": "essay_id"}},
    ]
    assert "none of 1 rows" in refused(small_school, joins=chain, columns=columns)


def test_a_column_of_texts_is_no_column_of_grades(small_school: School) -> None:
    """Two hundred different labels are no grades; the message holds none of them."""
    essays_school(small_school, vectors=False)
    small_school.run(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) "
        "INSERT INTO essays SELECT i, 'text', 'secret ' || i, '2025-12-01' FROM n"
    )
    said = refused(small_school)
    assert "more than 200 different labels" in said
    assert "secret" not in said


def test_a_circle_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    """A projected grade beside scores: the message names the check, the features and the ways out."""
    nowhere = School(f"sqlite:///{tmp_path / 'lost.sqlite'}")
    with pytest.raises(LeakError, match="--no-judgement-features") as error:
        made(nowhere, preset="judgement")
    assert "circular label" == error.value.check
    with pytest.raises(LeakError, match="cannot be teacher"):
        made(nowhere, preset="judgement", label_origin="teacher", allow_circular_label=True)
    beside = {"judgement": [], "columns": ["grade_projections.confidence_score"]}
    with pytest.raises(LeakError, match="confidence_score"):
        made(nowhere, preset="judgement", features=beside)
    with pytest.raises(PlanError, match="not who gave it"):
        made(nowhere, preset="judgement", columns={"label": "marks.mark"})
    with pytest.raises(InputError, match=r"lost\.sqlite does not exist"):
        made(nowhere, preset="judgement", features={"judgement": []})


def test_a_circle_by_the_names_of_a_vector_is_found(small_school: School) -> None:
    """What a vector holds is known once it is read."""
    essays_school(small_school, {"essay_id": "a", "vector": {"bt_score": 1, "words": 2}})
    with pytest.raises(LeakError, match="follows from bt_score"):
        made(small_school, label_origin="judgement")
    assert ("given_words",) == made(
        small_school, label_origin="judgement", features={"names": ["words"]}
    ).features


def test_the_record_says_where_everything_came_from(small_school: School) -> None:
    """The same beside the file and in it, apart from the file's own digest; no secret, no text."""
    essays_school(small_school, {"essay_id": "a"}, {"essay_id": "b", "grade": "D", "created_at": at(1, 1)})
    heard: list[Event] = []
    plan = source_plan(filters={"since_days": 90}, label_origin="judgement", features={"vector": ""})
    with correlated("f00d"):
        extraction = asyncio.run(
            extract_training_data(
                plan, plan.data.train, services_for(small_school.url), listener=heard.append
            )
        )
    record = json.loads(extraction.record.read_text())
    inside = json.loads(pq.read_metadata(extraction.table).metadata[b"gradewise.provenance"])
    assert record.pop("file") == {
        "name": "training.parquet",
        "sha256": services_for(small_school.url).sha256(extraction.table),
    }
    assert record == inside
    assert ("1.2.3", "f00d", "essays", "2025-10-04T03:04:05+00:00") == (
        record["gradewise"], record["correlation_id"], record["preset"], record["since"],
    )  # fmt: skip
    assert {
        "column": "essays.grade", "origin": "judgement", "circular": False, "distribution": {"C": 1},
    } == record["label"]  # fmt: skip
    assert {"essays": "essays"} == record["tables"]
    assert "An essay" not in extraction.record.read_text()
    assert [1] == [event.total for event in heard if isinstance(event, StageStarted)]
    assert any("comparative judgement" in event.message for event in heard if isinstance(event, Notice))
