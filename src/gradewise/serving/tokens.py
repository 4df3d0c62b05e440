"""Who may ask a service for what: named tokens with roles, of which only digests are kept."""

import hashlib
import hmac
import json
import os
import re
import secrets
import stat
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from gradewise.errors import InputError, PlanError
from gradewise.essays.suggestions import quotable, suggest
from gradewise.file_locks import locked
from gradewise.whole_files import write_whole

Role = Literal["score", "review", "admin"]
"""What a token may do; each may do what those before it may."""

ROLES: tuple[Role, ...] = get_args(Role)
"""Every role, the least first."""

FORMAT = 1
PREFIX = "gradewise_"
"""What a token begins with, so that tools that look for secrets in files find it."""
SECRET_BYTES = 32
OTHERS = stat.S_IRWXG | stat.S_IRWXO
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownToken:
    """A token as it is kept."""

    name: str
    """Whose it is."""
    role: Role
    """What it may do."""
    sha256: str
    """Digest of the token: 64 hex digits."""
    made_at: str
    """When it was made: ISO 8601."""

    def may(self, role: Role) -> bool:
        """Whether it may do what a role may."""
        return ROLES.index(self.role) >= ROLES.index(role)


def token_digest(token: str) -> str:
    """What is kept of a token: its SHA-256, 64 hex digits.

    A slow hash would protect secrets that people choose and that can be guessed. A token is 256 random bits:
    there is nothing to guess, and every request would pay for the slowness.
    """
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def find_token(token: str, known: Iterable[KnownToken]) -> KnownToken | None:
    """The known token that this is; takes as long whichever it is, and whether or not it is one."""
    digest, found = token_digest(token), None
    for each in known:
        if hmac.compare_digest(each.sha256, digest):
            found = each
    return found


class TokenFile:
    """Tokens in a file that its owner alone can read; whoever asks gets what stands in it now."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, ...] | None = None
        self._known: tuple[KnownToken, ...] = ()

    @property
    def path(self) -> Path:
        """Where it is."""
        return self._path

    def known(self) -> tuple[KnownToken, ...]:
        """Every token, oldest first; the file is read again only when it was replaced or written to.

        Raises:
            InputError: the file is missing, damaged, or can be read by others.
        """
        try:
            status = self._path.stat()
            seen = (status.st_ino, status.st_mtime_ns, status.st_size, status.st_mode)
            if seen != self._seen:
                self._known = _read(self._path, status.st_mode)
                self._seen = seen
        except OSError as error:
            raise InputError(
                f"{self._path}: {error.strerror or error}; make tokens with: gradewise tokens new --name X "
                f"--role score --file {self._path}"
            ) from error
        return self._known

    def add(self, name: str, role: Role, *, clock: Callable[[], datetime]) -> str:
        """Make a token and keep its digest; the token itself is nowhere but in what is returned.

        Raises:
            PlanError: the name is taken, or is none.
            InputError: the file is damaged, or can be read by others.
        """
        if not _NAME.fullmatch(name):
            raise PlanError(
                f"{quotable(name)!r} is no name of a token; use up to 64 letters, digits and . _ @ -"
            )
        token = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
        made_at = clock().astimezone(UTC).isoformat(timespec="seconds")
        new = KnownToken(name=name, role=role, sha256=token_digest(token), made_at=made_at)
        with self._owned():
            known = self._there()
            if any(each.name == name for each in known):
                raise PlanError(f"{self._path} has a token {name!r}; revoke it first, or use another name")
            self._write((*known, new))
        return token

    def revoke(self, name: str) -> KnownToken:
        """Forget a token, which lets nobody in from now on.

        Raises:
            PlanError: there is none of that name.
            InputError: the file is missing, damaged, or can be read by others.
        """
        with self._owned():
            known = self.known()
            gone = next((each for each in known if each.name == name), None)
            if gone is None:
                near = suggest(name, [each.name for each in known])
                raise PlanError(
                    f"{self._path} has no token {quotable(name)!r}{near}; see: gradewise tokens list"
                )
            self._write(tuple(each for each in known if each is not gone))
        return gone

    def _owned(self) -> AbstractContextManager[int]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        return locked(self._path.with_name(f".{self._path.name}.lock"))

    def _there(self) -> tuple[KnownToken, ...]:
        return self.known() if self._path.exists() else ()

    def _write(self, known: tuple[KnownToken, ...]) -> None:
        content = {"format": FORMAT, "tokens": [asdict(each) for each in known]}
        write_whole(self._path, json.dumps(content, indent=1) + "\n", mode=0o600)


def _read(path: Path, mode: int) -> tuple[KnownToken, ...]:
    if os.name == "posix" and mode & OTHERS:
        raise InputError(f"{path} can be read by others (mode {mode & 0o777:o}); run: chmod 600 {path}")
    if not stat.S_ISREG(mode):
        raise InputError(f"{path} is no plain file; give one that `gradewise tokens new` made")
    try:
        content = json.loads(path.read_bytes())
        if content["format"] != FORMAT:
            raise InputError(
                f"{path} is of format {quotable(str(content['format']))}, known is {FORMAT}; "
                "use a gradewise of its time, or remove it and make new ones: gradewise tokens new"
            )
        return tuple(_known(each) for each in content["tokens"])
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise InputError(
            f"{path} is no file of tokens; restore it, or remove it and make new ones: gradewise tokens new"
        ) from error


def _known(entry: dict[str, str]) -> KnownToken:
    found = KnownToken(**{name: str(entry[name]) for name in ("name", "role", "sha256", "made_at")})  # type: ignore[arg-type]
    if found.role not in ROLES or not _DIGEST.fullmatch(found.sha256) or not _NAME.fullmatch(found.name):
        raise ValueError(found.role)
    return found
