"""The model slot: what is wanted answers, what is bad never does, and nobody notices an exchange."""

import asyncio
import gc
import json
from collections.abc import Callable, Mapping

import pytest

from gradewise.errors import BundleError, InputError, UnavailableError
from gradewise.essays.records import Essay
from gradewise.models.bundles.contents import METADATA, bundle_files
from gradewise.models.bundles.storage import SIGNATURE, content_id, sign
from gradewise.testing.class_bundles import made_up_class_bundle
from gradewise.workflows.scoring import second_tries
from gradewise.workflows.scoring.in_use import InUse
from gradewise.workflows.scoring.refusals import RefusedError
from gradewise.workflows.scoring.slot import ModelSlot
from gradewise.workflows.scoring.sources import BundleSource, Wanted
from gradewise.workflows.scoring.trial import Trial
from served_models import NOON, ServedModel, Told, Turning, clock, tried_here

Pair = tuple[dict[str, bytes], dict[str, bytes]]
ESSAY = Essay(id="e", text="A short text.")


def slot_of(source: BundleSource, told: Told, *, trial: Trial = tried_here) -> ModelSlot:
    """A slot that tries in this process."""
    return ModelSlot(source, ServedModel, trial=trial, clock=clock, listener=told)


def digest_of(slot: ModelSlot) -> str:
    """Of the model that answers, as an answer says."""
    model = slot.current
    assert model is not None
    assert 1 == len(model.grade(("e",), model.read((ESSAY,))))
    return model.identity.digest


def test_what_is_wanted_answers(bundle_pair: Pair) -> None:
    """The first reload takes the model, one after another was put there exchanges it; each is told."""
    first, second = bundle_pair

    async def serve() -> None:
        source, told = Turning(first), Told()
        slot = slot_of(source, told)
        assert slot.current is None
        assert slot.status.stale
        await slot.reload(asked_by="start")
        assert content_id(first) == digest_of(slot)
        source.files = second
        result = await slot.reload(asked_by="request")
        assert content_id(second) == digest_of(slot)
        assert [("swapped", ""), ("swapped", "")] == told.said
        assert ("essays", "20260131_000002", content_id(second), "2026-01-31T00:00:02+00:00", "request") == (
            result.model_name, result.model_version, result.model_digest, result.trained_at, result.asked_by,
        )  # fmt: skip
        status = slot.status
        assert (False, NOON, NOON, None) == (status.stale, status.loaded_at, status.looked_at, status.refusal)
        assert status.metadata is not None
        assert "made-up" == status.metadata.split_plan
        await slot.close()
        assert slot.current is None

    asyncio.run(serve())


def test_classes_never_take_the_place_of_grades(bundle_pair: Pair) -> None:
    """Whoever asks reads the answers as grades; the model that gives them goes on, and why is told."""

    async def serve() -> None:
        source, told = Turning(bundle_pair[0]), Told()
        slot = slot_of(source, told)
        await slot.reload(asked_by="start")
        source.files = bundle_files(made_up_class_bundle(name="essays"))
        await slot.reload(asked_by="request")
        assert content_id(bundle_pair[0]) == digest_of(slot)
        assert [("swapped", ""), ("refused", "task")] == told.said
        refusal = slot.status.refusal
        assert refusal is not None
        assert "gives classes, and grades are served here" in refusal.detail
        await slot.close()

    asyncio.run(serve())


def test_a_storm_of_reloads_fails_nobody(bundle_pair: Pair) -> None:
    """Through forty exchanges four clients get answers, each from exactly one of the two models."""
    digests = {content_id(files) for files in bundle_pair}

    async def storm() -> None:
        source, told, answered = Turning(bundle_pair[0]), Told(), list[str]()
        slot, over = slot_of(source, told), False
        await slot.reload(asked_by="start")

        async def client() -> None:
            while not over:
                model = slot.current
                assert isinstance(model, InUse)
                readings = await asyncio.to_thread(model.read, (ESSAY,))
                (said,) = await asyncio.to_thread(model.grade, ("e",), readings)
                assert model.identity.version in said.model
                answered.append(model.identity.digest)

        clients = [asyncio.create_task(client()) for _ in range(4)]
        for number in range(40):
            source.files = bundle_pair[1 - number % 2]
            await slot.reload(asked_by="request")
        over = True
        await asyncio.gather(*clients)
        assert digests == set(answered)
        assert [("swapped", "")] * 41 == told.said

    asyncio.run(storm())


def test_a_model_is_closed_when_its_last_request_has_ended(bundle_pair: Pair) -> None:
    """A request that began before an exchange finishes on the old model, which is then closed, once."""
    built: list[ServedModel] = []

    def build(files: Mapping[str, bytes]) -> ServedModel:
        built.append(ServedModel(files))
        return built[-1]

    async def serve() -> None:
        source = Turning(bundle_pair[0])
        slot = ModelSlot(source, build, trial=tried_here, clock=clock)
        await slot.reload(asked_by="start")
        used = slot.current
        assert used is not None
        source.files = bundle_pair[1]
        await slot.reload(asked_by="request")
        used.close()
        assert [0, 0] == [model.closed for model in built]
        assert content_id(bundle_pair[0]) == used.identity.digest
        assert 1 == len(used.grade(("e",), used.read((ESSAY,))))
        assert (built[0].scale, built[0].width) == (used.scale, used.width)
        assert built[0].reading_fingerprint == used.reading_fingerprint
        del used
        gc.collect()
        assert [1, 0] == [model.closed for model in built]
        await slot.close()
        gc.collect()
        assert [1, 1] == [model.closed for model in built]

    asyncio.run(serve())


def test_a_model_that_cannot_be_closed_hurts_nobody(
    bundle_pair: Pair, caplog: pytest.LogCaptureFixture
) -> None:
    """What closing the old model raises is logged by its kind; the new one answers."""

    class Stubborn(ServedModel):
        def close(self) -> None:
            raise OSError("secret words")

    async def serve() -> None:
        source = Turning(bundle_pair[0])
        slot = ModelSlot(source, Stubborn, trial=tried_here, clock=clock)
        await slot.reload(asked_by="start")
        source.files = bundle_pair[1]
        assert "swapped" == (await slot.reload(asked_by="signal")).outcome

    asyncio.run(serve())
    assert "OSError" in caplog.text
    assert "secret words" not in caplog.text


def test_those_who_ask_at_once_share_an_answer(bundle_pair: Pair) -> None:
    """Ten who ask at the same time cause one reload; who asks while it runs gets the next."""

    async def serve() -> None:
        source, told = Turning(bundle_pair[0]), Told()
        slot = slot_of(source, told)
        results = await asyncio.gather(*(slot.reload(asked_by="request") for _ in range(10)))
        assert ({"swapped"}, 1, 1) == ({each.outcome for each in results}, source.fetched, len(told.said))
        started = asyncio.Event()
        fetch = source.fetch

        async def telling(wanted: Wanted) -> dict[str, bytes]:
            started.set()
            return await fetch(wanted)

        source.fetch = telling  # type: ignore[method-assign]
        source.files = bundle_pair[1]
        running = asyncio.create_task(slot.reload(asked_by="watch"))
        await started.wait()
        later = await slot.reload(asked_by="request")
        assert ("swapped", "same") == ((await running).outcome, later.outcome)

    asyncio.run(serve())


def test_one_who_goes_away_stops_no_reload(bundle_pair: Pair) -> None:
    """A request that is cancelled while it waits leaves the reload to the others."""

    async def serve() -> None:
        slot = slot_of(Turning(bundle_pair[0]), Told())
        impatient = asyncio.create_task(slot.reload(asked_by="request"))
        patient = asyncio.create_task(slot.reload(asked_by="watch"))
        await asyncio.sleep(0)
        impatient.cancel()
        assert ("swapped", "request") == ((await patient).outcome, (await patient).asked_by)

    asyncio.run(serve())


def test_watching_is_quiet_and_tries_nothing_twice(bundle_pair: Pair) -> None:
    """A look that finds all as it was reads nothing and tells nothing, refused bundles included."""
    tried: list[str] = []

    async def count(files: Mapping[str, bytes]) -> None:
        tried.append(content_id(files))
        if content_id(files) == content_id(bundle_pair[1]):
            raise RefusedError("crashed", "it died")

    async def serve() -> None:
        source, told = Turning(bundle_pair[0]), Told()
        slot = slot_of(source, told, trial=count)
        for _ in range(3):
            await slot.reload(asked_by="watch")
        source.files = bundle_pair[1]
        results = [await slot.reload(asked_by="watch") for _ in range(3)]
        assert ["refused"] * 3 == [each.outcome for each in results]
        assert [("swapped", ""), ("refused", "crashed")] == told.said
        assert (2, 2) == (source.fetched, len(tried))
        assert content_id(bundle_pair[0]) == digest_of(slot)
        assert slot.status.stale
        await slot.reload(asked_by="request")
        assert 3 == len(tried)
        source.files = bundle_pair[0]
        await slot.reload(asked_by="watch")
        assert (False, 3) == (slot.status.stale, len(tried))
        assert [("swapped", ""), ("refused", "crashed"), ("refused", "crashed"), ("same", "")] == told.said

    asyncio.run(serve())


def test_what_had_no_time_is_tried_again_without_being_told_twice(
    bundle_pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that was busy when a model came keeps it out no longer than it is busy."""
    monkeypatch.setattr(second_tries, "FIRST_PAUSE_S", 0.0)
    slow = [True, True, False]

    async def late(files: Mapping[str, bytes]) -> None:
        del files
        if slow.pop(0):
            raise RefusedError("timeout", "not ready within 60 s")

    async def serve() -> None:
        told = Told()
        slot = slot_of(Turning(bundle_pair[0]), told, trial=late)
        assert ["refused", "refused", "swapped"] == [
            (await slot.reload(asked_by="watch")).outcome for _ in range(3)
        ]
        assert [("refused", "timeout"), ("swapped", "")] == told.said

    asyncio.run(serve())


def test_what_could_not_be_fetched_is_fetched_at_the_next_look(bundle_pair: Pair) -> None:
    """A store that was away for a moment keeps no model out, though what is wanted is the same as before."""

    async def serve() -> None:
        source, told = Turning(bundle_pair[0]), Told()
        slot = slot_of(source, told)
        source.fetch_error = UnavailableError("the store does not answer")
        assert "refused" == (await slot.reload(asked_by="watch")).outcome
        source.fetch_error = None
        assert "swapped" == (await slot.reload(asked_by="watch")).outcome
        assert [("refused", "unavailable"), ("swapped", "")] == told.said

    asyncio.run(serve())


def test_a_watch_finds_what_is_put_there(bundle_pair: Pair) -> None:
    """Without anybody asking, another model answers soon after it was put there."""

    async def serve() -> None:
        source = Turning(bundle_pair[0])
        swapped = asyncio.Event()
        slot = ModelSlot(source, ServedModel, trial=tried_here, clock=clock, listener=lambda _: swapped.set())
        watching = asyncio.create_task(slot.watch(0.001))
        for files in bundle_pair:
            source.files = files
            await asyncio.wait_for(swapped.wait(), 30)
            swapped.clear()
            assert content_id(files) == digest_of(slot)
        watching.cancel()

    asyncio.run(serve())


def test_what_changes_while_it_is_read_is_read_again(
    bundle_pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another bundle that takes the place of one between look and reading is not taken for it."""
    monkeypatch.setattr("gradewise.workflows.scoring.slot.SETTLE_S", 0.0)

    async def serve() -> None:
        source, told = Turning(bundle_pair[0], meanwhile=[bundle_pair[1]]), Told()
        slot = slot_of(source, told)
        await slot.reload(asked_by="start")
        assert (content_id(bundle_pair[1]), 2) == (digest_of(slot), source.fetched)
        restless = [bundle_pair[number % 2] for number in range(9)]
        source.meanwhile = list(restless)
        result = await slot.reload(asked_by="request")
        assert ("refused", "changed") == (result.outcome, result.reason)
        assert content_id(bundle_pair[1]) == digest_of(slot)

    asyncio.run(serve())


ERRORS: dict[str, tuple[Exception, str]] = {
    "database": (UnavailableError("the database does not answer"), "unavailable"),
    "disk": (OSError(5, "Input/output error", "model.onnx"), "unavailable"),
    "vanished": (FileNotFoundError(2, "No such file", "model.onnx"), "missing"),
    "other format": (BundleError("format 9 is unknown"), "format"),
    "fault": (ZeroDivisionError("secret words"), "internal"),
}


@pytest.mark.parametrize("case", ERRORS)
@pytest.mark.parametrize("step", ["wanted_error", "fetch_error"])
def test_an_error_on_the_way_keeps_the_old_model(bundle_pair: Pair, case: str, step: str) -> None:
    """Whatever fails, the old model answers, the reason is a code, and foreign words are not told."""
    error, reason = ERRORS[case]
    if (case, step) == ("other format", "wanted_error"):
        reason = "unavailable"

    async def serve() -> None:
        source, told = Turning(bundle_pair[0]), Told()
        slot = slot_of(source, told)
        await slot.reload(asked_by="start")
        setattr(source, step, error)
        result = await slot.reload(asked_by="request")
        assert ("refused", reason) == (result.outcome, result.reason)
        assert "secret" not in result.detail
        assert content_id(bundle_pair[0]) == digest_of(slot)
        assert slot.status.refusal is not None
        assert (reason, NOON) == (slot.status.refusal.reason, slot.status.refusal.at)
        setattr(source, step, None)
        assert "same" == (await slot.reload(asked_by="watch")).outcome or step == "fetch_error"
        assert "same" == (await slot.reload(asked_by="request")).outcome
        assert not slot.status.stale

    asyncio.run(serve())


def test_nothing_there_is_told_once(bundle_pair: Pair) -> None:
    """A link that is gone leaves the model that answers; each look asks again, the first alone is told."""

    async def serve() -> None:
        source, told = Turning(None), Told()
        slot = slot_of(source, told)
        await slot.reload(asked_by="start")
        await slot.reload(asked_by="watch")
        source.files = bundle_pair[0]
        await slot.reload(asked_by="watch")
        source.files = None
        for _ in range(3):
            await slot.reload(asked_by="watch")
        assert [("refused", "missing"), ("swapped", ""), ("refused", "missing")] == told.said
        assert content_id(bundle_pair[0]) == digest_of(slot)

    asyncio.run(serve())


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (BundleError("trained with harper 2, here is 1"), "tools"),
        (InputError("which text model?"), "tools"),
        (MemoryError(), "memory"),
        (UnavailableError("the cache is full"), "unavailable"),
    ],
    ids=["tools", "text model", "memory", "cache"],
)
def test_what_cannot_be_built_here_is_refused(bundle_pair: Pair, error: Exception, reason: str) -> None:
    """A whole bundle that this installation cannot measure for is refused for its tools."""

    def build(files: Mapping[str, bytes]) -> ServedModel:
        raise error

    async def serve() -> None:
        slot = ModelSlot(Turning(bundle_pair[0]), build, trial=tried_here, clock=clock)
        result = await slot.reload(asked_by="start")
        assert ("refused", reason, None) == (result.outcome, result.reason, slot.current)

    asyncio.run(serve())


# Damage: twelve ways each, to the model, to what is known of it, and to the signature over both.
Damage = Callable[[bytes], bytes]
WAYS: dict[str, Damage] = {
    "empty": lambda _: b"",
    "half": lambda content: content[: len(content) // 2],
    "last byte gone": lambda content: content[:-1],
    "first byte gone": lambda content: content[1:],
    "first byte flipped": lambda content: bytes([content[0] ^ 1]) + content[1:],
    "middle flipped": lambda content: _flipped(content, len(content) // 2),
    "end flipped": lambda content: _flipped(content, len(content) - 1),
    "zeros": lambda content: bytes(len(content)),
    "noise": lambda content: bytes(251 * place % 256 for place in range(len(content))),
    "twice": lambda content: content * 2,
    "something behind it": lambda content: content + b"x",
    "a web page": lambda _: b"<html><title>404 Not Found</title></html>\n",
}


def _flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :]


@pytest.mark.parametrize("name", ["model.onnx", METADATA, SIGNATURE])
def test_damage_is_refused_by_digest(bundle_pair: Pair, name: str) -> None:
    """Each of twelve ways of damage is refused, counted once by its reason, and the old model answers."""
    old, new = bundle_pair

    async def serve() -> None:
        source, told = Turning(old), Told()
        slot = slot_of(source, told)
        await slot.reload(asked_by="start")
        for damage in WAYS.values():
            source.files = {**new, name: damage(new[name])}
            await slot.reload(asked_by="request")
            assert content_id(old) == digest_of(slot)
        assert [("swapped", ""), *[("refused", "digest")] * len(WAYS)] == told.said

    asyncio.run(serve())


def test_damage_that_was_signed_over_never_ends_the_service(bundle_pair: Pair) -> None:
    """A damaged model that somebody signs again is refused, unless it still grades its test rows alike."""
    old, new = bundle_pair

    async def serve() -> None:
        source, told = Turning(old), Told()
        slot = slot_of(source, told)
        await slot.reload(asked_by="start")
        for damage in WAYS.values():
            source.files = signed_again(new, "model.onnx", damage(new["model.onnx"]))
            result = await slot.reload(asked_by="request")
            assert result.outcome == "swapped" or result.reason in {"format", "parity", "unsafe"}
            assert result.model_digest == digest_of(slot)
        assert len(WAYS) // 2 <= sum(outcome == "refused" for outcome, _ in told.said)

    asyncio.run(serve())


def signed_again(files: Mapping[str, bytes], name: str, content: bytes) -> dict[str, bytes]:
    """A bundle with another file in the place of one, and a signature over it."""
    return sign({**{each: files[each] for each in files if each != SIGNATURE}, name: content})


def field_of(number: int, content: bytes) -> bytes:
    """A field of the ONNX wire format: numbers from 16 on take two bytes; contents are short."""
    tag = number << 3 | 2
    head = bytes([tag]) if tag < 128 else bytes([tag & 127 | 128, tag >> 7])
    return head + bytes([len(content)]) + content


ONNX: dict[str, bytes] = {
    "custom operator": field_of(8, field_of(1, b"evil.domain")),
    "functions": field_of(25, b""),
    "external data": field_of(7, field_of(5, field_of(13, field_of(1, b"location")))),
    "sparse tensor": field_of(7, field_of(15, b"")),
}


@pytest.mark.parametrize("case", ONNX)
def test_models_that_need_more_than_themselves_are_unsafe(bundle_pair: Pair, case: str) -> None:
    """External data, sparse tensors and operators of others are refused before ONNX Runtime sees them."""

    async def serve() -> None:
        slot = slot_of(Turning(signed_again(bundle_pair[1], "model.onnx", ONNX[case])), Told())
        result = await slot.reload(asked_by="start")
        assert ("refused", "unsafe") == (result.outcome, result.reason)

    asyncio.run(serve())


def test_a_model_that_grades_otherwise_is_refused(bundle_pair: Pair) -> None:
    """A whole, signed bundle whose test rows come out otherwise is refused for that."""
    rows = json.loads(bundle_pair[1]["parity.json"])
    rows["codes"] = [0] * len(rows["codes"])
    files = signed_again(bundle_pair[1], "parity.json", json.dumps(rows).encode())

    async def serve() -> None:
        slot = slot_of(Turning(files), Told())
        result = await slot.reload(asked_by="start")
        assert ("refused", "parity") == (result.outcome, result.reason)

    asyncio.run(serve())


def test_who_ends_waits_for_no_reload(bundle_pair: Pair) -> None:
    """A trial that goes on is given up, and so are looks that wait for it; who asked hears no more."""
    first, second = bundle_pair

    async def serve() -> None:
        source, told, trying, given_up = Turning(first), Told(), asyncio.Event(), asyncio.Event()

        async def endless(files: Mapping[str, bytes]) -> None:
            if files == first:
                return
            trying.set()
            try:
                await asyncio.Event().wait()
            finally:
                given_up.set()

        slot = slot_of(source, told, trial=endless)
        await slot.reload(asked_by="start")
        source.files = second
        asked = [asyncio.create_task(slot.reload(asked_by="signal"))]
        await trying.wait()
        asked.append(asyncio.create_task(slot.reload(asked_by="signal")))
        await asyncio.sleep(0)
        await slot.close()
        assert given_up.is_set()
        assert slot.current is None
        ends = await asyncio.gather(*asked, return_exceptions=True)
        assert [asyncio.CancelledError] * 2 == [type(each) for each in ends]
        assert [("swapped", "")] == told.said

    asyncio.run(serve())
