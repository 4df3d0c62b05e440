"""What measures texts, and what keeps the measurements."""

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from gradewise.features.findings import Finding


@runtime_checkable
class LanguageChecker(Protocol):
    """Finds language errors in texts.

    Deterministic: the same text gives the same findings, whatever was checked before it.
    Not thread-safe: one instance per thread or process. Construction is cheap; `warm_up` is not.
    """

    @property
    def fingerprint(self) -> str:
        """Name, version and rule list, so that cached findings of another checker are not reused."""
        ...

    @property
    def languages(self) -> frozenset[str]:
        """ISO 639-1 codes that it can check."""
        ...

    def warm_up(self) -> None:
        """Do now what would make the first check slow; may be called twice."""
        ...

    def check(self, text: str) -> tuple[Finding, ...]:
        """Findings ordered by ``(start, end)``, spans within the text, none empty; no text, no findings.

        Suggestions that take long to find are left out: see `with_suggestions`.
        """
        ...

    def with_suggestions(self, findings: Sequence[Finding], text: str) -> tuple[Finding, ...]:
        """The same findings of a text, each with a likely correction where there is one, for who shows them.

        It may take longer than the check.
        """
        ...


@runtime_checkable
class ChecksBeside(Protocol):
    """A `LanguageChecker` with threads of its own, which several callers may share."""

    def begin(self, text: str) -> Callable[[], tuple[Finding, ...]]:
        """Begin to check; what is returned waits for what `LanguageChecker.check` would find."""
        ...


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into vectors that lie close together where texts are alike.

    Deterministic: a text has one vector, the same bytes whatever else is embedded with it or before it.
    Not thread-safe. Construction is cheap; `warm_up` is not.
    """

    @property
    def fingerprint(self) -> str:
        """Digest of model, tokens and pooling, so that vectors of another embedder are not reused.

        Raises:
            InputError: the model cannot be read.
        """
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    def warm_up(self) -> None:
        """Do now what would make the first text slow; may be called twice."""
        ...

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of texts, in their order: shape ``(n, dimensions)``, finite; no text, no rows.

        No text is too long: what cannot be read at once is read in pieces, none of it left out.

        Raises:
            InputError: the model fails on a text.
        """
        ...

    def count_pieces(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """In how many pieces each text is read, 1 at least: shape ``(n,)``."""
        ...


@runtime_checkable
class Cache(Protocol):
    """Keeps bytes by key. Losing an entry is allowed; returning a wrong one is not.

    Safe for use by several processes at once; a damaged entry reads as absent.
    """

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        """The entries that are present; absent keys are left out."""
        ...

    def put_many(self, entries: Mapping[str, bytes]) -> None:
        """Keep these entries, replacing older ones; all of them or none."""
        ...

    def remove_many(self, keys: Sequence[str]) -> int:
        """Remove these entries for good; how many of them were there."""
        ...

    def close(self) -> None:
        """Release what is held; may be called twice."""
        ...
