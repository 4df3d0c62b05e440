"""Sources say cheaply what is wanted, and hand over one bundle or none, whatever happens to the disk."""

import asyncio
import os
import shutil
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from gradewise.errors import BundleError, InputError
from gradewise.models.bundles.archives import write_archive
from gradewise.models.bundles.storage import SIGNATURE, content_id, write_files
from gradewise.workflows.registry.deployment import DeployDirectory
from gradewise.workflows.registry.promote import promote
from gradewise.workflows.registry.register import register
from gradewise.workflows.registry.rollback import rollback
from gradewise.workflows.registry.services import RegistryServices
from gradewise.workflows.registry.signing import manifest_path
from gradewise.workflows.scoring.slot import ModelSlot
from gradewise.workflows.scoring.sources import (
    BundlePath,
    BundleSource,
    DeployedBundle,
    RegisteredBundle,
    source_at,
)
from lifecycle_trials import Place, judge_of
from served_models import NAME, ServedModel, Told, clock, tried_here

Pair = tuple[dict[str, bytes], dict[str, bytes]]
FIRST, SECOND = "20260131_000001", "20260131_000002"


def slot_of(source: BundleSource, told: Told) -> ModelSlot:
    """A slot that tries in this process."""
    return ModelSlot(source, ServedModel, trial=tried_here, clock=clock, listener=told)


@pytest.fixture
def deploy(tmp_path: Path, bundle_pair: Pair) -> DeployDirectory:
    """Two versions, of which the first is in production."""
    directory = DeployDirectory(tmp_path / "models", NAME)
    for version, files in zip((FIRST, SECOND), bundle_pair, strict=True):
        directory.hold(version, files)
    directory.point("production", FIRST)
    return directory


@pytest.mark.parametrize("kind", ["directory", "link", "zip", "tgz"])
def test_a_path_is_served_and_followed(tmp_path: Path, bundle_pair: Pair, kind: str) -> None:
    """A bundle by its path, in whatever form, and what takes its place later."""
    path = tmp_path / {"directory": "b", "link": "b", "zip": "b.zip", "tgz": "b.tgz"}[kind]

    def lay(files: dict[str, bytes]) -> None:
        if kind == "directory":
            shutil.rmtree(path, ignore_errors=True)
            write_files(files, path)
        elif kind == "link":
            write_files(files, tmp_path / content_id(files))
            (tmp_path / "new").symlink_to(content_id(files))
            (tmp_path / "new").replace(path)
        else:
            path.unlink(missing_ok=True)
            write_archive(files, path)

    async def serve() -> None:
        told = Told()
        slot = slot_of(BundlePath(path), told)
        assert "missing" == (await slot.reload(asked_by="watch")).reason
        for files in bundle_pair:
            lay(files)
            result = await slot.reload(asked_by="watch")
            assert content_id(files) == result.model_digest
            assert "same" == (await slot.reload(asked_by="watch")).outcome
        assert [("refused", "missing"), ("swapped", ""), ("swapped", "")] == told.said

    asyncio.run(serve())


def test_a_bundle_that_is_being_copied_is_served_when_it_is_whole(tmp_path: Path, bundle_pair: Pair) -> None:
    """The signature may come first and the model in halves: nothing is served before the last byte."""

    async def serve() -> None:
        told, path = Told(), tmp_path / "b"
        path.mkdir()
        slot, files = slot_of(BundlePath(path), told), bundle_pair[0]
        for name in (SIGNATURE, *(name for name in files if name != SIGNATURE)):
            with (path / name).open("wb") as file:
                half = len(files[name]) // 2
                file.write(files[name][:half])
                file.flush()
                assert "refused" == (await slot.reload(asked_by="watch")).outcome
                file.write(files[name][half:])
        assert "swapped" == (await slot.reload(asked_by="watch")).outcome
        assert {"digest", ""} == {reason for _, reason in told.said}

    asyncio.run(serve())


def test_a_link_that_turns_while_it_is_read_gives_one_bundle(
    deploy: DeployDirectory, bundle_pair: Pair
) -> None:
    """What was wanted is read to its end, wherever the link leads by then; the next look finds the other."""

    async def serve() -> None:
        source = DeployedBundle(deploy.path.parent, NAME)
        wanted = await source.wanted()
        assert wanted is not None
        deploy.point("production", SECOND)
        assert bundle_pair[0] == await source.fetch(wanted)
        after = await source.wanted()
        assert after is not None
        assert (content_id(bundle_pair[1]), SECOND) == (after.content_id, after.version)
        assert wanted.token != after.token
        deploy.drop(FIRST)
        with pytest.raises(FileNotFoundError):
            await source.fetch(wanted)

    asyncio.run(serve())


def test_a_deployed_link_is_followed(deploy: DeployDirectory, bundle_pair: Pair) -> None:
    """Promotion turns the link, and the next look serves; a link that is gone or odd keeps the old model."""

    async def serve() -> None:
        told = Told()
        slot = slot_of(DeployedBundle(deploy.path.parent, NAME), told)
        await slot.reload(asked_by="start")
        deploy.point("production", SECOND)
        assert content_id(bundle_pair[1]) == (await slot.reload(asked_by="watch")).model_digest
        deploy.point("production", None)
        assert "missing" == (await slot.reload(asked_by="watch")).reason
        (deploy.path / "production").symlink_to("/etc")
        assert "unsafe" == (await slot.reload(asked_by="watch")).reason
        (deploy.path / "production").unlink()
        (deploy.path / "production").symlink_to("archive/20260131_000009")
        assert "missing" == (await slot.reload(asked_by="watch")).reason
        assert content_id(bundle_pair[1]) == slot.status.identity.digest if slot.status.identity else ""

    asyncio.run(serve())


def _remove(place: Path) -> None:
    (place / "model.onnx").unlink()


def _link(place: Path) -> None:
    (place / "model.onnx").rename(place.parent / "elsewhere")
    (place / "model.onnx").symlink_to(place.parent / "elsewhere")


def _plant(place: Path) -> None:
    (place / ".git").mkdir()
    (place / ".git" / "evil").write_bytes(b"x")


def _flip(place: Path) -> None:
    content = bytearray((place / "model.onnx").read_bytes())
    content[len(content) // 2] ^= 1
    (place / "model.onnx").write_bytes(content)


TAMPERING: dict[str, tuple[Callable[[Path], object], str]] = {
    "changed": (_flip, "digest"),
    "extra": (lambda place: (place / "more.bin").write_bytes(b"x"), "digest"),
    "missing": (_remove, "digest"),
    "truncated signature": (lambda place: os.truncate(place / SIGNATURE, 99), "digest"),
    "no signature": (lambda place: (place / SIGNATURE).unlink(), "digest"),
    "symlink": (_link, "unsafe"),
    "git": (_plant, "unsafe"),
    "pickle": (lambda place: (place / "model.pkl").write_bytes(b"x"), "unsafe"),
    "pipe": (lambda place: os.mkfifo(place / "pipe"), "unsafe"),
    "hidden": (lambda place: (place / ".hidden").write_bytes(b"x"), "digest"),
}


@pytest.mark.parametrize("case", TAMPERING)
def test_a_bundle_that_was_meddled_with_is_refused(
    deploy: DeployDirectory, bundle_pair: Pair, case: str
) -> None:
    """Changed, added, missing, linked: each by its reason, and the old model answers."""
    meddle, reason = TAMPERING[case]
    meddle(deploy.place(SECOND))

    async def serve() -> None:
        slot = slot_of(DeployedBundle(deploy.path.parent, NAME), Told())
        await slot.reload(asked_by="start")
        deploy.point("production", SECOND)
        result = await slot.reload(asked_by="watch")
        assert ("refused", reason) == (result.outcome, result.reason)
        assert content_id(bundle_pair[0]) == result.model_digest
        assert slot.status.refusal is not None
        assert SECOND == slot.status.refusal.version

    asyncio.run(serve())


@pytest.mark.parametrize(
    "lay", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")], ids=["pipe", "endless"]
)
@pytest.mark.parametrize("which", ["signature", "manifest"])
def test_a_look_waits_for_no_pipe_and_reads_no_device(
    deploy: DeployDirectory, bundle_pair: Pair, lay: Callable[[Path], object], which: str
) -> None:
    """Not even the look that only asks what is wanted; the old model goes on, and so do looks."""
    manifest = manifest_path(deploy, "production")
    lies_at = manifest if which == "manifest" else deploy.place(SECOND) / SIGNATURE

    async def serve() -> None:
        slot = slot_of(DeployedBundle(deploy.path.parent, NAME), Told())
        await slot.reload(asked_by="start")
        lies_at.unlink(missing_ok=True)
        lay(lies_at)
        deploy.point("production", SECOND)
        result = await slot.reload(asked_by="watch")
        assert ("refused", "unsafe") == (result.outcome, result.reason)
        assert content_id(bundle_pair[0]) == result.model_digest
        deploy.point("production", FIRST)
        manifest.unlink(missing_ok=True)
        assert "same" == (await slot.reload(asked_by="watch")).outcome

    asyncio.run(serve())


def test_hard_links_are_files_like_others(deploy: DeployDirectory, bundle_pair: Pair) -> None:
    """Backups and installers make them; the bytes that were read count."""
    os.link(deploy.place(SECOND) / "model.onnx", deploy.path / "backup")

    async def serve() -> None:
        deploy.point("production", SECOND)
        slot = slot_of(DeployedBundle(deploy.path.parent, NAME), Told())
        assert content_id(bundle_pair[1]) == (await slot.reload(asked_by="start")).model_digest

    asyncio.run(serve())


def _traversal(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../evil", b"x")


def _bomb(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", bytes(32 * 2**20))


def _linked(path: Path) -> None:
    info = tarfile.TarInfo("model.onnx")
    info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
    with tarfile.open(path, "w:gz") as archive:
        archive.addfile(info)


ARCHIVES: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "traversal": ("b.zip", _traversal, "unsafe"),
    "bomb": ("b.zip", _bomb, "unsafe"),
    "link": ("b.tgz", _linked, "unsafe"),
    "cut short": ("b.zip", lambda path: os.truncate(path, path.stat().st_size // 2), "digest"),
    "no archive": ("b.tar", lambda path: path.write_bytes(b"x" * 2048), "digest"),
}


@pytest.mark.parametrize("case", ARCHIVES)
def test_a_bad_archive_is_refused(tmp_path: Path, bundle_pair: Pair, case: str) -> None:
    """What leads out, bursts, links or is cut short never reaches a model; nothing reaches the disk."""
    name, spoil, reason = ARCHIVES[case]

    async def serve() -> None:
        told, path = Told(), tmp_path / name
        write_archive(bundle_pair[0], path)
        slot = slot_of(source_at(path), told)
        await slot.reload(asked_by="start")
        spoil(path)
        await slot.reload(asked_by="watch")
        assert [("swapped", ""), ("refused", reason)] == told.said

    asyncio.run(serve())
    assert [name] == [each.name for each in tmp_path.iterdir()]


def test_the_registry_is_followed(tmp_path: Path, bundle_pair: Pair) -> None:
    """What the database says is in production is served, from a store: promotion, rollback, damage."""
    paths = [write_files(files, tmp_path / f"{n}") for n, files in enumerate(bundle_pair)]
    place = Place(tmp_path)

    async def serve(services: RegistryServices) -> None:
        told = Told()
        slot = slot_of(RegisteredBundle(services, NAME), told)
        staging = slot_of(RegisteredBundle(services, NAME, "staging"), Told())
        await slot.reload(asked_by="start")
        for path in paths:
            model = await register(services, path)
            await promote(services, model, stage="staging", judge=judge_of(model))
            assert model.content_id == (await staging.reload(asked_by="watch")).model_digest
            await promote(services, model, stage="production", judge=judge_of(model))
            assert model.content_id == (await slot.reload(asked_by="watch")).model_digest
            assert "same" == (await slot.reload(asked_by="watch")).outcome
        await rollback(services, NAME)
        assert content_id(bundle_pair[0]) == (await slot.reload(asked_by="watch")).model_digest
        for store in services.stores:
            shutil.rmtree(store.place(content_id(bundle_pair[1])))
        shutil.rmtree(place.models / NAME / "archive" / SECOND)
        wanted = await RegisteredBundle(services, NAME).wanted()
        assert wanted is not None
        with pytest.raises(BundleError, match="not registered any more"):
            await RegisteredBundle(services, "others").fetch(wanted)
        assert ["missing", "", "", ""] == [reason for _, reason in told.said]

    place.within(serve)


def test_a_path_says_what_is_meant(deploy: DeployDirectory, tmp_path: Path) -> None:
    """A link of a deploy directory is followed with its manifest, anything else is one bundle."""
    assert str(deploy.path / "production") == source_at(deploy.path / "active").place
    assert isinstance(source_at(deploy.path / "staging"), DeployedBundle)
    assert isinstance(source_at(deploy.place(FIRST)), BundlePath)
    in_run = tmp_path / "run" / "artifacts" / "bundle"
    in_run.mkdir(parents=True)
    assert str(in_run) == source_at(tmp_path / "run").place
    assert isinstance(source_at(tmp_path / "production"), BundlePath)
    with pytest.raises(InputError, match="several models; name one, such as .*production"):
        source_at(deploy.path)
