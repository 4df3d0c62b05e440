"""A copy of the registry's database, made while services run, and looked at before anybody relies on it."""

from dataclasses import dataclass
from pathlib import Path

from gradewise.adapters.sql.addresses import sqlite_address
from gradewise.adapters.sql.engines import open_engine
from gradewise.adapters.sql.file_copy import copy_file
from gradewise.adapters.sql.refusals import scores_fault
from gradewise.adapters.sql.schema import SqlSchema
from gradewise.adapters.sql.score_log import SqlScoreLog
from gradewise.adapters.sql.transactions import Transactions
from gradewise.bootstrap.databases import database_address
from gradewise.errors import PlanError
from gradewise.scores.queue import QueueFaults
from gradewise.settings import Settings
from gradewise.telemetry import Listener, silent
from gradewise.workflows.scoring.verify_corrections import VerifiedCorrections, verify_corrections
from gradewise.workflows.scoring.verify_log import Verified, verify_log


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A copy of the database, and what was found in it."""

    path: Path
    """The copy."""
    n_bytes: int
    """Its size."""
    revision: str
    """Of its tables; empty where there are none."""
    differences: tuple[str, ...]
    """What is not as this gradewise has it, a line each."""
    answers: Verified | None
    """What became of the chain of answers; ``None`` where tables differ."""
    corrections: VerifiedCorrections | None
    """The same of corrections."""
    queue: QueueFaults
    """How the review queue differs from both; no fault where tables differ."""


async def backup_from(settings: Settings, path: Path, *, listener: Listener = silent) -> Backup:
    """Copy registry, audit trail, score log and corrections, and verify the copy, which is not changed by it.

    Args:
        settings: which database.
        path: of the copy, which must not be there.
        listener: hears how far verifying is.

    Raises:
        PlanError: the database is a server's, which has a program of its own for it.
        InputError: there is no database yet, or the copy is there already.
        UnavailableError: the database cannot be read, or there is no room.
    """
    address = database_address(settings)
    if address.kind != "sqlite":
        raise PlanError(
            f"{address} is copied by PostgreSQL's own program, which may run beside services: "
            "pg_dump --format=custom --file=gradewise.dump, and back by pg_restore"
        )
    n_bytes = copy_file(address, path)
    copy = sqlite_address(path)
    async with open_engine(copy, read_only=True) as engine:
        schema = SqlSchema(engine, copy)
        revision, differences = await schema.current() or "", await schema.differences()
        answers, corrections, queue = None, None, QueueFaults()
        if not differences:
            log = SqlScoreLog(Transactions(engine, copy, scores_fault))
            answers = await verify_log(log, listener=listener)
            corrections = await verify_corrections(log)
            queue = await log.queue_faults()
    return Backup(
        path=path, n_bytes=n_bytes, revision=revision, differences=differences, answers=answers,
        corrections=corrections, queue=queue,
    )  # fmt: skip
