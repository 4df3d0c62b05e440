"""A cache for whoever must see a text read: nothing is remembered."""

from collections.abc import Mapping, Sequence


class NothingKept:
    """A `Cache` that keeps nothing: what is read again must be read, not remembered."""

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        """Nothing."""
        del keys
        return {}

    def put_many(self, entries: Mapping[str, bytes]) -> None:
        """Nothing is kept."""
        del entries

    def remove_many(self, keys: Sequence[str]) -> int:
        """Nothing is there."""
        del keys
        return 0

    def close(self) -> None:
        """Nothing is held."""
