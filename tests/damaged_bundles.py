"""Bundles that are damaged, each in a way of its own, put where a running service looks for its model."""

import gzip
import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from gradewise.models.bundles.storage import SIGNATURE, read_plain_files, sign

METADATA, MODEL, ROWS = "model_metadata.json", "model.onnx", "parity.json"
HUGE = 3 * 2**29
"""Bytes that a file claims to have; nothing is written for them."""
Files = Mapping[str, bytes]
Damage = Callable[[Path, Files], None]
"""Writes a damaged bundle into an empty directory."""


def onnx_field(number: int, content: bytes) -> bytes:
    """A field of the ONNX wire format: numbers from 16 on take two bytes; contents are short."""
    tag = number << 3 | 2
    head = bytes([tag]) if tag < 128 else bytes([tag & 127 | 128, tag >> 7])
    return head + bytes([len(content)]) + content


CUSTOM_OPERATOR = onnx_field(8, onnx_field(1, b"evil.domain"))
EXTERNAL_DATA = onnx_field(7, onnx_field(5, onnx_field(13, onnx_field(1, b"location"))))


def write(place: Path, files: Files) -> None:
    """Files, as a copy without any care writes them."""
    place.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (place / name).write_bytes(content)


def signed(files: Files, **changed: bytes) -> dict[str, bytes]:
    """A bundle with other files in it, and a signature over them; a dot in a name is two underscores."""
    names = {name.replace("__", "."): content for name, content in changed.items()}
    return sign({**{each: files[each] for each in files if each != SIGNATURE}, **names})


def versioned(files: Files, version: str, **metadata: object) -> dict[str, bytes]:
    """The same model as another version."""
    known = json.loads(files[METADATA]) | {"version": version} | metadata
    return signed(files, model_metadata__json=json.dumps(known).encode())


def _flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0xFF]) + content[middle + 1 :]


def _scattered(content: bytes) -> bytes:
    """Flips every 64th byte: a single one may stand where no answer depends on it."""
    return bytes(byte ^ 0xFF if place % 64 == 0 else byte for place, byte in enumerate(content))


def _other_rows(files: Files) -> dict[str, bytes]:
    rows = json.loads(files[ROWS])
    rows["codes"] = [0] * len(rows["codes"])
    return signed(files, parity__json=json.dumps(rows).encode())


def _without(files: Files, *names: str) -> dict[str, bytes]:
    return {name: content for name, content in files.items() if name not in names}


def _with_link(place: Path, files: Files) -> None:
    write(place, _without(files, MODEL))
    (place / MODEL).symlink_to("/etc/passwd")


def _with_pipe(place: Path, files: Files) -> None:
    write(place, _without(files, MODEL))
    os.mkfifo(place / MODEL)


def _with_huge_file(place: Path, files: Files) -> None:
    write(place, files)
    os.truncate(place / MODEL, HUGE)


def _with_a_directory(place: Path, files: Files) -> None:
    write(place, files)
    (place / "more").mkdir()


def _of(change: Callable[[Files], Files]) -> Damage:
    return lambda place, files: write(place, change(files))


UNTRIED: dict[str, tuple[Damage, str]] = {
    "truncated model": (_of(lambda files: {**files, MODEL: files[MODEL][:999]}), "digest"),
    "flipped model": (_of(lambda files: {**files, MODEL: _flipped(files[MODEL])}), "digest"),
    "empty model": (_of(lambda files: {**files, MODEL: b""}), "digest"),
    "truncated metadata": (_of(lambda files: {**files, METADATA: files[METADATA][:99]}), "digest"),
    "signature of another": (
        _of(lambda files: {**files, SIGNATURE: versioned(files, "20200101_000000")[SIGNATURE]}), "digest",
    ),
    "missing file": (_of(lambda files: _without(files, MODEL)), "digest"),
    "extra file": (_of(lambda files: {**files, "extra.bin": b"x"}), "digest"),
    "half copied": (_of(lambda files: dict(sorted(files.items())[:3])), "digest"),
    "nothing in it": (_of(lambda _: {}), "digest"),
    "another format": (_of(lambda files: versioned(files, "20260131_120001", format=999)), "format"),
    "a pickle": (_of(lambda files: {**files, "model.pkl": b"x"}), "unsafe"),
    "link out": (_with_link, "unsafe"),
    "pipe": (_with_pipe, "unsafe"),
    "directory in it": (_with_a_directory, "unsafe"),
    "huge file": (_with_huge_file, "unsafe"),
    "metadata is a bomb of brackets": (
        _of(lambda files: signed(files, model_metadata__json=b"[" * 200_000)), "format",
    ),
    "metadata is compressed": (
        _of(lambda files: signed(files, model_metadata__json=gzip.compress(bytes(2**24)))), "format",
    ),
}  # fmt: skip
"""Damage, and the reason that is told of it, that is found before anything is tried in a child process."""
TRIED: dict[str, tuple[Damage, str]] = {
    "custom operator": (_of(lambda files: signed(files, model__onnx=CUSTOM_OPERATOR)), "unsafe"),
    "external data": (_of(lambda files: signed(files, model__onnx=EXTERNAL_DATA)), "unsafe"),
    "wrong test rows": (_of(_other_rows), "parity"),
    "flipped model, signed": (
        _of(lambda files: signed(files, model__onnx=_scattered(files[MODEL]))), "format|parity",
    ),
    "half a model, signed": (
        _of(lambda files: signed(files, model__onnx=files[MODEL][: len(files[MODEL]) // 2])), "format|unsafe",
    ),
}  # fmt: skip
"""Damage that a trial finds: a second or two each."""


class DeployedModels:
    """Writes models where a service looks for them, with no more care than ``cp`` and ``ln`` take."""

    def __init__(self, directory: Path, bundle: Path, name: str) -> None:
        """A model in production: the bundle, under a directory of models, as a name."""
        self.path, self.files = directory / name, read_plain_files(bundle)
        self._n = 0
        self.put(write)

    def put(self, damage: Damage) -> str:
        """Point production to a directory that is damaged so; its version."""
        self._n += 1
        version = f"20260201_{self._n:06d}"
        place = self.path / "archive" / version
        place.mkdir(parents=True)
        damage(place, self.files)
        self.point(version)
        return version

    def point(self, version: str) -> None:
        """Let production be a version."""
        link = self.path / ".production"
        link.unlink(missing_ok=True)
        link.symlink_to(f"archive/{version}")
        link.rename(self.path / "production")

    def drop(self, version: str) -> None:
        """Delete a version in use, as somebody might by mistake."""
        shutil.rmtree(self.path / "archive" / version)
