"""A file of texts in object storage, or wherever else fsspec leads: fetched, read, and gone again."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from gradewise.adapters.remote_files import RemoteFiles
from gradewise.errors import InputError

_PIECE = 2**20
_NAME = "texts"


@contextmanager
def fetched_texts(address: str, most_bytes: int) -> Iterator[Path]:
    """A copy of the file at an address, in a directory that nobody else may read, while the block lasts.

    It keeps the ending of its name, by which readers know its format.

    Args:
        address: of the file; credentials come from the environment, as for every store.
        most_bytes: that are read; the file is given up when it has more, whatever the store says of it.

    Raises:
        InputError: there is no such file, it is a directory, or it is larger.
        PlanError: it is no address of a store.
        UnavailableError: the store does not answer.
        MissingDependencyError: the library that leads there is not installed.
    """
    remote = _RemoteTexts(address)
    with TemporaryDirectory(prefix="gradewise-") as directory:
        yield remote.fetch(Path(directory), most_bytes=most_bytes)


class _RemoteTexts(RemoteFiles):
    def fetch(self, directory: Path, *, most_bytes: int) -> Path:
        if "://" not in self._url:
            raise InputError(
                f"{self._url}// names no file; give its whole address, as in s3://bucket/texts.csv"
            )
        with self._told("read"):
            self._require_file(most_bytes)
            place = directory / f"{_NAME}{''.join(PurePosixPath(self._root).suffixes[-2:])}"
            n_bytes = 0
            with self._filesystem.open(self._root, "rb") as there, place.open("xb") as here:
                while piece := there.read(_PIECE):
                    n_bytes += len(piece)
                    self._require_size(n_bytes, most_bytes)
                    here.write(piece)
        return place

    def _require_file(self, most_bytes: int) -> None:
        self._filesystem.invalidate_cache()
        try:
            found = self._filesystem.info(self._root)
        except FileNotFoundError:
            raise InputError(f"{self.location} does not exist; check the address") from None
        if found["type"] != "file":
            raise InputError(f"{self.location} is a directory; name the file in it")
        self._require_size(int(found["size"] or 0), most_bytes)

    def _require_size(self, n_bytes: int, most_bytes: int) -> None:
        if n_bytes > most_bytes:
            raise InputError(
                f"{self.location} has more than {most_bytes:,} bytes, the most that are read here from a "
                "store; split it"
            )
