"""Bundles that must not be trusted: refused by name by every command that reads one; nothing is written."""

import io
import json
import os
import pickle
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gradewise.models.bundles.storage import SIGNATURE, read_bundle_files, sign
from trials import Command, Trained

CARD, MODEL = "model_card.md", "model.onnx"

Harm = Callable[[Path], Path]
"""Harms the bundle of a directory, or packs it so that it is harmed; what is to be read then."""


def changed_byte(bundle: Path) -> Path:
    """One bit of the model is another."""
    content = bytearray((bundle / MODEL).read_bytes())
    content[len(content) // 2] ^= 1
    (bundle / MODEL).write_bytes(content)
    return bundle


def missing_file(bundle: Path) -> Path:
    """A file has gone."""
    (bundle / CARD).unlink()
    return bundle


def swapped_signature(bundle: Path) -> Path:
    """The signature is that of another bundle."""
    other = {**_unsigned(bundle), CARD: b"Another model.", MODEL: b"another"}
    (bundle / SIGNATURE).write_bytes(sign(other)[SIGNATURE])
    return bundle


def path_in_signature(bundle: Path) -> Path:
    """The signature lists a file outside."""
    lines = (bundle / SIGNATURE).read_text()
    (bundle / SIGNATURE).write_text(lines + f"{'0' * 64}  ../x\n")
    return bundle


def link_out(bundle: Path) -> Path:
    """A file is a link to the same bytes elsewhere."""
    outside = bundle.parent / "outside"
    (bundle / CARD).rename(outside)
    (bundle / CARD).symlink_to(outside)
    return bundle


def pickled(bundle: Path) -> Path:
    """A signed pickle."""
    (bundle / "model.pkl").write_bytes(pickle.dumps(_Harmful()))
    (bundle / SIGNATURE).write_bytes(sign(_unsigned(bundle))[SIGNATURE])
    return bundle


class _Harmful:
    """Makes a file when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, ("unpickled",)


def zip_bomb(bundle: Path) -> Path:
    """A member of a zip becomes a thousand times as large."""
    return _zipped(bundle, "zeros.bin", bytes(64 * 2**20))


def path_in_zip(bundle: Path) -> Path:
    """A member of a zip leads out of it."""
    return _zipped(bundle, "../x", b"out")


def link_in_tar(bundle: Path) -> Path:
    """A member of a tar is a link to a file of the machine."""
    path = bundle.parent / "bundle.tar"
    with tarfile.open(path, "w") as archive:
        archive.add(bundle, "bundle")
        link = tarfile.TarInfo("bundle/users")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link, io.BytesIO())
    shutil.rmtree(bundle)
    return path


def _zipped(bundle: Path, name: str, content: bytes) -> Path:
    path = bundle.parent / "bundle.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(bundle.iterdir()):
            archive.write(file, file.name)
        archive.writestr(name, content)
    shutil.rmtree(bundle)
    return path


def _unsigned(bundle: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in bundle.iterdir() if file.name != SIGNATURE}


HARMS_IN_DIRECTORIES: dict[Harm, str] = {
    changed_byte: f"{MODEL} was changed",
    missing_file: f"{CARD} is missing",
    swapped_signature: f"or {SIGNATURE} is another bundle's",
    path_in_signature: f"{SIGNATURE} names '../x'",
    link_out: f"{CARD} is no plain file",
    pickled: "model.pkl is a pickle",
}
HARMS_IN_ARCHIVES: dict[Harm, str] = {
    zip_bomb: "it is a bomb",
    path_in_zip: "'../x' leads out of the archive",
    link_in_tar: "'bundle/users' is no plain file",
}


def _called(harm: Harm) -> str:
    return harm.__name__.replace("_", " ")


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        pytest.param(harm, words, id=_called(harm))
        for harm, words in (HARMS_IN_DIRECTORIES | HARMS_IN_ARCHIVES).items()
    ],
)
def test_what_cannot_be_trusted_is_refused_by_every_command(
    command: Command, trained: Trained, harm: Harm, words: str
) -> None:
    """In one line that names it, with exit code 2; nothing is registered, graded or written."""
    shutil.copytree(trained.bundle, "bundle")
    model = harm(Path("bundle"))
    before = _files(Path())
    for arguments in (
        ("registry", "register", model, "-q"),
        ("score", "--text", "Dogs are good.", "-m", model, "-o", "out.csv"),
        ("validate", trained.essays, "--model", model, "-q"),
    ):
        refused = command(*arguments)
        assert (2, "") == (refused.code, refused.out)
        assert words in refused.complaint
        assert str(model) in refused.complaint
        assert before == _files(Path())
    assert [] == json.loads(command("registry", "list", "--json").out)["models"]


def test_harmed_copies_are_not_handed_out(command: Command, trained: Trained) -> None:
    """Of a registered model whose only copy was harmed nothing is written."""
    assert 0 == command("registry", "register", trained.run, "-q").code
    (stored,) = (each for each in Path("models/.registry/store").iterdir() if each.is_dir())
    for harm, words in HARMS_IN_DIRECTORIES.items():
        harm(stored)
        before = _files(Path())
        refused = command("registry", "fetch", "trial", "--to", "copy")
        assert (2, "") == (refused.code, refused.out)
        assert words in refused.complaint
        assert before == _files(Path())
        shutil.rmtree(stored)
        (stored.parent / "outside").unlink(missing_ok=True)
        shutil.copytree(trained.bundle, stored)
    assert 0 == command("registry", "fetch", "trial", "--to", "copy").code
    assert read_bundle_files(trained.bundle) == read_bundle_files(Path("copy"))


def _files(directory: Path) -> set[Path]:
    """Everything under a directory, but for the database, which is made when it is first asked."""
    database = Path("models/.registry/registry.sqlite")
    return {path for path in directory.rglob("*") if path not in {database, *database.parents}}
