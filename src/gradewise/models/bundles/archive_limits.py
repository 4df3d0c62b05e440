"""What keeps an archive from filling the memory: limits that are checked before and while it is read."""

import io
import os
import struct
from typing import IO

from gradewise.errors import DamagedBundleError, UnsafeBundleError
from gradewise.models.bundles.refusals import LARGEST_BUNDLE, MOST_FILES

HIGHEST_RATIO = 100
"""Bytes that a byte of an archive may become; files of bundles become 2 to 10, a bomb a thousand."""
SMALL = 16 * 2**20
"""Bytes that may come of any archive: a few long rows of zeros are no bomb."""
LARGEST_LISTING = 512 * MOST_FILES
"""Bytes that a zip may spend on the list of its members, which is read before anything else."""

_LONGEST_HEADERS = 2**21  # of a tar: two blocks a file at most, and the padding at its end
_CHUNK = 2**20
_END = struct.Struct("<4s4H2LH")
"""End of a zip: signature, two disk numbers, members here and in all, size and place of the list, comment.

Source: APPNOTE.TXT 4.3.16 and 4.3.15, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
"""
_END_SIGNATURE, _LARGE_SIGNATURE, _LARGE_SIZE = b"PK\x05\x06", b"PK\x06\x07", 20


class Proportion:
    """Counts what becomes of an archive, and stops where that is out of proportion."""

    def __init__(self, packed: int) -> None:
        """Begin to count.

        Args:
            packed: size of the archive in bytes.
        """
        self._left = min(LARGEST_BUNDLE + _LONGEST_HEADERS, max(SMALL, HIGHEST_RATIO * packed))

    def take(self, size: int) -> None:
        """Count bytes that came out of it, or are about to.

        Raises:
            UnsafeBundleError: it is a bomb.
        """
        self._left -= size
        if self._left < 0:
            raise UnsafeBundleError(
                "it becomes far larger than it is; it is a bomb, or no bundle: send the files instead"
            )


class CountedReader(io.RawIOBase):
    """Reads on, as long as what has come stays in proportion."""

    def __init__(self, source: IO[bytes] | io.BufferedIOBase, proportion: Proportion) -> None:
        """Read what is decompressed as it is read."""
        super().__init__()
        self._source = source
        self._proportion = proportion

    def read(self, size: int = _CHUNK, /) -> bytes:
        """Some bytes more, a mebibyte at most; none at the end.

        Raises:
            UnsafeBundleError: it is a bomb.
        """
        content = self._source.read(min(size, _CHUNK))
        self._proportion.take(len(content))
        return content

    def read_on(self) -> None:
        """Read what is left, and forget it.

        Raises:
            UnsafeBundleError: it is a bomb.
        """
        while self.read():
            pass


def check_end_of_zip(file: IO[bytes]) -> int:
    """Look at how many members a zip says it has, before any of them is listed; its size in bytes.

    Raises:
        BundleError: it is cut short, goes on after its end, or says that it has too many members.
    """
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END.size - _LARGE_SIZE))
    tail = file.read()
    end = tail[-_END.size :]
    if not end.startswith(_END_SIGNATURE) or len(end) < _END.size:
        raise DamagedBundleError(
            "it is no zip, was cut short, or has something behind its end; copy it again"
        )
    _, _, _, _, members, listing, _, comment = _END.unpack(end)
    if comment or tail[:4] == _LARGE_SIGNATURE:
        raise UnsafeBundleError("it has a comment or is of the kind for huge archives; no bundle is")
    if members > MOST_FILES or listing > LARGEST_LISTING:
        raise UnsafeBundleError(f"it says that it has {members:,} files; a bundle has at most {MOST_FILES:,}")
    file.seek(0)
    return size
