"""What every `ArtifactStore` must do."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Protocol

import pytest

from gradewise.errors import BundleError
from gradewise.models.bundles.storage import SIGNATURE, content_id, sign
from gradewise.protocols.registry import ArtifactStore

FIRST = sign({"model.onnx": bytes(range(256)) * 8, "model_metadata.json": b"{}", "empty.txt": b""})
"""Files of a bundle that no model could be made of; a store does not mind."""
SECOND = sign({"model.onnx": bytes(range(256)) * 8, "model_metadata.json": b'{"other": 1}'})
"""Another, which has a file in common with the first."""
ABSENT = content_id(sign({"never": b"put"}))
"""Names a bundle that is in no store."""


class StoredFiles(Protocol):
    """The files behind a store, past the store."""

    def write(self, content_id: str, name: str, content: bytes) -> None:
        """Put a file there, whatever it is."""
        ...

    def delete(self, content_id: str, name: str) -> None:
        """Take a file away."""
        ...

    def names(self) -> frozenset[str]:
        """Every file, as ``<content id>/<name>``."""
        ...


class ArtifactStoreContract:
    """Inherit, give fixtures `store` and `behind`, and pytest runs every promise of the port against it."""

    def test_is_a_store(self, store: ArtifactStore) -> None:
        """It has the shape of the port."""
        assert isinstance(store, ArtifactStore)

    def test_a_new_store_is_empty(self, store: ArtifactStore, behind: StoredFiles) -> None:
        """Nothing is there, nothing can be got, and removing nothing is allowed."""
        assert frozenset() == store.content_ids()
        assert not store.holds(ABSENT)
        store.remove(ABSENT)
        with pytest.raises(BundleError, match=f"no bundle {ABSENT} in"):
            store.get(ABSENT)
        assert frozenset() == behind.names()

    def test_gives_what_was_put(self, store: ArtifactStore) -> None:
        """Files come back as they were, under the name of their content."""
        name = store.put(FIRST)
        assert content_id(FIRST) == name
        assert store.holds(name)
        assert frozenset({name}) == store.content_ids()
        assert store.get(name) == FIRST

    def test_says_where_bundles_lie(self, store: ArtifactStore) -> None:
        """A place belongs to one bundle, there or not, and lies within the store."""
        assert store.place(ABSENT).startswith(store.location)
        assert store.place(ABSENT).endswith(f"/{ABSENT}")

    def test_keeps_bundles_apart(self, store: ArtifactStore) -> None:
        """Bundles that share a file do not share their fate."""
        first, second = store.put(FIRST), store.put(SECOND)
        assert frozenset({first, second}) == store.content_ids()
        store.remove(first)
        assert frozenset({second}) == store.content_ids()
        assert store.get(second) == SECOND

    def test_puts_once(self, store: ArtifactStore, behind: StoredFiles) -> None:
        """Put again, nothing changes, in whatever order the files come."""
        name = store.put(FIRST)
        before = behind.names()
        assert name == store.put(dict(reversed(FIRST.items())))
        assert before == behind.names()

    def test_files_are_where_they_belong(self, store: ArtifactStore, behind: StoredFiles) -> None:
        """The layout is ``<content id>/<file>`` and nothing else."""
        name = store.put(FIRST)
        assert {f"{name}/{file}" for file in FIRST} == behind.names()

    def test_removes_for_good(self, store: ArtifactStore, behind: StoredFiles) -> None:
        """What is removed is gone, and may be put again."""
        name = store.put(FIRST)
        store.remove(name)
        assert not store.holds(name)
        assert frozenset() == behind.names()
        assert store.get(store.put(FIRST)) == FIRST

    @pytest.mark.parametrize(
        ("change", "message"),
        [
            ({"model.onnx": b"other"}, "model.onnx was changed"),
            ({"more": b""}, "more is not in the signature"),
            ({SIGNATURE: SECOND[SIGNATURE]}, "empty.txt is not in the signature"),
            ({"model.pkl": b""}, "model.pkl is a pickle"),
        ],
        ids=["changed", "added", "swapped", "pickle"],
    )
    def test_keeps_nothing_that_is_not_as_signed(
        self, store: ArtifactStore, behind: StoredFiles, change: Mapping[str, bytes], message: str
    ) -> None:
        """Files that their signature does not vouch for never reach the store."""
        with pytest.raises(BundleError, match=message):
            store.put({**FIRST, **change})
        assert frozenset() == behind.names()

    def test_keeps_nothing_unsigned(self, store: ArtifactStore, behind: StoredFiles) -> None:
        """Without a signature there is no bundle."""
        with pytest.raises(BundleError, match=f"{SIGNATURE} is missing"):
            store.put({"model.onnx": b""})
        assert frozenset() == behind.names()

    def test_names_what_was_changed(self, store: ArtifactStore, behind: StoredFiles) -> None:
        """A damaged file is named, also one whose length is right; put again, all is well."""
        name = store.put(FIRST)
        for content in (b"{]", b"", b"longer than it was"):
            behind.write(name, "model_metadata.json", content)
            with pytest.raises(BundleError, match=f"{name}: model_metadata.json was changed"):
                store.get(name)
        assert name == store.put(FIRST)
        assert store.get(name) == FIRST

    @pytest.mark.parametrize("file", [name for name in FIRST if name != SIGNATURE])
    def test_names_what_is_missing(self, store: ArtifactStore, behind: StoredFiles, file: str) -> None:
        """A file that is gone is named; put again, it is there."""
        name = store.put(FIRST)
        behind.delete(name, file)
        with pytest.raises(BundleError, match=f"{file} is missing"):
            store.get(name)
        assert store.get(store.put(FIRST)) == FIRST

    def test_names_what_was_added(self, store: ArtifactStore, behind: StoredFiles) -> None:
        """A file that nobody signed is named; put again, it is gone."""
        name = store.put(FIRST)
        behind.write(name, "payload.bin", b"x")
        with pytest.raises(BundleError, match=r"payload\.bin is not in the signature"):
            store.get(name)
        assert store.get(store.put(FIRST)) == FIRST

    def test_tells_bundles_that_were_swapped(self, store: ArtifactStore, behind: StoredFiles) -> None:
        """A whole bundle at the place of another is not taken for it."""
        name = store.put(FIRST)
        for file in FIRST:
            behind.delete(name, file)
        for file, content in SECOND.items():
            behind.write(name, file, content)
        with pytest.raises(BundleError, match=f"{SIGNATURE} is that of bundle {content_id(SECOND)}"):
            store.get(name)
        assert store.get(store.put(FIRST)) == FIRST

    def test_without_its_signature_a_bundle_is_not_there(
        self, store: ArtifactStore, behind: StoredFiles
    ) -> None:
        """What a killed `put` leaves is no bundle, is gone on with, and is removed where that is asked."""
        name = store.put(FIRST)
        behind.delete(name, SIGNATURE)
        assert not store.holds(name)
        assert frozenset() == store.content_ids()
        assert store.get(store.put(FIRST)) == FIRST
        behind.delete(name, SIGNATURE)
        store.remove(name)
        assert frozenset() == behind.names()

    @pytest.mark.parametrize(
        "odd", ["", "../x", "a" * 63, "A" * 64, f"{'a' * 64}/..", f"{'a' * 64}\n"], ids=repr
    )
    def test_content_ids_are_no_paths(self, store: ArtifactStore, odd: str) -> None:
        """What is no content id is refused before anything is looked for."""
        for refuse in (store.get, store.holds, store.place, store.remove):
            with pytest.raises(BundleError, match="is no content id; give 64 hex digits"):
                refuse(odd)

    def test_strangers_are_not_bundles(self, store: ArtifactStore, behind: StoredFiles) -> None:
        """What somebody else keeps there is not listed."""
        behind.write("notes", SIGNATURE, b"")
        assert {store.put(FIRST)} == store.content_ids()

    def test_many_may_put_at_once(self, store: ArtifactStore) -> None:
        """Whoever puts the same bundle at the same time gets the same answer, and it is whole."""
        with ThreadPoolExecutor(4) as pool:
            names = list(pool.map(store.put, [FIRST, SECOND, FIRST, FIRST]))
        assert all(one == other for one, other in pairwise([names[0], *names[2:]]))
        assert store.get(names[0]) == FIRST
        assert store.get(names[1]) == SECOND
