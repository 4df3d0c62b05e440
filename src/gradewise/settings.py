"""The environment, read once at the edge into one frozen object."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from gradewise.errors import PlanError


@dataclass(frozen=True, slots=True)
class Settings:
    """What a machine decides, as opposed to a plan."""

    cache_directory: Path
    """Where measured features are kept between runs."""
    workers: int | None
    """Processes that measure essays; ``None`` means one a core."""
    embedding_model: Path | None = None
    """Directory of the text model that bundles are used with, where they need one."""

    def with_embedding_model(self, directory: Path | None) -> "Settings":
        """The settings with another text model, when one is named."""
        return self if directory is None else replace(self, embedding_model=directory)


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read ``GRADEWISE_CACHE_DIR``, ``GRADEWISE_WORKERS`` and ``GRADEWISE_EMBEDDING_MODEL``.

    Raises:
        PlanError: ``GRADEWISE_WORKERS`` is not a positive whole number.
    """
    environment = os.environ if environment is None else environment
    home_cache = environment.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    directory = environment.get("GRADEWISE_CACHE_DIR") or str(Path(home_cache) / "gradewise")
    workers = environment.get("GRADEWISE_WORKERS", "")
    if workers and not (workers.isdecimal() and int(workers) > 0):
        raise PlanError(f"GRADEWISE_WORKERS is {workers!r}; give a whole number of at least 1, or unset it")
    model = environment.get("GRADEWISE_EMBEDDING_MODEL")
    return Settings(
        cache_directory=Path(directory),
        workers=int(workers) if workers else None,
        embedding_model=Path(model) if model else None,
    )
