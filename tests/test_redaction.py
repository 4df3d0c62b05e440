"""Secrets are taken out of what is written down."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradewise.redaction import HIDDEN, bare_addresses, redacted, redacted_value, secrets_in, shown_address

PASSWORDS = st.text(string.ascii_letters + string.digits + "!$&()+,;=@_~-", min_size=4, max_size=20)
AROUND = st.text(string.printable, max_size=20)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("postgresql+asyncpg://anna:s3cret@db:5432/x", "postgresql+asyncpg://anna:***@db:5432/x"),
        ("s3://key:sec@ret@bucket/a and b", "s3://key:***@bucket/a and b"),
        ("redis://:hunter22@cache", "redis://:***@cache"),
        ("s3://key:sec/ret@bucket/a@b", "s3://key:***@bucket/a@b"),
        ("no file postgresql:/anna:s3cret@db/x", "no file postgresql:/anna:***@db/x"),
        ('{"Authorization": "Basic YWJj"}', '{"Authorization": "***"}'),
        ("sent with Bearer abcdefgh.ijk-lm", "sent with Bearer ***"),
        ("GET /x?X-Amz-Signature=0f0f&b=1", "GET /x?X-Amz-Signature=***&b=1"),
        ("connect host=db password=geheim user=anna", "connect host=db password=*** user=anna"),
        ("http://db:5432/x, 10:30 and anna@school.se", "http://db:5432/x, 10:30 and anna@school.se"),
        ("http://db:5432/x@2", "http://db:5432/x@2"),
        ("150 tokens read; stage: reading essays", "150 tokens read; stage: reading essays"),
    ],
    ids=[
        "url",
        "at-in-it",
        "no-user",
        "slash-in-it",
        "path",
        "header",
        "bearer",
        "signed",
        "assigned",
        "no-secret",
        "path-with-at",
        "words",
    ],
)
def test_what_looks_like_a_secret_is_hidden(text: str, shown: str) -> None:
    """Passwords, authorisation and signatures are; ports, times, addresses of people and words are not."""
    assert shown == redacted(text)


@given(password=PASSWORDS, before=AROUND, after=AROUND)
def test_a_known_secret_is_nowhere(password: str, before: str, after: str) -> None:
    """Whatever stands around it, and in whatever form it was given."""
    secrets = secrets_in({"DATABASE_URL": f"postgresql://anna:{password}@db/x", "HOME": "/home/anna"})
    text, within = redacted_value([f"{before}{password}{after}", {"n": 1, "said": (password, None)}], secrets)
    assert password not in text.replace(HIDDEN, "\0")
    assert {"n": 1, "said": [HIDDEN, None]} == within


@given(password=st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_an_address_is_shown_without_its_password(password: str) -> None:
    """Whatever stands in it, slashes and spaces too."""
    shown = f"postgresql://anna:{HIDDEN}@db:5432/grades"
    assert shown == shown_address(shown.replace(HIDDEN, password))


def test_addresses_of_stores_are_shown_bare() -> None:
    """Neither who asks nor how is told; other words stay."""
    said = "s3://key:se/cret@bucket/a?token=x and https://anna@host/b?c=d: 404?"
    assert "s3://bucket/a and https://host/b 404?" == bare_addresses(said)


def test_values_named_like_secrets_are_hidden() -> None:
    """At any depth; other values, and numbers, stay as they are."""
    value = {"db": {"password": "x", "API_KEY": "y", "port": 5432}, "tokens": [1, 2], "token": None}
    assert {
        "db": {"password": "***", "API_KEY": "***", "port": 5432},
        "tokens": [1, 2],
        "token": None,
    } == redacted_value(value)


def test_the_environment_holds_secrets_under_many_names() -> None:
    """By their names or within addresses, encoded and not; what is too short for one would hide words."""
    environment = {
        "AWS_SECRET_ACCESS_KEY": "wJalr",
        "PGPASSWORD": "abc",
        "GRADEWISE_SOURCE_URL": "postgresql://anna:p%40ss@db/x",
        "PATH": "/usr/bin:/bin",
    }
    assert ("p%40ss", "p@ss", "wJalr") == secrets_in(environment)
