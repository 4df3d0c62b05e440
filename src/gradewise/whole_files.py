"""Files that appear whole or not at all, also when the process is killed midway."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def write_whole(path: Path, content: str | bytes, *, mode: int = 0o644) -> Path:
    """Replace a file in one step: readers see the old content or the new, never a part.

    Nobody but the owner can read it before it has its mode.

    Raises:
        OSError: the directory cannot be written or the disk is full; the old file stays as it was.
    """
    with writing_whole(path, mode=mode) as file:
        file.write(content.encode() if isinstance(content, str) else content)
    return path


@contextmanager
def writing_whole(path: Path, *, mode: int = 0o644) -> Iterator[BinaryIO]:
    """A file to write piece by piece, which takes the place of the old one when the block ends well.

    Raises:
        OSError: as `write_whole`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(mode)
        Path(name).replace(path)
    except BaseException as error:
        Path(name).unlink(missing_ok=True)
        if isinstance(error, OSError) and error.filename is None:
            error.filename = str(path)  # a full disk does not say of its own for which file it had no room
        raise


def append_whole(descriptor: int, line: bytes) -> None:
    """Add a line to a locked file in one write, after a new line where the last writer died amid one.

    Raises:
        OSError: it cannot be written, or the disk is full; the file stays as it was.
    """
    size = os.fstat(descriptor).st_size
    torn = size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"
    content = b"\n" + line if torn else line
    whole = False
    try:
        whole = os.write(descriptor, content) == len(content)
        os.fsync(descriptor)
    finally:
        if not whole:
            os.ftruncate(descriptor, size)
    if not whole:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
