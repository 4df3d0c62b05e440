"""The environment, read once at the edge into one frozen object."""

import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
    models_directory: Path = Path("models")
    """Where models are deployed, and where the registry is when nothing else is said."""
    database_url: str | None = field(default=None, repr=False)
    """SQLAlchemy URL of the registry's database, secrets and all; a SQLite file when ``None``."""
    artifacts_url: str | None = field(default=None, repr=False)
    """Address of a second copy of every bundle, such as ``s3://bucket/prefix``; none when ``None``."""
    source_url: str | None = field(default=None, repr=False)
    """SQLAlchemy URL of the database that essays are read from, secrets and all."""
    user: str = ""
    """Who acts, for the audit trail."""

    def with_embedding_model(self, directory: Path | None) -> "Settings":
        """The settings with another text model, when one is named."""
        return self if directory is None else replace(self, embedding_model=directory)


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read the variables whose names begin with ``GRADEWISE_``.

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
        models_directory=Path(environment.get("GRADEWISE_MODELS_DIR") or "models"),
        database_url=environment.get("GRADEWISE_DATABASE_URL") or None,
        artifacts_url=environment.get("GRADEWISE_ARTIFACTS_URL") or None,
        source_url=environment.get("GRADEWISE_SOURCE_URL") or None,
        user=environment.get("GRADEWISE_USER") or _user(environment),
    )


def _user(environment: Mapping[str, str]) -> str:
    """Whoever is logged in, on which machine."""
    name = environment.get("SUDO_USER") or environment.get("LOGNAME") or environment.get("USER") or "unknown"
    return f"{name}@{platform.node()}"
