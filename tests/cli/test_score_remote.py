"""`gradewise score` with texts in a store: read where they lie, spoken of as a file here would be."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from fsspec.core import url_to_fs

from gradewise.cli.grading.essays import typed_source
from gradewise.errors import PlanError
from gradewise.models.bundles.contents import write_bundle
from gradewise.testing.class_bundles import made_up_class_bundle
from s3_server import BUCKET, S3Server, running_s3
from trials import Command

TEXTS = b"id,text\na,my card is lost\nb,money back please\n"
ASKED = ("-m", "bundle", "-f", "csv")


@pytest.fixture(scope="module")
def s3() -> Iterator[S3Server]:
    """A server, and the environment that leads to it."""
    with running_s3() as server:
        yield server


@pytest.fixture
def scoring(command: Command, s3: S3Server) -> Command:
    """Commands beside a model, with the store at hand."""
    del s3
    write_bundle(made_up_class_bundle(), Path("bundle"))
    return command


def put(name: str, content: bytes) -> str:
    """Keep a file in the store; its address."""
    address = f"s3://{BUCKET}/{name}"
    files, path = url_to_fs(address)
    files.pipe_file(path, content)
    return address


def test_texts_in_a_store_are_graded_as_those_here(scoring: Command) -> None:
    """A table, compressed or not, or lines of JSON; and one text, whose name is its id."""
    Path("texts.csv").write_bytes(TEXTS)
    here = scoring("score", "texts.csv", *ASKED)
    lines = b'{"id":"a","text":"my card is lost"}\n{"id":"b","text":"money back please"}\n'
    for name, content in (
        ("texts.csv", TEXTS),
        ("texts.csv.gz", gzip.compress(TEXTS)),
        ("spring 2026/texts.jsonl", lines),
    ):
        there = scoring("score", put(name, content), *ASKED)
        assert (0, here.out) == (there.code, there.out), there.err
    assert here.out == scoring("score", Path("texts.csv").resolve().as_uri(), *ASKED).out
    one = scoring("score", put("letter.txt", b"my card is lost"), *ASKED)
    assert "letter.txt,lost card" in one.out


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("none.csv", None, "does not exist; check the address"),
        ("empty.csv", b"", "is empty; it must start with a line of column names"),
        ("row.csv", b"text,id\none,1,2\n", "line 2"),
        ("other.zip.gz", b"x", "is not a format that is read"),
        ("long.txt", b"x" * 2_000_001, "has more than 2,000,000 bytes"),
    ],
    ids=["absent", "empty", "row", "format", "long"],
)
def test_what_cannot_be_read_is_said_as_of_a_file_here(
    scoring: Command, name: str, content: bytes | None, complaint: str
) -> None:
    """In the same words, by its address; where the copy lay is nobody's business."""
    address = f"s3://{BUCKET}/{name}" if content is None else put(name, content)
    refused = scoring("score", address, *ASKED)
    assert 2 == refused.code
    assert complaint in refused.complaint
    assert address in refused.complaint
    assert "gradewise-" not in refused.complaint


def test_notices_name_the_address(scoring: Command) -> None:
    """A file that is not UTF-8 is read all the same, and it is said of which."""
    read = scoring("score", put("old.csv", "text\nhåll my card\n".encode("cp1252")), *ASKED)
    assert 0 == read.code
    assert f"s3://{BUCKET}/old.csv is not UTF-8 and was read as Windows-1252" in read.err


def test_a_store_that_is_away_is_said(scoring: Command, s3: S3Server) -> None:
    """As any service that does not answer; no key is repeated."""
    address = put("texts.csv", TEXTS)
    with s3.denying():
        refused = scoring("score", address, *ASKED)
    assert "cannot read the store s3://models/texts.csv" in refused.complaint
    assert refused.code not in {0, 2}


def test_a_file_of_another_machine_is_refused() -> None:
    """What stands after file:// is a path here; spaces may be written as in addresses."""
    assert (Path("/a b/c.csv"), None) == typed_source("file:///a%20b/c.csv")
    assert (Path("/a.csv"), None) == typed_source("file://localhost/a.csv")
    assert (None, None) == typed_source(None)
    with pytest.raises(PlanError, match="on another machine"):
        typed_source("file://server/a.csv")
