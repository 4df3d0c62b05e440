"""Watching as the terminal shows it."""

import json
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from gradewise.bootstrap import services_from
from gradewise.bootstrap.watching import data_directory, pushed_models
from gradewise.cli.registry.judging import judge_of
from gradewise.cli.registry.running import with_registry
from gradewise.cli.terminal import out, printable, progress_shown, say, say_unless_logged
from gradewise.errors import GateError, PlanError
from gradewise.models.bundles.archives import read_bundle
from gradewise.models.bundles.naming import IN_RUN
from gradewise.reporting.wording import counted
from gradewise.settings import read_settings
from gradewise.telemetry import Event, Listener, Notice, all_hear
from gradewise.work_events import DatasetStep, GatesJudged
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import read_plan
from gradewise.workflows.push import push_address, push_model
from gradewise.workflows.registry.promote import promote
from gradewise.workflows.registry.references import find_model
from gradewise.workflows.registry.register import register
from gradewise.workflows.registry.services import RegistryServices
from gradewise.workflows.services import Services
from gradewise.workflows.watching.ledger import STATE, held_ledger
from gradewise.workflows.watching.names import AnyTable, NamePattern
from gradewise.workflows.watching.ports import Acts, Clockwork, Pace
from gradewise.workflows.watching.standing import Standing, Target, Wishes
from gradewise.workflows.watching.training import train_dataset
from gradewise.workflows.watching.watch import watch

REASON = "trained by gradewise watch"
"""What the audit trail says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedWatch:
    """What stands on the command line."""

    directory: Path
    """Where datasets arrive."""
    config: Path
    """The plan."""
    pattern: str | None
    """Which files are meant."""
    every_s: float
    """Seconds between looks."""
    settle_s: float
    """For how long a file must stay as it is."""
    register: bool
    """Whether models are registered."""
    promote: Target | None
    """Where they are brought."""
    once: bool
    """Whether to stop after what is there."""
    retry: bool
    """Whether what failed is tried once more."""
    state: Path | None
    """Where the ledger is kept."""

    def wishes(self, plan: Plan) -> Wishes:
        """What is to become of models."""
        return Wishes(
            register=self.register or plan.tracking.register_model,
            push=plan.push is not None,
            promote=self.promote,
        )

    def pace(self) -> Pace:
        """Which files, how often."""
        return Pace(
            names=AnyTable() if self.pattern is None else NamePattern(self.pattern),
            every_s=self.every_s,
            settle_s=self.settle_s,
            once=self.once,
            retry=self.retry,
        )


def watch_shown(asked: AskedWatch, *, json: bool, quiet: bool) -> bool:
    """Watch until somebody stops it, with a line for each step; whether no dataset failed."""
    plan, pace = _tested_plan(asked.config), asked.pace()
    wishes, state = asked.wishes(plan), asked.state or asked.directory / STATE
    directory = data_directory(asked.directory)
    directory.files()  # before a ledger is made in it
    with (
        held_ledger(state) as ledger,
        services_from(read_settings()) as services,
        progress_shown(quiet=quiet or json) as progress,
        stopped_in_order() as stop,
    ):
        listener = all_hear(progress, _json_line if json else _show)
        if not asked.once and not json:
            say(f"watching {asked.directory} for {asked.pattern or 'tables'}; Ctrl-C ends it")
        found = watch(
            directory,
            ledger,
            _acts(plan, asked.directory, services, listener),
            Clockwork(now=services.clock, monotonic=time.monotonic, wait=stop.wait, stopping=stop.is_set),
            wishes=wishes,
            pace=pace,
            listener=all_hear(listener, _show_notice) if quiet and not json else listener,
        )
    if asked.once and not json:
        out.print(_summary(found), soft_wrap=True)
    return not any(each.steps[-1] == "failed" for each in found)


def _tested_plan(config: Path) -> Plan:
    """The plan, of models that are tested.

    Raises:
        PlanError: they are not.
    """
    plan = read_plan(config)
    if not plan.evaluation.locked_test:
        raise PlanError(
            f"{config}: `evaluation.locked_test` is false, and a model ships with what the locked test "
            "says of it; leave the key out"
        )
    return plan


@contextmanager
def stopped_in_order() -> Iterator[threading.Event]:
    """An event that SIGTERM sets; a second one ends the process as it would have at first."""
    stop, before = threading.Event(), signal.getsignal(signal.SIGTERM)

    def ask(number: int, frame: object) -> None:
        if stop.is_set() and callable(before):
            before(number, frame)  # type: ignore[arg-type]
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    try:
        yield stop
    finally:
        signal.signal(signal.SIGTERM, before)


def _acts(plan: Plan, directory: Path, services: Services, listener: Listener) -> Acts:
    """What is done with datasets, by whatever the settings lead to."""
    return Acts(
        train=lambda name, resume, began: train_dataset(
            plan, directory / name, services, resume=resume, began=began, listener=listener
        ),
        register=partial(_register, listener=listener),
        push=partial(_push, plan),
        promote=partial(_promote, listener=listener),
    )


def _register(run: Path, *, listener: Listener) -> str:
    model = with_registry(
        lambda services: register(services, run / IN_RUN, run=run, reason=REASON, listener=listener)
    )
    return f"{model.model_name}:{model.version}"


def _push(plan: Plan, run: Path) -> str:
    assert plan.push is not None  # noqa: S101 - nobody wishes it otherwise
    return push_model(read_bundle(run / IN_RUN), pushed_models(push_address(plan.push)).push)


def _promote(named: str, target: Target, *, listener: Listener) -> None:
    stages: tuple[Target, ...] = ("staging",) if target == "staging" else ("staging", "production")

    short: list[str] = []

    def hear(event: Event) -> None:
        if isinstance(event, GatesJudged):
            short[:] = event.short
        listener(event)

    async def asked(services: RegistryServices) -> None:
        """Bring it there, by staging."""
        for stage in stages:
            model = await find_model(services.registry, named)
            if model.stage in ("staging", "production") and stage == "staging":
                continue
            with judge_of(services, model, data=None, plan=None, overridden=False, listener=hear) as judge:
                await promote(services, model, stage=stage, judge=judge, reason=REASON, listener=hear)

    try:
        with_registry(asked)
    except GateError as error:
        rules = f"{error}; short of: {', '.join(short)}" if short else str(error)
        raise GateError(rules) from error


def _show(event: Event) -> None:
    """A step as a line."""
    if isinstance(event, DatasetStep):
        told = [event.dataset, event.step]
        told += [each for each in (event.model, event.reason or event.run) if each]
        out.print(printable(f"{_time()}  {'  '.join(told)}"), soft_wrap=True)


def _show_notice(event: Event) -> None:
    """What stands in a file's way, also where trainings are quiet."""
    if isinstance(event, Notice):
        say_unless_logged(f"note: {event.message}")


def _json_line(event: Event) -> None:
    """A step, or a notice, as a line of JSON."""
    match event:
        case DatasetStep():
            told = {"event": "dataset_step", **{key: value for key, value in asdict(event).items() if value}}
        case Notice(message=message):
            told = {"event": "notice", "message": message}
        case _:
            return
    out.print(json.dumps({"at": _time(), **told}, ensure_ascii=False), soft_wrap=True)


def _time() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _summary(found: tuple[Standing, ...]) -> str:
    ends = [each.steps[-1] for each in found]
    if not ends:
        return "no new dataset"
    counts = [f"{ends.count(end)} {end}" for end in dict.fromkeys(ends)]
    return f"{counted(len(ends), 'dataset')}: {', '.join(counts)}"
