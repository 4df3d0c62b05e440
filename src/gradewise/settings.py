"""The environment, read once at the edge into one frozen object."""

import os
import platform
import pwd
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args

from gradewise.errors import PlanError
from gradewise.redaction import secrets_in

LogFormat = Literal["off", "json", "console"]
"""How events are logged."""
LogLevel = Literal["debug", "info", "warning", "error"]
"""From which level on."""

_CORRELATION = re.compile(r"[A-Za-z0-9._:-]{1,128}")
_MOST_PORTS = 65_535


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
    user: str = ""
    """Who acts, for the audit trail."""
    cache_url: str | None = field(default=None, repr=False)
    """Address of a Redis server that keeps measured features, secrets and all; a file when ``None``."""

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
        user=environment.get("GRADEWISE_USER") or _user(environment),
        cache_url=environment.get("GRADEWISE_CACHE_URL") or None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Observability:
    """What somebody who runs gradewise wants to hear of it."""

    log: LogFormat = "off"
    """How events are logged."""
    log_file: Path | None = None
    """Where; standard error when ``None``."""
    log_level: LogLevel = "info"
    """From which level on."""
    metrics_file: Path | None = None
    """A file for node_exporter, which is written whole again and again."""
    metrics_push: str | None = field(default=None, repr=False)
    """Address of a push gateway, secrets and all."""
    metrics_port: int | None = None
    """Where metrics are served while a command runs; 0 is any free port."""
    metrics_host: str = "127.0.0.1"
    """By which of the machine's addresses."""
    correlation_id: str | None = None
    """Names what a command does; a new one when ``None``."""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """What must not be written down anywhere."""

    @property
    def measures(self) -> bool:
        """Whether somebody wants metrics."""
        return not (self.metrics_file is None and self.metrics_push is None and self.metrics_port is None)

    @property
    def hears(self) -> bool:
        """Whether somebody wants to hear of anything at all."""
        return self.log != "off" or self.measures


def read_observability(environment: Mapping[str, str] | None = None) -> Observability:
    """Read what the environment says of logs, metrics and correlation.

    A log file or a level that is named without a format means JSON.

    Raises:
        PlanError: a variable has a value that it cannot have.
    """
    environment = os.environ if environment is None else environment
    log_file, level = environment.get("GRADEWISE_LOG_FILE"), environment.get("GRADEWISE_LOG_LEVEL")
    log = environment.get("GRADEWISE_LOG") or ("json" if log_file or level else "off")
    metrics_file = environment.get("GRADEWISE_METRICS_FILE")
    return Observability(
        log=_one_of("GRADEWISE_LOG", log, get_args(LogFormat)),
        log_file=Path(log_file) if log_file else None,
        log_level=_one_of("GRADEWISE_LOG_LEVEL", level or "info", get_args(LogLevel)),
        metrics_file=Path(metrics_file) if metrics_file else None,
        metrics_push=_push_address(environment.get("GRADEWISE_METRICS_PUSH")),
        metrics_port=_port(environment.get("GRADEWISE_METRICS_PORT")),
        metrics_host=environment.get("GRADEWISE_METRICS_HOST") or "127.0.0.1",
        correlation_id=_correlation(environment.get("GRADEWISE_CORRELATION_ID")),
        secrets=secrets_in(environment),
    )


def _one_of(name: str, value: str, known: tuple[str, ...]) -> Any:
    if value.lower() not in known:
        raise PlanError(f"{name} is {value!r}; give one of {', '.join(known)}, or unset it")
    return value.lower()


def _port(value: str | None) -> int | None:
    if value and not (value.isdecimal() and int(value) <= _MOST_PORTS):
        raise PlanError(f"GRADEWISE_METRICS_PORT is {value!r}; give a port such as 9108, or unset it")
    return int(value) if value else None


def _push_address(value: str | None) -> str | None:
    if value and not value.startswith(("http://", "https://")):
        raise PlanError("GRADEWISE_METRICS_PUSH is no address; give one such as http://pushgateway:9091")
    return value or None


def _correlation(value: str | None) -> str | None:
    if value and not _CORRELATION.fullmatch(value):
        raise PlanError(
            f"GRADEWISE_CORRELATION_ID is {value[:140]!r}; give at most 128 letters, digits and . _ : -"
        )
    return value or None


def source_url_in(variable: str, environment: Mapping[str, str] | None = None) -> str:
    """The URL of a database of essays, from the variable that a plan names.

    Raises:
        PlanError: the variable is not set.
    """
    environment = os.environ if environment is None else environment
    url = environment.get(variable)
    if not url:
        raise PlanError(
            f"which database? set {variable} to its URL, postgresql://USER:PASSWORD@HOST/DATABASE or "
            "sqlite:///FILE"
        )
    return url


def _user(environment: Mapping[str, str]) -> str:
    """Whoever is logged in, on which machine."""
    named = (environment.get(variable) for variable in ("SUDO_USER", "LOGNAME", "USER"))
    return f"{next((name for name in named if name), None) or _account()}@{platform.node()}"


def _account() -> str:
    """The account of this process; its number where it has no name, as in some containers."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
