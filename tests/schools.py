"""Databases of schools for tests: the tables of each preset, small, with what real ones hold."""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
import pyarrow.parquet as pq
from psycopg.sql import SQL
from sqlalchemy.engine import make_url

from gradewise.bootstrap import source_services
from gradewise.workflows.datasets.extract_data import Extraction, SourceServices, extract_training_data
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import make_plan

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class School:
    """A database of a school."""

    url: str
    """With its password."""

    @property
    def is_postgres(self) -> bool:
        """Whether it is PostgreSQL."""
        return self.url.startswith("postgresql")

    def run(self, *statements: str) -> None:
        """Do statements; JSON and TIME stand for what each kind of database calls these."""
        kinds = ("JSONB", "TIMESTAMPTZ", "DOUBLE PRECISION") if self.is_postgres else ("TEXT", "TEXT", "REAL")
        script = ";".join(statements)
        for name, kind in zip(("JSON_KIND", "TIME_KIND", "FLOAT_KIND"), kinds, strict=True):
            script = script.replace(name, kind)
        if self.is_postgres:
            with psycopg.connect(self.url, autocommit=True) as connection:
                connection.execute(SQL(script))
        else:
            with sqlite3.connect(make_url(self.url).database or "") as file:
                file.executescript(script)
            file.close()

    def insert(self, table: str, row: Mapping[str, Any]) -> None:
        """Add a row; what is no plain value becomes JSON."""
        self.insert_all(table, [row])

    def insert_all(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add rows of the same columns."""
        marks = ", ".join(("%s" if self.is_postgres else "?") for _ in rows[0])
        statement = f"INSERT INTO {table} ({', '.join(rows[0])}) VALUES ({marks})"  # noqa: S608 - of the tests
        values = [[self._stored(each) for each in row.values()] for row in rows]
        if self.is_postgres:
            with psycopg.connect(self.url, autocommit=True) as connection:
                connection.cursor().executemany(SQL(statement), values)
        else:
            with sqlite3.connect(make_url(self.url).database or "") as file:
                file.executemany(statement, values)
            file.close()

    def _stored(self, value: Any) -> Any:
        if isinstance(value, (dict, list)):
            return json.dumps(value)
        return value.isoformat(" ") if isinstance(value, datetime) and not self.is_postgres else value


def at(day: int, month: int = 12) -> datetime:
    """Noon of a day of 2025."""
    return datetime(2025, month, day, 12, tzinfo=UTC)


def essays_school(school: School, *rows: Mapping[str, Any], vectors: bool = True) -> None:
    """The tables `essays` and `features`; rows may hold a `vector`."""
    school.run(
        "CREATE TABLE essays (essay_id TEXT PRIMARY KEY, text_content TEXT, grade TEXT, created_at TIME_KIND)"
    )
    if vectors:
        school.run("CREATE TABLE features (essay_id TEXT PRIMARY KEY, feature_vector JSON_KIND)")
    for row in rows:
        essay = {name: value for name, value in row.items() if name != "vector"}
        school.insert("essays", {"text_content": "An essay.", "grade": "C", "created_at": at(1)} | essay)
        if "vector" in row:
            school.insert("features", {"essay_id": row["essay_id"], "feature_vector": row["vector"]})


JUDGEMENT = """
CREATE TABLE cj_batch_uploads (id INTEGER PRIMARY KEY, status TEXT,
    created_at TIME_KIND, assignment_id TEXT);
CREATE TABLE cj_processed_essays (els_essay_id TEXT PRIMARY KEY,
    cj_batch_id INTEGER, assessment_input_text TEXT, current_bt_score FLOAT_KIND,
    current_bt_se FLOAT_KIND, comparison_count INTEGER, created_at TIME_KIND);
CREATE TABLE cj_comparison_pairs (id INTEGER PRIMARY KEY, cj_batch_id INTEGER,
    essay_a_els_id TEXT, essay_b_els_id TEXT, winner TEXT);
CREATE TABLE grade_projections (els_essay_id TEXT, cj_batch_id INTEGER,
    primary_grade TEXT, confidence_score FLOAT_KIND);
CREATE TABLE marks (essay TEXT PRIMARY KEY, teacher_mark TEXT);
INSERT INTO cj_batch_uploads
VALUES (1, 'COMPLETE_STABLE', '2025-12-01T08:00:00+00:00', 'task-1'),
    (2, 'PERFORMING_COMPARISONS', '2025-12-20T08:00:00+00:00', 'task-2'),
    (3, 'COMPLETE_FORCED_RECOVERY', '2025-06-01T08:00:00+00:00', NULL);
INSERT INTO cj_processed_essays
VALUES ('a', 1, 'Text a', 1.5, 0.25, 3, '2025-12-01T09:00:00+00:00'),
    ('b', 1, 'Text b', 0.0, 0.5, 2, '2025-12-01T09:00:00+00:00'),
    ('c', 1, 'Text c', -1.5, 0.5, 3, '2025-12-01T09:00:00+00:00'),
    ('d', 2, 'Text d', 0.5, 0.5, 1, '2025-12-20T09:00:00+00:00'),
    ('e', 3, 'Text e', 0.5, 0.5, 1, '2025-06-01T09:00:00+00:00');
INSERT INTO cj_comparison_pairs
VALUES (1, 1, 'a', 'b', 'essay_a'),
    (2, 1, 'c', 'a', 'essay_b'),
    (3, 1, 'b', 'c', 'essay_a'),
    (4, 1, 'a', 'c', 'error'),
    (5, 1, 'a', 'c', NULL),
    (6, 3, 'e', 'x', 'essay_b'),
    (7, 1, 'c', 'a', 'essay_a');
INSERT INTO grade_projections
VALUES ('a', 1, 'A', 0.9),
    ('b', 1, 'C', 0.6),
    ('c', 1, 'E', 0.8),
    ('d', 2, 'B', 0.8),
    ('e', 3, 'B', 0.8);
INSERT INTO marks
VALUES ('a', 'B'),
    ('b', 'C+'),
    ('c', 'F');
"""
"""The real tables of comparative judgement, and teachers' marks besides."""

JUDGEMENT_SEED = """
CREATE TABLE cj_batch_uploads (batch_id TEXT PRIMARY KEY, status TEXT, created_at TIME_KIND);
CREATE TABLE cj_processed_essays (essay_id TEXT PRIMARY KEY, batch_id TEXT,
    text_content TEXT, current_bt_score FLOAT_KIND, bt_se FLOAT_KIND, rank INTEGER);
CREATE TABLE cj_comparison_pairs (id INTEGER PRIMARY KEY, essay_a_id TEXT,
    essay_b_id TEXT, winner_essay_id TEXT);
CREATE TABLE grade_projections (essay_id TEXT PRIMARY KEY, projected_grade TEXT);
INSERT INTO cj_batch_uploads
VALUES ('x', 'COMPLETED', '2025-12-01T08:00:00+00:00'),
    ('y', 'ERROR', '2025-12-01T08:00:00+00:00');
INSERT INTO cj_processed_essays
VALUES ('1', 'x', 'Text 1', 0.5, 0.1, 1),
    ('2', 'x', 'Text 2', -0.5, 0.1, 2),
    ('3', 'y', 'Text 3', 0, 0.1, 1);
INSERT INTO cj_comparison_pairs
VALUES (1, '1', '2', '1'),
    (2, '2', '1', '1'),
    (3, '1', '2', '2'),
    (4, '1', '2', NULL);
INSERT INTO grade_projections
VALUES ('1', 'A'),
    ('2', 'D'),
    ('3', 'C');
"""
"""The tables of comparative judgement by their earlier names."""


def services_for(url: str, *, seconds: float = 20) -> SourceServices:
    """Real services with a clock that stands."""
    real = source_services(f"{url}{'&' if '?' in url else '?'}statement_timeout={seconds}")
    return SourceServices(
        open_database=real.open_database,
        open_table=real.open_table,
        sha256=real.sha256,
        clock=lambda: NOW,
        version="1.2.3",
    )


def source_plan(**source: Any) -> Plan:
    """A plan with this source."""
    return make_plan({"data": {"train": "training.parquet"}, "source": source}, location="plan.yaml")


async def extracted(school: School, *, seconds: float = 20, **source: Any) -> Extraction:
    """What a source of a plan gives, as ``training.parquet`` in the current directory."""
    plan = source_plan(**source)
    return await extract_training_data(plan, plan.data.train, services_for(school.url, seconds=seconds))


def stored(made: Extraction) -> list[dict[str, Any]]:
    """The rows of the file that was made."""
    return list(pq.read_table(made.table).to_pylist())
