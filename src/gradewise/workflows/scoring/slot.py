"""The model slot: the model that answers now, and the one way in which another takes its place.

Look what is wanted, fetch it, verify it, try it in a child process, build it beside the old, exchange one
reference for another, let go of the old. Whatever goes wrong on the way, the old model goes on, and why the
other one does not answer is told. Requests take `ModelSlot.current` once and keep it to their end.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import ParamSpec, TypeVar

from gradewise.errors import GradewiseError
from gradewise.models.bundles.bundle import metadata_of
from gradewise.models.bundles.metadata import BundleMetadata
from gradewise.models.bundles.storage import content_id
from gradewise.registry.manifests import Manifest
from gradewise.service_events import ModelReloaded
from gradewise.telemetry import Listener, silent, stack_of
from gradewise.workflows.registry.aside import aside
from gradewise.workflows.scoring.in_use import InUse, trims_soon
from gradewise.workflows.scoring.models import Build, GradingModel
from gradewise.workflows.scoring.refusals import RefusedError, refused
from gradewise.workflows.scoring.second_tries import SecondTries
from gradewise.workflows.scoring.slot_status import (
    AskedBy,
    Refusal,
    ReloadOutcome,
    SlotName,
    SlotStatus,
    alike,
    reloaded,
)
from gradewise.workflows.scoring.sources import BundleSource, Wanted
from gradewise.workflows.scoring.threads import ENDS_WITHIN_S, Pool
from gradewise.workflows.scoring.trial import Trial, try_in_child
from gradewise.workflows.scoring.trust import Trust

LOOKS = 4
"""How often a bundle is looked at that changes while it is."""
SETTLE_S = 0.15
"""Seconds between two looks: links and manifests that belong together are written one after the other."""

P = ParamSpec("P")
T = TypeVar("T")

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class _Candidate:
    """A bundle that is verified, and not yet tried."""

    files: Mapping[str, bytes]
    metadata: BundleMetadata
    content_id: str
    manifest: Manifest | None


class ModelSlot:
    """Holds the model that answers; used within one event loop, `current` and `status` from any thread."""

    def __init__(
        self,
        source: BundleSource,
        build: Build,
        *,
        name: SlotName = "champion",
        trial: Trial = try_in_child,
        trust: Trust | None = None,
        clock: Callable[[], datetime],
        listener: Listener = silent,
    ) -> None:
        """Take no model yet; `reload` does.

        Args:
            source: says which bundle is wanted.
            build: makes a model of its files; `BundleError` where this installation measures otherwise.
            name: of the slot.
            trial: tries files before they are built here.
            trust: who may say what is served; anybody who can write there when ``None``.
            clock: the time, with its zone.
            listener: hears what came of each look that found something new.
        """
        self._source, self._build, self._trial, self._trust = source, build, trial, trust
        self._clock, self._listener = clock, listener
        self._current: InUse | None = None
        self._status = SlotStatus(slot=name, place=source.place)
        self._token: str | None = None
        self._refused = SecondTries()
        self._content_id = ""
        self._wanted: Wanted | None = None
        self._turn = asyncio.Lock()
        self._waiting: asyncio.Task[ModelReloaded] | None = None
        # Always the same thread: what is built and freed again and again lies in one of malloc's arenas.
        self._builder = Pool(1, f"build-{name}")
        self._under_way: set[asyncio.Task[ModelReloaded]] = set()
        self._asked_by: AskedBy = "watch"

    @property
    def current(self) -> GradingModel | None:
        """The model that answers now; a request takes it once and keeps it to its end."""
        return self._current

    @property
    def status(self) -> SlotStatus:
        """How things stand."""
        return self._status

    async def reload(self, *, asked_by: AskedBy) -> ModelReloaded:
        """See that what is wanted answers; says what came of it, and never raises for a bundle's sake.

        One at a time: who asks while another look is under way shares the next one with all who ask
        meanwhile, since what they know of may be newer than what that look has seen.
        """
        if self._waiting is None:
            self._asked_by = asked_by
            self._waiting = asyncio.create_task(self._in_turn(), name=f"reload-{self._status.slot}")
            self._under_way.add(self._waiting)  # the loop itself does not keep it alive
            self._waiting.add_done_callback(self._under_way.discard)
        elif asked_by != "watch":
            self._asked_by = asked_by
        # Who has gone away does not stop it for the others.
        return await asyncio.shield(self._waiting)

    async def watch(self, every_s: float) -> None:
        """Look every so many seconds, for good.

        A bundle that was refused is not tried again until it changes, or somebody asks; one for which there
        was no time or no memory is, after pauses that grow.

        Args:
            every_s: seconds from the end of a look to the next.
        """
        while True:
            await asyncio.sleep(every_s)
            await self.reload(asked_by="watch")

    async def close(self) -> None:
        """Let go of the model; a reload that is under way is given up, as nobody would be answered by it."""
        for each in self._under_way:
            each.cancel()
        async with self._turn:
            self._current, self._token, self._content_id = None, None, ""
            self._refused.forget()
            self._status = SlotStatus(slot=self._status.slot, place=self._status.place)
            self._builder.close()
        # Libraries that are amid a model would crash with Python; one that hangs holds nobody up.
        await aside(self._builder.join, until=time.monotonic() + ENDS_WITHIN_S)

    async def _in_turn(self) -> ModelReloaded:
        async with self._turn:
            asked_by, self._waiting = self._asked_by, None
            return await self._reload(asked_by)

    async def _reload(self, asked_by: AskedBy) -> ModelReloaded:
        began, before = time.perf_counter(), self._status.refusal
        try:
            outcome = await self._settled(asked_by)
        except Exception as error:  # noqa: BLE001 - whatever it is, the old model goes on
            outcome = self._refuse(error)
        result = reloaded(self._status, outcome, asked_by, time.perf_counter() - began)
        # A look is taken every few seconds: one that finds all as it was is not told.
        news = outcome == "swapped" or not alike(before, self._status.refusal)
        if news or asked_by != "watch":
            self._listener(result)
        return result

    async def _settled(self, asked_by: AskedBy) -> ReloadOutcome:
        """What came of a look; one that found things changing is taken again."""
        for _ in range(LOOKS - 1):
            try:
                return await self._renew(asked_by)
            except GradewiseError as error:
                if refused(error).reason != "changed":
                    raise
                await asyncio.sleep(SETTLE_S)
        return await self._renew(asked_by)

    async def _renew(self, asked_by: AskedBy) -> ReloadOutcome:
        wanted = self._wanted = await self._look()
        if asked_by == "watch" and self._refused.is_refused(wanted.token):
            return "refused"
        if asked_by != "watch" or wanted.token != self._token:
            candidate = await self._verified(wanted)
            if candidate.content_id != self._content_id:
                await self._exchange(candidate)
                self._settle_for(wanted, candidate)
                return "swapped"
            await self._obey(candidate)
            self._settle_for(wanted, candidate)
        self._status = replace(self._status, refusal=None)
        self._refused.forget()
        return "same"

    async def _look(self) -> Wanted:
        """What is wanted now; its token changes with the keys that are trusted, too."""
        self._wanted = None
        self._status = replace(self._status, looked_at=self._clock())
        try:
            wanted = await self._source.wanted()
            keys = "" if self._trust is None else await aside(self._trust.state)
        except Exception as error:
            raise refused(error, otherwise="unavailable") from error
        if wanted is None:
            place = self._source.place
            raise RefusedError(
                "missing", f"{place} leads to no model; see what there is: gradewise registry list"
            )
        return replace(wanted, token=f"{wanted.token} {keys}")

    async def _verified(self, wanted: Wanted) -> _Candidate:
        """The files of what is wanted, known to be whole and to be what somebody trusted wants served."""
        files = await self._source.fetch(wanted)
        metadata = await self._in_builder(metadata_of, files)
        _require_same_task(self._status.metadata, metadata)
        found, manifest = content_id(files), None
        if wanted.content_id and found != wanted.content_id:
            raise RefusedError("changed", f"{wanted.place} was exchanged while it was read; it is read again")
        if self._trust is not None:
            manifest = await self._asked(self._trust.check, wanted, found, metadata.name)
        return _Candidate(files, metadata, found, manifest)

    async def _exchange(self, candidate: _Candidate) -> None:
        """Try a candidate, build it, and let it answer from now on."""
        await self._trial(candidate.files)
        try:
            model = await self._in_builder(self._build, candidate.files)
        except Exception as error:
            raise refused(error, otherwise="tools") from error
        try:
            await self._obey(candidate)
        except BaseException:
            await aside(model.close)
            raise
        # Readers take the one or the other; the old one is closed with the last request that uses it.
        self._current = InUse(model, closed=trims_soon(asyncio.get_running_loop()))
        self._status = replace(self._status, loaded_at=self._clock())

    async def _in_builder(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._builder.begin(partial(work, *args, **kwargs))

    async def _obey(self, candidate: _Candidate) -> None:
        """From now on no older manifest counts."""
        if self._trust is not None and candidate.manifest is not None:
            await self._asked(self._trust.obey, candidate.manifest)

    async def _asked(self, ask: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What keys or serials say; where they cannot be read nobody is trusted."""
        try:
            return await aside(ask, *args, **kwargs)
        except Exception as error:
            raise refused(error, otherwise="unavailable") from error

    def _settle_for(self, wanted: Wanted, candidate: _Candidate) -> None:
        """Write down that what is wanted answers."""
        metadata, manifest = candidate.metadata, candidate.manifest
        self._token, self._content_id = wanted.token, candidate.content_id
        self._refused.forget()
        self._status = replace(
            self._status,
            identity=None if self._current is None else self._current.identity,
            metadata=metadata,
            serial=None if manifest is None else manifest.serial,
            refusal=None,
        )

    def _refuse(self, error: Exception) -> ReloadOutcome:
        """Write down why what is wanted does not answer."""
        why, wanted = refused(error), self._wanted
        if why.reason == "internal":
            _logger.error(
                "a model was refused by a fault: %s", " < ".join(stack_of(error.__cause__ or error))
            )
        if wanted is None:
            self._refused.forget()
        else:
            self._refused.refuse(wanted.token, why.reason)
        self._status = replace(
            self._status,
            refusal=Refusal(
                reason=why.reason,
                detail=str(why),
                at=self._clock(),
                place=self._source.place if wanted is None else wanted.place,
                version="" if wanted is None else wanted.version,
                content_id="" if wanted is None else wanted.content_id,
            ),
        )
        return "refused"


def _require_same_task(served: BundleMetadata | None, wanted: BundleMetadata) -> None:
    """Refuse classes where grades are served: whoever asks reads the answers as the one or the other."""
    if served is not None and served.task != wanted.task:
        kinds = {"ordinal": "grades", "nominal": "classes"}
        raise RefusedError(
            "task",
            f"{wanted.name} {wanted.version} gives {kinds[wanted.task]}, and {kinds[served.task]} are served "
            "here; deploy it under another name, or start the service anew with it",
        )
