"""Essays streamed from PostgreSQL to Parquet: how fast, and how much memory more of them take."""

import asyncio
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg.sql import SQL

from benchmarks.measurements import Measurement, show, write
from databases import own_server

SIZES = (10_000, 100_000)
WORDS = 300
VECTOR = 16
FILL = """
CREATE TABLE essays AS SELECT lpad(n::text, 7, '0') AS essay_id,
    (SELECT string_agg(substr(md5((n * w)::text), 1, 4 + w % 5), ' ') FROM generate_series(1, WORDS) w)
    AS text_content, (ARRAY['F','E','D','C','B','A'])[1 + n % 6] AS grade, now() AS created_at
FROM generate_series(1, ESSAYS) n;
ALTER TABLE essays ADD PRIMARY KEY (essay_id);
CREATE TABLE features AS SELECT essay_id, to_jsonb(
    ARRAY(SELECT (ascii(grade) + k)::float8 / 7 FROM generate_series(1, VECTOR) k)) AS feature_vector
FROM essays;
ALTER TABLE features ADD PRIMARY KEY (essay_id);
CREATE VIEW essays_100000 AS SELECT * FROM essays;
CREATE VIEW essays_10000 AS SELECT * FROM essays WHERE essay_id <= '0010000';
ANALYZE;
"""


def extract(url: str, n_limit: int, directory: Path) -> tuple[float, float]:
    """Seconds, and peak memory in MiB, of extracting the first essays in a process of its own."""
    script = f"import benchmarks.source as s; s.extract_here({n_limit}, {str(directory)!r})"
    environment = os.environ | {"GRADEWISE_SOURCE_URL": url}
    asked = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    seconds, peak = asked.stdout.split()
    return float(seconds), float(peak)


def extract_here(n_limit: int, directory: str) -> None:
    """Extract the first essays in this process; print seconds and peak memory in MiB."""
    from gradewise.bootstrap import source_services  # noqa: PLC0415 - its own process measures it
    from gradewise.workflows.datasets.extract_data import extract_training_data  # noqa: PLC0415
    from gradewise.workflows.plans.reading import make_plan  # noqa: PLC0415

    table = f"essays_{n_limit}"
    source = {"tables": {"essays": table}}
    plan = make_plan({"data": {"train": Path(directory) / "t.parquet"}, "source": source}, location="bench")
    services = source_services(os.environ["GRADEWISE_SOURCE_URL"])
    started = time.perf_counter()
    made = asyncio.run(extract_training_data(plan, plan.data.train, services))
    seconds = time.perf_counter() - started
    if made.provenance.counts.kept != n_limit:
        raise SystemExit(f"{made.provenance.counts.kept} essays instead of {n_limit}")
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def measure() -> list[Measurement]:
    """Extract ten thousand and a hundred thousand essays."""
    fill = FILL
    with tempfile.TemporaryDirectory() as directory, own_server() as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            for name, value in (("ESSAYS", SIZES[-1]), ("WORDS", WORDS), ("VECTOR", VECTOR)):
                fill = fill.replace(name, str(value))
            connection.execute(SQL(fill))
        found = [extract(server.url, n, Path(directory)) for n in SIZES]
    (_, small), (seconds, large) = found
    note = f"{SIZES[-1]:,} essays of {WORDS} words with {VECTOR} numbers each"
    return [
        Measurement(name="from PostgreSQL to Parquet", value=SIZES[-1] / seconds, unit="essays/s",
                    better="higher", note=f"{note}, {seconds:.1f} s"),
        Measurement(name="peak memory", value=large, unit="MiB", note=note),
        Measurement(name="peak memory, growth from 10,000 essays", value=large - small, unit="MiB", asked=20,
                    note=f"{small:.0f} MiB at {SIZES[0]:,}"),
    ]  # fmt: skip


if __name__ == "__main__":
    measured = measure()
    show(measured)
    print(f"\nwritten to {write('source', measured)}")
