"""What reads texts for every model of a service: checkers and text models that outlive reloads."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from queue import LifoQueue
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from gradewise.features.documents import Document
from gradewise.features.findings import Finding
from gradewise.models.bundles.verified import Bundle
from gradewise.protocols.measuring import ChecksBeside, Embedder, LanguageChecker
from gradewise.workflows.measuring.cached_rows import Row
from gradewise.workflows.measuring.text_models import OpenEmbedder, open_bundle_embedder
from gradewise.workflows.scoring.single_flight import SingleFlight
from gradewise.workflows.services import MakeChecker, no_embedder

HARPER = "harper"
"""The checker of bundles."""


class Checkers:
    """So many checkers of one language, each used by one thread at a time; or one that all may share."""

    def __init__(self, make: MakeChecker, size: int) -> None:
        """Make them; warm them up with `warm_up`."""
        self._every = [make() for _ in range(size)]
        self._free: LifoQueue[LanguageChecker] = LifoQueue()
        for each in self._every:
            self._free.put(each)

    @property
    def one(self) -> LanguageChecker:
        """One of them, to ask what they are."""
        return self._every[0]

    def warm_up(self) -> None:
        """Do now what would make the first check slow; nobody may check meanwhile."""
        for each in {id(each): each for each in self._every}.values():
            each.warm_up()

    def begin(self, text: str) -> Callable[[], tuple[Finding, ...]]:
        """Begin to check where the checker has threads of its own; what comes back waits for the findings."""
        shared = self.one
        if isinstance(shared, ChecksBeside) and all(each is shared for each in self._every):
            return shared.begin(text)
        return partial(self.check, text)

    def check(self, text: str) -> tuple[Finding, ...]:
        """What the next free one finds."""
        with self._borrowed() as checker:
            return checker.check(text)

    @contextmanager
    def _borrowed(self) -> Iterator[LanguageChecker]:
        checker = self._free.get()
        try:
            yield checker
        finally:
            self._free.put(checker)


class SharedEmbedder:
    """An `Embedder` that several threads may use, one after the other: it spreads over the cores itself."""

    def __init__(self, embedder: Embedder) -> None:
        """Share an embedder that nobody else uses."""
        self._embedder, self._lock = embedder, Lock()

    @property
    def fingerprint(self) -> str:
        """Of the embedder."""
        return self._embedder.fingerprint

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return self._embedder.dimensions

    def warm_up(self) -> None:
        """Do now what would make the first text slow."""
        with self._lock:
            self._embedder.warm_up()

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Vectors of texts."""
        with self._lock:
            return self._embedder.embed(texts)

    def count_pieces(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """In how many pieces each text is read."""
        with self._lock:
            return self._embedder.count_pieces(texts)


class Tools:
    """Checkers and text models for all models of a process.

    Safe for use by several threads.
    """

    def __init__(
        self,
        find_checker: Callable[[str, str], MakeChecker | None],
        *,
        readers: int,
        open_embedder: OpenEmbedder = no_embedder,
        embedding_model: Path | None = None,
    ) -> None:
        """Take what makes them.

        Args:
            find_checker: by checker name and language.
            readers: threads that read texts at the same time.
            open_embedder: opens a text model.
            embedding_model: its directory, for bundles that need one.
        """
        self._find_checker, self._readers = find_checker, readers
        self._open_embedder, self._embedding_model = open_embedder, embedding_model
        self._checkers: dict[str, Checkers | None] = {}
        self._embedders: dict[str, SharedEmbedder] = {}
        self._lock = Lock()
        self.measuring: SingleFlight[tuple[Row, Document | None]] = SingleFlight()
        """A text that several models are to measure at once is measured once."""

    def checkers(self, language: str) -> Checkers | None:
        """The checkers of a language, warm; ``None`` where there are none."""
        with self._lock:
            if language not in self._checkers:
                make = self._find_checker(HARPER, language)
                found = None if make is None else Checkers(make, self._readers)
                if found is not None:
                    found.warm_up()
                self._checkers[language] = found
            return self._checkers[language]

    def embedder(self, bundle: Bundle) -> Embedder | None:
        """The text model of a bundle, warm; ``None`` where it needs none.

        Raises:
            BundleError: none is named, or the one that is named is another.
            InputError: it cannot be read.
        """
        opened = open_bundle_embedder(bundle, self._open_embedder, self._embedding_model)
        if opened is None:
            return None
        with self._lock:
            if opened.fingerprint not in self._embedders:
                opened.warm_up()
                self._embedders[opened.fingerprint] = SharedEmbedder(opened)
            return self._embedders[opened.fingerprint]
