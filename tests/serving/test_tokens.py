"""Tokens: shown once, kept as digests, in a file that nobody else can read."""

import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gradewise.errors import InputError, PlanError
from gradewise.serving.tokens import ROLES, KnownToken, Role, TokenFile, find_token, token_digest


def noon() -> datetime:
    """When tokens are made."""
    return datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> TokenFile:
    """A file that is not there yet."""
    return TokenFile(tmp_path / "tokens.json")


def test_a_token_is_found_again_and_no_other_is(file: TokenFile) -> None:
    """What was shown lets its owner in; anything else, even nearly the same, is unknown."""
    token = file.add("anna", "review", clock=noon)
    found = find_token(token, file.known())
    assert found is not None
    assert ("anna", "review", "2026-03-01T12:00:00+00:00") == (found.name, found.role, found.made_at)
    assert find_token(token[:-1], file.known()) is None
    assert find_token("", file.known()) is None


def test_the_file_keeps_no_token_and_is_its_owners_alone(file: TokenFile) -> None:
    """A digest and no more is written, with mode 600."""
    token = file.add("anna", "score", clock=noon)
    assert token not in file.path.read_text()
    assert token_digest(token) in file.path.read_text()
    assert 0o600 == file.path.stat().st_mode & 0o777
    assert token.startswith("gradewise_")
    assert 43 == len(token.removeprefix("gradewise_"))  # 256 bits


def test_a_revoked_token_is_unknown_to_who_has_read_the_file_before(file: TokenFile) -> None:
    """The file is read again when another process has written it."""
    reader, token = TokenFile(file.path), file.add("anna", "score", clock=noon)
    other = file.add("bert", "admin", clock=noon)
    assert find_token(token, reader.known())
    assert "anna" == file.revoke("anna").name
    assert find_token(token, reader.known()) is None
    assert find_token(other, reader.known())


@pytest.mark.parametrize(("has", "needs", "may"), [
    (has, needs, ROLES.index(has) >= ROLES.index(needs)) for has in ROLES for needs in ROLES
])  # fmt: skip
def test_a_role_may_do_what_those_before_it_may(has: Role, needs: Role, *, may: bool) -> None:
    """Score, then review, then admin."""
    assert may == KnownToken(name="a", role=has, sha256="0" * 64, made_at="").may(needs)


def test_names_are_unique_and_plain(file: TokenFile) -> None:
    """A name that is taken, or that is none, is refused, and so is revoking one that there is not."""
    file.add("anna", "score", clock=noon)
    with pytest.raises(PlanError, match="has a token 'anna'"):
        file.add("anna", "score", clock=noon)
    with pytest.raises(PlanError, match="no name"):
        file.add("an na\n", "score", clock=noon)
    with pytest.raises(PlanError, match="did you mean 'anna'"):
        file.revoke("ann")


def test_tokens_that_are_made_at_once_are_all_kept(file: TokenFile) -> None:
    """Who makes one waits for who is making another, so that nobody's is written over."""
    names = [f"user-{number}" for number in range(8)]
    with ThreadPoolExecutor(len(names)) as pool:
        list(pool.map(lambda name: TokenFile(file.path).add(name, "score", clock=noon), names))
    assert set(names) == {each.name for each in file.known()}


def test_a_pipe_is_no_file_of_tokens(file: TokenFile) -> None:
    """Whoever asked would wait for somebody to write to it, and everybody else with them."""
    file.path.parent.mkdir(parents=True, exist_ok=True)
    os.mkfifo(file.path, 0o600)
    with pytest.raises(InputError, match="no plain file"):
        file.known()


@pytest.mark.parametrize("content", [
    "", "[]", "{}", '{"format": 2, "tokens": []}', '{"format": 1, "tokens": [{"name": "a"}]}',
    json.dumps({"format": 1, "tokens": [{"name": "a", "role": "king", "sha256": "0" * 64, "made_at": ""}]}),
    json.dumps({"format": 1, "tokens": [{"name": "a", "role": "admin", "sha256": "0", "made_at": ""}]}),
    "[" * 100_000,
], ids=["empty", "list", "nothing", "newer", "short", "role", "digest", "deep"])  # fmt: skip
def test_a_damaged_file_lets_nobody_in(file: TokenFile, content: str) -> None:
    """It is an error, never an empty list of tokens."""
    file.path.write_text(content)
    file.path.chmod(0o600)
    with pytest.raises(InputError, match="tokens.json"):
        file.known()


def test_a_file_that_others_can_read_is_refused(file: TokenFile) -> None:
    """The message says how to make it one's own."""
    file.add("anna", "score", clock=noon)
    assert 1 == len(file.known())
    file.path.chmod(0o640)
    with pytest.raises(InputError, match="chmod 600"):
        file.known()


def test_a_missing_file_is_told(file: TokenFile) -> None:
    """The message says how to make one."""
    with pytest.raises(InputError, match="gradewise tokens new"):
        file.known()
