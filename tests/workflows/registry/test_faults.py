"""Databases, disks and stores that fail in the middle of acts: clear words, and nothing is half-done."""

import errno
import os
import resource
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any, Literal

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import DBAPIError

from databases import lay_out_registry
from gradewise.adapters.remote_store import RemoteStore
from gradewise.adapters.sql.engines import WRITES
from gradewise.errors import UnavailableError
from gradewise.registry.records import ModelRecord
from gradewise.telemetry import Event, all_hear
from gradewise.work_events import StepTaken
from gradewise.workflows.plans.registry import RetentionPlan
from gradewise.workflows.registry.promote import promote
from gradewise.workflows.registry.prune import prune
from gradewise.workflows.registry.references import find_model
from gradewise.workflows.registry.register import register
from gradewise.workflows.registry.repair import repair
from gradewise.workflows.registry.rollback import rollback
from gradewise.workflows.registry.services import RegistryServices
from gradewise.workflows.registry.verify import verify
from killed_acts import (
    NEW,
    OLD,
    WRITING,
    ActOn,
    Stages,
    acts,
    acts_in_a_row,
    check,
    check_readers,
    copied,
    lay_out,
    numbered,
    registering,
    stages_of,
)
from lifecycle_trials import NAME, Heard, Place, judge_of, version_of
from postgres_server import PostgresServer
from s3_server import BUCKET, running_s3

SHORT_S = 0.1
"""For how long a database is waited for that another holds."""
KEEP_NOTHING = RetentionPlan(newest=0, days=0, former=0)
NAMED = ("register", "promote to production", "rollback", "prune")
"""Acts that meet every fault."""


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory, bundles: tuple[Path, ...]) -> Place:
    """A registry beside its models in which things were done; only copies of it are acted upon."""
    place = Place(tmp_path_factory.mktemp("faults") / "start", bundles)
    place.path.mkdir()
    place.within(lambda services: lay_out(services, bundles[0].parent))
    return place


def named_acts(place: Place) -> dict[str, ActOn]:
    """What is done while something fails."""
    known = acts(place.bundles[0].parent)
    return {name: known[name] for name in NAMED}


def copy_of(start: Place) -> Place:
    """A copy that may be acted upon."""
    return replace(copied(start), bundles=start.bundles)


async def refused(services: RegistryServices, act: ActOn, words: str) -> Stages:
    """Fail in words; where every model stood before."""
    old = await stages_of(services)
    with pytest.raises(UnavailableError, match=words):
        await unheard(act, services)
    return old


class FullDisk:
    """Lets this process make nothing new below a directory from some step on."""

    def __init__(self) -> None:
        """Watch, and leave everybody alone."""
        self._within: Path | None = None
        self._left = 0
        self.made = 0
        sys.addaudithook(self._audit)

    def fill(self, within: Path, *, after: int) -> None:
        """There is room for so many things more."""
        self._within, self._left, self.made = within, after, 0

    def empty(self) -> None:
        """There is room again."""
        self._within = None

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        if self._within is None or not self._takes_room(event, args):
            return
        self.made += 1
        if self.made > self._left:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _takes_room(self, event: str, args: tuple[Any, ...]) -> bool:
        if event == "open":
            writes = isinstance(args[2], int) and args[2] & WRITING
            return bool(writes) and str(self._within) in str(args[0]) and not Path(args[0]).exists()
        return event in {"os.mkdir", "os.symlink"} and str(self._within) in str(args[-2])


@pytest.fixture(scope="module")
def full_disk() -> FullDisk:
    """A disk that can be filled."""
    return FullDisk()


@pytest.mark.parametrize(
    ("name", "room", "expected"),
    [
        pytest.param("register", 5, OLD, id="register, local store"),
        pytest.param("register", 20, OLD, id="register, far store"),
        pytest.param("promote to staging", 6, OLD, id="promote, copy"),
        pytest.param("promote to staging", 12, NEW, id="promote, link"),
        pytest.param("rollback", 0, NEW, id="rollback, link"),
    ],
)
def test_a_full_disk(start: Place, full_disk: FullDisk, name: str, room: int, expected: int) -> None:
    """Whichever file finds no room: the act says so, and with room it is done again."""
    place, act = copy_of(start), acts(start.bundles[0].parent)[name]
    words = "No space left on device; make room"

    async def work(services: RegistryServices) -> None:
        full_disk.fill(place.path, after=room)
        try:
            old = await refused(services, act, words)
        finally:
            full_disk.empty()
        check_readers(place)
        assert expected == await check(services, act, old)

    place.within(work)


@pytest.mark.parametrize("name", NAMED)
def test_a_database_without_room(start: Place, name: str) -> None:
    """SQLite may not grow: no act is done by half, and each is done when there is room."""
    place, words = copy_of(start), "is full; make room and try again"
    act = named_acts(place)[name]
    with sqlite_without_room():
        # So long a name needs pages of its own.
        old = place.within(lambda services: refused(replace(services, user="x" * 10_000), act, words))
    check_readers(place)
    assert OLD == place.within(lambda services: check(services, act, old))


def test_a_disk_on_which_no_database_can_be_opened(start: Place) -> None:
    """Where not even what SQLite shares between processes finds room, each act says what to do."""
    place = copy_of(start)
    for act in (*named_acts(place).values(), repairing):
        with (
            files_no_larger_than(8192),
            pytest.raises(UnavailableError, match=r"disk full\? make room"),
        ):
            place.within(partial(unheard, act))
    check_readers(place)
    assert () == place.within(verify)


@contextmanager
def files_no_larger_than(size: int) -> Iterator[None]:
    """The kernel lets this process write no file beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def sqlite_without_room() -> Iterator[None]:
    """Every SQLite file that is opened stays as large as it is."""

    def _limit(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA page_count")
        (pages,) = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        cursor.close()

    event.listen(Engine, "connect", _limit)
    try:
        yield
    finally:
        event.remove(Engine, "connect", _limit)


@pytest.mark.parametrize("name", NAMED)
def test_a_database_that_another_holds(start: Place, name: str) -> None:
    """Another process writes for too long: an act ends in words within its time, and can be done again."""
    place = copy_of(start)
    file, act = place.models / ".registry" / "registry.sqlite", named_acts(place)[name]
    hasty = replace(place, url=f"sqlite:///{file}?statement_timeout={SHORT_S}")
    with closing(sqlite3.connect(file)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        old = hasty.within(lambda services: refused(services, act, "did not answer in time, or others held"))
    check_readers(place)
    assert OLD == place.within(lambda services: check(services, act, old))


def test_a_server_that_is_stopped_midway(
    own_postgres: PostgresServer, tmp_path: Path, bundles: tuple[Path, ...]
) -> None:
    """At whichever step it goes, in order or as by a crash: old or new, told in words, and done again."""
    lay_out_registry(own_postgres.url)
    place = Place(tmp_path, bundles, f"{own_postgres.url}&connect_timeout=1")
    modes: Iterator[Literal["fast", "immediate"]] = cycle(("fast", "immediate"))

    async def work(services: RegistryServices) -> None:
        await lay_out(services, bundles[0].parent)
        await _roll_back_without_hearing_the_end(services, own_postgres)
        register_, promote_, _, rollback_, _, prune_ = acts_in_a_row(bundles[0].parent)
        for _, act, step, expected in (register_, promote_, rollback_, prune_):
            old, stop = await stages_of(services), StopsAt(step, partial(own_postgres.stop, next(modes)))
            with pytest.raises(UnavailableError, match="cannot be reached|was interrupted"):
                await act(services, stop)
            check_readers(place)
            with pytest.raises(UnavailableError, match="cannot be reached"):
                await repair(services)
            own_postgres.start()
            assert expected == await check(services, act, old)

    place.within(work)


async def _roll_back_without_hearing_the_end(services: RegistryServices, server: PostgresServer) -> None:
    """It crashes when it has written a rollback and before it says so: done again, nothing goes further."""
    with (
        crashing_after_the_end(server),
        pytest.raises(UnavailableError, match=f"registry rollback {NAME} --to {version_of(1)}$"),
    ):
        await rollback(services, NAME)
    server.start()
    change = await rollback(services, NAME, to=await numbered(services, 1))
    assert ("rollback", version_of(1)) == (change.act, change.version)
    assert change == (await services.registry.state(NAME)).changes[0]


@contextmanager
def crashing_after_the_end(server: PostgresServer) -> Iterator[None]:
    """Whatever is written next is written to its end, and nobody is told so."""

    def _crash(connection: Any) -> None:
        if connection.get_execution_options().get(WRITES):
            connection.connection.dbapi_connection.commit()
            server.stop("immediate")
            raise DBAPIError("COMMIT", None, ConnectionResetError(), connection_invalidated=True)

    event.listen(Engine, "commit", _crash)
    try:
        yield
    finally:
        event.remove(Engine, "commit", _crash)


@dataclass
class StopsAt:
    """A listener that does something at a step, once."""

    step: str
    """Which."""
    stop: Callable[[], None]
    """What is done."""
    done: bool = False
    """Whether it was."""

    def __call__(self, event: Event) -> None:
        """Do it at the step."""
        if isinstance(event, StepTaken) and event.step == self.step and not self.done:
            self.done = True
            self.stop()


def test_object_storage_that_stops_midway(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """No row tells of a bundle that is not everywhere; a second try goes on; repair deletes what stayed."""
    monkeypatch.setattr("gradewise.adapters.remote_files._TRIES", 1)
    far, words = RemoteStore(f"s3://{BUCKET}/faults"), f"cannot write the store s3://{BUCKET}/faults"
    with running_s3() as server:

        async def work(services: RegistryServices) -> None:
            services = replace(services, stores=(services.stores[0], far))
            act = registering(place.bundles[0])
            with server.denying():
                await refused(services, act, words)
            with after_files(far, 4, server.stop):
                await refused(services, act, words)
            assert () == await services.registry.models()
            server.start()
            assert frozenset() == far.content_ids()
            with after_files(far, 100, server.stop) as sent:
                await unheard(act, services)
            assert len(list(place.bundles[0].iterdir())) - 4 == len(sent)
            assert () == await verify(services)
            heard = Heard()
            stop = StopsAt("recorded", server.stop)
            assert 1 == len(await prune(services, KEEP_NOTHING, listener=all_hear(heard, stop)))
            assert f"is still in s3://{BUCKET}/faults, until the next repair" in heard.notices[0]
            (told,) = await repair(services)
            assert (False, True) == (told.mended, "cannot read the store" in told.what)
            server.start()
            assert 1 == len(far.content_ids())
            assert [True] == [each.mended for each in await repair(services)]
            assert frozenset() == far.content_ids()
            assert () == await verify(services)

        place.within(work)


@contextmanager
def after_files(store: RemoteStore, many: int, happens: Callable[[], None]) -> Iterator[list[str]]:
    """Something happens once so many files were sent; yields what was sent."""
    sent: list[str] = []
    files = store._filesystem
    send = files.pipe_file

    def _sending(path: str, content: bytes) -> None:
        if len(sent) == many:
            happens()
        send(path, content)
        sent.append(path)

    files.pipe_file = _sending
    try:
        yield sent
    finally:
        del files.pipe_file


def test_a_clock_that_was_set_back(place: Place) -> None:
    """What was done later counts as later, whatever the clock says; nothing is pruned for its age."""

    async def work(services: RegistryServices) -> None:
        first = await in_production(services, place.bundles[0])
        back = replace(services, clock=lambda: datetime.now(UTC) - timedelta(days=1000))
        second = await in_production(back, place.bundles[1])
        state = await services.registry.state(NAME)
        assert [second.id, first.id] == [model.id for model in state.models]
        assert second.id == (await find_model(services.registry, f"{NAME}@latest")).id
        assert [6, 5, 4, 3, 2, 1] == [change.serial for change in await services.registry.changes()]
        assert [second.id, first.id] == [model.id for model in await services.registry.models()]
        assert () == await prune(back, RetentionPlan(newest=0, days=30, former=0))
        assert version_of(1) == (await rollback(back, NAME)).version
        assert version_of(2) == (await rollback(back, NAME, to=second)).version
        assert () == await repair(back)
        assert () == await verify(services)

    place.within(work)


async def in_production(services: RegistryServices, bundle: Path) -> ModelRecord:
    """A model registered and brought to production."""
    model = await register(services, bundle)
    await promote(services, model, stage="staging", judge=judge_of(model))
    await promote(services, model, stage="production", judge=judge_of(model))
    return model


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        pytest.param(lambda file: file.write_bytes(b"no database " * 20_000), "is no SQLite", id="garbage"),
        pytest.param(lambda file: file.write_bytes(file.read_bytes()[:30_000]), "is damaged", id="cut short"),
    ],
)
def test_a_database_file_that_is_harmed(start: Place, harm: Callable[[Path], object], words: str) -> None:
    """Each act says so and touches nothing; with the file put back, all is as it was."""
    place = copy_of(start)
    file = place.models / ".registry" / "registry.sqlite"
    whole = file.read_bytes()
    harm(file)
    harmed = file.read_bytes()
    deployed = sorted(place.models.rglob("*/archive/*"))
    for act in (*named_acts(place).values(), repairing):
        with pytest.raises(UnavailableError, match=words):
            place.within(partial(unheard, act))
    assert harmed == file.read_bytes()
    assert deployed == sorted(place.models.rglob("*/archive/*"))
    file.write_bytes(whole)
    assert () == place.within(verify)


async def repairing(services: RegistryServices, _: Callable[[Event], None]) -> object:
    """Repair."""
    return await repair(services)


async def unheard(act: ActOn, services: RegistryServices) -> object:
    """Act while nobody listens."""
    return await act(services, lambda _: None)
