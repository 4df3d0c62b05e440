"""The secret by which chance draws and teachers are told apart."""

import os
import secrets

from gradewise.errors import UnavailableError
from gradewise.settings import Settings

KEPT_IN = "review_secret"
"""Beside the registry: readable by its owner alone."""
_BYTES = 32


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
