"""What may be done about the models of one name."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from gradewise.errors import RegistryError
from gradewise.registry.acts import Act, NameState
from gradewise.registry.decisions import (
    OvertakenError,
    check_promotion,
    decide_archiving,
    decide_promotion,
    decide_pruning,
    decide_registration,
    decide_rollback,
    rollback_target,
)
from gradewise.registry.retention import Retention, prunable
from gradewise.registry.stages import Stage, require_legal
from gradewise.registry.trail import done_before, former_productions, stages_by_trail, was_in_production
from small_registry import NOW, actor, applied, empty, judged, new_model

NOTHING_KEPT = Retention(newest=0, days=0, former=0)


def registered(state: NameState, *numbers: int) -> NameState:
    """The state with more models in it."""
    for number in numbers:
        state = applied(state, decide_registration(state, actor(state.serial), new_model(number)))
    return state


def promoted(state: NameState, number: int, *, to: Stage = "production") -> NameState:
    """The state with a model brought to a stage, by way of staging."""
    for stage in ("staging", "production") if to == "production" else ("staging",):
        model = check_promotion(state, f"model-{number}", to=stage)
        report = judged(model, state)
        act = decide_promotion(state, actor(state.serial), model.id, to=stage, report=report)
        state = applied(state, act)
    return state


def rolled_back(state: NameState, number: int | None = None) -> NameState:
    """The state after a rollback."""
    target = rollback_target(state, None if number is None else f"model-{number}")
    now = state.production.id if state.production else None
    return applied(state, decide_rollback(state, actor(state.serial), target.id, instead_of=now))


def archived(state: NameState, number: int) -> NameState:
    """The state with a model put away."""
    return applied(state, decide_archiving(state, actor(state.serial), f"model-{number}"))


def pruned(state: NameState, number: int) -> NameState:
    """The state with a model's bundle given up."""
    who = actor(state.serial)
    act = decide_pruning(state, who, f"model-{number}", retention=NOTHING_KEPT, now=NOW)
    return applied(state, act)


def stage_of(state: NameState, number: int) -> Stage:
    """Where a model stands."""
    return next(model.stage for model in state.models if model.id == f"model-{number}")


def in_production(state: NameState) -> str | None:
    """The id of the model in production."""
    return state.production.id if state.production else None


def names(models: tuple) -> list[str]:  # type: ignore[type-arg]
    """Ids of models."""
    return [model.id for model in models]


def test_the_same_bundle_is_registered_once() -> None:
    """Whoever registers a bundle again changes nothing."""
    state = registered(empty(), 1)
    assert decide_registration(state, actor(9), replace(new_model(1), id="another")) is None


def test_a_version_belongs_to_one_bundle() -> None:
    """Two bundles of one version are refused, with what may have happened."""
    state = registered(empty(), 1)
    with pytest.raises(RegistryError, match="two models were trained in one second, or a clock was set back"):
        decide_registration(state, actor(9), new_model(2, version="20260131_000001"))


def test_a_deleted_bundle_is_not_registered_again() -> None:
    """What was deleted on purpose stays deleted."""
    state = pruned(registered(empty(), 1), 1)
    with pytest.raises(RegistryError, match="was deleted on 2026-01-31; train again"):
        decide_registration(state, actor(9), new_model(1))


def test_a_promotion_makes_room() -> None:
    """Whoever comes into production puts away the model that was there."""
    state = promoted(promoted(registered(empty(), 1, 2), 1), 2)
    assert ("archived", "production") == (stage_of(state, 1), stage_of(state, 2))


def test_staging_holds_several() -> None:
    """Several models wait; the one that came last is the one to try."""
    state = registered(empty(), 1, 2)
    state = promoted(promoted(state, 2, to="staging"), 1, to="staging")
    assert {"staging"} == {stage_of(state, 1), stage_of(state, 2)}
    assert state.staged is not None
    assert "model-1" == state.staged.id


def test_nobody_skips_staging() -> None:
    """A model that was only registered does not go to production."""
    state = registered(empty(), 1)
    with pytest.raises(RegistryError, match="cannot go to production by promote; first bring it to staging"):
        check_promotion(state, "model-1", to="production")


def test_who_was_in_production_comes_back_by_a_rollback() -> None:
    """A model put away is not promoted straight away; the message knows the shorter way."""
    state = promoted(promoted(registered(empty(), 1, 2), 1), 2)
    assert "archived" == stage_of(state, 1)
    with pytest.raises(RegistryError, match="gradewise registry rollback NAME --to VERSION"):
        check_promotion(state, "model-1", to="production")


def test_a_promotion_done_before_changes_nothing() -> None:
    """A model that is where it is to go stays, without another line in the audit trail."""
    state = promoted(registered(empty(), 1), 1)
    report = judged(state.models[0], state)
    assert decide_promotion(state, actor(9), "model-1", to="production", report=report) is None


def test_a_report_against_another_model_is_stale() -> None:
    """A model is judged against the production model of the very moment."""
    state = promoted(registered(empty(), 1, 2), 2, to="staging")
    report = judged(check_promotion(state, "model-2", to="production"), state)
    state = promoted(state, 1)
    with pytest.raises(OvertakenError, match="essays 20260131_000001 is in production now"):
        decide_promotion(state, actor(9), "model-2", to="production", report=report)


def test_a_report_about_another_model_does_not_count() -> None:
    """Nobody is promoted by what gates said of somebody else."""
    state = registered(empty(), 1, 2)
    with pytest.raises(RegistryError, match="is not about essays 20260131_000002"):
        decide_promotion(state, actor(9), "model-2", to="staging", report=judged(state.models[1], state))


@pytest.mark.parametrize(("passed", "kept"), [(True, None), (False, "we must")], ids=["needless", "needed"])
def test_an_override_is_kept_where_it_was_needed(passed: bool, kept: str | None) -> None:  # noqa: FBT001
    """The audit trail says why gates were set aside, when they were."""
    state = registered(empty(), 1)
    report = judged(state.models[0], state, passed=passed)
    act = decide_promotion(state, actor(9), "model-1", to="staging", report=report, override="we must")
    assert act is not None
    assert (kept, report.id) == (act.override, act.gate_report_id)


def test_gates_that_are_not_passed_count() -> None:
    """Without a reason nobody is promoted past the gates."""
    state = registered(empty(), 1)
    report = judged(state.models[0], state, passed=False)
    with pytest.raises(RegistryError, match="does not pass its gates"):
        decide_promotion(state, actor(9), "model-1", to="staging", report=report)


def test_rollbacks_go_further_back() -> None:
    """Each rollback goes to the model before, and the last one says that there is none."""
    state = promoted(promoted(promoted(registered(empty(), 1, 2, 3), 1), 2), 3)
    state = rolled_back(state)
    assert "model-2" == in_production(state)
    state = rolled_back(state)
    assert "model-1" == in_production(state)
    with pytest.raises(RegistryError, match="bundle was in production before essays 20260131_000001"):
        rolled_back(state)


def test_a_promotion_after_a_rollback_is_rolled_back_to_where_that_led() -> None:
    """What was rolled back from is not come back to by itself."""
    state = rolled_back(promoted(promoted(registered(empty(), 1, 2, 3), 1), 2))
    state = rolled_back(promoted(state, 3))
    assert "model-1" == in_production(state)


def test_a_model_that_was_in_production_can_be_named() -> None:
    """Naming a model goes forward too, and from there back again."""
    state = rolled_back(promoted(promoted(registered(empty(), 1, 2), 1), 2))
    state = rolled_back(state, 2)
    assert "model-2" == in_production(state)
    assert "model-1" == in_production(rolled_back(state))


def test_a_rollback_to_what_is_in_production_changes_nothing() -> None:
    """Whoever names the model in production has what was asked for."""
    state = promoted(registered(empty(), 1), 1)
    assert state is rolled_back(state, 1)


def test_a_model_that_never_was_in_production_is_no_way_back() -> None:
    """A rollback is no way around the gates."""
    state = promoted(registered(empty(), 1, 2), 1)
    with pytest.raises(RegistryError, match="essays 20260131_000002 never was in production"):
        rollback_target(state, "model-2")


def test_two_who_roll_back_at_once_take_one_step() -> None:
    """The second, who saw what the first saw, is told instead of going further back."""
    state = promoted(promoted(promoted(registered(empty(), 1, 2, 3), 1), 2), 3)
    after = rolled_back(state)
    with pytest.raises(OvertakenError, match="essays 20260131_000002 has come into production meanwhile"):
        decide_rollback(after, actor(9), "model-1", instead_of="model-3")
    assert decide_rollback(after, actor(9), "model-2", instead_of="model-3") is None


def test_deleted_bundles_are_passed_over() -> None:
    """A rollback skips models whose bundle is gone, and refuses one that is named."""
    state = promoted(promoted(promoted(registered(empty(), 1, 2, 3), 1), 2), 3)
    state = pruned(state, 2)
    with pytest.raises(RegistryError, match="the bundle of essays 20260131_000002 was deleted"):
        rollback_target(state, "model-2")
    assert "model-1" == in_production(rolled_back(state))


def test_what_was_put_away_from_production_is_not_the_model_before() -> None:
    """After the model in production is archived, a rollback leads to the one before it."""
    state = archived(promoted(promoted(registered(empty(), 1, 2), 1), 2), 2)
    assert in_production(state) is None
    assert "model-1" == in_production(rolled_back(state))
    assert "model-2" == in_production(rolled_back(state, 2))


def test_archiving_twice_changes_nothing() -> None:
    """A model that was put away stays away."""
    state = archived(registered(empty(), 1), 1)
    assert state is archived(state, 1)


def test_rows_from_before_are_known_by_who_replaced_them() -> None:
    """A production model without bundle and without audit trail is put away, and no way back."""
    row = replace(registered(empty(), 0).models[0], stage="production", content_id=None)
    state = NameState(name="essays", serial=0, models=(row,), changes=())
    state = promoted(registered(state, 1), 1)
    assert was_in_production(state, row.id)
    assert () == former_productions(state)
    with pytest.raises(RegistryError, match="from before gradewise; nothing was changed"):
        done_before(empty(), row)
    with pytest.raises(RegistryError, match="was written down before gradewise"):
        rollback_target(state, row.id)


def test_a_row_from_before_can_be_put_away() -> None:
    """Archiving a production model that no line tells of leaves nothing to roll back to."""
    row = replace(registered(empty(), 0).models[0], stage="production", content_id=None)
    state = archived(NameState(name="essays", serial=0, models=(row,), changes=()), 0)
    assert () == former_productions(state)


def test_an_unknown_model_is_refused() -> None:
    """Nothing can be done about a model that is not there."""
    with pytest.raises(RegistryError, match="essays has no model model-7"):
        decide_archiving(empty(), actor(), "model-7")


def test_a_step_that_leads_nowhere_is_refused() -> None:
    """The message says that no such act leads there."""
    with pytest.raises(RegistryError, match="promote never leads to dev"):
        require_legal("promote", "staging", "dev", model="essays 1")
    with pytest.raises(RegistryError, match="is in stage dev already"):
        require_legal("promote", "dev", "dev", model="essays 1")


@pytest.mark.parametrize(
    ("retention", "expected"),
    [
        (NOTHING_KEPT, ["model-5", "model-2", "model-1"]),
        (Retention(newest=1, days=0, former=0), ["model-2", "model-1"]),
        (Retention(newest=0, days=0, former=1), ["model-5", "model-1"]),
        (Retention(newest=0, days=1, former=0), []),
    ],
    ids=["nothing kept", "newest", "former", "young"],
)
def test_what_may_be_pruned(retention: Retention, expected: list[str]) -> None:
    """Staging and production stay always; the newest, the former and the young as the policy says."""
    state = promoted(promoted(promoted(registered(empty(), 1, 2, 3, 4, 5), 1), 2), 3)
    state = promoted(state, 4, to="staging")
    assert expected == names(prunable(state, retention, now=NOW))


def test_age_is_counted_from_the_registration() -> None:
    """A model is deleted when it is as old as the policy says, and once."""
    state = registered(empty(), 1)
    month = Retention(newest=0, days=30, former=0)
    later = NOW + timedelta(days=30)
    assert ["model-1"] == names(prunable(state, month, now=later))
    act = decide_pruning(state, actor(9), "model-1", retention=month, now=later)
    state = applied(state, act)
    assert decide_pruning(state, actor(9), "model-1", retention=month, now=later) is None


def test_the_trail_says_who_brought_a_model_where_it_is() -> None:
    """A model that made room stands where the other's promotion put it."""
    state = promoted(promoted(registered(empty(), 1, 2), 1), 2)
    model = next(model for model in state.models if model.id == "model-1")
    assert "model-2" == done_before(state, model).model_id
    assert {"model-1": "archived", "model-2": "production"} == stages_by_trail(state.changes)


def test_an_act_names_who_did_it() -> None:
    """An act carries who acts."""
    act: Callable[[], Act | None] = lambda: decide_registration(empty(), actor(3), new_model(1))  # noqa: E731
    found = act()
    assert found is not None
    assert "act-3" == found.actor.id
