"""A batch is final whole or not at all, whoever dies or goes away meanwhile."""

import asyncio
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from databases import lay_out_registry
from gradewise.errors import UnavailableError
from gradewise.telemetry import Event
from gradewise.work_events import StepTaken
from killed_finalizing import MANY, STATEMENTS, STEPS, lay_out, make_final, state
from postgres_server import PostgresServer

PROGRAM = Path(__file__).parents[1] / "killed_finalizing.py"
ESSAYS = 18
KILLED = -signal.SIGKILL


def test_killed_at_any_step_or_many_at_once(database_url: str) -> None:
    """Nothing or everything is final, with its events; of many at once one decides for all."""
    ran = subprocess.run(
        [sys.executable, PROGRAM, database_url], capture_output=True, text=True, check=False, timeout=120
    )
    assert 0 == ran.returncode, ran.stderr
    came = json.loads(ran.stdout)
    assert {step: [KILLED, True, 2] if step == "kept" else [KILLED, False, 0] for step in STEPS} == came[
        "steps"
    ]
    assert [[KILLED, False, 0]] * len(STATEMENTS) == came["within"]
    assert [0] * MANY == came["codes"]
    assert (MANY, 1) == (len(came["digests"]), len(set(came["digests"])))
    assert {"steps": ESSAYS, "statements": ESSAYS, "many": ESSAYS} == came["again"]
    assert {"steps": 2, "statements": 2, "many": 2} == came["events"]


def test_a_database_that_goes_away_leaves_nothing_half_done(own_postgres: PostgresServer) -> None:
    """Stopped midway, the error says so; started again, the batch becomes final."""
    url = f"{own_postgres.url}&connect_timeout=1"
    lay_out_registry(own_postgres.url)
    asyncio.run(lay_out(url, "spring"))

    def stop(event: Event) -> None:
        if isinstance(event, StepTaken) and event.step == "merged":
            own_postgres.stop("immediate")

    with pytest.raises(UnavailableError):
        asyncio.run(make_final(url, "spring", stop))
    own_postgres.start()
    assert (False, 0) == asyncio.run(state(url, "spring"))
    assert ESSAYS == len(asyncio.run(make_final(url, "spring")).essays)
    assert (True, 2) == asyncio.run(state(url, "spring"))
