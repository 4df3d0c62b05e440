"""Models in object storage by version: in memory, in files, and on an S3 server."""

import hashlib
import json
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from fsspec.core import url_to_fs

from gradewise.adapters.pushed_models import ARCHIVE, METADATA, PushedModels
from gradewise.errors import BundleError, InputError, UnavailableError
from gradewise.models.bundles.archives import archive_of, read_bundle
from gradewise.models.bundles.contents import write_bundle
from gradewise.testing.class_bundles import made_up_class_bundle
from gradewise.workflows.plans.push import PushPlan
from gradewise.workflows.push import push_address, push_model
from s3_server import BUCKET, SECRET, running_s3

VERSION = "20260131_120000"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A bundle."""
    return read_bundle(write_bundle(made_up_class_bundle(), tmp_path_factory.mktemp("pushed") / "bundle"))


@pytest.fixture(params=["memory", "file"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An address that nothing else has."""
    return f"memory://{uuid.uuid4().hex}/models" if request.param == "memory" else f"file://{tmp_path}/models"


def put(url: str, name: str, content: bytes) -> None:
    """A file past the adapter."""
    filesystem, root = url_to_fs(url)
    filesystem.makedirs(f"{root}/{VERSION}", exist_ok=True)
    filesystem.pipe_file(f"{root}/{VERSION}/{name}", content)


def read(url: str, name: str) -> bytes:
    """The same file."""
    filesystem, root = url_to_fs(url)
    return bytes(filesystem.cat_file(f"{root}/{VERSION}/{name}"))


@cache
def other(content: bytes = b"other") -> tuple[bytes, bytes]:
    """An archive that is none, and metadata of it."""
    return content, json.dumps({"archive_sha256": hashlib.sha256(content).hexdigest()}).encode()


def test_a_pushed_model_is_read_again(url: str, files: dict[str, bytes]) -> None:
    """As it was; the metadata say what it is, and the archive is one that bundles are read from."""
    place = push_model(files, PushedModels(url).push)
    assert f"{url}/{VERSION}" == place
    assert files == PushedModels(url).fetch(VERSION)
    told = json.loads(read(url, METADATA))
    assert ("intents", VERSION, "nominal") == (told["name"], told["version"], told["task"])
    assert hashlib.sha256(read(url, ARCHIVE)).hexdigest() == told["archive_sha256"]


def test_pushed_again_nothing_changes(url: str, files: dict[str, bytes]) -> None:
    """The very bytes stay."""
    push_model(files, PushedModels(url).push)
    before = read(url, METADATA)
    push_model(files, PushedModels(url).push)
    assert before == read(url, METADATA)


def test_a_version_is_never_overwritten(url: str, files: dict[str, bytes]) -> None:
    """Another model of that version is refused, and the first stays."""
    push_model(files, PushedModels(url).push)
    with pytest.raises(InputError, match="never overwritten"):
        PushedModels(url).push(VERSION, *other())
    assert files == PushedModels(url).fetch(VERSION)


@pytest.mark.parametrize("kept", [10, 10_000_000], ids=["amid the archive", "before the metadata"])
def test_a_push_that_was_broken_off_goes_on(url: str, files: dict[str, bytes], kept: int) -> None:
    """Until then the version is not there."""
    put(url, ARCHIVE, archive_of(files)[:kept])
    with pytest.raises(BundleError, match="no model"):
        PushedModels(url).fetch(VERSION)
    push_model(files, PushedModels(url).push)
    assert files == PushedModels(url).fetch(VERSION)


def test_half_written_metadata_are_replaced(url: str, files: dict[str, bytes]) -> None:
    """Files, unlike objects, may be there in part."""
    push_model(files, PushedModels(url).push)
    put(url, METADATA, read(url, METADATA)[:20])
    push_model(files, PushedModels(url).push)
    assert files == PushedModels(url).fetch(VERSION)


def test_another_push_of_the_version_is_not_run_over(url: str, files: dict[str, bytes]) -> None:
    """Its archive is there and its metadata are still to come."""
    put(url, ARCHIVE, b"of another")
    with pytest.raises(InputError, match="another push"):
        push_model(files, PushedModels(url).push)
    assert b"of another" == read(url, ARCHIVE)


def test_what_was_changed_there_is_refused(url: str, files: dict[str, bytes]) -> None:
    """Before anything in it is parsed."""
    push_model(files, PushedModels(url).push)
    put(url, ARCHIVE, b"changed")
    with pytest.raises(BundleError, match="is not what"):
        PushedModels(url).fetch(VERSION)


@pytest.mark.parametrize("version", ["", "../up", "a/b", ".hidden", "x" * 65])
def test_versions_lead_nowhere_else(version: str) -> None:
    """A version is a name, never a path."""
    with pytest.raises(InputError, match="no version"):
        PushedModels("memory://m").push(version, *other())


def test_addresses_of_plans() -> None:
    """The prefix stands behind the bucket."""
    assert push_address(PushPlan(url="s3://models", prefix="a/b")) == "s3://models/a/b"
    assert push_address(PushPlan(url="s3://models/")) == "s3://models"


@pytest.fixture(scope="module")
def bucket() -> Iterator[str]:
    """A bucket of a real S3 server, which is told to nobody else."""
    with running_s3():
        yield f"s3://{BUCKET}/pushed/{uuid.uuid4().hex}"


def test_on_a_server_all_holds_too(bucket: str, files: dict[str, bytes]) -> None:
    """Kept, the same again, never overwritten; of two who create one file the second is refused."""
    place = push_model(files, PushedModels(bucket).push)
    push_model(files, PushedModels(bucket).push)
    assert (f"{bucket}/{VERSION}", files) == (place, PushedModels(bucket).fetch(VERSION))
    with pytest.raises(InputError, match="never overwritten"):
        PushedModels(bucket).push(VERSION, *other())
    put(f"{bucket}/second", ARCHIVE, b"of another")
    with pytest.raises(InputError, match="another push"):
        push_model(files, PushedModels(f"{bucket}/second").push)


def test_what_does_not_answer_is_told_without_secrets(
    files: dict[str, bytes], monkeypatch: pytest.MonkeyPatch, bucket: str
) -> None:
    """A bucket that is not there, and a server that is gone."""
    monkeypatch.setattr("gradewise.adapters.remote_files._TRIES", 1)
    with pytest.raises(UnavailableError, match="cannot write") as missing:
        push_model(files, PushedModels("s3://no-such-bucket/x").push)
    assert SECRET not in str(missing.value)
    assert bucket
