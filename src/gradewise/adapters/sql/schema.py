"""Which tables a database has, and how it gets those of this gradewise."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncEngine

from gradewise.adapters.sql.addresses import Address
from gradewise.adapters.sql.batch_tables import JUDGED
from gradewise.adapters.sql.engines import UPGRADE_LOCK, WRITES
from gradewise.adapters.sql.erasure_tables import ERASURE_TRIGGERS
from gradewise.adapters.sql.failures import translated
from gradewise.adapters.sql.refusals import registry_fault
from gradewise.adapters.sql.revisions import FOUND, require_known, require_newest
from gradewise.adapters.sql.scoring_tables import SCORING_TRIGGERS
from gradewise.adapters.sql.tables import METADATA, MODELS, NEWEST, TRIGGERS, VERSION_TABLE
from gradewise.errors import RegistryError
from gradewise.registry.stages import STAGES

MIGRATIONS = Path(__file__).parent / "migrations"
SEED_COLUMNS = frozenset(
    {
        "id", "model_name", "version", "created_at", "stage", "model_path", "metrics", "hyperparameters",
        "feature_names", "metadata",
    }
)  # fmt: skip
"""What a table of models of programs before gradewise has."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SqlSchema:
    """The tables of one database."""

    engine: AsyncEngine
    """Connects to it."""
    address: Address
    """Where it is."""

    @property
    def newest(self) -> str:
        """The revision of this gradewise."""
        return NEWEST

    async def current(self) -> str | None:
        """The revision of the database; ``None`` for one without tables of ours, or that is not there yet."""
        return None if self._is_yet_to_be_made else await self._asked(found_revision)

    async def upgrade(self) -> str | None:
        """Bring the database to this gradewise's revision, wholly or not at all, keeping every row.

        Returns:
            The revision that it had.

        Raises:
            RegistryError: it is of a newer gradewise, or holds rows that contradict each other.
        """
        if await self.current() == NEWEST:
            return NEWEST
        with translated(self.address, registry_fault):
            if self.address.path is not None:
                self.address.path.parent.mkdir(parents=True, exist_ok=True)
            # On PostgreSQL who writes shares the lock that an upgrade has alone.
            engine = self.engine.execution_options(**{WRITES: self.address.kind == "sqlite"})
            async with engine.begin() as connection:
                return await connection.run_sync(_upgraded, self.address)

    async def require_newest(self) -> None:
        """Refuse a database that is not of this gradewise's revision.

        Raises:
            RegistryError: the message says what to do.
        """
        require_newest(await self.current(), self.address)

    async def differences(self) -> tuple[str, ...]:
        """What is not as this gradewise has it, a line each; further tables and columns do not matter."""
        if self._is_yet_to_be_made:
            return ("there is no such file yet",)
        return await self._asked(lambda connection: tuple(_differences(connection)))

    @property
    def _is_yet_to_be_made(self) -> bool:
        """Whether looking would make an empty file."""
        return self.address.path is not None and not self.address.path.exists()

    async def _asked(self, question: Callable[[Connection], T]) -> T:
        with translated(self.address, registry_fault):
            async with self.engine.connect() as connection:
                return await connection.run_sync(question)


def found_revision(connection: Connection) -> str | None:
    """What a database says of itself."""
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found = connection.exec_driver_sql(FOUND).scalar()
    return None if found is None else str(found)


def _upgraded(connection: Connection, address: Address) -> str | None:
    if address.kind == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})"))
    found = found_revision(connection)
    if found is not None:
        require_known(found, address)
    elif address.kind == "postgresql":
        _require_unicode(connection, address)
    if found == NEWEST:  # another was first
        return found
    if inspect(connection).has_table(MODELS.name):
        _require_sound_models(connection, address)
    elif address.kind == "sqlite" and found is None:
        _make_all(connection)
        return found
    _migrate(connection)
    return found


def _make_all(connection: Connection) -> None:
    """Make the newest tables at once: the same as by all migrations, in a tenth of the time."""
    METADATA.create_all(connection, checkfirst=False)
    JUDGED.create_all(connection)  # those that another program has are taken as they are
    connection.execute(
        text(
            f"CREATE TABLE {VERSION_TABLE} (version_num VARCHAR(32) NOT NULL,"
            f" CONSTRAINT {VERSION_TABLE}_pkc PRIMARY KEY (version_num))"
        )
    )
    connection.execute(text(f"INSERT INTO {VERSION_TABLE} VALUES ('{NEWEST}')"))  # noqa: S608 - ours


def _migrate(connection: Connection) -> None:
    # Alembic takes a quarter of a second to import, and nearly always there is nothing to do.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, NEWEST)


def _require_unicode(connection: Connection, address: Address) -> None:
    """Refuse a new database that cannot keep every name and reason; one with tables is taken as it is."""
    encoding = connection.execute(text("SHOW server_encoding")).scalar()
    if encoding != "UTF8":
        raise RegistryError(
            f"the database {address} keeps text as {encoding}, which has not every letter; make another: "
            "createdb --encoding=UTF8 --template=template0"
        )


def _require_sound_models(connection: Connection, address: Address) -> None:
    """Refuse rows of other programs that no constraint would let in; none is changed to make it fit."""
    missing = SEED_COLUMNS - {column["name"] for column in inspect(connection).get_columns(MODELS.name)}
    if missing:
        raise RegistryError(
            f"ml_models in {address} belongs to another program: it has no column {min(missing)!r}; "
            "choose another database, or rename that table"
        )
    stages = ", ".join(f"'{stage}'" for stage in STAGES)
    asked = {
        "has a stage that is none of " + ", ".join(STAGES): f"stage NOT IN ({stages})",
        "shares its version with another of its name": _repeated("model_name, version"),
        "is in production beside another of its name": _repeated("model_name", "stage = 'production'"),
    }
    for what, condition in asked.items():
        row = connection.execute(
            text(f"SELECT model_name, version, id FROM ml_models WHERE {condition} LIMIT 1")  # noqa: S608 - ours
        ).first()
        if row is not None:
            raise RegistryError(
                f"ml_models in {address}: {row.model_name} {row.version} ({row.id}) {what}; "
                "put that right and run `gradewise db upgrade` again (nothing was changed)"
            )


def _repeated(columns: str, condition: str = "1 = 1") -> str:
    groups = f"SELECT {columns} FROM ml_models WHERE {condition} GROUP BY {columns} HAVING count(*) > 1"  # noqa: S608 - ours
    return f"{condition} AND ({columns}) IN ({groups})"


def _differences(connection: Connection) -> Iterator[str]:
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415 - as above
    from alembic.migration import MigrationContext  # noqa: PLC0415

    found = found_revision(connection)
    if found != NEWEST:
        yield f"revision {found or 'none'} instead of {NEWEST}"
    options = {"include_name": _is_ours, "version_table": VERSION_TABLE, "compare_type": True}
    context = MigrationContext.configure(connection, opts=options)
    for difference in compare_metadata(context, METADATA):
        yield from _in_words(difference)
    there = inspect(connection).get_table_names()
    yield from (f"table {name} is missing" for name in JUDGED.tables if name not in there)
    known = frozenset().union(
        *(of[connection.dialect.name] for of in (TRIGGERS, SCORING_TRIGGERS, ERASURE_TRIGGERS))
    )
    missing = known - _triggers(connection)
    yield from (f"trigger {name} is missing" for name in sorted(missing))


def _is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    return kind != "table" or name in METADATA.tables


def _in_words(difference: Any) -> Iterator[str]:
    """A difference as Alembic has it: what to do to make the database like the tables."""
    if isinstance(difference, list):  # of one column
        for _kind, _schema, table, column, *_ in difference:
            yield f"column {table}.{column} has another type or may be empty where it must not"
        return
    kind, *parts = difference
    if kind == "add_table":
        yield f"table {parts[0].name} is missing"
    elif kind == "add_column":
        yield f"column {parts[1]}.{parts[2].name} is missing"
    elif kind.startswith("add_"):
        yield f"{kind.removeprefix('add_')} {parts[0].name} is missing"


def _triggers(connection: Connection) -> frozenset[str]:
    catalogue = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND pg_table_is_visible(tgrelid)",
    }
    return frozenset(connection.execute(text(catalogue[connection.dialect.name])).scalars())
