"""The registry with its database and its stores, and databases of essays."""

import platform
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from gradewise import __version__
from gradewise.adapters.directory_store import DirectoryStore
from gradewise.adapters.event_file import EventFile
from gradewise.adapters.registry_tracker import RegistryTracker
from gradewise.adapters.remote_store import RemoteStore
from gradewise.adapters.table_file import file_sha256
from gradewise.bootstrap.signing import signing_key_from
from gradewise.errors import UnavailableError
from gradewise.judgement.batch_tables import BatchTables
from gradewise.protocols.registry import ArtifactStore, ModelRegistry
from gradewise.protocols.scoring import EventPublisher, FillableBatches, ScoreLog
from gradewise.settings import Settings
from gradewise.workflows.registry.services import RegistryServices

if TYPE_CHECKING:
    from gradewise.adapters.sql.addresses import Address
    from gradewise.adapters.sql.opening import WhenAway
    from gradewise.adapters.sql.schema import SqlSchema
    from gradewise.workflows.datasets.extract_data import SourceServices

TRACKING_PATIENCE_S = 5.0
"""For how long a database may keep a run waiting that only wants to be written down."""

ESSAYS_WITHIN_S = 60.0
"""How long a database of essays, of which much is asked, may take to answer where its URL does not say."""


@asynccontextmanager
async def registry_from(
    settings: Settings, *, when_away: "WhenAway | None" = None, away: UnavailableError | None = None
) -> AsyncIterator[RegistryServices]:
    """Open the registry, and close it afterwards; made and used within one event loop.

    Args:
        settings: which database.
        when_away: told of a server that does not answer yet; without it that is an error.
        away: what it said a moment ago, so that it need not be asked again.

    Raises:
        UnavailableError: the database or a store does not answer.
        RegistryError: the database is not of this gradewise's revision.
        InputError: the key that signs cannot be used.
    """
    from gradewise.adapters.sql.registry import open_registry  # noqa: PLC0415 - takes a second

    async with open_registry(database_address(settings), when_away=when_away, away=away) as registry:
        yield RegistryServices(
            registry=registry,
            stores=stores_from(settings),
            models_directory=settings.models_directory,
            user=settings.user,
            clock=partial(datetime.now, UTC),
            signing_key=signing_key_from(settings),
        )


@asynccontextmanager
async def score_log_from(
    settings: Settings, *, when_away: "WhenAway | None" = None
) -> AsyncIterator[ScoreLog]:
    """Open the score log, and close it afterwards; made and used within one event loop.

    Args:
        settings: which database.
        when_away: told of a server that does not answer yet; without it that is an error.

    Raises:
        UnavailableError: the database does not answer.
        RegistryError: the database is not of this gradewise's revision.
    """
    from gradewise.adapters.sql.score_log import open_score_log  # noqa: PLC0415 - takes a second

    async with open_score_log(database_address(settings), when_away=when_away) as log:
        yield log


@asynccontextmanager
async def batches_from(
    settings: Settings,
    tables: BatchTables | None = None,
    *,
    when_away: "WhenAway | None" = None,
    away: UnavailableError | None = None,
) -> AsyncIterator[FillableBatches]:
    """Open the batches in the registry's database; made and used within one event loop.

    Args:
        settings: which database.
        tables: what judged tables are called there.
        when_away: told of a server that does not answer yet; without it that is an error.
        away: what it said a moment ago, so that it need not be asked again.

    Raises:
        UnavailableError: the database does not answer.
        RegistryError: the database is not of this gradewise's revision.
    """
    from gradewise.adapters.sql.batches import open_batches  # noqa: PLC0415 - takes a second

    address = database_address(settings)
    async with open_batches(address, tables, when_away=when_away, away=away) as batches:
        yield batches


def event_file(path: Path) -> EventPublisher:
    """Carries events to the end of a file."""
    return EventFile(path)


@asynccontextmanager
async def schema_from(settings: Settings) -> AsyncIterator["SqlSchema"]:
    """The tables of the registry's database, whatever state they are in."""
    from gradewise.adapters.sql.engines import open_engine  # noqa: PLC0415 - takes a second
    from gradewise.adapters.sql.schema import SqlSchema  # noqa: PLC0415 - the same

    address = database_address(settings)
    async with open_engine(address) as engine:
        yield SqlSchema(engine, address)


def database_address(settings: Settings) -> "Address":
    """What is named, else a file beside the models."""
    from gradewise.adapters.sql.addresses import read_address, sqlite_address  # noqa: PLC0415 - takes a second

    if settings.database_url is not None:
        return read_address(settings.database_url)
    return sqlite_address(settings.models_directory / ".registry" / "registry.sqlite")


def stores_from(settings: Settings) -> tuple[ArtifactStore, ...]:
    """Where bundles are kept: the local directory first, then further copies."""
    # Absolute, since places are written down and read by whoever stands elsewhere.
    local = DirectoryStore((settings.models_directory / ".registry" / "store").absolute())
    return (local,) if settings.artifacts_url is None else (local, find_store(settings.artifacts_url))


def find_store(address: str) -> ArtifactStore:
    """The store at an address; for a path or ``file://`` a directory, which is written more safely."""
    scheme, separator, path = address.partition("://")
    if not separator:
        return DirectoryStore(Path(address))
    return DirectoryStore(Path(path)) if scheme in ("file", "local") else RemoteStore(address)


def registry_tracker(settings: Settings) -> RegistryTracker:
    """Writes runs down in the registry, for which none of them waits long."""

    def opened() -> AbstractAsyncContextManager[ModelRegistry]:
        from gradewise.adapters.sql.registry import open_registry  # noqa: PLC0415 - takes half a second

        address = database_address(settings)
        hasty = replace(
            address,
            connect_within_s=min(address.connect_within_s, TRACKING_PATIENCE_S),
            answer_within_s=min(address.answer_within_s, TRACKING_PATIENCE_S),
        )
        return open_registry(hasty)

    return RegistryTracker(opened, host=platform.node())


def source_services(url: str) -> "SourceServices":
    """What an extraction of essays from a database needs.

    Args:
        url: SQLAlchemy URL of the database.

    Raises:
        PlanError: the URL cannot be read.
        MissingDependencyError: the driver of the database is not installed.
    """
    from gradewise.adapters.essay_database.essays import open_sql_essays  # noqa: PLC0415 - takes a while
    from gradewise.adapters.parquet_table import parquet_table  # noqa: PLC0415 - other commands write none
    from gradewise.adapters.sql.addresses import read_address  # noqa: PLC0415 - takes a while
    from gradewise.workflows.datasets.extract_data import SourceServices  # noqa: PLC0415 - takes a while

    address = read_address(url, answer_within_s=ESSAYS_WITHIN_S)
    return SourceServices(
        open_database=partial(open_sql_essays, address),
        open_table=parquet_table,
        sha256=file_sha256,
        clock=partial(datetime.now, UTC),
        version=__version__,
    )
