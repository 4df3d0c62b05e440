"""Ed25519 keys in files: made, read, trusted, revoked (RFC 8032, by way of the library cryptography).

A private key is ``NAME.key``, PKCS #8 in PEM, for its owner's eyes alone; the public key is ``NAME.pub``, in
PEM too. A directory of public keys is what somebody trusts; a line of its file ``revoked`` takes one back.
"""

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from gradewise.errors import InputError, MissingDependencyError, UnavailableError
from gradewise.registry.manifests import KeyRing, SigningKey, Verify

REVOKED = "revoked"
"""Lists ids of keys that are not trusted any more, one a line; what follows a space is for people."""

_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_KEY_ID = re.compile(r"[0-9a-f]{16}")
_PRIVATE, _PUBLIC = ".key", ".pub"
_LONGEST = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKey:
    """A public key in a directory."""

    name: str
    """Of its file."""
    key_id: str
    """The first 16 hex digits of the SHA-256 of the key."""
    revoked: bool
    """Whether it is not trusted any more."""
    why: str = ""
    """Why, in words."""
    private: Path | None = None
    """Its private key, where that lies beside it."""


def new_key(directory: Path, name: str) -> KnownKey:
    """Make a pair of keys; neither replaces one that is there.

    Raises:
        InputError: the name is not fit for a file, or is taken.
        UnavailableError: the directory cannot be written.
        MissingDependencyError: cryptography is not installed.
    """
    if not _NAME.fullmatch(name):
        raise InputError(f"{name[:80]!r} is no name for a key; use letters, digits, '.', '_' and '-'")
    library, coding = _ed25519(), _serialization()
    key = library.Ed25519PrivateKey.generate()
    private = key.private_bytes(coding.Encoding.PEM, coding.PrivateFormat.PKCS8, coding.NoEncryption())
    public = key.public_key().public_bytes(coding.Encoding.PEM, coding.PublicFormat.SubjectPublicKeyInfo)
    with _told(directory):
        directory.mkdir(parents=True, exist_ok=True)
        _write_new(directory / f"{name}{_PRIVATE}", private, mode=0o600)
        _write_new(directory / f"{name}{_PUBLIC}", public, mode=0o644)
    return KnownKey(
        name=name,
        key_id=_key_id(key.public_key()),
        revoked=False,
        private=directory / f"{name}{_PRIVATE}",
    )


def read_signing_key(path: Path) -> SigningKey:
    """The private key in a file, ready to sign.

    Raises:
        InputError: it is not there, is no Ed25519 key, or others can read it.
        MissingDependencyError: cryptography is not installed.
    """
    try:
        mode, content = path.stat().st_mode, path.read_bytes()
    except OSError as error:
        raise InputError(f"cannot read signing key {path}: {error.strerror}") from error
    if mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise InputError(f"signing key {path} is open to others; chmod 600 {path}")
    try:
        key = _serialization().load_pem_private_key(content, password=None)
    except (ValueError, TypeError) as error:
        raise InputError(f"{path} is no private key without a password; gradewise keys new") from error
    if not isinstance(key, _ed25519().Ed25519PrivateKey):
        raise InputError(f"{path} is a key of another kind than Ed25519; make one: gradewise keys new")
    return SigningKey(_key_id(key.public_key()), key.sign)


def read_key_ring(directory: Path) -> KeyRing:
    """The keys that a directory says are trusted.

    Raises:
        InputError: there is none, or a file of it is no such key.
        UnavailableError: it cannot be read.
        MissingDependencyError: cryptography is not installed.
    """
    keys = {key_id: verify for _, key_id, verify in _public_keys(directory)}
    if not keys:
        raise InputError(
            f"{directory} holds no public key (NAME{_PUBLIC}); copy the ones that are trusted there"
        )
    return KeyRing(keys, frozenset(_revoked(directory)))


def known_keys(directory: Path) -> tuple[KnownKey, ...]:
    """Every public key in a directory, by name.

    Raises:
        InputError, UnavailableError, MissingDependencyError: as `read_key_ring`.
    """
    revoked = _revoked(directory)
    return tuple(
        KnownKey(
            name=path.stem,
            key_id=key_id,
            revoked=key_id in revoked,
            why=revoked.get(key_id, ""),
            private=private if (private := path.with_suffix(_PRIVATE)).exists() else None,
        )
        for path, key_id, _ in _public_keys(directory)
    )


def revoke_key(directory: Path, named: str, *, why: str = "") -> str:
    """Take trust back from a key, for good; its id.

    Args:
        directory: of public keys.
        named: name or id; an id need not be there.
        why: in words, for people.

    Raises:
        InputError: no such key is there, and it is no id.
        UnavailableError: that cannot be written down.
    """
    by_name = {path.stem: key_id for path, key_id, _ in _public_keys(directory)}
    key_id = by_name.get(named, named)
    if not _KEY_ID.fullmatch(key_id):
        raise InputError(f"no key in {directory} is called {named!r}; see gradewise keys list")
    if key_id not in _revoked(directory):
        line = f"{key_id} {' '.join(why.split())}".strip() + "\n"
        with _told(directory), (directory / REVOKED).open("ab") as file:
            file.write(line.encode())
            file.flush()
            os.fsync(file.fileno())
    return key_id


def _public_keys(directory: Path) -> list[tuple[Path, str, Verify]]:
    with _told(directory):
        files = [(path, path.read_bytes()) for path in sorted(directory.glob(f"*{_PUBLIC}"))]
    return [(path, *_public_key(path, content)) for path, content in files]


def _public_key(path: Path, content: bytes) -> tuple[str, Verify]:
    try:
        key = _serialization().load_pem_public_key(content[:_LONGEST])
    except ValueError as error:
        raise InputError(f"{path} is no public key; copy it again, or remove it") from error
    if not isinstance(key, _ed25519().Ed25519PublicKey):
        raise InputError(f"{path} is a key of another kind than Ed25519; remove it")

    def verify(message: bytes, signature: bytes) -> bool:
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - optional

        try:
            key.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    return _key_id(key), verify


def _revoked(directory: Path) -> dict[str, str]:
    """Why by id.

    Raises:
        InputError: a line names no key: whoever is meant must not stay trusted.
    """
    try:
        with _told(directory):
            text = (directory / REVOKED).read_text(encoding="utf-8", errors="replace")
    except UnavailableError as error:
        if isinstance(error.__cause__, FileNotFoundError):
            return {}
        raise
    revoked = {}
    for number, line in enumerate(text.splitlines(), start=1):
        key_id, _, why = line.strip().partition(" ")
        if key_id and not key_id.startswith("#"):
            if not _KEY_ID.fullmatch(key_id):
                raise InputError(
                    f"line {number} of {directory / REVOKED} names no key; give 16 hex digits or begin with #"
                )
            revoked[key_id] = why
    return revoked


def _key_id(public: object) -> str:
    raw: bytes = public.public_bytes_raw()  # type: ignore[attr-defined]
    return hashlib.sha256(raw).hexdigest()[:16]


def _write_new(path: Path, content: bytes, *, mode: int) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError as error:
        raise InputError(f"{path} exists; keys are never overwritten, choose another name") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _told(directory: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UnavailableError(f"cannot read or write keys in {directory}: {error.strerror}") from error


def _ed25519() -> ModuleType:
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519  # noqa: PLC0415 - optional
    except ModuleNotFoundError as error:
        raise _not_installed() from error
    return ed25519


def _serialization() -> ModuleType:
    try:
        from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - optional
    except ModuleNotFoundError as error:
        raise _not_installed() from error
    return serialization


def _not_installed() -> MissingDependencyError:
    return MissingDependencyError(
        "signed models need cryptography, which is not installed; pip install 'gradewise[serve]'"
    )
