"""A run: opened by a use case, watched while it goes on, concluded with what it found."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gradewise.errors import RunError
from gradewise.experiments import ExperimentEntry, entry_to_json
from gradewise.protocols.experiments import ExperimentTracker
from gradewise.redaction import redacted
from gradewise.telemetry import Listener, Notice, correlated, correlation_id
from gradewise.work_events import RunBegan, RunEnded
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import plan_yaml, rebased
from gradewise.workflows.runs.checkpoints import Checkpoints
from gradewise.workflows.runs.directory import RunDirectory, make_run_directory
from gradewise.workflows.runs.entry import make_entry
from gradewise.workflows.runs.environment import describe_environment
from gradewise.workflows.runs.identity import RunIdentity, identify, read_identity
from gradewise.workflows.runs.lock import in_use, working_in
from gradewise.workflows.runs.recorder import Recorder, recorded
from gradewise.workflows.runs.state import ENTRY, IDENTITY, RunState, read_run_state
from gradewise.workflows.services import Services

CHECKPOINTS = "checkpoints"
"""Where finished pieces of work lie in a run directory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One execution of a use case."""

    directory: RunDirectory
    """Where everything goes."""
    listener: Listener
    """Hears what happens, writes it down, and passes it on."""
    checkpoints: Checkpoints
    """Pieces of work that are finished."""
    facts: dict[str, Any] = field(default_factory=dict)
    """What the experiment log will say of the run, besides plan, command and place: JSON values."""

    def tell(self, **facts: Any) -> None:
        """Add to what the experiment log will say; what was told stays when the run fails later.

        These have a place of their own, any other is kept under its name:

        - ``metrics``: figures by name, the one that counts most first, ``name_sd`` beside ``name`` for a
          spread; ``None`` or ``nan`` where one is not defined. Nothing where the terms of the data allow no
          figures. Told again, they are added to.
        - ``data``: digest of the essays, `Dataset.data_sha256`.
        - ``split``: id of the split plan; ``splits_path`` where it lies, unless that is
          ``artifacts/splits.json`` or the plan says so.
        - ``features``: fingerprint of the schema; ``checker`` and ``embedder`` what measured, where the
          names in the plan say too little.
        - ``notes``: what else should be remembered, a line or several.
        """
        metrics = {**self.facts.get("metrics", {}), **facts.pop("metrics", {})}
        self.facts.update(facts, **({"metrics": metrics} if metrics else {}))


def _directory(plan: Plan, identity: RunIdentity, services: Services, resume: Path | None) -> RunDirectory:
    if resume is None:
        return make_run_directory(plan.output, plan.name, identity.run_name, now=services.clock())
    require_resumable(resume)
    return RunDirectory(resume)


@contextmanager
def open_run(
    plan: Plan,
    command: str,
    services: Services,
    listener: Listener,
    *,
    content: str = "",
    resume: Path | None = None,
) -> Iterator[Run]:
    """Make a run directory, or go on in one, and keep its records true until the block ends.

    Args:
        plan: with every guess filled in.
        command: which use case it is, as the command line calls it.
        services: clock, versions, watch over the process, experiment log.
        listener: hears what the run hears.
        content: identifies the data that the run works on, which the plan only names.
        resume: the directory of a run that was killed; its checkpoints are used.

    Raises:
        RunError: the run cannot be resumed: it goes on, is completed, or was made by something else.
        MissingDependencyError: the plan asks for tracking by what is not installed.
    """
    with correlated(correlation_id()):
        output = plan.output if resume is None else resume.absolute().parent.parent
        trackers = services.find_trackers(output, plan.tracking)
        identity = identify(
            plan,
            command,
            versions=services.versions,
            content=content,
            command_line=services.command_line,
            correlation_id=correlation_id(),
        )
        directory = _directory(plan, identity, services, resume)
        with working_in(directory.path), services.watch(directory.path):
            earlier = None if resume is None else _earlier(directory.path, identity)
            if resume is not None:
                identity = identity.going_on(read_identity(resume))
                directory.remove_unfinished()
            recorder = Recorder(directory, identity, listener, clock=services.clock, earlier=earlier)
            log = _Log(plan, directory, identity, recorder, trackers, listener)
            run = Run(
                directory=directory,
                listener=recorder.hear,
                checkpoints=Checkpoints(directory.path / CHECKPOINTS, identity.fingerprint),
            )
            with log.ended_with(run), recorded(recorder):
                _describe(directory, plan, identity)
                log.begin()
                yield run


def fingerprint(plan: Plan, versions: Mapping[str, str], *, content: str) -> str:
    """Digest of everything that shapes what a run finds, wherever its files lie: 64 hex digits."""
    return identify(plan, "", versions=versions, content=content).fingerprint


def require_resumable(directory: Path) -> RunState:
    """The state of a run that may be resumed.

    Raises:
        RunError: there is none, it goes on, or there is nothing left to do.
    """
    state = read_run_state(directory)
    if state.state == "running":
        raise RunError(in_use(directory))
    if state.state == "completed":
        raise RunError(f"run {directory.name} is completed; there is nothing to resume, its files are final")
    return state


def _earlier(directory: Path, identity: RunIdentity) -> RunState:
    """What a run said before, once nobody else can go on with it and it is found to be of our kind."""
    before = read_identity(directory)
    state = read_run_state(directory)
    if state.state == "completed":  # by another, while this one was on its way
        raise RunError(f"run {directory.name} is completed by now; there is nothing to resume")
    if before.command != identity.command:
        raise RunError(
            f"run {directory.name} is one of {before.command}, not of {identity.command}; resume it with: "
            f"gradewise runs resume {directory}"
        )
    changed = identity.differences(before)
    if changed and any((directory / CHECKPOINTS).glob("*")):
        raise RunError(
            f"run {directory.name} cannot be resumed, since what shapes its results has changed: "
            f"{'; '.join(changed)}; bring that back, or start a new run"
        )
    return state


def _describe(directory: RunDirectory, plan: Plan, identity: RunIdentity) -> None:
    directory.write_json(IDENTITY, identity.to_json())
    directory.write_text("plan.yaml", plan_yaml(rebased(plan, directory.path)))
    directory.write_json("environment.json", describe_environment(identity.versions))


@dataclass(frozen=True, slots=True)
class _Log:
    """Tells the experiment log of one run; whatever goes wrong here, the run is what it is."""

    plan: Plan
    directory: RunDirectory
    identity: RunIdentity
    recorder: Recorder
    trackers: Sequence[ExperimentTracker]
    listener: Listener
    told: set[str] = field(default_factory=set)

    def begin(self) -> None:
        entry = self._entry({})
        self._track(entry)
        self.listener(RunBegan(entry))

    @contextmanager
    def ended_with(self, run: Run) -> Iterator[None]:
        """Tell what became of a run, however the block ends."""
        try:
            yield
        finally:
            self._end(run.facts)

    def _end(self, facts: Mapping[str, Any]) -> None:
        entry = self._entry(facts)
        with suppress(OSError):
            self.directory.write_json(ENTRY, entry_to_json(entry))
        self._track(entry)
        self.listener(RunEnded(entry))

    def _entry(self, facts: Mapping[str, Any]) -> ExperimentEntry:
        return make_entry(self.plan, self.directory, self.identity, self.recorder, facts)

    def _track(self, entry: ExperimentEntry) -> None:
        for tracker in self.trackers:
            try:
                tracker.record(entry)
            except Exception as error:  # noqa: BLE001 - nothing that a tracker does may lose a finished run
                self._complain(" ".join(redacted(str(error)).split()) or type(error).__name__)

    def _complain(self, reason: str) -> None:
        """Say so once, however often it is tried."""
        if reason not in self.told:
            self.told.add(reason)
            with suppress(OSError):
                self.recorder.hear(Notice(f"the run is not in the experiment log: {reason}"))
