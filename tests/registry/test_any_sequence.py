"""Whatever is done about the models of one name, in whatever order."""

from datetime import timedelta

from hypothesis import settings
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from hypothesis.strategies import booleans, integers, sampled_from

from gradewise.errors import RegistryError
from gradewise.registry.acts import Act
from gradewise.registry.decisions import (
    decide_archiving,
    decide_promotion,
    decide_pruning,
    decide_registration,
    decide_rollback,
    rollback_target,
)
from gradewise.registry.retention import Retention, prunable
from gradewise.registry.stages import Stage, is_legal
from gradewise.registry.trail import former_productions, stages_by_trail
from small_registry import NOW, actor, applied, empty, judged, new_model

ANY = integers(0, 5)


class Lifecycle(RuleBasedStateMachine):
    """Registers, promotes, rolls back, archives and prunes models of one name."""

    @initialize()
    def begin(self) -> None:
        """Nothing was done."""
        self.state, self.days = empty(), 0

    def write(self, act: Act | None) -> None:
        """Take down an act, which must be legal."""
        if act is None:
            return
        assert is_legal(act.kind, act.from_stage, act.to_stage)
        assert act.replaced_id == (
            self.state.production.id if act.to_stage == "production" and self.state.production else None
        )
        self.state = applied(self.state, act)
        self.days += 1

    @property
    def who(self):  # type: ignore[no-untyped-def]
        """Somebody who acts the next day."""
        return actor(self.state.serial, at=NOW + timedelta(days=self.days))

    @rule(number=ANY)
    def register(self, number: int) -> None:
        """One of six models; a deleted one is refused."""
        try:
            self.write(decide_registration(self.state, self.who, new_model(number)))
        except RegistryError:
            assert any(model.pruned_at for model in self.state.models)

    @precondition(lambda self: self.state.models)
    @rule(number=ANY, to=sampled_from(["staging", "production"]), passed=booleans())
    def promote(self, number: int, to: Stage, passed: bool) -> None:  # noqa: FBT001
        """Any model anywhere; it is refused when that is not legal."""
        model = self.state.models[number % len(self.state.models)]
        report = judged(model, self.state, passed=passed)
        try:
            act = decide_promotion(self.state, self.who, model.id, to=to, report=report)
        except RegistryError:
            assert not (passed and model.has_bundle and is_legal("promote", model.stage, to))
        else:
            self.write(act)

    @precondition(lambda self: self.state.models)
    @rule(number=ANY, named=booleans())
    def roll_back(self, number: int, named: bool) -> None:  # noqa: FBT001
        """To the model before, or to any."""
        model = self.state.models[number % len(self.state.models)]
        now, former = self.state.production, former_productions(self.state)
        try:
            target = rollback_target(self.state, model.id if named else None)
        except RegistryError:
            assert named or not former
            return
        assert named or target == former[0]
        self.write(decide_rollback(self.state, self.who, target.id, instead_of=now.id if now else None))
        assert self.state.production is not None
        assert self.state.production.id == target.id

    @precondition(lambda self: self.state.models)
    @rule(number=ANY)
    def archive(self, number: int) -> None:
        """Any model."""
        model = self.state.models[number % len(self.state.models)]
        self.write(decide_archiving(self.state, self.who, model.id))

    @rule(newest=integers(0, 2), days=integers(0, 9), former=integers(0, 2))
    def prune(self, newest: int, days: int, former: int) -> None:
        """Whatever a policy gives up, which is never what is staged or kept for a rollback."""
        retention, now = Retention(newest=newest, days=days, former=former), self.who.at
        kept = former_productions(self.state)[:former]
        for model in prunable(self.state, retention, now=now):
            assert model.stage in {"dev", "archived"}
            assert model not in kept
            self.write(decide_pruning(self.state, self.who, model.id, retention=retention, now=now))

    @invariant()
    def at_most_one_is_in_production(self) -> None:
        """And whoever is in production or staging has a bundle."""
        assert 1 >= sum(model.stage == "production" for model in self.state.models)
        staged = [model for model in self.state.models if model.stage in {"staging", "production"}]
        assert all(model.has_bundle for model in staged)

    @invariant()
    def serials_have_no_gaps(self) -> None:
        """Every act is one line."""
        serials = [change.serial for change in self.state.changes]
        assert list(range(self.state.serial, 0, -1)) == serials

    @invariant()
    def the_trail_replays_to_the_stages(self) -> None:
        """The audit trail alone says where every model stands."""
        assert {model.id: model.stage for model in self.state.models} == stages_by_trail(self.state.changes)


Lifecycle.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
TestLifecycle = Lifecycle.TestCase
