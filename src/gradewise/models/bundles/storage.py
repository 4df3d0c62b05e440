"""The files of a bundle: signed, read into memory once, verified, written all at once or not at all.

The signature lists the digest of every other file, so that its own digest names the whole: the content id.
"""

import errno
import hashlib
import os
import re
import shutil
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path

from gradewise.errors import BundleError, DamagedBundleError, UnsafeBundleError
from gradewise.models.bundles.refusals import Allowance, is_plain_name, refuse_pickle

SIGNATURE = "model_signature.sha256"
"""``sha256sum`` lines over every other file."""

_CONTENT_ID = re.compile(r"[0-9a-f]{64}")
_LINE = re.compile(r"(?P<digest>[0-9a-f]{64})  (?P<name>.+)")
_NO_PLAIN_FILE = frozenset({errno.ELOOP, errno.ENXIO, errno.ENODEV})


def sign(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files with their signature, which is last."""
    lines = [f"{_sha256(files[name])}  {name}\n" for name in sorted(files)]
    return {**files, SIGNATURE: "".join(lines).encode()}


def content_id(files: Mapping[str, bytes]) -> str:
    """Names these files and no others: 64 hex digits.

    Raises:
        BundleError: they are not signed.
    """
    return _sha256(_signature(files))


def is_content_id(text: str) -> bool:
    """Whether a text is of the form of a content id."""
    return _CONTENT_ID.fullmatch(text) is not None


def require_content_id(text: str) -> str:
    """A text that is of the form of a content id.

    Raises:
        BundleError: it is not.
    """
    if not is_content_id(text):
        raise BundleError(f"{text[:80]!r} is no content id; give 64 hex digits")
    return text


def listed_digests(signature: bytes) -> dict[str, str]:
    """SHA-256 by file name, as a signature lists them.

    Raises:
        BundleError: it is no signature; names are plain, so that nothing outside the bundle can be meant.
    """
    listed: dict[str, str] = {}
    *lines, end = signature.decode("utf-8", "replace").split("\n")
    if end:
        raise DamagedBundleError(f"{SIGNATURE} does not end with a whole line; copy the bundle again")
    for number, line in enumerate(lines, start=1):
        found = _LINE.fullmatch(line)
        if found is None or found["name"] in listed:
            raise DamagedBundleError(
                f"line {number} of {SIGNATURE} is not '<sha256>  <file>'; copy the bundle again"
            )
        if not is_plain_name(found["name"]):
            raise DamagedBundleError(
                f"line {number} of {SIGNATURE} names {found['name'][:80]!r}, which is no file of a bundle; "
                "do not use it"
            )
        listed[found["name"]] = found["digest"]
    return listed


def verify_files(files: Mapping[str, bytes]) -> str:
    """Hold files against their signature; the content id.

    Raises:
        BundleError: a file is missing, added, changed or a pickle; the message names it.
    """
    for name, content in files.items():
        refuse_pickle(name, content)
    listed = listed_digests(_signature(files))
    if odd := set(listed) ^ (set(files) - {SIGNATURE}):
        state = "missing" if min(odd) in listed else "not in the signature"
        raise DamagedBundleError(f"{min(odd)} is {state}; copy the bundle again")
    changed = [name for name, digest in listed.items() if _sha256(files[name]) != digest]
    if changed:
        others = f" (and {len(changed) - 1} more; or {SIGNATURE} is another bundle's)" if changed[1:] else ""
        raise DamagedBundleError(
            f"{changed[0]} was changed after the bundle was written{others}; copy the bundle again"
        )
    return content_id(files)


def verify_bundle(files: Mapping[str, bytes], content_id: str) -> None:
    """Hold files against their signature, and that against the content id by which they were asked for.

    Raises:
        BundleError: as `verify_files`, or they are another bundle.
    """
    found = verify_files(files)
    if found != content_id:
        raise DamagedBundleError(f"{SIGNATURE} is that of bundle {found}; put it there again")


def _signature(files: Mapping[str, bytes]) -> bytes:
    if SIGNATURE not in files:
        raise DamagedBundleError(f"{SIGNATURE} is missing; this is no bundle, or it was not copied whole")
    return files[SIGNATURE]


def read_bundle_files(directory: Path) -> dict[str, bytes]:
    """Every file of a bundle's directory by name, not yet verified.

    As `read_plain_files`, for people who named a directory.

    Raises:
        BundleError: it cannot be read, or holds anything but plain files that a bundle may have.
    """
    try:
        return read_plain_files(directory)
    except BundleError as error:
        raise type(error)(f"bundle {directory}: {error}") from error
    except OSError as error:
        raise BundleError(f"cannot read bundle {directory}: {error.strerror}") from error


def read_plain_files(directory: Path) -> dict[str, bytes]:
    """Every file of a directory by name, each read once.

    A directory that is a link is followed once, before anything is read: what it points to while files are
    read does not matter. A file with several hard links is read like any other, as backups and installers
    make them: what counts are the bytes that were read, which are held against the signature and used.

    Raises:
        BundleError: it holds links, directories, pipes, devices, pickles, or more than a bundle may.
        OSError: it cannot be read.
    """
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        allowance = Allowance()
        names = sorted(os.listdir(handle))  # noqa: PTH208 - of what is open, wherever its name leads now
        return {name: _read_plain(handle, name, allowance) for name in names}
    finally:
        os.close(handle)


def write_files(files: Mapping[str, bytes], directory: Path) -> Path:
    """Write files as a new directory: whole, or not at all, even when the process is killed.

    Files are written and synced beside the target and moved into place at once; a killed write leaves only
    a hidden directory whose name begins with a dot.

    Args:
        files: by name.
        directory: where; its parent exists, itself it does not.

    Returns:
        The directory.

    Raises:
        BundleError: the directory exists, or cannot be written.
    """
    if directory.exists() or directory.is_symlink():
        raise BundleError(f"{directory} exists; bundles are never overwritten, choose another version")
    try:
        write_at_once(files, directory)
    except OSError as error:
        raise BundleError(f"cannot write bundle {directory}: {error.strerror}; nothing was left") from error
    return directory


def sync_directory(directory: Path) -> None:
    """Make sure that what was created, renamed or removed in a directory outlasts a loss of power."""
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_at_once(files: Mapping[str, bytes], directory: Path) -> None:
    """Write files as a new directory, see `write_files`.

    Raises:
        OSError: it holds something already, or cannot be written; nothing is left.
    """
    beside = Path(tempfile.mkdtemp(prefix=f".{directory.name}.", dir=directory.parent))
    try:
        staged = beside / directory.name
        staged.mkdir()
        for name, content in files.items():
            with (staged / name).open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        sync_directory(staged)
        staged.rename(directory)
        sync_directory(directory.parent)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def _read_plain(handle: int, name: str, allowance: Allowance) -> bytes:
    """A file of an open directory; whatever would block or lead elsewhere is not opened."""
    descriptor = _open_plain(handle, name)
    with os.fdopen(descriptor, "rb") as file:
        size = os.fstat(descriptor).st_size
        allowance.take(name, size)
        content = file.read(size)
    refuse_pickle(name, content)
    return content


def _open_plain(handle: int, name: str) -> int:
    refused = UnsafeBundleError(f"{name} is no plain file; a bundle holds no links, directories or pipes")
    if not stat.S_ISREG(os.stat(name, dir_fd=handle, follow_symlinks=False).st_mode):
        raise refused
    try:
        # Had it become a link or a pipe since, this neither follows nor waits.
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=handle)
    except OSError as error:
        if error.errno in _NO_PLAIN_FILE:
            raise refused from error
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise refused
    return descriptor


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
