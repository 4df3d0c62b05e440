"""What every `ModelRegistry` must do."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import TypeVar

import pytest

from gradewise.errors import RegistryError
from gradewise.protocols.registry import ModelRegistry
from gradewise.registry.acts import Act, NameState
from gradewise.registry.records import RunSummary
from gradewise.testing.registered import (
    NOON,
    actor,
    gate_record,
    made_up_id,
    moving,
    new_model,
    registering,
    run_entry,
)

T = TypeVar("T")
SECOND = timedelta(seconds=1)
FIFTY = 50


class ModelRegistryContract:
    """Inherit, open the registry in `opened`, and pytest runs every promise of the port against it.

    The tests take a fixture ``database_url``: the URL of an empty registry of their own.
    """

    def opened(self, url: str) -> AbstractAsyncContextManager[ModelRegistry]:
        """The registry in a database."""
        raise NotImplementedError

    def on(self, url: str, work: Callable[[ModelRegistry], Awaitable[T]]) -> T:
        """Do something with the registry within one event loop."""

        async def _work() -> T:
            async with self.opened(url) as registry:
                return await work(registry)

        return asyncio.run(_work())

    def test_is_a_registry(self, database_url: str) -> None:
        """It has the shape of the port, and knows nothing at first."""

        async def _work(registry: ModelRegistry) -> None:
            assert isinstance(registry, ModelRegistry)
            assert NameState(name="essays", serial=0, models=(), changes=()) == await registry.state("essays")
            assert await registry.names() == ()
            assert await registry.models() == ()
            assert await registry.find_models("0") == ()
            assert await registry.changes() == ()
            assert await registry.gate_records("0" * 64) == ()
            assert await registry.runs() == ()
            assert await registry.run_summary() == ()

        self.on(database_url, _work)

    def test_a_registered_model_comes_back_as_it_was_told(self, database_url: str) -> None:
        """Every field, the line of the audit trail, and the count of the name; in another process too."""
        model = new_model(1)

        async def _register(registry: ModelRegistry) -> None:
            change = await registry.act("essays", registering(model))
            assert change is not None
            assert (1, "register", model.id, None, "dev") == (
                change.serial, change.act, change.model_id, change.from_stage, change.to_stage
            )  # fmt: skip
            assert (
                change.changed_by, change.reason, change.correlation_id, change.changed_at
            ) == ("anna@school", "because", "c", NOON)  # fmt: skip
            assert (change,) == await registry.changes()

        async def _look(registry: ModelRegistry) -> None:
            (kept,) = await registry.models()
            assert model == type(model)(**{name: getattr(kept, name) for name in type(model).__slots__})
            assert (kept.serial, kept.stage, kept.created_at, kept.pruned_at) == (1, "dev", NOON, None)
            assert await registry.names() == ("essays",)
            state = await registry.state("essays")
            assert (1, (kept,)) == (state.serial, state.models)

        self.on(database_url, _register)
        self.on(database_url, _look)

    def test_what_is_decided_is_written_or_nothing(self, database_url: str) -> None:
        """``None`` and errors leave everything as it was, the count included; errors reach the caller."""
        stranger = Act(
            actor=actor(), kind="archive", model_id=made_up_id(9), from_stage="dev", to_stage="archived"
        )

        async def _work(registry: ModelRegistry) -> None:
            await registry.act("essays", registering(new_model(1)))
            before = await registry.state("essays")

            def _refuse(_state: NameState) -> Act:
                raise LookupError("no")

            assert None is await registry.act("essays", lambda _state: None)
            with pytest.raises(LookupError, match="no"):
                await registry.act("essays", _refuse)
            with pytest.raises(RegistryError, match="not there"):
                await registry.act("essays", lambda _state: stranger)
            assert before == await registry.state("essays")
            assert None is await registry.act("others", lambda _state: None)
            assert await registry.names() == ("essays",)

        self.on(database_url, _work)

    def test_an_act_is_done_once(self, database_url: str) -> None:
        """Told twice under one id, it leaves one line, and says the same."""

        async def _work(registry: ModelRegistry) -> None:
            await registry.act("essays", registering(new_model(1)))
            first = await registry.act("essays", moving(made_up_id(1), "staging", act_id=made_up_id(7)))
            again = await registry.act("essays", moving(made_up_id(1), "archived", act_id=made_up_id(7)))
            assert first == again
            state = await registry.state("essays")
            assert (state.serial, state.models[0].stage, len(state.changes)) == (2, "staging", 2)

        self.on(database_url, _work)

    def test_one_model_is_in_production(self, database_url: str) -> None:
        """The one before it makes room; where it does not, the database refuses and nothing is changed."""

        async def _work(registry: ModelRegistry) -> None:
            for number in (1, 2):
                await registry.act("essays", registering(new_model(number)))
                await registry.act("essays", moving(made_up_id(number), "staging"))
            await registry.act("essays", moving(made_up_id(1), "production"))
            before = await registry.state("essays")
            with pytest.raises(RegistryError, match="in production already"):
                await registry.act("essays", moving(made_up_id(2), "production", replaces=False))
            assert before == await registry.state("essays")
            change = await registry.act("essays", moving(made_up_id(2), "production"))
            assert change is not None
            assert made_up_id(1) == change.replaced_id
            (used,) = await registry.models(stage="production")
            (put_away,) = await registry.models(stage="archived", name="essays")
            assert (made_up_id(2), made_up_id(1)) == (used.id, put_away.id)

        self.on(database_url, _work)

    def test_nothing_is_given_twice(self, database_url: str) -> None:
        """Neither a version nor a bundle under one name; under another name both may be."""

        async def _work(registry: ModelRegistry) -> None:
            model, other = new_model(1), new_model(2)
            await registry.act("essays", registering(model))
            fields = {name: getattr(other, name) for name in type(other).__slots__}
            for field, words in (("version", "version is given"), ("content_id", "bundle is registered")):
                twice = type(model)(**{**fields, field: getattr(model, field)})
                with pytest.raises(RegistryError, match=words):
                    await registry.act("essays", registering(twice))
            assert (await registry.state("essays")).serial == 1
            elsewhere = {**fields, "model_name": "letters", "version": model.version}
            await registry.act("letters", registering(type(model)(**elsewhere)))
            assert await registry.names() == ("essays", "letters")

        self.on(database_url, _work)

    def test_an_act_that_does_not_fit_is_refused(self, database_url: str) -> None:
        """It starts from where the model is, refers to what is kept, and its ids are UUIDs."""

        async def _work(registry: ModelRegistry) -> None:
            await registry.act("essays", registering(new_model(1)))
            act = moving(made_up_id(1), "staging")(await registry.state("essays"))
            assert act is not None
            await registry.act("essays", moving(made_up_id(1), "archived"))
            with pytest.raises(RegistryError, match="in stage archived, not dev"):
                await registry.act("essays", lambda _state: act)
            with pytest.raises(RegistryError, match="gate report that is not kept"):
                await registry.act("essays", moving(made_up_id(1), "staging", gate_report_id=made_up_id(8)))
            with pytest.raises(RegistryError, match="UUID in its usual form"):
                await registry.act("essays", moving(made_up_id(1), "staging", act_id="0" * 32))
            assert [*range(2, 0, -1)] == [change.serial for change in await registry.changes()]

        self.on(database_url, _work)

    def test_a_bundle_can_be_gone(self, database_url: str) -> None:
        """A pruned model stays known, with the time."""

        async def _work(registry: ModelRegistry) -> None:
            await registry.act("essays", registering(new_model(1)))
            pruned = Act(
                actor=actor(),
                kind="prune",
                model_id=made_up_id(1),
                from_stage="dev",
                to_stage="archived",
                pruned=True,
            )
            await registry.act("essays", lambda _state: pruned)
            (model,) = await registry.models()
            assert (model.stage, model.pruned_at) == ("archived", NOON)

        self.on(database_url, _work)

    def test_order_does_not_hang_on_clocks(self, database_url: str) -> None:
        """Within a name by serial though the clock was set back; across names by time; at most so many."""

        async def _work(registry: ModelRegistry) -> None:
            for number, name, hours in ((1, "b", 5), (2, "b", 1), (3, "a", 4), (4, "a", 6)):
                act = registering(new_model(number, name=name), at=NOON + timedelta(hours=hours))
                await registry.act(name, act)
            assert [int(model.id[-1]) for model in await registry.models()] == [4, 2, 1, 3]
            assert [int(model.id[-1]) for model in await registry.models(name="b")] == [2, 1]
            assert [int(model.id[-1]) for model in await registry.models(limit=2)] == [4, 2]
            assert [int(change.model_id[-1]) for change in await registry.changes()] == [4, 2, 1, 3]
            assert [int(change.model_id[-1]) for change in await registry.changes(name="a", limit=1)] == [4]
            assert [int(model.id[-1]) for model in (await registry.state("b")).models] == [2, 1]

        self.on(database_url, _work)

    def test_models_are_found_by_what_they_are_called(self, database_url: str) -> None:
        """By the beginning of an id or of a content id, or by a whole version; signs mean nothing."""

        async def _work(registry: ModelRegistry) -> None:
            models = [new_model(1), new_model(2)]
            for model in models:
                await registry.act("essays", registering(model))
            newest_first = [models[1].id, models[0].id]
            assert newest_first == [found.id for found in await registry.find_models("00000000-0000-0000")]
            assert newest_first == [found.id for found in await registry.find_models("000000000000")]
            for text in (models[0].id, models[0].version, models[0].content_id[:7]):
                assert [models[0].id] == [found.id for found in await registry.find_models(text)]
            for text in ("", "%", "_", models[0].version[:8], "essays"):
                assert await registry.find_models(text) == ()

        self.on(database_url, _work)

    def test_gate_reports_stay(self, database_url: str) -> None:
        """Newest first, each once, letter by letter; an act can refer to one."""
        model = new_model(1)

        async def _work(registry: ModelRegistry) -> None:
            older, newer = gate_record(1, model), gate_record(2, model, at=NOON + SECOND)
            for record in (newer, older, older):
                await registry.add_gate_record(record)
            kept = await registry.gate_records(model.content_id)
            assert (newer, older) == kept
            assert list(newer.report) == list(kept[0].report)
            await registry.act("essays", registering(model))
            change = await registry.act("essays", moving(model.id, "staging", gate_report_id=newer.id))
            assert change is not None
            assert newer.id == change.gate_report_id

        self.on(database_url, _work)

    def test_what_a_run_said_last_counts(self, database_url: str) -> None:
        """Runs are newest first by when they began, each as it was told last, figures in their order."""

        async def _work(registry: ModelRegistry) -> None:
            running = run_entry(2, state="running", metrics={}, stage="training")
            failed = run_entry(3, state="failed", failure_reason="no room", stage="export", experiment="b")
            for entry in (run_entry(1), running, failed, run_entry(2)):
                await registry.record_run(entry)
            assert (failed, run_entry(2), run_entry(1)) == await registry.runs()
            assert (failed,) == await registry.runs(state="failed")
            assert (run_entry(2),) == await registry.runs(experiment="essays", limit=1)
            assert list((await registry.runs())[1].metrics) == ["qwk", "mae", "accuracy"]

        self.on(database_url, _work)

    def test_runs_without_an_id_are_told_apart(self, database_url: str) -> None:
        """Entries of older versions are known by what they say."""

        async def _work(registry: ModelRegistry) -> None:
            old = [run_entry(number, run_id="", started_at="") for number in (1, 2, 1)]
            for entry in old:
                await registry.record_run(entry)
            assert (old[1], old[0]) == await registry.runs()

        self.on(database_url, _work)

    def test_runs_are_summed_up(self, database_url: str) -> None:
        """Counts by state, the best figure of those that completed, and when the newest spoke."""

        async def _work(registry: ModelRegistry) -> None:
            for entry in (
                run_entry(1),
                run_entry(2),
                run_entry(3, state="failed", metrics={"qwk": 0.99}),
                run_entry(4, state="running", metrics={}),
                run_entry(5, command="tune", metrics={"mae": 0.3}),
                run_entry(6, command="tune", metrics={"mae": 0.2}),
                run_entry(7, experiment="a", state="failed", metrics={}),
            ):
                await registry.record_run(entry)
            assert (
                _summary(("a", "train"), (1, 0, 1), None, 7),
                _summary(("essays", "train"), (4, 2, 1), ("qwk", 0.502), 4),
                _summary(("essays", "tune"), (2, 2, 0), ("mae", 0.2), 6),
            ) == await registry.run_summary()

        self.on(database_url, _work)

    def test_what_cannot_be_kept_is_refused(self, database_url: str) -> None:
        """A number that is none is an error in words that repeat nothing, and nothing is kept."""

        async def _work(registry: ModelRegistry) -> None:
            with pytest.raises(RegistryError, match="cannot be kept"):
                await registry.record_run(run_entry(1, facts={"secret": "tyst", "loss": float("nan")}))
            with pytest.raises(RegistryError, match="no time"):
                await registry.record_run(run_entry(1, started_at="noon"))
            assert await registry.runs() == ()

        self.on(database_url, _work)

    def test_fifty_at_once_are_done_one_after_another(self, database_url: str) -> None:
        """Fifty models are put into production at the same time: one stays there, every act has its line."""

        async def _work(registry: ModelRegistry) -> None:
            for number in range(1, FIFTY + 1):
                await registry.act("essays", registering(new_model(number)))
            await asyncio.gather(
                *(
                    registry.act("essays", moving(made_up_id(number), "production"))
                    for number in range(1, FIFTY + 1)
                )
            )
            check_promotions(await registry.state("essays"), FIFTY)

        self.on(database_url, _work)


def check_promotions(state: NameState, n: int) -> None:
    """After models 1 to n were registered, then put into production: one is, and the trail leads there."""
    assert [*range(2 * n, 0, -1)] == [change.serial for change in state.changes]
    assert state.serial == 2 * n
    promoted = [change for change in reversed(state.changes) if change.act == "promote"]
    assert {made_up_id(number) for number in range(1, n + 1)} == {change.model_id for change in promoted}
    replaced = [change.replaced_id for change in promoted]
    assert [None, *(change.model_id for change in promoted[:-1])] == replaced
    assert [promoted[-1].model_id] == [model.id for model in state.models if model.stage == "production"]
    assert len([model for model in state.models if model.stage == "archived"]) == n - 1


def _summary(
    of: tuple[str, str], counts: tuple[int, int, int], best: tuple[str, float] | None, at: int
) -> RunSummary:
    return RunSummary(
        experiment=of[0],
        command=of[1],
        n=counts[0],
        completed=counts[1],
        failed=counts[2],
        metric=best and best[0],
        best=best and best[1],
        latest_at=NOON + timedelta(hours=at, minutes=5),
    )
