"""A copy of the database from the command line: made, looked at, and what is to be kept elsewhere."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import typer

from gradewise.bootstrap.backups import Backup, backup_from
from gradewise.cli.scores.proving import answers_shown, corrections_shown, queue_shown
from gradewise.cli.terminal import progress_shown, show_line
from gradewise.settings import Settings

BYTES = 1_000_000


def backup_shown(settings: Settings, directory: Path, *, quiet: bool) -> None:
    """Copy the database into a directory, and say where the copy is and what was found in it.

    Raises:
        Exit: the copy is there, and not everything in it is as it should be, with code 1.
    """
    path = directory / f"registry_{datetime.now(UTC):%Y%m%d_%H%M%S}.sqlite"
    with progress_shown(quiet=quiet) as listener:
        backup = asyncio.run(backup_from(settings, path, listener=listener))
    show_line(f"{backup.path}: {backup.n_bytes / BYTES:,.1f} MB, revision {backup.revision or 'none'}")
    if not _is_sound(backup):
        raise typer.Exit(1)


def _is_sound(backup: Backup) -> bool:
    """Say what was found in a copy; whether all is well."""
    for difference in backup.differences:
        show_line(difference)
    if backup.answers is None or backup.corrections is None:
        show_line("copied as it is, and not verified: its tables are not those of this gradewise")
        return False
    sound = [answers_shown(backup.answers), corrections_shown(backup.corrections), queue_shown(backup.queue)]
    return all(sound)
