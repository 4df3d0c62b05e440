"""What is seen of the files of a directory that is watched."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSeen:
    """A file as it was at one look."""

    name: str
    """In its directory."""
    size: int
    """Bytes."""
    changed_ns: int
    """When it was written to last, nanoseconds since 1970."""
    identity: tuple[int, int]
    """Device and inode: stays the same when a file is renamed."""
