"""How long the registry takes to answer among a hundred thousand runs and a thousand models.

`make bench-registry` fills a SQLite file and a PostgreSQL (that of the tests, or the one that
`GRADEWISE_TEST_DATABASE_URL` names), asks what `list`, `latest` and `summary` ask, prints a table, and writes
`benchmarks/output/registry.json`.
"""

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncEngine

from gradewise.adapters.sql.addresses import read_address
from gradewise.adapters.sql.engines import WRITES, open_engine
from gradewise.adapters.sql.registry import SqlRegistry
from gradewise.adapters.sql.rows import change_row, model_row, run_row
from gradewise.adapters.sql.schema import SqlSchema
from gradewise.adapters.sql.tables import CHANGES, MODELS, NAMES, RUNS
from gradewise.adapters.sql.transactions import Transactions
from gradewise.registry.acts import NameState
from gradewise.testing.registered import new_model, registering, run_entry

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

OUTPUT = Path(__file__).parent / "output"
N_RUNS, N_MODELS, N_NAMES, N_EXPERIMENTS = 100_000, 1_000, 20, 50
AT_ONCE = 5_000
REPEATS = 15
MOST_MS = 200.0
COMMANDS = ("train", "cv", "tune")
EMPTY = NameState(name="", serial=0, models=(), changes=())


def run_rows(numbers: range) -> list[dict[str, object]]:
    """Runs of many experiments, one in ten failed."""
    return [
        run_row(
            run_entry(
                number,
                experiment=f"experiment-{number % N_EXPERIMENTS}",
                command=COMMANDS[number % len(COMMANDS)],
                state="failed" if number % 10 == 0 else "completed",
                facts={"seeds": [1, 2, 3], "n_essays": 1000},
            )
        )
        for number in numbers
    ]


async def fill(registry: SqlRegistry) -> None:
    """Write rows in bulk, as acts and runs would have left them."""
    engine = registry._transactions.engine.execution_options(**{WRITES: True})  # noqa: SLF001 - in bulk
    async with engine.begin() as connection:
        for start in range(0, N_RUNS, AT_ONCE):
            await connection.execute(insert(RUNS), run_rows(range(start, start + AT_ONCE)))
        await connection.execute(
            insert(NAMES),
            [{"name": f"name-{number}", "serial": N_MODELS // N_NAMES} for number in range(N_NAMES)],
        )
        for number in range(N_MODELS):
            name, serial = f"name-{number % N_NAMES}", number // N_NAMES + 1
            model = replace(new_model(number + 1), model_name=name)
            act = registering(model)(EMPTY)
            if act is not None:
                await connection.execute(insert(MODELS), model_row(model, act, serial))
                await connection.execute(insert(CHANGES), change_row(act, name, model.version, serial))


async def settle(engine: AsyncEngine) -> None:
    """Let PostgreSQL do now what it does by itself within a minute of so many rows."""
    if engine.dialect.name == "postgresql":
        async with engine.connect() as connection:
            alone = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await alone.execute(text("VACUUM ANALYZE"))


def questions(registry: SqlRegistry) -> Iterator[tuple[str, Callable[[], Awaitable[object]]]]:
    """What the commands ask."""
    yield "runs: newest 20", lambda: registry.runs(limit=20)
    yield "runs: newest", lambda: registry.runs(limit=1)
    yield "runs: newest 20 failed", lambda: registry.runs(state="failed", limit=20)
    yield "runs: newest 20 of an experiment", lambda: registry.runs(experiment="experiment-7", limit=20)
    yield "run_summary", registry.run_summary
    yield "models: newest 20", lambda: registry.models(limit=20)
    yield "models: all 1,000", registry.models
    yield "models: of a name", lambda: registry.models(name="name-7")
    yield "models: newest of a name", lambda: registry.models(name="name-7", limit=1)
    yield "models: in production", lambda: registry.models(stage="production")
    yield "find_models", lambda: registry.find_models("00000000-0000-0000-0000-0000000003")
    yield "changes: newest 20", lambda: registry.changes(limit=20)
    yield "state of a name", lambda: registry.state("name-7")


async def measured(url: str) -> dict[str, dict[str, float]]:
    """Milliseconds by question: the first time on a warm connection, median and greatest of all."""
    address = read_address(url)
    async with open_engine(address) as engine:
        await SqlSchema(engine, address).upgrade()
        registry = SqlRegistry(Transactions(engine, address))
        started = time.perf_counter()
        await fill(registry)
        await settle(engine)
        print(f"  filled in {time.perf_counter() - started:.0f} s", flush=True)
        await registry.names()
        found = {}
        for question, ask in questions(registry):
            taken = []
            for _ in range(REPEATS):
                started = time.perf_counter()
                await ask()
                taken.append(1000 * (time.perf_counter() - started))
            found[question] = {"first": taken[0], "median": statistics.median(taken), "most": max(taken)}
        return found


def main() -> int:
    """Measure both databases; 1 when any question takes longer than it may."""
    from databases import postgres_databases  # noqa: PLC0415 - found by the path above

    results = {}
    with (
        tempfile.TemporaryDirectory() as directory,
        postgres_databases() as databases,
        databases.new(empty=True) as server,
    ):
        for kind, url in (("SQLite", f"sqlite:///{directory}/registry.sqlite"), ("PostgreSQL", server)):
            print(kind)
            results[kind] = asyncio.run(measured(url))
            for question, taken in results[kind].items():
                print(
                    f"  {question:34} first {taken['first']:7.1f} ms   median {taken['median']:7.1f} ms"
                    f"   most {taken['most']:7.1f} ms"
                )
    OUTPUT.mkdir(exist_ok=True)
    (OUTPUT / "registry.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    late = [each for found in results.values() for each in found.values() if each["median"] > MOST_MS]
    print(
        f"{'every answer' if not late else 'NOT every answer'} within {MOST_MS:.0f} ms (median of {REPEATS})"
    )
    return 1 if late else 0


if __name__ == "__main__":
    sys.exit(main())
