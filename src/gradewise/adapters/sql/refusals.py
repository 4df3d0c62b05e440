"""What the database refuses, in words; nothing here repeats what was written."""

import sqlite3

from gradewise.adapters.sql.addresses import Address
from gradewise.adapters.sql.failures import Cause
from gradewise.errors import InputError, RegistryError

OLD = "has not the tables of this gradewise; run `gradewise db upgrade`"
REFUSALS: tuple[tuple[str, str], ...] = (
    ("erasures", "erasures are only ever added to, one after the other"),
    ("erased_answers", "only an answer that is there can be taken out, once"),
    ("score_log_head", "the chain of answers has one end"),
    ("score_log", "answers are only ever added to"),
    ("corrections", "corrections are only ever added to, each about an answer that is there"),
    ("correction_links", "links of corrections are only ever added to"),
    ("foreign key", "it refers to a model or a gate report that is not kept"),
    ("ml_models_one_production", "another model of that name is in production already"),
    ("ml_models_version", "that version is given to another model of that name"),
    ("ml_models.version", "that version is given to another model of that name"),
    ("ml_models_content", "that bundle is registered under that name already"),
    ("ml_models.content_id", "that bundle is registered under that name already"),
    ("ml_models.model_name", "another model of that name is in production already"),
    ("stage_changes", "the audit trail is only ever added to"),
    ("ml_models_stage", "there is no such stage"),
)
"""What a constraint means that the database holds against somebody, by what its name or message contains."""
CONSTRAINTS = ("23", "P0")
"""Classes of codes of what PostgreSQL refuses for what it says."""
UNKNOWN_TABLES = ("42P01", "42703")
"""Codes of tables and columns that PostgreSQL has not."""
UNFIT = "it holds what cannot be kept, such as a number that is none or text that is not Unicode"


def registry_fault(cause: Cause, address: Address) -> RegistryError | None:
    """What is wrong with what the registry asked, rather than with the database; `Faults`."""
    if isinstance(cause.error, sqlite3.IntegrityError) or cause.state[:2] in CONSTRAINTS:
        return RegistryError(f"the database {address} refuses it: {_refusal(cause)}")
    if _is_unfit(cause):
        # In fixed words, since these errors repeat what they could not take.
        return RegistryError(f"the database {address} refuses it: {UNFIT}")
    unknown = cause.number == sqlite3.SQLITE_ERROR and "no such" in cause.words
    return (
        RegistryError(f"the database {address} {OLD}") if unknown or cause.state in UNKNOWN_TABLES else None
    )


def scores_fault(cause: Cause, address: Address) -> RegistryError | InputError | None:
    """The same for answers and corrections.

    What they hold is somebody's input, where the registry's records are its own. That tables refuse a change
    is nobody's input: the log is not what it was, such as one that was put back from a copy in part.
    """
    fault = registry_fault(cause, address)
    return InputError(str(fault)) if fault is not None and _is_unfit(cause) else fault


def _is_unfit(cause: Cause) -> bool:
    """Whether the database, or its driver, cannot take a value."""
    if isinstance(cause.error, sqlite3.IntegrityError) or cause.state[:2] in CONSTRAINTS:
        return False
    return (
        cause.state[:2] == "22"
        or (cause.is_foreign and isinstance(cause.error, ValueError | TypeError))
        or isinstance(cause.error, OverflowError | UnicodeEncodeError)  # SQLite's driver, of what it is given
    )


def _refusal(cause: Cause) -> str:
    named = f"{getattr(cause.error, 'constraint_name', None) or ''} {cause.error}".lower()
    return next((words for mark, words in REFUSALS if mark in named), cause.words)
