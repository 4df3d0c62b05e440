"""Corrections as training data on disk."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gradewise.errors import InputError
from gradewise.scores.audits import Decided
from gradewise.telemetry import Event, Notice
from gradewise.testing.score_logs import NOON, MemoryScoreLog
from gradewise.workflows.datasets.source_query import essay_query
from gradewise.workflows.plans.source import SourcePlan
from gradewise.workflows.scoring.snapshots import RECORD, TABLE, Snapshot, export_snapshot, read_snapshot
from gradewise.workflows.scoring.stored_texts import StoredTexts
from gradewise.workflows.services import Services
from reviewed_essays import CLOCK_STANDS, answered, decided, keep
from schools import School, essays_school, services_for
from trials import Row, essay_rows, read_json, write_csv


def decisions(rows: Sequence[Row]) -> list[Decided]:
    """A decision about each of these essays, of which every third confirms."""
    return [
        decided(n, "C" if n % 3 == 0 else "B", text=row["text"], route="audit" if n % 2 else "review")
        for n, row in enumerate(rows)
    ]


def export(
    every: Sequence[Decided], services: Services, to: str = "snapshot", **asked: Any
) -> tuple[Snapshot, list[str]]:
    """Export these decisions with texts from ``essays.csv``; what was said."""
    heard: list[Event] = []

    async def work() -> Snapshot:
        log = MemoryScoreLog()
        await keep(log, every)
        return await export_snapshot(
            log, [Path("essays.csv")], Path(to), services=services, salt="s", listener=heard.append, **asked
        )

    snapshot = asyncio.run(work())
    return snapshot, [each.message for each in heard if isinstance(each, Notice)]


def test_the_same_decisions_make_the_same_bytes(services: Services) -> None:
    """Table and record alike, whenever and wherever they are written; only what was decided changes them."""
    write_csv(Path("essays.csv"), rows := essay_rows(6))
    first, _ = export(decisions(rows), services, "one")
    second, _ = export(decisions(rows), services, "two")
    for name in (TABLE, RECORD):
        assert (first.directory / name).read_bytes() == (second.directory / name).read_bytes()
    other, _ = export(decisions(rows)[1:], services, "three")
    assert first.sha256 != other.sha256


def test_a_snapshot_says_what_it_is(services: Services) -> None:
    """Counts, digests, the place in the chain, the window, and the bias in words; no name and no reason."""
    write_csv(Path("essays.csv"), rows := essay_rows(6))
    every = decisions(rows)
    snapshot, _ = export(every, services)
    record = read_json(snapshot.directory / RECORD)
    assert {"essays": 6, "decided": 6, "confirm": 2, "audit": 3, "review": 3, "release": 0} == {
        name: count for name, count in record["counts"].items() if name in
        {"essays", "decided", "confirm", "audit", "review", "release"}
    }  # fmt: skip
    assert (6, 64) == (record["chain"]["serial"], len(record["chain"]["digest"]))
    assert every[0].correction.corrected_at.isoformat() == record["window"]["first"]
    assert "audit" in record["bias"]
    assert ["essays.csv"] == [each["name"] for each in record["sources"]]
    table = snapshot.table.read_text(encoding="utf-8")
    assert "anna" not in table
    assert "the argument holds" not in table
    assert all(row["text"].splitlines()[0] in table for row in rows)


def test_reasons_go_along_where_that_is_asked(services: Services) -> None:
    """They are teachers' own words, which may name people."""
    write_csv(Path("essays.csv"), rows := essay_rows(2))
    snapshot, _ = export(decisions(rows), services, reasons=True)
    assert "the argument holds" in snapshot.table.read_text(encoding="utf-8")


def test_what_has_no_text_is_listed_and_left_out(services: Services) -> None:
    """By the id of the answer, in the record and in a notice."""
    write_csv(Path("essays.csv"), rows := essay_rows(3))
    lost = decided(9, "A", text="nobody kept this")
    snapshot, said = export([*decisions(rows), lost], services)
    assert [lost.answer.id] == read_json(snapshot.directory / RECORD)["without_text"]
    assert ["1 of 4 decisions left out: nothing here holds the text"] == said


def test_doubtful_decisions_are_told_of(services: Services) -> None:
    """Two teachers who differ, other scales, and a crowd that confirms everything."""
    write_csv(Path("essays.csv"), rows := essay_rows(25))
    every = [decided(n, "C", text=row["text"], route="audit") for n, row in enumerate(rows)]
    conflict = decided(50, "A", by="bo", text=rows[0]["text"])
    other = decided(30, "VG", grade="G", grades=("IG", "G", "VG"), cuts=())
    snapshot, said = export([*every, other, conflict], services)
    assert "1 decision left out: on the scale of another model" in said
    assert "1 text graded differently by two teachers" in said
    assert any("24 of 25 decisions confirm" in line for line in said)
    assert 1 == len(read_json(snapshot.directory / RECORD)["conflicts"])


def test_nothing_to_export_is_refused(services: Services) -> None:
    """Nothing decided, no text found, or a file without essays: each says what to do."""
    write_csv(Path("essays.csv"), essay_rows(2))
    with pytest.raises(InputError, match="reviews list"):
        export([], services)
    with pytest.raises(InputError, match="none of 1 decisions"):
        export([decided(1, "A", text="nobody kept this")], services)
    write_csv(Path("essays.csv"), [{"number": "1", "colour": "red"}])
    with pytest.raises(InputError, match="no column of essays"):
        export([decided(1, "A")], services)


def test_only_the_asked_time_is_exported(services: Services) -> None:
    """Decisions from then on; nothing else is in the record."""
    write_csv(Path("essays.csv"), rows := essay_rows(4))
    every = decisions(rows)
    since = every[2].correction.corrected_at
    snapshot, _ = export(every, services, since=since)
    assert (2, since.isoformat()) == (
        snapshot.counts["essays"],
        read_json(snapshot.directory / RECORD)["window"]["since"],
    )
    with pytest.raises(InputError, match="no teacher"):
        export(every, services, since=CLOCK_STANDS)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"format": 2}, "format 2"),
        ({"labels": "model"}, "not teachers'"),
        ({"table": {"sha256": "0" * 64}}, "was changed"),
        ({"counts": None}, "no snapshot"),
    ],
    ids=["format", "labels", "changed", "damaged"],
)
def test_what_is_no_snapshot_is_refused(services: Services, change: dict[str, Any], word: str) -> None:
    """Another format, grades that are not teachers', and one that was changed."""
    write_csv(Path("essays.csv"), rows := essay_rows(2))
    snapshot, _ = export(decisions(rows), services)
    record = snapshot.directory / RECORD
    record.write_text(json.dumps(read_json(record) | change), encoding="utf-8")
    with pytest.raises(InputError, match=word):
        read_snapshot(snapshot.table)


def test_a_directory_without_a_snapshot_is_refused() -> None:
    """The message says how one is made."""
    with pytest.raises(InputError, match="gradewise corrections export"):
        read_snapshot(Path())


def test_answers_with_unread_rows_do_not_stop_an_export(services: Services) -> None:
    """A file of graded essays may hold empty rows and the same id twice."""
    rows = essay_rows(3)
    write_csv(Path("essays.csv"), [rows[0], rows[0], {**rows[1], "text": ""}, rows[2]])
    snapshot, _ = export([decided(1, "A", draft=answered(1, text=rows[2]["text"]))], services)
    assert 1 == snapshot.counts["essays"]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_texts_are_found_in_a_database(
    kind: str, services: Services, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Graded there or not, by their digests; the record names the database without its password."""
    url = f"sqlite:///{tmp_path / 'school.sqlite'}"
    (tmp_path / "school.sqlite").touch()
    school = School(request.getfixturevalue("postgresql_url") if kind == "postgresql" else url)
    rows = essay_rows(3)
    there = [{"essay_id": f"e{n}", "text_content": row["text"], "grade": None} for n, row in enumerate(rows)]
    essays_school(school, *there, {"essay_id": "e9", "text_content": None})
    write_csv(Path("essays.csv"), rows[:1])
    asked = SourcePlan(preset="essays", label_origin="teacher")
    stored = StoredTexts(
        query=essay_query(asked, now=NOON), open_database=services_for(school.url).open_database
    )
    snapshot, said = export(decisions(rows), services, stored=stored)
    record = read_json(snapshot.directory / RECORD)
    assert (3, []) == (record["counts"]["essays"], record["without_text"])
    assert ["essays.csv", 64] == [record["sources"][0]["name"], len(record["sources"][1]["sha256"])]
    assert "@" not in record["sources"][1]["name"]
    assert [] == [each for each in said if "left out" in each]
