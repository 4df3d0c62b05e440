"""Deploy directories: bundles lie there whole, links lead to one of them at any moment, and nowhere else."""

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gradewise.errors import BundleError, RegistryError, UnavailableError
from gradewise.models.bundles.bundle import load_bundle
from gradewise.models.bundles.contents import bundle_files
from gradewise.models.bundles.storage import SIGNATURE, content_id, sign, verify_files
from gradewise.testing.graders import made_up_bundle, made_up_grader
from gradewise.workflows.registry.deployment import DeployDirectory, Linked

SOURCE = str(Path(__file__).parents[3] / "src")
FIRST, SECOND = "20260101_000000", "20260102_000000"
FILES = {version: sign({"model.onnx": version.encode() * 50, "a.json": b"{}"}) for version in (FIRST, SECOND)}


@pytest.fixture
def deployed(tmp_path: Path) -> DeployDirectory:
    """A directory that holds two versions and points to neither."""
    directory = DeployDirectory(tmp_path / "models", "essays")
    for version, files in FILES.items():
        directory.hold(version, files)
    return directory


def contents(path: Path) -> dict[str, bytes]:
    """Files by name."""
    return {each.name: each.read_bytes() for each in path.iterdir()}


def test_a_new_directory_holds_nothing_and_makes_nothing(tmp_path: Path) -> None:
    """Asking about a name, and taking away what is not there, leaves no trace."""
    directory = DeployDirectory(tmp_path, "essays")
    assert () == directory.versions() == directory.sweep()
    assert directory.pointed("production") is None
    directory.point("production", None)
    directory.drop(FIRST)
    assert [] == list(tmp_path.iterdir())


def test_bundles_are_held_whole_and_once(deployed: DeployDirectory) -> None:
    """Each lies in the archive as it was given; given again, nothing is written."""
    assert (FIRST, SECOND) == deployed.versions()
    before = deployed.place(FIRST).stat().st_ino
    assert deployed.place(FIRST) == deployed.hold(FIRST, FILES[FIRST])
    assert FILES[FIRST] == contents(deployed.place(FIRST))
    assert before == deployed.place(FIRST).stat().st_ino


def test_only_whole_bundles_are_held(deployed: DeployDirectory) -> None:
    """What is not as signed never reaches the disk."""
    with pytest.raises(BundleError, match="a.json was changed"):
        deployed.hold("20260103_000000", FILES[FIRST] | {"a.json": b"[]"})
    assert (FIRST, SECOND) == deployed.versions()


@pytest.mark.parametrize("version", ["../up", "", ".hidden", "a/b", "a\0b"])
def test_names_are_no_paths(deployed: DeployDirectory, version: str) -> None:
    """Neither a version nor a name leads out of the directory."""
    for refuse in (
        lambda: deployed.hold(version, FILES[FIRST]),
        lambda: deployed.point("staging", version),
        lambda: deployed.drop(version),
        lambda: DeployDirectory(deployed.path, version),
    ):
        with pytest.raises(RegistryError, match="is no name for a directory"):
            refuse()


@pytest.mark.parametrize(
    "damage",
    [
        lambda place: (place / "a.json").unlink(),
        lambda place: (place / "a.json").write_bytes(b"[]"),
        lambda place: (place / "more").write_bytes(b""),
        lambda place: (place / SIGNATURE).write_bytes(b""),
    ],
    ids=["missing", "changed", "added", "signature"],
)
def test_a_damaged_copy_is_replaced(deployed: DeployDirectory, damage: Callable[[Path], object]) -> None:
    """A copy that nobody could load is made anew, and the link to it goes on leading there."""
    deployed.point("production", FIRST)
    damage(deployed.place(FIRST))
    deployed.hold(FIRST, FILES[FIRST])
    assert FILES[FIRST] == contents(deployed.path / "production")
    assert [] == [each.name for each in deployed.place(FIRST).parent.iterdir() if each.name.startswith(".")]


def test_another_bundle_of_the_same_version_is_kept(deployed: DeployDirectory) -> None:
    """What is whole and somebody else's is not thrown away."""
    with pytest.raises(RegistryError, match="holds another bundle"):
        deployed.hold(FIRST, FILES[SECOND])
    assert FILES[FIRST] == contents(deployed.place(FIRST))


def test_links_lead_to_versions_and_are_relative(deployed: DeployDirectory) -> None:
    """So that the directory may be moved; ``active`` is another name of ``production``."""
    deployed.point("production", FIRST)
    deployed.point("staging", SECOND)
    deployed.point("production", SECOND)
    assert (SECOND, SECOND) == (deployed.pointed("production"), deployed.pointed("staging"))
    assert f"archive/{SECOND}" == str((deployed.path / "production").readlink())
    assert "production" == str((deployed.path / "active").readlink())
    moved = deployed.path.rename(deployed.path.with_name("moved"))
    assert FILES[SECOND] == contents(moved / "active")


def test_links_are_removed(deployed: DeployDirectory) -> None:
    """Where nothing is in production, nothing is active."""
    deployed.point("production", FIRST)
    deployed.point("production", None)
    assert deployed.pointed("production") is None
    assert {"archive", ".writing"} == {each.name for each in deployed.path.iterdir()}


def test_pointing_again_changes_nothing_and_mends_what_is_missing(deployed: DeployDirectory) -> None:
    """A link that is right is not replaced; ``active`` is made where a kill left none."""
    deployed.point("production", FIRST)
    before = (deployed.path / "production").lstat().st_ino
    (deployed.path / "active").unlink()
    deployed.point("production", FIRST)
    assert before == (deployed.path / "production").lstat().st_ino
    assert "production" == str((deployed.path / "active").readlink())


def test_a_link_needs_a_bundle(deployed: DeployDirectory) -> None:
    """A version that is not held is not pointed at; one that vanished is still told."""
    with pytest.raises(RegistryError, match="20260103_000000 is not there; deploy"):
        deployed.point("production", "20260103_000000")
    deployed.point("production", FIRST)
    shutil.rmtree(deployed.place(FIRST))
    assert FIRST == deployed.pointed("production")
    assert FILES[FIRST] == contents(deployed.hold(FIRST, FILES[FIRST]))


@pytest.mark.parametrize("name", ["production", "staging", "active"])
def test_what_somebody_put_there_is_not_touched(deployed: DeployDirectory, name: str) -> None:
    """A directory or a file where a link should be is refused by name."""
    stage: Linked = "staging" if name == "staging" else "production"
    for make in (Path.mkdir, Path.touch):
        make(deployed.path / name)
        with pytest.raises(RegistryError, match=f"{name} is no link of gradewise; move it away"):
            deployed.point(stage, FIRST)
        assert (deployed.path / name).exists()
        assert not (deployed.path / name).is_symlink()
        shutil.move(deployed.path / name, deployed.path.parent / f"{name}.{make.__name__}")


@pytest.mark.parametrize(
    "target",
    ["../../elsewhere", "/etc", "archive/../../x", "archive/a/b", "archive", "other/20260101_000000"],
)
def test_a_link_out_of_the_directory_is_refused_by_name(deployed: DeployDirectory, target: str) -> None:
    """It is neither followed nor replaced."""
    (deployed.path / "production").symlink_to(target)
    message = f"production leads to '{target}', not to a version"
    with pytest.raises(RegistryError, match=message):
        deployed.pointed("production")
    with pytest.raises(RegistryError, match=message):
        deployed.point("production", FIRST)
    with pytest.raises(RegistryError, match=message):
        deployed.drop(FIRST)
    assert target == str((deployed.path / "production").readlink())


def test_active_that_leads_elsewhere_is_refused(deployed: DeployDirectory) -> None:
    """What servers read is not ours to change when somebody else made it."""
    (deployed.path / "active").symlink_to("../other")
    with pytest.raises(RegistryError, match="active leads to '../other', not to production"):
        deployed.point("production", FIRST)
    assert deployed.pointed("production") is None


def test_an_archive_elsewhere_is_refused(deployed: DeployDirectory) -> None:
    """Neither the archive nor a bundle in it may be a link out of the directory."""
    deployed.point("staging", SECOND)
    elsewhere = deployed.place(FIRST).rename(deployed.path.parent / FIRST)
    deployed.place(FIRST).symlink_to(elsewhere)
    assert (SECOND,) == deployed.versions()
    for refuse in (
        lambda: deployed.hold(FIRST, FILES[FIRST]),
        lambda: deployed.point("production", FIRST),
        lambda: deployed.drop(FIRST),
    ):
        with pytest.raises(RegistryError, match=f"{FIRST} is"):
            refuse()
    (deployed.path / "archive").rename(deployed.path.parent / "archive")
    (deployed.path / "archive").symlink_to("../archive")
    for ask in (deployed.versions, deployed.sweep, lambda: deployed.pointed("staging")):
        with pytest.raises(RegistryError, match="archive is no directory of its own"):
            ask()


def test_what_is_used_is_not_dropped(deployed: DeployDirectory) -> None:
    """A version goes when no link leads to it, at once and for good."""
    deployed.point("staging", FIRST)
    with pytest.raises(RegistryError, match="is in staging; point staging elsewhere first"):
        deployed.drop(FIRST)
    deployed.drop(SECOND)
    deployed.drop(SECOND)
    assert (FIRST,) == deployed.versions()
    assert {"archive", "staging", ".writing"} == {each.name for each in deployed.path.iterdir()}


def test_what_killed_writes_left_is_swept(deployed: DeployDirectory) -> None:
    """Hidden leftovers go; bundles, links, locks and what somebody else hid stay."""
    with deployed.lock():
        deployed.point("production", FIRST)
    archive = deployed.path / "archive"
    (archive / f".{SECOND}.a1b2c3d4" / SECOND).mkdir(parents=True)
    (archive / f".{SECOND}.{'0' * 32}").mkdir()
    (deployed.path / f".production.{'f' * 32}").symlink_to("archive/none")
    (deployed.path / ".gitkeep").touch()
    assert 3 == len(deployed.sweep())
    assert () == deployed.sweep()
    kept = {".gitkeep", ".lock", ".writing", "active", "archive", "production"}
    assert kept == {each.name for each in deployed.path.iterdir()}
    assert {FIRST, SECOND} == {each.name for each in archive.iterdir()}


def test_one_holds_the_lock_at_a_time(deployed: DeployDirectory) -> None:
    """Another waits, and gives up in the end; single steps are done meanwhile."""
    with deployed.lock():
        with pytest.raises(UnavailableError, match="was held by another process all the while"):
            deployed.lock(wait_s=0.05).__enter__()
        deployed.point("production", FIRST)
    with deployed.lock(wait_s=0):
        assert FIRST == deployed.pointed("production")


def test_many_of_one_event_loop_take_turns(deployed: DeployDirectory) -> None:
    """Whoever waits lets the others of its loop go on, so that the holder can finish."""
    inside, most = 0, 0

    async def step() -> None:
        nonlocal inside, most
        async with deployed.lock():
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.001)
            inside -= 1

    async def refused() -> None:
        async with deployed.lock():
            with pytest.raises(UnavailableError, match="was held by another"):
                await deployed.lock(wait_s=0.03).__aenter__()

    async def everyone() -> None:
        await asyncio.gather(*(step() for _ in range(10)))
        await refused()

    asyncio.run(everyone())
    assert 1 == most


@pytest.mark.parametrize("failing", ["fsync", "rename"])
def test_a_full_disk_changes_nothing(
    deployed: DeployDirectory, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    """The error says so, nothing is left half done, and the next try succeeds."""
    deployed.point("production", FIRST)
    new = sign({"model.onnx": b"new"})

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(*((os, "fsync", full) if failing == "fsync" else (Path, "rename", full)))
        with pytest.raises(UnavailableError, match="No space left on device"):
            deployed.hold("20260103_000000", new)
    assert (FIRST, SECOND) == deployed.versions()
    assert FIRST == deployed.pointed("production")
    assert new == contents(deployed.hold("20260103_000000", new))


def test_a_disk_that_keeps_other_bytes_is_told(
    deployed: DeployDirectory, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written is read back; a bundle that is not as it was given does not stay."""

    def written_badly(files: dict[str, bytes], directory: Path) -> None:
        directory.mkdir()
        for name, content in files.items():
            (directory / name).write_bytes(content[:-1])

    monkeypatch.setattr("gradewise.models.bundles.places.write_at_once", written_badly)
    with pytest.raises(UnavailableError, match="was not kept as it was written"):
        deployed.hold("20260103_000000", FILES[FIRST])
    assert (FIRST, SECOND) == deployed.versions()


SWAPS = f"""
import sys, time
from pathlib import Path
from gradewise.workflows.registry.deployment import DeployDirectory

directory = DeployDirectory(Path(sys.argv[1]), "essays")
for swap in range(200):
    directory.point("production", ("{SECOND}", "{FIRST}")[swap % 2])
    time.sleep(0.002)
"""


def test_a_reader_gets_one_whole_bundle_at_any_moment(tmp_path: Path) -> None:
    """During two hundred swaps each load gives one of the two models, complete and verified."""
    directory = DeployDirectory(tmp_path, "essays")
    grader, boosters = made_up_grader()
    digests = set()
    for version in (FIRST, SECOND):
        files = bundle_files(made_up_bundle(grader, boosters, version=version))
        digests.add(content_id(files))
        directory.hold(version, files)
    directory.point("production", FIRST)
    command = [sys.executable, "-c", SWAPS, str(tmp_path)]
    seen, loads = set[str](), 0
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": SOURCE}) as swapping:
        while swapping.poll() is None:
            seen.add(load_bundle(directory.path / "active").digest)
            loads += 1
    assert swapping.returncode == 0
    assert digests == seen
    assert loads > 5


def test_files_that_are_held_are_verified_as_they_were_read(deployed: DeployDirectory) -> None:
    """A reader may hold them against their signature."""
    assert content_id(FILES[FIRST]) == verify_files(contents(deployed.place(FIRST)))
