"""Files of texts at an address: fetched whole, within a limit, and gone afterwards."""

import stat
import uuid
from pathlib import Path

import pytest
from fsspec.core import url_to_fs
from s3fs import S3FileSystem

from gradewise.adapters.remote_texts import fetched_texts
from gradewise.errors import InputError, MissingDependencyError, PlanError, UnavailableError


def stored(content: bytes, *, name: str = "essays.csv") -> str:
    """The address of a file in memory."""
    address = f"memory://{uuid.uuid4().hex}/{name}"
    files, path = url_to_fs(address)
    files.pipe_file(path, content)
    return address


@pytest.mark.parametrize(
    ("name", "suffixes"), [("essays.csv", ".csv"), ("of.2026.jsonl.gz", ".jsonl.gz"), ("essay", "")]
)
def test_a_file_is_here_while_it_is_read(name: str, suffixes: str) -> None:
    """With the ending of its name, in a directory that nobody else may read; then it is gone."""
    with fetched_texts(stored(b"text\nhello\n", name=name), 100) as path:
        assert b"text\nhello\n" == path.read_bytes()
        assert suffixes == "".join(path.suffixes)
        assert 0o700 == stat.S_IMODE(path.parent.stat().st_mode)
    assert not path.parent.exists()


def test_no_more_than_was_allowed_is_fetched() -> None:
    """Just as much is; the message says where and what to do."""
    address = stored(b"x" * 1000)
    with fetched_texts(address, 1000) as path:
        assert 1000 == path.stat().st_size
    with (
        pytest.raises(InputError, match="has more than 999 bytes, .*; split it"),
        fetched_texts(address, 999),
    ):
        pass


def test_what_a_store_says_of_a_size_is_not_believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that grows, or a store that lies, is given up while it is read."""
    address = stored(b"x" * 1000)
    files, _ = url_to_fs(address)
    monkeypatch.setattr(type(files), "info", lambda *_given, **_named: {"type": "file", "size": 1})
    with pytest.raises(InputError, match="more than 999 bytes"), fetched_texts(address, 999):
        pass


def test_a_file_that_is_not_there_is_said_as_of_a_file_here() -> None:
    """Absent, or a directory."""
    address = stored(b"x")
    with pytest.raises(InputError, match=r"other\.csv does not exist; check the address"):
        fetched_texts(address.replace("essays", "other"), 10).__enter__()
    with pytest.raises(InputError, match="is a directory; name the file in it"):
        fetched_texts(address.rpartition("/")[0], 10).__enter__()


def test_an_address_without_a_name_or_a_key_says_what_is_wanted(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A scheme alone names no file; S3 is not asked where nobody says who asks."""
    with pytest.raises(InputError, match="s3:// names no file; .*s3://bucket/texts.csv"):
        fetched_texts("s3://", 10).__enter__()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    S3FileSystem.clear_instance_cache()  # which holds clients of other tests, with their keys
    try:
        with pytest.raises(UnavailableError, match="locate credentials.*set AWS_ACCESS_KEY_ID"):
            fetched_texts("s3://bucket-of-nobody/a.csv", 10).__enter__()
    finally:
        S3FileSystem.clear_instance_cache()


def test_an_address_that_leads_nowhere_is_refused() -> None:
    """An unknown scheme is no address; secrets in it are not repeated."""
    with pytest.raises((PlanError, MissingDependencyError)) as refused:
        fetched_texts("nowhere://anna:hunter22@host/essays.csv", 10).__enter__()
    assert "hunter22" not in str(refused.value)
