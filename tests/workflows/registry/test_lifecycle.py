"""Models are registered, promoted, rolled back and put away; links and stores follow."""

import json
import shutil
import sqlite3
import uuid
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest

from gradewise.errors import BundleError, GateError, RegistryError, RunError, UnavailableError
from gradewise.models.bundles.storage import SIGNATURE, read_bundle_files
from gradewise.registry.records import GateRecord, ModelRecord
from gradewise.workflows.plans.registry import RetentionPlan
from gradewise.workflows.registry.archive import archive
from gradewise.workflows.registry.promote import promote
from gradewise.workflows.registry.prune import prune
from gradewise.workflows.registry.register import register
from gradewise.workflows.registry.repair import repair
from gradewise.workflows.registry.rollback import rollback
from gradewise.workflows.registry.services import RegistryServices
from gradewise.workflows.registry.verify import verify
from lifecycle_trials import NAME, Heard, Place, StoreThatIsDown, judge_of, version_of

KEEP_NOTHING = RetentionPlan(newest=0, days=0, former=0)


async def in_production(services: RegistryServices, bundle: Path) -> ModelRecord:
    """A model registered and brought to production."""
    model = await register(services, bundle)
    for stage in STAGES:
        await promote(services, model, stage=stage, judge=judge_of(model))
    return model


STAGES: tuple[Literal["staging"], Literal["production"]] = ("staging", "production")


def test_a_registered_model_is_in_every_store(place: Place) -> None:
    """Registering copies the bundle to every store, then says so in the database."""

    async def acts(services: RegistryServices) -> None:
        heard = Heard()
        model = await register(services, place.bundles[0], reason="first", listener=heard)
        assert ("dev", version_of(1), NAME) == (model.stage, model.version, model.model_name)
        assert ["stored", "stored", "recorded"] == heard.steps
        assert [True, True] == [store.holds(model.content_id or "") for store in services.stores]
        assert [store.place(model.content_id or "") for store in services.stores] == model.metadata["copies"]
        assert {"estimate": 0.7, "low": 0.6, "high": 0.8} == model.metrics["qwk"]
        assert ("CC0-1.0", "made up") == (
            model.metadata["data"]["licence"],
            model.metadata["data"]["source"],
        )
        assert sum(file.stat().st_size for file in place.bundles[0].iterdir()) == model.metadata["size_bytes"]
        assert ("measure_0", "measure_3") == (model.feature_names[0], model.feature_names[-1])
        assert () == await verify(services)

    place.within(acts)


def test_a_bundle_is_registered_once(place: Place) -> None:
    """Registered again, it is the same model, and copies that were lost are there again."""

    async def acts(services: RegistryServices) -> None:
        first = await register(services, place.bundles[0])
        services.stores[1].remove(first.content_id or "")
        assert first == await register(services, place.bundles[0])
        assert services.stores[1].holds(first.content_id or "")

    place.within(acts)


def test_what_a_run_learnt_from_is_kept(place: Place, tmp_path: Path) -> None:
    """A bundle in a run directory brings the run's id and the digests of its texts along."""
    run = tmp_path / "run"
    shutil.copytree(place.bundles[0], run / "artifacts" / "bundle")
    (run / "status.json").write_text("{}")
    (run / "experiment.json").write_text('{"run_id": "r-1"}')
    (run / "artifacts" / "learnt_from.json").write_text(json.dumps(["00aa"]))

    async def acts(services: RegistryServices) -> None:
        model = await register(services, run / "artifacts" / "bundle")
        assert {"directory": str(run), "id": "r-1"} == model.metadata["run"]
        assert ["00aa"] == model.metadata["learnt_from"]
        with pytest.raises(RunError, match="holds no run"):
            await register(services, place.bundles[1], run=tmp_path)

    place.within(acts)


def test_a_damaged_bundle_is_not_registered(place: Place, tmp_path: Path) -> None:
    """A changed byte is refused by the file's name, and nothing is copied."""
    shutil.copytree(place.bundles[0], tmp_path / "bundle")
    (tmp_path / "bundle" / "model_card.md").write_text("Perfect.")

    async def acts(services: RegistryServices) -> None:
        with pytest.raises(BundleError, match=r"model_card\.md was changed"):
            await register(services, tmp_path / "bundle")
        assert frozenset() == services.stores[0].content_ids()

    place.within(acts)


def test_a_store_that_is_down_keeps_a_model_from_being_registered(place: Place) -> None:
    """No row tells of a bundle that is not everywhere; tried again, it is registered."""

    async def acts(services: RegistryServices) -> None:
        broken = replace(services, stores=(services.stores[0], StoreThatIsDown()))
        with pytest.raises(UnavailableError, match="s3://far-away does not answer"):
            await register(broken, place.bundles[0])
        assert () == await services.registry.models()
        await register(services, place.bundles[0])
        assert () == await verify(services)

    place.within(acts)


def test_links_follow_promotions(place: Place) -> None:
    """The link of a stage leads to a whole bundle; whoever comes to production puts the other away."""

    async def acts(services: RegistryServices) -> None:
        first, second = [await register(services, bundle) for bundle in place.bundles[:2]]
        await promote(services, first, stage="staging", judge=judge_of(first))
        assert (version_of(1), None) == (place.linked("staging"), place.linked("production"))
        heard = Heard()
        await promote(services, first, stage="production", judge=judge_of(first), listener=heard)
        assert ["judged", "held", "recorded", "linked"] == heard.steps
        assert [] == heard.notices
        await promote(services, second, stage="staging", judge=judge_of(second))
        change = await promote(services, second, stage="production", judge=judge_of(second), reason="better")
        assert (first.id, "better", None) == (change.replaced_id, change.reason, change.override)
        assert (None, version_of(2)) == (place.linked("staging"), place.linked("production"))
        assert () == await verify(services)

    place.within(acts)


def test_a_promotion_done_twice_is_one(place: Place) -> None:
    """Whoever promotes a model that is there already is told of the act that brought it there."""

    async def acts(services: RegistryServices) -> None:
        model = await register(services, place.bundles[0])
        change = await promote(services, model, stage="staging", judge=judge_of(model))
        assert change == await promote(services, model, stage="staging", judge=judge_of(model))

    place.within(acts)


def test_gates_count_unless_a_reason_is_given(place: Place) -> None:
    """A model that fails its gates stays; a reason brings it further and is kept, with the report."""

    async def acts(services: RegistryServices) -> None:
        model = await register(services, place.bundles[0])
        failing = judge_of(model, passed=False)
        with pytest.raises(GateError, match="does not pass the gates for staging"):
            await promote(services, model, stage="staging", judge=failing)
        with pytest.raises(GateError, match="needs a reason"):
            await promote(services, model, stage="staging", judge=failing, override="  ")
        change = await promote(services, model, stage="staging", judge=failing, override="a trial")
        assert "a trial" == change.override
        reports = await services.registry.gate_records(model.content_id or "")
        assert change.gate_report_id in {report.id for report in reports}
        assert 2 == len(reports)

    place.within(acts)


def test_a_model_is_judged_again_when_production_changed(place: Place) -> None:
    """A report against another production model than that of the moment does not count."""

    async def acts(services: RegistryServices) -> None:
        first, second = [await register(services, bundle) for bundle in place.bundles[:2]]
        for model in (first, second):
            await promote(services, model, stage="staging", judge=judge_of(model))
        asked: list[str | None] = []
        judge = judge_of(second, asked=asked)

        async def slow(production: ModelRecord | None) -> GateRecord:
            report = await judge(production)
            if production is None:
                await promote(services, first, stage="production", judge=judge_of(first))
            return report

        await promote(services, second, stage="production", judge=slow)
        assert [None, version_of(1)] == asked

    place.within(acts)


def test_rollback_goes_back_and_back_again(place: Place) -> None:
    """Each rollback brings the model before back; the first has none before it."""

    async def acts(services: RegistryServices) -> None:
        models = [await in_production(services, bundle) for bundle in place.bundles[:3]]
        for expected in (2, 1):
            change = await rollback(services, NAME, reason="odd grades")
            assert (version_of(expected), "odd grades") == (change.version, change.reason)
            assert version_of(expected) == place.linked("production")
        with pytest.raises(RegistryError, match="bundle was in production"):
            await rollback(services, NAME)
        forward = await rollback(services, NAME, to=models[2])
        assert forward == await rollback(services, NAME, to=models[2])
        assert version_of(3) == place.linked("active")
        assert () == await verify(services)

    place.within(acts)


def test_rollback_needs_no_far_store(place: Place) -> None:
    """The far store is down and the deployed copy is gone: the local store has it."""

    async def acts(services: RegistryServices) -> None:
        for bundle in place.bundles[:2]:
            await in_production(services, bundle)
        shutil.rmtree(place.models / NAME / "archive" / version_of(1))
        broken = replace(services, stores=(StoreThatIsDown(), services.stores[0]))
        await rollback(broken, NAME)
        assert version_of(1) == place.linked("production")

    place.within(acts)


def test_rollback_needs_no_store_where_the_copy_is_whole(place: Place) -> None:
    """With every store down, the deployed copy serves; without it, nothing is changed."""

    async def acts(services: RegistryServices) -> None:
        for bundle in place.bundles[:2]:
            await in_production(services, bundle)
        broken = replace(services, stores=(StoreThatIsDown(),))
        await rollback(broken, NAME)
        shutil.rmtree(place.models / NAME / "archive" / version_of(2))
        model = (await services.registry.models())[0]
        with pytest.raises(UnavailableError, match="no whole copy of essays 20260131_000002 is at hand"):
            await rollback(broken, NAME, to=model)
        assert version_of(1) == place.linked("production")

    place.within(acts)


def test_archiving_takes_the_link_away(place: Place) -> None:
    """A model that is put away is in production no more, and nothing else comes there by itself."""

    async def acts(services: RegistryServices) -> None:
        await in_production(services, place.bundles[0])
        model = await in_production(services, place.bundles[1])
        change = await archive(services, model, reason="the school year is over")
        assert ("production", "archived") == (change.from_stage, change.to_stage)
        assert (None, None) == (place.linked("production"), place.linked("active"))
        assert change == await archive(services, model)
        assert version_of(1) == (await rollback(services, NAME)).version

    place.within(acts)


def test_repair_brings_back_what_was_lost(place: Place) -> None:
    """Links, deployed copies and copies in stores are as the database says, and what was done is said."""

    async def acts(services: RegistryServices) -> None:
        model = await in_production(services, place.bundles[0])
        other = await in_production(services, place.bundles[1])
        (place.models / NAME / "production").unlink()
        (place.models / NAME / "archive" / version_of(2) / SIGNATURE).write_text("harmed")
        services.stores[0].remove(other.content_id or "")
        services.stores[1].remove(model.content_id or "")
        assert 4 == len(await verify(services))
        done = await repair(services)
        assert {True} == {each.mended for each in done}
        assert 4 == len(done)
        assert () == await verify(services)
        assert () == await repair(services)
        assert version_of(2) == place.linked("production")

    place.within(acts)


def test_repair_brings_back_what_a_rollback_may_need(place: Place) -> None:
    """A model that was put away lies beside those in use; harmed there, it is fetched from a store."""

    async def acts(services: RegistryServices) -> None:
        for bundle in place.bundles[:2]:
            await in_production(services, bundle)
        (place.models / NAME / "archive" / version_of(1) / SIGNATURE).write_text("harmed")
        assert 1 == len(await verify(services))
        (done,) = await repair(services)
        assert (True, f"the copy of {version_of(1)} was fetched") == (done.mended, done.what)
        assert () == await verify(services)

    place.within(acts)


def test_repair_says_what_it_cannot_do(place: Place) -> None:
    """A bundle that is nowhere whole is told of, and others are repaired nonetheless."""

    async def acts(services: RegistryServices) -> None:
        lost, kept = [await register(services, bundle) for bundle in place.bundles[:2]]
        for store in services.stores:
            store.remove(lost.content_id or "")
        services.stores[1].remove(kept.content_id or "")
        done = await repair(replace(services, stores=(*services.stores, StoreThatIsDown())))
        assert [False, True, False, False] == [each.mended for each in done]
        assert "s3://far-away does not answer; try again later" == done[-1].what

    place.within(acts)


def test_verify_names_the_damage(place: Place) -> None:
    """A changed byte in a store, a store that is down, a link that leads elsewhere: each by name."""

    async def acts(services: RegistryServices) -> None:
        first = await in_production(services, place.bundles[0])
        await in_production(services, place.bundles[1])
        local = Path(services.stores[0].place(first.content_id or ""))
        (local / "model_card.md").write_bytes(b"x")
        link = place.models / NAME / "production"
        link.unlink()
        link.symlink_to(f"archive/{version_of(1)}")
        found = await verify(replace(services, stores=(services.stores[0], StoreThatIsDown())))
        assert [first.label, "", NAME] == [each.model for each in found]
        assert "model_card.md was changed" in found[0].what
        assert "does not answer" in found[1].what
        assert f"leads to {version_of(1)}, the database says {version_of(2)}" == found[2].what

    place.within(acts)


def test_prune_deletes_what_is_given_up(place: Place) -> None:
    """Rows stay, bundles go, from stores and from where they were deployed; what is in use stays."""

    async def acts(services: RegistryServices) -> None:
        models = [await in_production(services, bundle) for bundle in place.bundles[:3]]
        assert [] == [each.version for each in await prune(services, RetentionPlan())]
        wanted = await prune(services, KEEP_NOTHING, dry_run=True)
        assert [version_of(2), version_of(1)] == [each.version for each in wanted]
        assert 3 == len(services.stores[1].content_ids())
        assert wanted == await prune(services, KEEP_NOTHING)
        assert {models[2].content_id} == services.stores[0].content_ids() == services.stores[1].content_ids()
        assert [version_of(3)] == [each.name for each in (place.models / NAME / "archive").iterdir()]
        kept = await services.registry.models()
        assert [False, True, True] == [each.pruned_at is not None for each in kept]
        assert () == await verify(services)
        with pytest.raises(RegistryError, match="still has its bundle"):
            await rollback(services, NAME)

    place.within(acts)


def test_prune_goes_on_when_a_store_is_down(place: Place) -> None:
    """The far copy is deleted by the next repair."""

    async def acts(services: RegistryServices) -> None:
        await register(services, place.bundles[0])
        heard = Heard()
        broken = replace(services, stores=(services.stores[0], StoreThatIsDown()))
        assert 1 == len(await prune(broken, KEEP_NOTHING, listener=heard))
        assert "is still in s3://far-away, until the next repair" in heard.notices[0]
        done = await repair(services)
        assert [f"{version_of(1)} was deleted from {services.stores[1].location}"] == [
            each.what for each in done
        ]
        assert frozenset() == services.stores[1].content_ids()

    place.within(acts)


def test_prune_sweeps_what_was_never_registered(place: Place) -> None:
    """A bundle that a killed registration left in the stores goes."""

    async def acts(services: RegistryServices) -> None:
        for store in services.stores:
            store.put(read_bundle_files(place.bundles[0]))
        heard = Heard()
        assert () == await prune(services, RetentionPlan(), listener=heard)
        assert "was never registered and was deleted" in heard.notices[0]
        assert frozenset() == services.stores[0].content_ids() | services.stores[1].content_ids()

    place.within(acts)


def test_what_somebody_put_where_a_link_belongs_is_left_alone(place: Place) -> None:
    """A directory called production is refused by name before anything is changed."""

    async def acts(services: RegistryServices) -> None:
        model = await register(services, place.bundles[0])
        (place.models / NAME / "production").mkdir(parents=True)
        with pytest.raises(RegistryError, match="production is no link of gradewise"):
            await promote(services, model, stage="staging", judge=judge_of(model))
        assert "dev" == (await services.registry.models())[0].stage
        assert ["production is no link" in each.what for each in await repair(services)] == [True]
        assert ["production is no link" in each.what for each in await verify(services)] == [True]

    place.within(acts)


def test_links_that_cannot_follow_are_told_of(place: Place) -> None:
    """What the database has stays; the message says how links follow."""

    async def acts(services: RegistryServices) -> None:
        model = await register(services, place.bundles[0])
        inner = judge_of(model)

        async def judge(production: ModelRecord | None) -> GateRecord:
            (place.models / NAME / "staging").mkdir(parents=True)
            return await inner(production)

        with pytest.raises(UnavailableError, match="the database has it, but links do not follow yet"):
            await promote(services, model, stage="staging", judge=judge)
        (place.models / NAME / "staging").rmdir()
        assert [True] == [each.mended for each in await repair(services)]
        assert version_of(1) == place.linked("staging")

    place.within(acts)


def test_a_link_without_a_bundle_is_told_of(place: Place) -> None:
    """With every copy gone, an act on the name says so and goes on; verify names what is missing."""

    async def acts(services: RegistryServices) -> None:
        model = await register(services, place.bundles[0])
        await promote(services, model, stage="staging", judge=judge_of(model))
        other = await register(services, place.bundles[1])
        for store in services.stores:
            store.remove(model.content_id or "")
        shutil.rmtree(place.models / NAME / "archive" / version_of(1))
        assert [f"leads to {version_of(1)}, which is missing"] == [
            each.what for each in await verify(services) if each.model == NAME
        ]
        heard = Heard()
        await archive(services, other, listener=heard)
        assert 2 == sum(f"no whole copy of {model.label}" in each for each in heard.notices)
        assert [False] * 4 == [each.mended for each in await repair(services)]

    place.within(acts)


def test_verify_tells_of_what_nobody_registered(place: Place) -> None:
    """A deployed copy of another bundle or of none of ours, and a stage that no act led to."""

    async def acts(services: RegistryServices) -> None:
        model = await in_production(services, place.bundles[0])
        held = place.models / NAME / "archive"
        shutil.copytree(held / version_of(1), held / version_of(7))
        shutil.rmtree(held / version_of(1))
        shutil.copytree(place.bundles[1], held / version_of(1))
        found = await verify(services)
        assert [True, True] == [
            words in each.what
            for words, each in zip(
                ("holds another bundle", "belongs to no registered model"), found, strict=True
            )
        ]
        with closing(sqlite3.connect(place.models / ".registry" / "registry.sqlite")) as database:
            database.execute("UPDATE ml_models SET stage = 'archived'")
            database.commit()
        told = [each for each in await verify(services) if each.where == "database"]
        assert [(model.label, "stands in archived, the audit trail says production")] == [
            (each.model, each.what) for each in told
        ]

    place.within(acts)


def test_rows_from_before_are_left_to_whoever_deployed_them(place: Place) -> None:
    """A production model without bundle keeps its place, its link is not touched, and nothing is damaged."""

    async def acts(services: RegistryServices) -> None:
        model = await register(services, place.bundles[0])
        with closing(sqlite3.connect(place.models / ".registry" / "registry.sqlite")) as database:
            database.execute(
                "INSERT INTO ml_models (id, model_name, version, created_at, stage, model_path, metrics, "
                "hyperparameters, feature_names, metadata, serial) SELECT ?, model_name, 'v1', created_at, "
                "'production', '', metrics, hyperparameters, feature_names, metadata, 0 FROM ml_models",
                [uuid.uuid4().hex],
            )
            database.commit()
        assert () == await repair(services)
        assert () == await verify(services)
        await promote(services, model, stage="staging", judge=judge_of(model))
        await promote(services, model, stage="production", judge=judge_of(model))
        assert version_of(1) == place.linked("production")
        with pytest.raises(RegistryError, match="still has its bundle"):
            await rollback(services, NAME)

    place.within(acts)
