"""Keys in files: made once, readable to their owner alone, trusted by a directory, taken back by a line."""

import stat
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from gradewise.adapters.ed25519 import (
    REVOKED,
    known_keys,
    new_key,
    read_key_ring,
    read_signing_key,
    revoke_key,
)
from gradewise.errors import InputError, MissingDependencyError, UnavailableError


def test_what_is_signed_is_verified_and_nothing_else(tmp_path: Path) -> None:
    """A pair of keys belongs together, whatever file it is read from."""
    made = new_key(tmp_path, "deployer")
    key, ring = read_signing_key(tmp_path / "deployer.key"), read_key_ring(tmp_path)
    signature = key.sign(b"message")
    assert (made.key_id, [made.key_id], 64) == (key.key_id, list(ring.keys), len(signature))
    verify = ring.keys[key.key_id]
    assert verify(b"message", signature)
    assert not verify(b"messages", signature)
    assert not verify(b"message", signature[:-1])
    assert not verify(b"message", bytes(64))


def test_a_private_key_is_for_its_owner(tmp_path: Path) -> None:
    """It is made so, and not used otherwise; neither key replaces one that is there."""
    new_key(tmp_path, "deployer")
    path = tmp_path / "deployer.key"
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    with pytest.raises(InputError, match="never overwritten"):
        new_key(tmp_path, "deployer")
    path.chmod(0o640)
    with pytest.raises(InputError, match="open to others; chmod 600"):
        read_signing_key(path)


@pytest.mark.parametrize("name", ["", "../x", "a/b", ".hidden", "å", "a" * 200])
def test_names_of_keys_are_names(tmp_path: Path, name: str) -> None:
    """No key is written elsewhere."""
    with pytest.raises(InputError, match="no name for a key"):
        new_key(tmp_path, name)
    assert [] == list(tmp_path.iterdir())


def test_what_is_no_key_is_refused(tmp_path: Path) -> None:
    """Missing files, rubbish, keys of other kinds: the message says which file and what to do."""
    with pytest.raises(InputError, match=r"cannot read signing key .*none.key"):
        read_signing_key(tmp_path / "none.key")
    other = generate_private_key(SECP256R1())
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    (tmp_path / "x.key").write_bytes(other.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain))
    (tmp_path / "x.key").chmod(0o600)
    with pytest.raises(InputError, match="of another kind"):
        read_signing_key(tmp_path / "x.key")
    (tmp_path / "x.key").write_bytes(b"rubbish")
    with pytest.raises(InputError, match="no private key"):
        read_signing_key(tmp_path / "x.key")
    with pytest.raises(InputError, match="holds no public key"):
        read_key_ring(tmp_path)
    public = other.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "x.pub").write_bytes(public)
    with pytest.raises(InputError, match=r"x.pub is a key of another kind"):
        read_key_ring(tmp_path)
    (tmp_path / "x.pub").write_bytes(b"rubbish")
    with pytest.raises(InputError, match=r"x.pub is no public key"):
        read_key_ring(tmp_path)


def test_trust_is_taken_back_for_good(tmp_path: Path) -> None:
    """By name or by id, once; the reason is kept, and ids of keys that are not there count too."""
    first, second = new_key(tmp_path, "first"), new_key(tmp_path, "second")
    assert first.key_id == revoke_key(tmp_path, "first", why="laptop\nlost")
    assert first.key_id == revoke_key(tmp_path, first.key_id)
    assert "f" * 16 == revoke_key(tmp_path, "f" * 16)
    assert f"{first.key_id} laptop lost\n{'f' * 16}\n" == (tmp_path / REVOKED).read_text()
    assert frozenset({first.key_id, "f" * 16}) == read_key_ring(tmp_path).revoked
    known = known_keys(tmp_path)
    assert [("first", True, "laptop lost"), ("second", False, "")] == [
        (key.name, key.revoked, key.why) for key in known
    ]
    assert (second.key_id, tmp_path / "second.key") == (known[1].key_id, known[1].private)
    with pytest.raises(InputError, match="no key .* is called 'third'"):
        revoke_key(tmp_path, "third")


def test_a_line_that_names_no_key_stops_all_trust(tmp_path: Path) -> None:
    """Whoever was meant must not stay trusted; remarks and empty lines are none the worse."""
    new_key(tmp_path, "deployer")
    (tmp_path / REVOKED).write_text("# lost in May\n\n")
    assert frozenset() == read_key_ring(tmp_path).revoked
    (tmp_path / REVOKED).write_text("deployer\n")
    with pytest.raises(InputError, match="line 1 of .*revoked names no key"):
        read_key_ring(tmp_path)


def test_keys_that_cannot_be_read_or_written_are_told(tmp_path: Path) -> None:
    """A file in the place of the directory, a directory in the place of the list."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(UnavailableError, match="cannot read or write keys"):
        new_key(tmp_path / "file", "deployer")
    new_key(tmp_path, "deployer")
    (tmp_path / REVOKED).mkdir()
    with pytest.raises(UnavailableError, match="cannot read or write keys"):
        read_key_ring(tmp_path)


def test_without_the_library_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys need cryptography, which comes with the extra for serving."""
    made = tmp_path / "deployer.key"
    new_key(tmp_path, "deployer")
    for module in ("serialization", "asymmetric.ed25519"):
        monkeypatch.setitem(sys.modules, f"cryptography.hazmat.primitives.{module}", None)
    for part in ("serialization", "asymmetric"):
        monkeypatch.delattr(f"cryptography.hazmat.primitives.{part}", raising=False)
    for need in (
        lambda: new_key(tmp_path, "other"),
        lambda: read_signing_key(made),
        lambda: read_key_ring(tmp_path),
    ):
        with pytest.raises(MissingDependencyError, match=r"pip install 'gradewise\[serve\]'"):
            need()
