"""Files that appear whole or not at all, also when the process is killed midway."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def write_whole(path: Path, content: str | bytes) -> Path:
    """Replace a file in one step: readers see the old content or the new, never a part.

    Raises:
        OSError: the directory cannot be written or the disk is full; the old file stays as it was.
    """
    with writing_whole(path) as file:
        file.write(content.encode() if isinstance(content, str) else content)
    return path


@contextmanager
def writing_whole(path: Path) -> Iterator[BinaryIO]:
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
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
