"""Bundles in archives: they come back as they went in, and what no bundle holds is refused by name."""

import contextlib
import gzip
import io
import os
import stat
import struct
import tarfile
import tracemalloc
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradewise.errors import BundleError, UnsafeBundleError
from gradewise.models.bundles.archive_limits import SMALL, Proportion
from gradewise.models.bundles.archives import is_archive, read_archive, read_bundle, write_archive
from gradewise.models.bundles.bundle import load_bundle
from gradewise.models.bundles.contents import bundle_files
from gradewise.models.bundles.refusals import LARGEST_BUNDLE, LARGEST_FILE, MOST_FILES
from gradewise.models.bundles.storage import SIGNATURE, sign, write_files
from gradewise.testing.graders import made_up_bundle

FILES = sign({"model_metadata.json": b"{}", "model.onnx": bytes(range(256)) * 40, "empty.txt": b""})
NAMES = ["b.zip", "b.tar", "b.tar.gz", "b.tgz"]
Entry = tuple[str, bytes]

every_kind = pytest.mark.parametrize("name", NAMES)


def pack(path: Path, entries: list[Entry]) -> Path:
    """An archive of whatever entries, made without looking at them."""
    if path.suffix == ".zip":
        with warnings.catch_warnings(), zipfile.ZipFile(path, "w") as archive:
            warnings.simplefilter("ignore")  # of names that are there twice
            for name, content in entries:
                archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
        return path
    with tarfile.open(path, "w" if path.suffix == ".tar" else "w:gz") as tar:
        for name, content in entries:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


@every_kind
def test_a_bundle_comes_back_as_it_went_in(tmp_path: Path, name: str) -> None:
    """Every kind of archive gives the files that were put in."""
    assert FILES == read_archive(write_archive(FILES, tmp_path / name))


def test_a_bundle_is_loaded_from_an_archive(tmp_path: Path) -> None:
    """What can be used as a directory can be used as an archive."""
    files = bundle_files(made_up_bundle())
    directory = load_bundle(write_files(files, tmp_path / "b"))
    assert directory.digest == load_bundle(write_archive(files, tmp_path / "b.tgz")).digest


@every_kind
def test_archives_have_no_clock_in_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """The same files give the same bytes at any time, under any name, in any order."""
    first = write_archive(FILES, tmp_path / name).read_bytes()
    monkeypatch.setattr("time.time", lambda: 2_000_000_000.0)
    turned = dict(reversed(FILES.items()))
    assert first == write_archive(turned, tmp_path / f"other.{name}").read_bytes()


@every_kind
@pytest.mark.parametrize("prefix", ["", "./", "top/", "./top/"], ids=["flat", "dot", "top", "dot and top"])
def test_archives_of_other_programs_are_read(tmp_path: Path, name: str, prefix: str) -> None:
    """Files may lie at the top or in one directory, as ``tar -C`` and ``zip -r`` pack them."""
    entries = [(prefix + file, content) for file, content in FILES.items()]
    assert FILES == read_archive(pack(tmp_path / name, entries))


@every_kind
def test_the_directory_at_the_top_may_be_named(tmp_path: Path, name: str) -> None:
    """Archives hold entries of directories too; one directory is no more than a name."""
    source = write_files(FILES, tmp_path / "20260131_120000")
    path = tmp_path / name
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(source, "top/")
            for file in source.iterdir():
                archive.write(file, f"top/{file.name}")
    else:
        with tarfile.open(path, "w" if path.suffix == ".tar" else "w:gz") as tar:
            tar.add(source, "./top")
    assert FILES == read_archive(path)


BAD_ENTRIES: dict[str, tuple[list[Entry], str]] = {
    "climbs": ([("../x", b"")], r"'\.\./x' leads out of the archive"),
    "climbs within": ([("top/../../x", b"")], "leads out of the archive"),
    "absolute": ([("/etc/passwd", b"")], "'/etc/passwd' leads out of the archive"),
    "backslash": ([("..\\x", b"")], "leads out of the archive"),
    "below": ([("top/code/x.py", b"")], "'top/code/x.py' lies in a directory within the bundle"),
    "elsewhere": ([("top/a", b""), ("b", b"")], "'b' lies in another directory"),
    "twice": ([("a", b"1"), ("a", b"2")], "'a' is there twice"),
    "case": ([("a", b"1"), ("A", b"2")], "'A' is there twice, or differs from another file in case alone"),
    "right to left": ([("gpj.\u202exnno", b"")], "is no file of a bundle"),
    "accent": ([("mod\u00e8le", b"")], "is no file of a bundle"),
    "hidden": ([(".DS_Store", b"")], "'.DS_Store' is no file of a bundle"),
    "line end": ([("a\nb", b"")], "is no file of a bundle"),
    "long": ([("a" * 300, b"")], "is no file of a bundle"),
    "pickle by name": ([("model.pkl", b"")], "model.pkl is a pickle, .* pickles are never read"),
    "pickle by content": ([("model.bin", b"\x80\x04\x95\x00")], "model.bin is a pickle"),
    "unsigned": ([("a", b"")], f"{SIGNATURE} is missing"),
    "nothing": ([], f"{SIGNATURE} is missing"),
    "too many": ([(f"f{i}", b"") for i in range(MOST_FILES + 1)], "(too many;|it says that it has 1,001)"),
}


@pytest.mark.parametrize("name", ["b.zip", "b.tgz"])
@pytest.mark.parametrize("case", BAD_ENTRIES)
def test_what_no_bundle_holds_is_refused_by_name(tmp_path: Path, name: str, case: str) -> None:
    """The message says which archive, which member and why, in one line."""
    entries, message = BAD_ENTRIES[case]
    with pytest.raises(BundleError, match=message) as refused:
        read_archive(pack(tmp_path / name, entries))
    assert str(tmp_path / name) in str(refused.value)
    assert "\n" not in str(refused.value)


@every_kind
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"model.onnx": b"other"}, "model.onnx was changed"),
        ({"more.bin": b"x"}, "more.bin is not in the signature"),
        ({SIGNATURE: sign({"a": b""})[SIGNATURE]}, "a is missing"),
        ({SIGNATURE: sign(dict.fromkeys(FILES, b"x"))[SIGNATURE]}, f"{SIGNATURE} is missing|is not"),
        ({SIGNATURE: b"0" * 64 + b"  ../x\n"}, r"line 1 of .* names '\.\./x'"),
    ],
    ids=["changed", "added", "signature of others", "signs itself", "signature climbs"],
)
def test_what_is_not_as_signed_is_refused(
    tmp_path: Path, name: str, change: dict[str, bytes], message: str
) -> None:
    """An archive proves nothing: its files are held against their signature."""
    with pytest.raises(BundleError, match=message):
        read_archive(pack(tmp_path / name, list((FILES | change).items())))


@pytest.mark.parametrize(
    "kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE]
)
def test_links_and_devices_of_a_tar_are_refused(tmp_path: Path, kind: bytes) -> None:
    """A member is a file or it is refused, also where what a link leads to is in the archive."""
    with tarfile.open(tmp_path / "b.tar", "w") as tar:
        info = tarfile.TarInfo("model.onnx")
        info.type, info.linkname = kind, "/etc/passwd"
        tar.addfile(info)
    with pytest.raises(BundleError, match="'model.onnx' is no plain file"):
        read_archive(tmp_path / "b.tar")


def test_links_of_a_zip_are_refused(tmp_path: Path) -> None:
    """A zip says by the mode of a member that its content is where it leads to."""
    with zipfile.ZipFile(tmp_path / "b.zip", "w") as archive:
        info = zipfile.ZipInfo("model.onnx")
        info.create_system, info.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, b"/etc/passwd")
    with pytest.raises(BundleError, match="'model.onnx' is no plain file"):
        read_archive(tmp_path / "b.zip")


@every_kind
def test_directories_within_are_refused(tmp_path: Path, name: str) -> None:
    """Also when they are empty."""
    path = tmp_path / name
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("top/code/", b"")
    else:
        with tarfile.open(path, "w" if path.suffix == ".tar" else "w:gz") as tar:
            info = tarfile.TarInfo("top/code")
            info.type = tarfile.DIRTYPE
            tar.addfile(info)
    with pytest.raises(BundleError, match="'top/code/?' is a directory within the bundle"):
        read_archive(path)


def test_a_name_with_nul_is_refused(tmp_path: Path) -> None:
    """What a library would cut at the NUL is read to its end."""
    path = pack(tmp_path / "b.zip", [("model.onnxXpkl", b"")])
    path.write_bytes(path.read_bytes().replace(b"onnxXpkl", b"onnx\0pkl"))
    with pytest.raises(BundleError, match=r"'model.onnx\\x00pkl' is no file of a bundle"):
        read_archive(path)


def test_encrypted_and_oddly_packed_zips_are_refused(tmp_path: Path) -> None:
    """There is no password to give, and two ways of packing are enough."""
    path = pack(tmp_path / "b.zip", [("a", b"content")])
    content = bytearray(path.read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(content))
    with pytest.raises(BundleError, match="'a' is encrypted"):
        read_archive(path)
    with zipfile.ZipFile(tmp_path / "c.zip", "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("a", b"content")
    with pytest.raises(BundleError, match="'a' is not packed by deflate"):
        read_archive(tmp_path / "c.zip")


def bomb(path: Path, size: int) -> Path:
    """An archive of one file of zeros, which deflate makes a thousand times smaller."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("a", "w") as file:
            for _ in range(size // 2**20):
                file.write(bytes(2**20))
        return path
    with gzip.open(path, "wb", compresslevel=1) as packed:
        info = tarfile.TarInfo("a")
        info.size = size
        packed.write(info.tobuf())
        for _ in range(size // 2**20):
            packed.write(bytes(2**20))
    return path


@pytest.mark.parametrize("name", ["b.zip", "b.tgz"])
def test_bombs_are_refused_in_little_memory(tmp_path: Path, name: str) -> None:
    """What becomes a hundred times what it is, is not read on."""
    path = bomb(tmp_path / name, 4 * SMALL)
    tracemalloc.start()
    try:
        with pytest.raises(BundleError, match="it is a bomb"):
            read_archive(path)
        assert 2.5 * SMALL > tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_bombs_in_headers_are_refused(tmp_path: Path) -> None:
    """The name of a member is no way around the limit."""
    with gzip.open(tmp_path / "b.tgz", "wb", compresslevel=1) as packed:
        info = tarfile.TarInfo("././@LongLink")
        info.type, info.size = tarfile.GNUTYPE_LONGNAME, 4 * SMALL
        packed.write(info.tobuf(tarfile.GNU_FORMAT))
        packed.write(b"a" * info.size)
    with pytest.raises(BundleError, match="it is a bomb"):
        read_archive(tmp_path / "b.tgz")


def test_a_little_that_packs_well_is_no_bomb(tmp_path: Path) -> None:
    """A file of a megabyte of zeros is read, though it becomes a thousand times what it was."""
    files = sign({"zeros.bin": bytes(2**20)})
    assert files == read_archive(write_archive(files, tmp_path / "b.zip"))


@pytest.mark.parametrize(
    ("size", "message"), [(LARGEST_FILE + 1, "a is 536,870,913 bytes large"), (2**33, "a is")]
)
def test_declared_sizes_are_refused_before_anything_is_read(tmp_path: Path, size: int, message: str) -> None:
    """What a header promises is enough to refuse it."""
    info = tarfile.TarInfo("a")
    info.size = size
    (tmp_path / "b.tar").write_bytes(info.tobuf(tarfile.GNU_FORMAT))
    with pytest.raises(BundleError, match=message):
        read_archive(tmp_path / "b.tar")


def test_sizes_count_together(tmp_path: Path) -> None:
    """Files that are small enough one by one may be too large together."""
    path = pack(tmp_path / "b.zip", [("a", b""), ("b", b""), ("c", b"")])
    content, at = bytearray(path.read_bytes()), 0
    while (at := content.find(b"PK\x01\x02", at)) >= 0:
        struct.pack_into("<L", content, at + 24, LARGEST_BUNDLE // 2)
        at += 1
    path.write_bytes(bytes(content))
    with pytest.raises(BundleError, match="it is a bomb|with c the files are larger"):
        read_archive(path)


def test_a_million_members_are_refused_before_they_are_listed(tmp_path: Path) -> None:
    """Be it a zip that only says so, one of the kind for huge archives, or a tar of directories."""
    path = pack(tmp_path / "b.zip", [("a", b"")])
    content = path.read_bytes()
    for members in (MOST_FILES + 1, 0xFFFF):
        path.write_bytes(content[:-14] + struct.pack("<2H", members, members) + content[-10:])
        with pytest.raises(BundleError, match=f"it says that it has {members:,} files"):
            read_archive(path)
    path.write_bytes(content[:-22] + b"PK\x06\x07" + bytes(16) + content[-22:])
    with pytest.raises(BundleError, match="of the kind for huge archives"):
        read_archive(path)
    info = tarfile.TarInfo("top")
    info.type = tarfile.DIRTYPE
    (tmp_path / "b.tgz").write_bytes(gzip.compress(info.tobuf() * (MOST_FILES + 1)))
    with pytest.raises(BundleError, match="one file too many"):
        read_archive(tmp_path / "b.tgz")


@every_kind
@pytest.mark.parametrize("left", [0.0, 0.3, 0.6])
def test_archives_that_are_cut_short_are_refused(tmp_path: Path, name: str, left: float) -> None:
    """Wherever a copy stopped, it is no bundle."""
    path = write_archive(FILES, tmp_path / name)
    content = path.read_bytes()
    path.write_bytes(content[: int(left * len(content))])
    with pytest.raises(BundleError, match="cut short|is missing"):
        read_archive(path)


@every_kind
@settings(max_examples=40)
@given(data=st.data())
def test_a_changed_byte_never_goes_through(
    tmp_path_factory: pytest.TempPathFactory, name: str, data: st.DataObject
) -> None:
    """Whatever byte of an archive changes, it is refused or gives the same files."""
    path = write_archive(FILES, tmp_path_factory.mktemp("changed") / name)
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(bytes(content))
    with contextlib.suppress(BundleError):
        assert FILES == read_archive(path)


def test_zeros_behind_the_end_of_a_tar_are_padding(tmp_path: Path) -> None:
    """Tapes are filled up; what stands there is read past, and counted."""
    path = write_archive(FILES, tmp_path / "b.tar")
    path.write_bytes(path.read_bytes() + bytes(3 * 2**20))
    assert FILES == read_archive(path)


def test_only_archives_are_read_and_written_as_such(tmp_path: Path) -> None:
    """What is called otherwise is refused, and a directory may be called anything."""
    for refuse in (read_archive, lambda path: write_archive(FILES, path)):
        with pytest.raises(BundleError, match="b.rar is no archive"):
            refuse(tmp_path / "b.rar")
    (tmp_path / "b.zip").mkdir()
    assert not is_archive(tmp_path / "b.zip")
    with pytest.raises(BundleError, match="cannot read archive .*No such file"):
        read_bundle(tmp_path / "absent.TGZ")


def test_archives_are_never_overwritten(tmp_path: Path) -> None:
    """A file that is there stays as it is, and only what is signed is packed."""
    (tmp_path / "b.zip").write_bytes(b"mine")
    with pytest.raises(BundleError, match="never overwritten"):
        write_archive(FILES, tmp_path / "b.zip")
    assert b"mine" == (tmp_path / "b.zip").read_bytes()
    with pytest.raises(BundleError, match="model.onnx is missing"):
        write_archive({name: FILES[name] for name in FILES if name != "model.onnx"}, tmp_path / "c.zip")


def test_a_full_disk_leaves_no_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is left of an archive that could not be written."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BundleError, match="No space left on device; nothing was left"):
        write_archive(FILES, tmp_path / "b.zip")
    assert [] == list(tmp_path.iterdir())


def test_no_archive_becomes_larger_than_a_bundle_may_be() -> None:
    """However large it is itself."""
    with pytest.raises(UnsafeBundleError, match="far larger than it is"):
        Proportion(LARGEST_BUNDLE).take(2 * LARGEST_BUNDLE)
