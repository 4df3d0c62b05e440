"""What no bundle holds is refused by name, from a directory and from an archive alike."""

import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.errors import BundleError, UnsafeBundleError
from gradewise.models.bundles.bundle import load_bundle
from gradewise.models.bundles.contents import bundle_files
from gradewise.models.bundles.refusals import (
    LARGEST_FILE,
    MOST_FILES,
    Allowance,
    is_plain_name,
    refuse_pickle,
)
from gradewise.models.bundles.storage import SIGNATURE, read_bundle_files, sign, verify_files, write_files
from gradewise.testing.graders import made_up_bundle

FILES = sign({"a.json": b"{}", "b.bin": b"content"})
"""No model, but whole."""


def in_directory(files: Mapping[str, bytes], directory: Path) -> Path:
    """Files as they are, in a directory."""
    return write_files(files, directory / "bundle")


def in_archive(files: Mapping[str, bytes], directory: Path) -> Path:
    """Files as they are, in an archive."""
    with zipfile.ZipFile(directory / "bundle.zip", "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return directory / "bundle.zip"


everywhere = pytest.mark.parametrize("write", [in_directory, in_archive], ids=["directory", "archive"])
Write = Callable[[Mapping[str, bytes], Path], Path]


@everywhere
@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"b.bin": b"Content"}, "b.bin was changed after"),
        ({"c.bin": b""}, "c.bin is not in the signature"),
        ({SIGNATURE: sign({"a.json": b"1", "b.bin": b"2"})[SIGNATURE]}, f"a.json .*{SIGNATURE} is another"),
        ({SIGNATURE: sign({"other.json": b"1"})[SIGNATURE]}, "a.json is not in the signature"),
        ({SIGNATURE: FILES[SIGNATURE] + b"0" * 64 + b"  ../x\n"}, r"names '\.\./x', which is no file"),
        ({SIGNATURE: FILES[SIGNATURE] + b"0" * 64 + b"  /etc/passwd\n"}, "names '/etc/passwd'"),
        ({SIGNATURE: b""}, "a.json is not in the signature"),
        ({"model.pkl": b""}, "model.pkl is a pickle, .* pickles are never read"),
        ({"model.JOBLIB": b""}, "model.JOBLIB is a pickle"),
        ({"model.onnx": b"\x80\x05\x95\x0b"}, "model.onnx is a pickle"),
    ],
    ids=[
        "changed",
        "added",
        "swapped",
        "of others",
        "climbs",
        "absolute",
        "empty",
        "pkl",
        "joblib",
        "pickled",
    ],
)
def test_what_is_not_as_signed_is_refused_by_name(
    tmp_path: Path, write: Write, change: dict[str, bytes], message: str
) -> None:
    """The message names the file and is one line."""
    with pytest.raises(BundleError, match=message) as refused:
        load_bundle(write(FILES | change, tmp_path))
    assert "\n" not in str(refused.value)


@everywhere
@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_refused_by_name(tmp_path: Path, write: Write, name: str) -> None:
    """Whichever it is."""
    left = {other: content for other, content in FILES.items() if other != name}
    path = write(left, tmp_path)
    with pytest.raises(BundleError, match=f"{name} is missing"):
        load_bundle(path)


@everywhere
def test_a_signed_pickle_is_refused(tmp_path: Path, write: Write) -> None:
    """Whoever can sign cannot make us take a pickle."""
    files = sign({**bundle_files(made_up_bundle()), "model.pickle": b"\x80\x04."})
    with pytest.raises(BundleError, match="model.pickle is a pickle"):
        load_bundle(write(files, tmp_path))


@pytest.mark.parametrize("protocol", range(2, 6))
def test_pickles_are_known_by_how_they_begin(protocol: int) -> None:
    """A pickle of any protocol that says which it is."""
    import pickle  # noqa: PLC0415 - to make one, not to read one

    with pytest.raises(BundleError, match="x is a pickle"):
        refuse_pickle("x", pickle.dumps({"a": [1, "b"]}, protocol=protocol))


@pytest.mark.parametrize("header", [0x280, 0x380, 0x480, 0x580])
def test_safetensors_are_not_taken_for_pickles(header: int) -> None:
    """The length of a header may look like how a pickle begins."""
    content = header.to_bytes(8, "little") + b'{"a":'
    assert content[:2] in (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
    refuse_pickle("trees.safetensors", content)


def test_a_link_out_of_the_directory_is_refused_by_name(tmp_path: Path) -> None:
    """Though what it leads to has the right content."""
    directory = write_files(FILES, tmp_path / "bundle")
    (directory / "b.bin").rename(tmp_path / "outside")
    (directory / "b.bin").symlink_to(tmp_path / "outside")
    with pytest.raises(BundleError, match="b.bin is no plain file; a bundle holds no links"):
        read_bundle_files(directory)


def test_hard_links_are_files_like_others(tmp_path: Path) -> None:
    """A copy that shares its files with a backup is read; what was changed through the backup is refused."""
    directory = write_files(FILES, tmp_path / "bundle")
    os.link(directory / "b.bin", tmp_path / "backup")
    assert FILES == read_bundle_files(directory)
    (tmp_path / "backup").write_bytes(b"planted")
    with pytest.raises(BundleError, match="b.bin was changed"):
        verify_files(read_bundle_files(directory))


def turn_into_pipe(path: Path) -> None:
    """A pipe that nobody writes to."""
    path.unlink()
    os.mkfifo(path)


def turn_into_link(path: Path) -> None:
    """A link to something outside."""
    path.unlink()
    path.symlink_to("/etc/passwd")


def turn_into_directory(path: Path) -> None:
    """A directory."""
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("turn", [turn_into_pipe, turn_into_link, turn_into_directory])
@pytest.mark.parametrize("late", [False, True], ids=["at once", "while it is read"])
def test_what_would_block_or_lead_elsewhere_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, turn: Callable[[Path], None], *, late: bool
) -> None:
    """Also where a plain file turned into it between the look and the reading."""
    directory = write_files(FILES, tmp_path / "bundle")
    real = os.open

    def turned(path: str, *rest: int, **options: int) -> int:
        if path == "b.bin":
            turn(directory / path)
        return real(path, *rest, **options)

    if late:
        monkeypatch.setattr(os, "open", turned)
    else:
        turn(directory / "b.bin")
    with pytest.raises(BundleError, match="b.bin is no plain file"):
        read_bundle_files(directory)


def test_a_file_that_vanishes_while_it_is_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An error of the file system stays what it is."""
    directory = write_files(FILES, tmp_path / "bundle")
    real = os.open

    def gone(path: str, *rest: int, **options: int) -> int:
        if path == "b.bin":
            (directory / path).unlink()
        return real(path, *rest, **options)

    monkeypatch.setattr(os, "open", gone)
    with pytest.raises(BundleError, match="cannot read bundle .*No such file"):
        read_bundle_files(directory)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """A file with a hole of gigabytes costs nothing to make, and nothing to refuse."""
    directory = write_files(FILES, tmp_path / "bundle")
    os.truncate(directory / "b.bin", 2**40)
    with pytest.raises(BundleError, match=r"b.bin is 1,099,511,627,776 bytes large; .* at most 536,870,912"):
        read_bundle_files(directory)


def test_files_count_together() -> None:
    """Neither too many files nor too much in all."""
    allowance = Allowance()
    for number in range(2):
        allowance.take(f"f{number}", LARGEST_FILE)
    with pytest.raises(BundleError, match="with f2 the files are larger"):
        allowance.take("f2", 1)
    many = Allowance()
    for number in range(MOST_FILES):
        many.take(f"f{number}", 0)
    with pytest.raises(BundleError, match="'last' is one file too many"):
        many.take("last", 0)


@given(st.text("aZ0._-/\\\0é\u202e~ \n", max_size=8))
def test_plain_names_stay_where_they_are(name: str) -> None:
    """A name that is taken for plain is no path, not hidden, and the same in any encoding."""
    if is_plain_name(name):
        assert (name,) == Path(name).parts
        assert name.isascii()
        assert name.isprintable()
        assert not name.startswith(".")


def test_a_pickle_is_refused_wherever_it_came_from() -> None:
    """Also from a store that keeps no directories, and although its digest is signed."""
    with pytest.raises(UnsafeBundleError, match=r"weights\.bin is a pickle"):
        verify_files(sign({"weights.bin": b"\x80\x04\x95."}))
