"""A directory that is one bundle: made whole, read back, and gone at once."""

import re
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from gradewise.errors import BundleError, UnavailableError
from gradewise.models.bundles.storage import read_plain_files, sync_directory, verify_files, write_at_once

_LEFTOVER = re.compile(r"\.[A-Za-z0-9_][A-Za-z0-9_.-]*\.(?:[a-z0-9_]{8}|[0-9a-f]{32})")


def keep(files: Mapping[str, bytes], place: Path) -> None:
    """Write a bundle and read it back; what lay there before is gone.

    Args:
        files: a bundle, verified.
        place: its directory, in one that exists.

    Raises:
        UnavailableError: it could not be read back as it was written, and is not there.
        OSError: it cannot be written, and is not there.
    """
    remove_at_once(place)
    write_at_once(files, place)
    try:
        verify_files(read_plain_files(place))
    except BundleError as error:
        remove_at_once(place)
        raise UnavailableError(f"{place} was not kept as it was written: {error}") from error


def whole_at(place: Path) -> str | None:
    """The content id of the bundle that lies whole in a directory; ``None`` for a damaged one, or none.

    Raises:
        OSError: it cannot be read.
    """
    try:
        return verify_files(read_plain_files(place))
    except (BundleError, FileNotFoundError, NotADirectoryError):
        return None


@contextmanager
def disk_told(what: str) -> Iterator[None]:
    """Tell errors of the file system in our own words.

    Args:
        what: is read or written in the block.

    Raises:
        UnavailableError: it is full, may not be written, or is held by another process for too long.
    """
    try:
        yield
    except TimeoutError as error:
        raise UnavailableError(f"{what} was held by another process all the while; try again") from error
    except OSError as error:
        raise UnavailableError(
            f"cannot read or write {what}: {error.strerror}; make room or allow it"
        ) from error


def remove_at_once(place: Path) -> None:
    """Take a directory out of sight, then delete it; none is none the worse, a link is not followed.

    Raises:
        OSError: it cannot be moved or deleted.
    """
    if place.exists() or place.is_symlink():
        aside = hidden_beside(place)
        place.rename(aside)
        sync_directory(place.parent)
        _delete(aside)


def hidden_beside(path: Path) -> Path:
    """A new name beside a path, for what is about to be moved there or was moved away."""
    return path.with_name(f".{path.name}.{uuid.uuid4().hex}")


def sweep_leftovers(folder: Path) -> tuple[str, ...]:
    """Delete what killed writes and removals have left in a folder, while nobody writes; their names.

    Raises:
        OSError: the folder cannot be read, or something in it cannot be deleted.
    """
    left = sorted(each for each in folder.iterdir() if _LEFTOVER.fullmatch(each.name))
    for each in left:
        _delete(each)
    return tuple(each.name for each in left)


def _delete(path: Path) -> None:
    if path.is_symlink() or not path.is_dir():
        path.unlink()
    else:
        shutil.rmtree(path)
