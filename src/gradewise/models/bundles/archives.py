"""Bundles that travel as one file: read from a zip or a tar without unpacking, and written as one.

Nothing of an archive reaches the disk: its members go into memory, counted while they are decompressed, and
are verified there. The files lie at the top, or all in one directory.
"""

import gzip
import io
import os
import stat
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from gradewise.errors import BundleError, DamagedBundleError, UnsafeBundleError
from gradewise.models.bundles.archive_limits import CountedReader, Proportion, check_end_of_zip
from gradewise.models.bundles.refusals import Allowance, is_plain_name, refuse_pickle
from gradewise.models.bundles.storage import content_id, read_bundle_files, verify_files
from gradewise.whole_files import write_whole

ENDINGS = (".zip", ".tar", ".tar.gz", ".tgz")
"""How the names of archives end."""

_ENCRYPTED, _UNIX = 0x1, 3
_PLAIN_COMPRESSION = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_FIRST_DATE = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can say
_DAMAGED = (
    tarfile.TarError, zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, struct.error,
    EOFError, NotImplementedError, ValueError,
)  # fmt: skip


def is_archive(path: Path) -> bool:
    """Whether a path is called like an archive of ours; a directory may be called anything."""
    return path.name.lower().endswith(ENDINGS) and not path.is_dir()


def read_bundle(path: Path) -> dict[str, bytes]:
    """The files of a bundle by name, be it a directory or an archive.

    Those of a directory are not yet verified, see `read_bundle_files`.

    Raises:
        BundleError: it cannot be read, or holds what no bundle holds.
    """
    return read_archive(path) if is_archive(path) else read_bundle_files(path)


def read_archive(path: Path) -> dict[str, bytes]:
    """The files of a bundle by name, verified.

    Raises:
        BundleError: it cannot be read, is damaged, encrypted or a bomb, holds links, devices, paths or
            anything else that no bundle holds, or is not what its signature says; the message names it.
    """
    if not is_archive(path):
        raise BundleError(f"{path} is no archive; its name should end with {', '.join(ENDINGS)}")
    try:
        with path.open("rb") as file:
            files = _read_members(file, path.name.lower())
        verify_files(files)
    except BundleError as error:
        raise type(error)(f"archive {path}: {error}") from error
    except _DAMAGED as error:
        raise DamagedBundleError(
            f"archive {path} is damaged or cut short ({error}); copy it again"
        ) from error
    except OSError as error:
        raise BundleError(f"cannot read archive {path}: {error.strerror or error}") from error
    return files


def archive_of(files: Mapping[str, bytes]) -> bytes:
    """A bundle as the bytes of a tar; the same files give the same bytes.

    Raises:
        BundleError: the files are not what their signature says.
    """
    verify_files(files)
    return _packed(files, ".tar")


def files_in_archive(content: bytes, *, name: str) -> dict[str, bytes]:
    """The files of a bundle from the bytes of a tar, verified.

    Raises:
        BundleError: as `read_archive`; the message names it.
    """
    try:
        files = _read_tar(io.BytesIO(content), zipped=False)
        verify_files(files)
    except BundleError as error:
        raise BundleError(f"{name}: {error}") from error
    except _DAMAGED as error:
        raise BundleError(f"{name} is damaged or cut short ({error}); copy it again") from error
    return files


def write_archive(files: Mapping[str, bytes], path: Path) -> Path:
    """Write a bundle as an archive, by what its name ends with: whole, or not at all.

    The same files give the same bytes: there are no times, users or modes of this machine in it.

    Raises:
        BundleError: the files are not what their signature says, or the path exists or cannot be written.
    """
    verify_files(files)
    if not path.name.lower().endswith(ENDINGS):
        raise BundleError(f"{path} is no archive; let its name end with {', '.join(ENDINGS)}")
    if path.exists() or path.is_symlink():
        raise BundleError(f"{path} exists; bundles are never overwritten, choose another name")
    try:
        return write_whole(path, _packed(files, path.name.lower()))
    except OSError as error:
        raise BundleError(f"cannot write archive {path}: {error.strerror}; nothing was left") from error


class _Members:
    """The files of an archive as they are found, each name held against those before."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self._allowance = Allowance()
        self._folded: set[str] = set()
        self._top: str | None = None

    def place(self, path: str, size: int) -> str:
        """The name of a file that is about to be read, once it is known to be fit for a bundle."""
        *above, name = _parts(path)
        top = "/".join(above)
        if self._top not in (None, top):
            raise UnsafeBundleError(
                f"{path[:80]!r} lies in another directory than the files before; a bundle is flat"
            )
        if name.casefold() in self._folded:
            raise UnsafeBundleError(
                f"{path[:80]!r} is there twice, or differs from another file in case alone; "
                "fetch the archive anew"
            )
        self._top = top
        self._folded.add(name.casefold())
        self._allowance.take(name, size)
        return name

    def pass_directory(self, path: str) -> None:
        """Count a directory, which must be the one at the top."""
        self._allowance.take(path, 0)
        inner = path.removesuffix("/")
        if inner != "." and len(_parts(inner)) > 1:
            raise UnsafeBundleError(f"{path[:80]!r} is a directory within the bundle; a bundle is flat")

    def add(self, name: str, content: bytes) -> None:
        """Keep a file."""
        refuse_pickle(name, content)
        self.files[name] = content


def _parts(path: str) -> tuple[str, ...]:
    """The parts of a member's path: a file, or a file in one directory."""
    parts = tuple(part for part in path.split("/") if part != ".")
    if path.startswith("/") or ".." in parts or "\\" in path:
        raise UnsafeBundleError(f"{path[:80]!r} leads out of the archive; do not use it")
    if not parts or not all(map(is_plain_name, parts)):
        raise UnsafeBundleError(
            f"{path[:80]!r} is no file of a bundle; names are letters, digits, '.', '_' and '-'"
        )
    if len(parts) > 2:  # noqa: PLR2004 - a file in its directory
        raise UnsafeBundleError(f"{path[:80]!r} lies in a directory within the bundle; a bundle is flat")
    return parts


def _read_members(file: IO[bytes], name: str) -> dict[str, bytes]:
    if name.endswith(".zip"):
        return _read_zip(file)
    return _read_tar(file, zipped=not name.endswith(".tar"))


def _read_zip(file: IO[bytes]) -> dict[str, bytes]:
    members = _Members()
    proportion = Proportion(check_end_of_zip(file))
    with zipfile.ZipFile(file) as archive:
        for info in archive.infolist():
            # The library cuts a name at a NUL; this is what stands in the archive.
            path = info.orig_filename
            if path.endswith("/"):
                members.pass_directory(path)
                continue
            _check_zip_member(info, path)
            name = members.place(path, info.file_size)
            proportion.take(info.file_size)  # of which the library gives no byte more than is said here
            members.add(name, archive.read(info))
    return members.files


def _check_zip_member(info: zipfile.ZipInfo, path: str) -> None:
    if info.flag_bits & _ENCRYPTED:
        raise UnsafeBundleError(f"{path[:80]!r} is encrypted; pack it without a password")
    if info.compress_type not in _PLAIN_COMPRESSION:
        raise UnsafeBundleError(f"{path[:80]!r} is not packed by deflate; pack it as plain zip")
    kind = stat.S_IFMT(info.external_attr >> 16) if info.create_system == _UNIX else 0
    if kind not in (0, stat.S_IFREG):
        raise UnsafeBundleError(f"{path[:80]!r} is no plain file; a bundle has no links or devices")


def _read_tar(file: IO[bytes], *, zipped: bool) -> dict[str, bytes]:
    members = _Members()
    proportion = Proportion(file.seek(0, os.SEEK_END))
    file.seek(0)
    counted = CountedReader(gzip.GzipFile(fileobj=file) if zipped else file, proportion)
    # As a stream: every byte, those of headers too, passes the count once and in order.
    with tarfile.open(fileobj=counted, mode="r|") as archive:
        for member in archive:
            if member.isdir():
                members.pass_directory(member.name)
                continue
            if not member.isreg() or member.issparse():
                raise UnsafeBundleError(
                    f"{member.name[:80]!r} is no plain file; a bundle has no links or devices"
                )
            name = members.place(member.name, member.size)
            content = archive.extractfile(member)
            members.add(name, content.read() if content else b"")
    counted.read_on()  # the checksum of gzip stands at the end
    return members.files


def _packed(files: Mapping[str, bytes], name: str) -> bytes:
    """The bytes of an archive; its directory is called by content, so that its own name does not matter."""
    top = f"bundle-{content_id(files)[:12]}"
    members = {f"{top}/{file}": files[file] for file in sorted(files)}
    if name.endswith(".zip"):
        return _zipped(members)
    tarred = _tarred(members)
    return tarred if name.endswith(".tar") else gzip.compress(tarred, mtime=0)


def _zipped(members: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path, content in members.items():
            info = zipfile.ZipInfo(path, _FIRST_DATE)
            info.create_system = _UNIX
            info.external_attr = (stat.S_IFREG | 0o644) << 16
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _tarred(members: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path, content in members.items():
            info = tarfile.TarInfo(path)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()
