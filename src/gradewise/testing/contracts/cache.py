"""What every `Cache` must do."""

from pathlib import Path

from gradewise.protocols.measuring import Cache

ENTRIES = {"a": b"\x00\x01", "b": b"", "ö": b"three"}


class CacheContract:
    """Inherit, build the cache in `new_cache`, and pytest runs every promise of the port against it."""

    def new_cache(self, directory: Path) -> Cache:
        """A cache without entries; ``directory`` is empty and its own."""
        raise NotImplementedError

    def test_is_a_cache(self, tmp_path: Path) -> None:
        """It has the shape of the port."""
        assert isinstance(self.new_cache(tmp_path), Cache)

    def test_returns_what_was_put(self, tmp_path: Path) -> None:
        """Bytes come back as they were, whatever they hold."""
        cache = self.new_cache(tmp_path)
        cache.put_many(ENTRIES)
        assert cache.get_many(list(ENTRIES)) == ENTRIES
        cache.close()

    def test_leaves_absent_keys_out(self, tmp_path: Path) -> None:
        """Only what is present is returned; nothing is asked, nothing comes back."""
        cache = self.new_cache(tmp_path)
        cache.put_many({"a": b"1"})
        assert cache.get_many(["missing", "a"]) == {"a": b"1"}
        assert cache.get_many([]) == {}
        cache.close()

    def test_takes_a_key_twice(self, tmp_path: Path) -> None:
        """A key that is asked twice is answered once."""
        cache = self.new_cache(tmp_path)
        cache.put_many({"a": b"1"})
        assert cache.get_many(["a", "a"]) == {"a": b"1"}
        cache.close()

    def test_replaces_older_entries(self, tmp_path: Path) -> None:
        """The last value of a key counts."""
        cache = self.new_cache(tmp_path)
        cache.put_many({"a": b"old", "b": b"kept"})
        cache.put_many({"a": b"new"})
        assert cache.get_many(["a", "b"]) == {"a": b"new", "b": b"kept"}
        cache.close()

    def test_removes_entries(self, tmp_path: Path) -> None:
        """Those that are named and there, each counted once; the others stay."""
        cache = self.new_cache(tmp_path)
        cache.put_many(ENTRIES)
        assert cache.remove_many([]) == 0
        assert cache.remove_many(["a", "missing", "ö", "a"]) == len(["a", "ö"])
        assert cache.get_many(list(ENTRIES)) == {"b": ENTRIES["b"]}
        assert cache.remove_many(["a"]) == 0
        cache.close()
        assert cache.remove_many(["missing"]) == 0

    def test_keeps_many(self, tmp_path: Path) -> None:
        """More keys than a database takes in one statement are no trouble."""
        entries = {f"key {number}": str(number).encode() for number in range(2_500)}
        cache = self.new_cache(tmp_path)
        cache.put_many(entries)
        assert cache.get_many(list(entries)) == entries
        cache.close()

    def test_putting_nothing_is_allowed(self, tmp_path: Path) -> None:
        """No entries change nothing."""
        cache = self.new_cache(tmp_path)
        cache.put_many({})
        assert cache.get_many(["a"]) == {}
        cache.close()

    def test_closes_twice(self, tmp_path: Path) -> None:
        """Closing again is harmless, and a closed cache answers without raising."""
        cache = self.new_cache(tmp_path)
        cache.put_many(ENTRIES)
        cache.close()
        cache.close()
        assert cache.get_many(["missing"]) == {}
        cache.put_many({"a": b"1"})
        cache.close()
