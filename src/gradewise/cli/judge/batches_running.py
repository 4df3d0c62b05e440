"""Commands that ask for judged batches: they are opened, used within one event loop, and released."""

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from gradewise.bootstrap import batches_from
from gradewise.cli.opened import with_opened
from gradewise.errors import InputError, PlanError
from gradewise.judgement.batch_tables import BatchTables, batch_tables
from gradewise.protocols.scoring import FillableBatches

T = TypeVar("T")


def with_batches(work: Callable[[FillableBatches], Awaitable[T]], tables: Path | None = None) -> T:
    """What the work comes to, once the batches of the settings are open for it."""
    return with_opened(partial(batches_from, tables=read_tables(tables)), work)


def read_tables(path: Path | None) -> BatchTables | None:
    """What judged tables are called, as a file says.

    Raises:
        InputError: it cannot be read, or says what cannot be.
    """
    if path is None:
        return None
    from gradewise.workflows.plans.strict_yaml import parse_yaml

    try:
        said = parse_yaml(path.read_text(encoding="utf-8"), location=str(path))
    except (OSError, UnicodeDecodeError, PlanError) as error:
        raise InputError(f"{path} cannot be read as YAML; write such as `preset: judgement_seed`") from error
    if not isinstance(said, dict):
        raise InputError(f"{path} holds no keys; write such as `preset: judgement_seed`")
    return batch_tables(said)
