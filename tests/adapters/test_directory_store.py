"""The store on a disk: the contract, and what becomes of a write that is killed or finds the disk full."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradewise.adapters.directory_store import DirectoryStore
from gradewise.errors import BundleError, UnavailableError
from gradewise.file_locks import locked
from gradewise.models.bundles.storage import SIGNATURE, content_id
from gradewise.testing.contracts.artifact_store import FIRST, SECOND, ArtifactStoreContract

NAME = content_id(FIRST)


@dataclass(frozen=True)
class FilesBehind:
    """The files of a directory, past the store."""

    root: Path
    """Of the store."""

    def write(self, content_id: str, name: str, content: bytes) -> None:
        """Put a file there, whatever it is."""
        (self.root / content_id).mkdir(exist_ok=True, parents=True)
        (self.root / content_id / name).write_bytes(content)

    def delete(self, content_id: str, name: str) -> None:
        """Take a file away."""
        (self.root / content_id / name).unlink()

    def names(self) -> frozenset[str]:
        """Every file but the lock."""
        files = (each for each in self.root.rglob("*") if each.is_file() and each.name != ".lock")
        return frozenset(str(each.relative_to(self.root)) for each in files)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Where the store is, yet to be made."""
    return tmp_path / "new" / "store"


class TestDirectoryStore(ArtifactStoreContract):
    """The directory keeps every promise of the port."""

    @pytest.fixture
    def store(self, root: Path) -> DirectoryStore:
        """An empty store."""
        return DirectoryStore(root)

    @pytest.fixture
    def behind(self, root: Path) -> FilesBehind:
        """Its files."""
        return FilesBehind(root)


class Killed(BaseException):
    """The process ends here."""


@contextmanager
def stopping(at: int, error: BaseException) -> Iterator[None]:
    """Fail from the so-many-th change of the file system on; after a kill nobody cleans up."""
    changes = 0

    def counted(real: object, *, always: bool = False) -> object:
        def call(*args: object, **options: object) -> object:
            nonlocal changes
            changes += 1
            if changes > at and (always or isinstance(error, Killed)):
                raise error
            return real(*args, **options)  # type: ignore[operator]

        return call

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", counted(os.fsync, always=True))
        patch.setattr(Path, "rename", counted(Path.rename))
        patch.setattr(Path, "mkdir", counted(Path.mkdir))
        patch.setattr(shutil, "rmtree", counted(shutil.rmtree))
        yield


@settings(max_examples=40)
@given(
    at=st.integers(0, 14),
    before=st.sampled_from(["nothing", "whole", "damaged"]),
    removing=st.booleans(),
    full=st.booleans(),
)
def test_whatever_was_done_a_bundle_is_there_whole_or_not_at_all(
    tmp_path_factory: pytest.TempPathFactory, at: int, before: str, *, removing: bool, full: bool
) -> None:
    """Killed, or out of space, after any number of steps; put again, it is there and nothing else is."""
    root = tmp_path_factory.mktemp("store")
    store, behind = DirectoryStore(root), FilesBehind(root)
    if before != "nothing":
        store.put(FIRST)
    if before == "damaged":
        behind.write(NAME, "model.onnx", b"damaged")
    error = OSError(28, "No space left on device") if full else Killed()
    with suppress(Killed, UnavailableError), stopping(at, error):
        store.remove(NAME) if removing else store.put(FIRST)
    if store.holds(NAME) and before != "damaged":
        assert FIRST == store.get(NAME)
    assert store.holds(NAME) == (NAME in store.content_ids())
    assert FIRST == store.get(store.put(FIRST))
    assert {f"{NAME}/{file}" for file in FIRST} == behind.names()


@pytest.mark.parametrize(
    ("number", "words"), [(28, "No space left"), (13, "Permission denied"), (5, "Input")]
)
def test_a_disk_that_fails_is_told(root: Path, number: int, words: str) -> None:
    """The message says where and what to do, and nothing is half done."""
    store = DirectoryStore(root)
    other = store.put(SECOND)
    with (
        pytest.raises(
            UnavailableError, match=f"cannot read or write the store .*{words}.*; make room or allow"
        ),
        stopping(0, OSError(number, os.strerror(number))),
    ):
        store.put(FIRST)
    assert {other} == store.content_ids()
    assert {f"{other}/{file}" for file in SECOND} == FilesBehind(root).names()


def test_a_disk_that_keeps_other_bytes_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written is read back; what is not as it was given does not stay."""

    def written_badly(files: dict[str, bytes], directory: Path) -> None:
        for name, content in files.items():
            FilesBehind(root).write(directory.name, name, content[:-1] if name == "model.onnx" else content)

    store = DirectoryStore(root)
    with monkeypatch.context() as patch:
        patch.setattr("gradewise.models.bundles.places.write_at_once", written_badly)
        with pytest.raises(UnavailableError, match=r"was not kept as it was written: model\.onnx"):
            store.put(FIRST)
    assert not store.holds(NAME)
    assert NAME == store.put(FIRST)


def test_waiting_for_another_ends(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that holds the store for ever does not hold everyone else."""
    store = DirectoryStore(root)
    store.put(FIRST)
    monkeypatch.setattr("gradewise.adapters.directory_store._WAIT_S", 0.02)
    with locked(root / ".lock"), pytest.raises(UnavailableError, match="was held by another process"):
        store.put(SECOND)


def test_what_is_kept_and_what_is_damaged_is_logged(root: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A bundle that is there already is no news."""
    caplog.set_level("INFO", "gradewise")
    store = DirectoryStore(root)
    store.put(FIRST)
    store.put(FIRST)
    FilesBehind(root).write(NAME, "model.onnx", b"damaged")
    with pytest.raises(BundleError):
        store.get(NAME)
    said = [[vars(each)[name] for name in ("msg", "content_id", "store")] for each in caplog.records]
    assert [["bundle_kept", NAME, str(root)], ["bundle_damaged", NAME, str(root)]] == said


def test_a_file_where_the_store_should_be_is_told(tmp_path: Path) -> None:
    """Neither as the store nor as one of its bundles is a file mistaken for nothing."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UnavailableError, match="cannot read or write the store"):
        DirectoryStore(tmp_path / "file").put(FIRST)
    (tmp_path / NAME).write_bytes(b"")
    store = DirectoryStore(tmp_path)
    assert not store.holds(NAME)
    assert FIRST == store.get(store.put(FIRST))


def test_a_bundle_that_is_a_link_is_replaced_not_followed(tmp_path: Path, root: Path) -> None:
    """Removing a bundle never deletes what a link leads to."""
    store = DirectoryStore(root)
    store.put(FIRST)
    elsewhere = (root / NAME).rename(tmp_path / "elsewhere")
    (root / NAME).symlink_to(elsewhere)
    store.remove(NAME)
    assert not store.holds(NAME)
    assert (elsewhere / SIGNATURE).exists()
