"""Stores at an address: the contract in memory and on an S3 server, and what broken connections become."""

import socket
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from fsspec.core import url_to_fs
from hypothesis import given
from hypothesis import strategies as st

from gradewise.adapters.remote_store import RemoteStore
from gradewise.errors import BundleError, MissingDependencyError, PlanError, UnavailableError
from gradewise.models.bundles.storage import SIGNATURE, content_id
from gradewise.testing.contracts.artifact_store import ABSENT, FIRST, SECOND, ArtifactStoreContract
from s3_server import BUCKET, SECRET, S3Server, running_s3

NAME = content_id(FIRST)


class FilesBehind:
    """The files of an address, past the store."""

    def __init__(self, url: str) -> None:
        """Say where."""
        self._files, self._root = url_to_fs(url)

    def write(self, content_id: str, name: str, content: bytes) -> None:
        """Put a file there, whatever it is."""
        if "s3" not in self._files.protocol:
            self._files.makedirs(f"{self._root}/{content_id}", exist_ok=True)
        self._files.pipe_file(f"{self._root}/{content_id}/{name}", content)

    def delete(self, content_id: str, name: str) -> None:
        """Take a file away."""
        self._files.rm_file(f"{self._root}/{content_id}/{name}")

    def names(self) -> frozenset[str]:
        """Every file."""
        self._files.invalidate_cache()
        return frozenset(path.removeprefix(f"{self._root}/") for path in self._files.find(self._root))


def in_memory() -> str:
    """An address in memory that nothing else has."""
    return f"memory://{uuid.uuid4().hex}/bundles"


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    """A server, and the environment that leads to it."""
    with running_s3() as server:
        yield server


@pytest.fixture
def bucket(s3: S3Server) -> str:
    """An address on the server that nothing else has."""
    return f"s3://{BUCKET}/{uuid.uuid4().hex}"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is asked twice."""
    monkeypatch.setattr("gradewise.adapters.remote_files._TRIES", 1)


class TestInMemory(ArtifactStoreContract):
    """An address in memory keeps every promise of the port."""

    @pytest.fixture
    def url(self) -> str:
        """Where the store is."""
        return in_memory()

    @pytest.fixture
    def store(self, url: str) -> RemoteStore:
        """An empty store."""
        return RemoteStore(url)

    @pytest.fixture
    def behind(self, url: str) -> FilesBehind:
        """Its files."""
        return FilesBehind(url)


class TestOnDisk(TestInMemory):
    """So does an address on a disk."""

    @pytest.fixture
    def url(self, tmp_path: Path) -> str:
        """Where the store is, yet to be made."""
        return f"file://{tmp_path}/new/store"


class TestOnS3(TestInMemory):
    """So does a bucket on an S3 server."""

    @pytest.fixture
    def url(self, bucket: str) -> str:
        """Where the store is."""
        return bucket


@contextmanager
def stopping(files: Any, at: int, how: Callable[[], object], *, half: bool = False) -> Iterator[None]:
    """Do something before the so-many-th write, having written half of it where that is asked."""
    writes = 0

    def counted(real: Callable[..., object]) -> Callable[..., object]:
        def call(path: str, *content: bytes) -> object:
            nonlocal writes
            writes += 1
            if writes > at:
                if half and content:
                    real(path, content[0][: len(content[0]) // 2])
                how()
            return real(path, *content)

        return call

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "pipe_file", counted(files.pipe_file))
        patch.setattr(files, "rm_file", counted(files.rm_file))
        yield


class Killed(BaseException):
    """The process ends here."""


def kill() -> None:
    """End the process."""
    raise Killed


def run_out_of_space() -> None:
    """The other side is full."""
    raise OSError(28, "No space left on device")


@given(
    at=st.integers(0, 6),
    removing=st.booleans(),
    half=st.booleans(),
    how=st.sampled_from([kill, run_out_of_space]),
)
def test_whatever_was_written_a_bundle_is_there_whole_or_not_at_all(
    at: int, how: Callable[[], object], *, removing: bool, half: bool
) -> None:
    """Broken off after any write, within one too; put again, it is there and nothing else is."""
    url = in_memory()
    store = RemoteStore(url)
    if removing:
        store.put(FIRST)
    with suppress(Killed, UnavailableError), stopping(store._filesystem, at, how, half=half):
        store.remove(NAME) if removing else store.put(FIRST)
    if store.holds(NAME):
        assert FIRST == store.get(NAME)
    assert store.holds(NAME) == (NAME in store.content_ids())
    assert FIRST == store.get(store.put(FIRST))
    assert {f"{NAME}/{file}" for file in FIRST} == FilesBehind(url).names()


def test_a_put_goes_on_where_it_stopped(bucket: str) -> None:
    """What arrived is not sent again, the signature is sent last; a bundle that is there sends nothing."""
    store, sent = RemoteStore(bucket), list[str]()
    real = store._filesystem.pipe_file

    def noted(path: str, content: bytes) -> object:
        sent.append(path.rpartition("/")[2])
        return real(path, content)

    with suppress(Killed), stopping(store._filesystem, 2, kill):
        store.put(FIRST)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store._filesystem, "pipe_file", noted)
        store.put(FIRST)
        store.put(FIRST)
    assert ["model_metadata.json", SIGNATURE] == sent


@pytest.mark.usefixtures("impatient")
def test_a_server_that_stops_midway_is_told(s3: S3Server, bucket: str) -> None:
    """The third file finds nobody; nothing is there until a second put, which finishes it."""
    store = RemoteStore(bucket)
    other = store.put(SECOND)
    with (
        pytest.raises(
            UnavailableError, match=f"cannot write the store {bucket}: Could not connect"
        ) as refused,
        stopping(store._filesystem, 2, s3.stop),
    ):
        store.put(FIRST)
    s3.start()
    assert SECRET not in str(refused.value)
    assert not store.holds(NAME)
    assert {other} == store.content_ids()
    assert FIRST == store.get(store.put(FIRST))


@pytest.mark.usefixtures("impatient")
def test_every_question_to_a_stopped_server_is_told(s3: S3Server, bucket: str) -> None:
    """Nothing is taken for absent because nobody answers."""
    store = RemoteStore(bucket)
    with s3.stopped():
        for ask in (store.holds, store.get):
            with pytest.raises(UnavailableError, match="cannot read the store"):
                ask(ABSENT)


def test_access_denied_is_told(s3: S3Server, bucket: str) -> None:
    """A key that the server does not know changes nothing, and the message keeps it."""
    store = RemoteStore(bucket)
    name = store.put(FIRST)
    with s3.denying():
        for ask in (store.holds, store.get, store.remove):
            with pytest.raises(UnavailableError, match=r"cannot \w+ the store .* \(PermissionError\)"):
                ask(name)
        with pytest.raises(UnavailableError, match="PermissionError"):
            store.content_ids()
        with pytest.raises(UnavailableError, match="PermissionError"):
            store.put(SECOND)
    assert {name} == store.content_ids()


def test_a_bucket_that_is_not_there_is_told(s3: S3Server) -> None:
    """It is neither an empty store nor made by the way."""
    store = RemoteStore("s3://mistyped/bundles")
    for ask in (store.holds, store.get):
        with pytest.raises(UnavailableError, match="bucket does not exist"):
            ask(ABSENT)
    with pytest.raises(UnavailableError, match="bucket does not exist"):
        store.put(FIRST)


@pytest.mark.usefixtures("impatient", "s3")
def test_a_server_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that is accepted and then silent ends in time."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        began = time.monotonic()
        with pytest.raises(UnavailableError, match="timeout"):
            RemoteStore("s3://models/x", timeout_s=0.1).holds(ABSENT)
    assert time.monotonic() - began < 20


def test_a_file_that_is_too_large_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """What somebody planted in a store does not fill the memory."""
    url = in_memory()
    store = RemoteStore(url)
    name = store.put(FIRST)
    FilesBehind(url).write(name, "planted", b"x" * 5_000)
    monkeypatch.setattr("gradewise.models.bundles.refusals.LARGEST_FILE", 4_999)
    with pytest.raises(BundleError, match=f"{name}: planted is 5,000 bytes large"):
        store.get(name)


def test_what_is_kept_otherwise_than_sent_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is read back."""
    store = RemoteStore(in_memory())
    real = store._filesystem.pipe_file
    monkeypatch.setattr(store._filesystem, "pipe_file", lambda path, content: real(path, content[:-1]))
    with pytest.raises(UnavailableError, match="was not kept as it was sent"):
        store.put(FIRST)
    assert not store.holds(NAME)


def test_what_vanishes_meanwhile_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that goes between the look and the reading is missing; one that was removed twice is gone."""
    store = RemoteStore(in_memory())
    name = store.put(FIRST)
    sizes = store._sizes(name)
    FilesBehind(store.location).delete(name, "model.onnx")
    with monkeypatch.context() as patch:
        patch.setattr(store, "_sizes", lambda _: sizes)
        with pytest.raises(BundleError, match=r"model\.onnx is missing"):
            store.get(name)
        store.remove(name)
    assert frozenset() == store.content_ids()


def test_trouble_while_signatures_are_read_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that answers for some bundles alone is not taken for one with fewer."""
    store = RemoteStore(in_memory())
    store.put(FIRST)
    monkeypatch.setattr(store._filesystem, "cat", lambda paths, **_: {paths[0]: OSError("half a word")})
    with pytest.raises(UnavailableError, match=r"half a word \(OSError\)"):
        store.content_ids()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("s3://bucket/prefix/", "s3://bucket/prefix"),
        ("sftp://me:pa@ss@host/path", "sftp://host/path"),
        ("abfs://c@account/x?sig=secret", "abfs://c@account/x"),
        ("abfs://me:pass@account/x", "abfs://account/x"),
    ],
)
def test_no_secret_is_shown(url: str, shown: str) -> None:
    """Addresses are shown without user, password and parameters, before anything is opened."""
    store = RemoteStore(url)
    assert shown == store.location
    assert f"{shown}/{ABSENT}" == store.place(ABSENT)


def test_no_secret_of_a_foreign_message_is_told(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """What another library says goes through the same sieve, on one line, and so it is logged."""
    store = RemoteStore(in_memory())

    def fail(*_: object, **__: object) -> None:
        raise OSError("no https://me:secret@host/x?sig=secret\nfor you" + "!" * 1_000)

    monkeypatch.setattr(store._filesystem, "cat_file", fail)
    with pytest.raises(UnavailableError, match=r"no https://host/x for you!+ \(OSError\)$") as refused:
        store.holds(ABSENT)
    assert "secret" not in str(refused.value)
    assert len(str(refused.value)) < 400
    logged = vars(caplog.records[-1])
    assert ("store_failed", "read", store.location) == tuple(logged[key] for key in ("msg", "doing", "store"))
    assert "secret" not in str({**logged, "exc_info": None})

    def fail_silently(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(store._filesystem, "cat_file", fail_silently)
    with pytest.raises(UnavailableError, match="store .*: RuntimeError$"):
        store.holds(ABSENT)


def test_an_address_that_leads_nowhere_is_refused() -> None:
    """A scheme that nobody knows is a mistake of whoever wrote it."""
    with pytest.raises(PlanError, match="nowhere://x is no address of a store"):
        RemoteStore("nowhere://x").holds(ABSENT)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        pytest.param("s3://bucket/pre?fix=hidden", r"s3://bucket/pre goes on with .*AWS_", id="s3"),
        pytest.param("gs://bucket/?hidden", r"gs://bucket/ goes on with \?", id="google"),
        pytest.param("s3://key:hidden@bucket/x", "s3://bucket/x says who asks; .*AWS_", id="user"),
    ],
)
def test_an_address_that_would_lead_elsewhere_is_refused(url: str, words: str) -> None:
    """What would be cut off, or repeated as a bucket's name, is a mistake, and no secret of it is told."""
    with pytest.raises(PlanError, match=words) as refused:
        RemoteStore(url)
    assert "hidden" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "missing", "message"),
    [
        ("s3://bucket", "s3fs", r"pip install 'gradewise\[s3\]'"),
        ("s3://bucket", "fsspec.core", r"need fsspec: pip install 'gradewise\[s3\]'"),
        ("gs://bucket", "fsspec.core", r"need fsspec: pip install 'gradewise\[remote\]' gcsfs"),
        ("gs://bucket", "gcsfs", r"not installed .*: pip install 'gradewise\[remote\]' gcsfs"),
        ("az://container/x", "adlfs", r"not installed .*: pip install 'gradewise\[remote\]' adlfs"),
    ],
)
def test_missing_libraries_are_told(
    monkeypatch: pytest.MonkeyPatch, url: str, missing: str, message: str
) -> None:
    """The message names the extra that brings them."""
    monkeypatch.delitem(sys.modules["fsspec.registry"]._registry, "s3", raising=False)
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingDependencyError, match=message):
        RemoteStore(url).holds(ABSENT)
