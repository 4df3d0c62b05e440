"""A SQLite file copied while others write into it: one state of it, whole or not at all."""

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import mkstemp

from gradewise.adapters.sql.addresses import Address, sqlite_address
from gradewise.adapters.sql.failures import translated
from gradewise.adapters.sql.refusals import registry_fault
from gradewise.errors import InputError

OF_THE_ORIGINAL = frozenset(
    {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN}
)
"""Codes of what is wrong with the file that is copied, rather than with the copy, which is there already."""


def copy_file(address: Address, target: Path) -> int:
    """Copy a file as it is at one moment, which keeps nobody from writing; only its owner can read the copy.

    What was forgotten, and still stood in unused pages, is not in it.

    Returns:
        Size of the copy, bytes.

    Raises:
        InputError: there is no such file, or the copy is there already.
        UnavailableError: the file cannot be read, or there is no room for the copy; nothing is left of it.
    """
    original = address.path
    if original is None or not original.exists():
        raise InputError(f"there is no database at {address} yet; nothing is to be copied")
    if target.exists():
        raise InputError(f"{target} is there already; choose another directory")
    copy = sqlite_address(target)
    with translated(copy, registry_fault):
        target.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        _fill(address, copy, original, name)
        with translated(copy, registry_fault):
            os.fsync(descriptor)
            Path(name).rename(target)
            return target.stat().st_size
    finally:
        os.close(descriptor)
        Path(name).unlink(missing_ok=True)


def _fill(address: Address, copy: Address, original: Path, name: str) -> None:
    try:
        with closing(sqlite3.connect(f"{original.absolute().as_uri()}?mode=ro", uri=True)) as file:
            file.execute("VACUUM INTO ?", (name,))
    except sqlite3.Error as error:
        of_original = getattr(error, "sqlite_errorcode", 0) & 0xFF in OF_THE_ORIGINAL
        with translated(address if of_original else copy, registry_fault):
            raise
