"""The files of a bundle: signed, read into memory once, verified, written all at once or not at all.

The signature lists the digest of every other file, so that its own digest names the whole: the content id.
"""

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from gradewise.errors import BundleError

SIGNATURE = "model_signature.sha256"
"""``sha256sum`` lines over every other file."""

_LINE = re.compile(r"(?P<digest>[0-9a-f]{64})  (?P<name>[A-Za-z0-9_][A-Za-z0-9_.-]*)")


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


def listed_digests(signature: bytes) -> dict[str, str]:
    """SHA-256 by file name, as a signature lists them.

    Raises:
        BundleError: it is no signature; names are plain, so that nothing outside the bundle can be meant.
    """
    listed: dict[str, str] = {}
    *lines, end = signature.decode("utf-8", "replace").split("\n")
    if end:
        raise BundleError(f"{SIGNATURE} does not end with a whole line; copy the bundle again")
    for number, line in enumerate(lines, start=1):
        found = _LINE.fullmatch(line)
        if found is None or found["name"] in listed:
            raise BundleError(
                f"line {number} of {SIGNATURE} is not '<sha256>  <file>'; copy the bundle again"
            )
        listed[found["name"]] = found["digest"]
    return listed


def verify_files(files: Mapping[str, bytes]) -> str:
    """Hold files against their signature; the content id.

    Raises:
        BundleError: a file is missing, added or changed; the message names it.
    """
    listed = listed_digests(_signature(files))
    if odd := set(listed) ^ (set(files) - {SIGNATURE}):
        state = "missing" if min(odd) in listed else "not in the signature"
        raise BundleError(f"{min(odd)} is {state}; copy the bundle again")
    for name, digest in listed.items():
        if _sha256(files[name]) != digest:
            raise BundleError(f"{name} was changed after the bundle was written; copy the bundle again")
    return content_id(files)


def _signature(files: Mapping[str, bytes]) -> bytes:
    if SIGNATURE not in files:
        raise BundleError(f"{SIGNATURE} is missing; this is no bundle, or it was not copied whole")
    return files[SIGNATURE]


def read_bundle_files(directory: Path) -> dict[str, bytes]:
    """Every file of a bundle's directory by name, not yet verified.

    A directory that is a link is followed once, before anything is read: what it points to while files are
    read does not matter.

    Raises:
        BundleError: it cannot be read, or holds anything but plain files.
    """
    try:
        return _read_files(directory)
    except OSError as error:
        raise BundleError(f"cannot read bundle {directory}: {error.strerror}") from error


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
        _write_at_once(files, directory)
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


def _read_files(directory: Path) -> dict[str, bytes]:
    files = {}
    for entry in sorted(os.scandir(directory.resolve()), key=lambda entry: entry.name):
        if not entry.is_file(follow_symlinks=False):
            raise BundleError(f"bundle {directory}: {entry.name} is no plain file; a bundle holds no links")
        files[entry.name] = Path(entry.path).read_bytes()
    return files


def _write_at_once(files: Mapping[str, bytes], directory: Path) -> None:
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


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
