"""`gradewise db`: the tables of the registry's database."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gradewise.cli.app import app

if TYPE_CHECKING:
    from gradewise.settings import Settings

db = typer.Typer(no_args_is_help=True, help="Look after the tables of the registry's database.")
app.add_typer(db, name="db")

URL_HELP = (
    "The database, such as postgresql://user@host/name or sqlite:///file; GRADEWISE_DATABASE_URL when "
    "absent, else a file among the models."
)
_URL = Annotated[str | None, typer.Option("--url", help=URL_HELP, show_default=False)]


@db.command("upgrade")
def upgrade(*, url: _URL = None) -> None:
    """Bring the tables to those of this gradewise: wholly or not at all, keeping every row."""
    import asyncio

    from gradewise.bootstrap import schema_from
    from gradewise.cli.terminal import out

    async def _upgraded() -> str:
        async with schema_from(_settings(url)) as schema:
            before, newest = await schema.upgrade(), schema.newest
            if before == newest:
                return f"{schema.address}: revision {newest} already"
            return f"{schema.address}: from revision {before or 'none'} to {newest}"

    out.print(asyncio.run(_upgraded()), soft_wrap=True)


@db.command("current")
def current(*, url: _URL = None) -> None:
    """Show of which revision the tables are, and of which this gradewise wants them."""
    import asyncio

    from gradewise.bootstrap import schema_from
    from gradewise.cli.columns import listed
    from gradewise.cli.terminal import out

    async def _current() -> str:
        async with schema_from(_settings(url)) as schema:
            found = await schema.current()
            return listed({"database": schema.address, "revision": found or "none", "newest": schema.newest})

    out.print(asyncio.run(_current()), soft_wrap=True)


@db.command("check")
def check(*, url: _URL = None) -> None:
    """Compare the tables with those of this gradewise; exit code 1 when anything is not as it should be.

    The review queue is held against answers and decisions too.
    """
    from gradewise.cli.registry.checking import database_checked

    if not database_checked(_settings(url)):
        raise typer.Exit(1)


@db.command("backup")
def backup(
    directory: Annotated[Path, typer.Argument(help="Where the copy goes; made where it is not there.")],
    *,
    url: _URL = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no notes.")] = False,
) -> None:
    """Copy registry, audit trail, score log and corrections while services run, and verify the copy.

    Of the embedded database, at one moment; its answers are hashed again as by [bold]scores verify[/], and
    exit code 1 means that the copy is there and something in it is not as it should be. Bundles lie beside
    the database and are copied after it, by any program. A PostgreSQL database is copied by pg_dump.

    Back: stop services, put the copy in the place of the database, remove the files beside it whose names
    go on with -wal and -shm; then db check, registry repair, scores verify.
    """
    from gradewise.cli.registry.backing_up import backup_shown

    backup_shown(_settings(url), directory, quiet=quiet)


def _settings(url: str | None) -> "Settings":
    """Those of the environment, with the database that is named."""
    from dataclasses import replace

    from gradewise.settings import read_settings

    settings = read_settings()
    return settings if url is None else replace(settings, database_url=url)
