"""The score log, and the secret by which chance draws and teachers are told apart."""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gradewise.bootstrap.databases import database_address
from gradewise.errors import UnavailableError
from gradewise.protocols import ScoreLog
from gradewise.settings import Settings

KEPT_IN = "review_secret"
"""Beside the registry: readable by its owner alone."""
_BYTES = 32


@asynccontextmanager
async def score_log_from(settings: Settings) -> AsyncIterator[ScoreLog]:
    """Open the score log, and close it afterwards; made and used within one event loop.

    Raises:
        UnavailableError: the database does not answer.
        RegistryError: the database is not of this gradewise's revision.
    """
    from gradewise.adapters.sql.score_log import open_score_log  # noqa: PLC0415 - takes a second

    async with open_score_log(database_address(settings)) as log:
        yield log


def review_secret(settings: Settings) -> str:
    """What the environment says, else a secret that is made once and kept beside the registry.

    Machines that share a database must share it too: ``GRADEWISE_REVIEW_SECRET``.

    Raises:
        UnavailableError: there is none, and none can be kept.
    """
    if settings.review_secret is not None:
        return settings.review_secret
    path = settings.models_directory / ".registry" / KEPT_IN
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        made = path.with_name(f".{KEPT_IN}.{secrets.token_hex(8)}")
        if not path.exists():
            descriptor = os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_hex(_BYTES))
            try:
                os.link(made, path)  # of several processes, the first one's counts
            except FileExistsError:
                pass
            finally:
                made.unlink()
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise UnavailableError(
            f"{path}: {error.strerror}; set GRADEWISE_REVIEW_SECRET, or let the directory be written"
        ) from error
