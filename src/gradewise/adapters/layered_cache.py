"""A cache in memory in front of one that others share."""

from collections.abc import Mapping, Sequence

from gradewise.protocols.measuring import Cache


class LayeredCache:
    """A `Cache` of two: what was used lately is near, everything is far.

    Entries never change under a key that is made of what they hold, so that what is near is never stale.
    """

    def __init__(self, near: Cache, far: Cache) -> None:
        """Put one cache in front of another; both are closed with this one."""
        self._near, self._far = near, far

    @property
    def near(self) -> Cache:
        """The one that is at hand without a look at the other."""
        return self._near

    @property
    def is_away(self) -> bool:
        """Whether the far one says that it does not answer just now."""
        return bool(getattr(self._far, "is_away", False))

    def get_many(self, keys: Sequence[str]) -> dict[str, bytes]:
        """The entries that are present in either; what was far is near afterwards."""
        present = self._near.get_many(keys)
        missing = [key for key in keys if key not in present]
        if missing and (found := self._far.get_many(missing)):
            self._near.put_many(found)
            present |= found
        return present

    def put_many(self, entries: Mapping[str, bytes]) -> None:
        """Keep these entries in both."""
        self._near.put_many(entries)
        self._far.put_many(entries)

    def remove_many(self, keys: Sequence[str]) -> int:
        """Remove these entries from both; how many of them were in the far one."""
        self._near.remove_many(keys)
        return self._far.remove_many(keys)

    def close(self) -> None:
        """Close both; may be called twice."""
        self._near.close()
        self._far.close()
