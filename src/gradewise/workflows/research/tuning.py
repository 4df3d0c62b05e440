"""The searches of one tuning: in the folds, and within each fold's training part to check the first."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gradewise.errors import InputError, PlanError
from gradewise.essays.split_plan import Fold
from gradewise.models.search import SearchSpace
from gradewise.protocols.experiments import Studies
from gradewise.redaction import shown_address
from gradewise.telemetry import Listener
from gradewise.workflows.datasets.prepare import Dataset
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.research.arena import Arena
from gradewise.workflows.research.nested import inner_arenas, inner_folds
from gradewise.workflows.research.objectives import measure_of, require_prompts
from gradewise.workflows.research.proposals import SearchRules
from gradewise.workflows.research.search_space import own_settings, search_space
from gradewise.workflows.research.study import Search
from gradewise.workflows.runs.checkpoints import Checkpoints
from gradewise.workflows.runs.directory import RunDirectory
from gradewise.workflows.training.experiment import Experiment

SEARCH = "search"
"""The arena of the search itself."""

STUDY = "artifacts/study.json"
"""Where a run says which studies are its own."""

_IN_FILE = "sqlite:///"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tuning:
    """Everything that is searched in one run."""

    search: Search
    """The search whose winner is selected."""
    nested: tuple[Search, ...]
    """The same within each fold's training part; none when no check was asked for."""

    @property
    def searches(self) -> tuple[Search, ...]:
        """All, the first first."""
        return (self.search, *self.nested)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What is known of a tuning before anything is learnt."""

    space: SearchSpace
    """Where it looks."""
    inner: tuple[tuple[Fold, ...], ...]
    """Folds within each fold's training part; none when no check was asked for."""
    by_prompt: bool
    """Whether prompts can be judged one by one."""


def check_tuning(dataset: Dataset) -> Checked:
    """Refuse what could not be carried out.

    Raises:
        PlanError, InputError, SplitError: the space, the objective or the nested check does not fit.
    """
    plan = dataset.plan
    train_ids = set(dataset.split.train_ids)
    prompts = [essay.prompt for essay in dataset.essays if essay.id in train_ids]
    return Checked(
        space=search_space(plan),
        inner=inner_folds(dataset) if plan.tune.nested_trials else (),
        by_prompt=require_prompts(plan.tune.objective, prompts, min_prompt=plan.compare.min_prompt),
    )


def lay_out_tuning(
    experiment: Experiment,
    checked: Checked,
    checkpoints: Checkpoints,
    studies: Studies,
    *,
    url: str,
    study: str,
    listener: Listener,
) -> Tuning:
    """Lay out the folds and the folds within them, and open the study of each search.

    Args:
        experiment: measured essays.
        checked: of the same plan.
        checkpoints: keeps what folds have read.
        studies: where trials are kept.
        url: of the database.
        study: what the names of this run's studies begin with.
        listener: hears stages.
    """
    plan = experiment.dataset.plan
    outer = Arena(
        name=SEARCH,
        plan=plan,
        experiment=experiment,
        objective=plan.tune.objective,
        measure=measure_of(min_prompt=plan.compare.min_prompt, by_prompt=checked.by_prompt),
        checkpoints=checkpoints,
    )
    arenas = (outer, *(inner_arenas(outer, checked.inner, listener) if checked.inner else ()))

    def search(number: int, arena: Arena) -> Search:
        return Search(
            arena=arena,
            space=checked.space,
            own=own_settings(plan, checked.space),
            rules=_rules(plan, number),
            study=studies.open(url, f"{study}/{arena.name}", checked.space),
            suggest=studies.suggest,
        )

    first, *rest = (search(number, arena) for number, arena in enumerate(arenas))
    return Tuning(search=first, nested=tuple(rest))


def _rules(plan: Plan, number: int) -> SearchRules:
    tune = plan.tune
    return SearchRules(
        trials=tune.nested_trials if number else tune.trials,
        batch=tune.batch,
        sampler=tune.sampler,
        prune=tune.prune,
        seed=(tune.seed, number),
    )


def with_lasting_storage(plan: Plan) -> Plan:
    """The plan with its study database wherever one stands.

    Raises:
        PlanError: the database would be gone with the process.
    """
    url = plan.tune.storage
    if url is None or not url.startswith("sqlite"):
        return plan
    path = url.removeprefix(_IN_FILE)
    if path == url or path in ("", ":memory:"):
        raise PlanError(
            f"`tune.storage` is {url!r}, which no other process sees; name a file: sqlite:///studies.db"
        )
    tune = plan.tune.model_copy(update={"storage": f"{_IN_FILE}{Path(path).resolve()}"})
    return plan.model_copy(update={"tune": tune})


def storage_url(plan: Plan, directory: Path, shared: str | None) -> str:
    """Where the studies of a run are kept: where the plan says, where machines share them, or in the run."""
    return plan.tune.storage or shared or f"{_IN_FILE}{directory.resolve()}/artifacts/study.db"


def shown_plan(plan: Plan) -> Plan:
    """The plan as a page may show it: without the password of a database.

    A password belongs where the database's own tools look for it, such as ``PGPASSFILE``.
    """
    if plan.tune.storage is None:
        return plan
    tune = plan.tune.model_copy(update={"storage": shown_address(plan.tune.storage)})
    return plan.model_copy(update={"tune": tune})


def claim_study_name(directory: RunDirectory, plan: Plan, fingerprint: str) -> str:
    """What the names of the run's studies begin with: the same when it is resumed, and no other run's."""
    known = _read(directory.path / STUDY)
    return study_of(known.get("study") or f"{plan.name}/{secrets.token_hex(6)}", fingerprint)


def study_of(drawn: str, fingerprint: str) -> str:
    """What names of studies begin with that were drawn so, and are about these data, plan and versions."""
    return f"{drawn}/{fingerprint[:12]}"


def drawn_name(study: str) -> str:
    """What `study_of` was given: what people call a study."""
    return study.rpartition("/")[0]


def announce_study(directory: RunDirectory, name: str, fingerprint: str) -> None:
    """Let other processes find the studies, once they are there."""
    directory.write_json(STUDY, {"study": drawn_name(name), "fingerprint": fingerprint})


def announced_study(directory: Path, fingerprint: str) -> str:
    """The name that a running process has announced.

    Raises:
        InputError: there is none, or it works with other data, another plan or other versions.
    """
    known = _read(directory / STUDY)
    if not known:
        raise InputError(f"{directory} holds no study to join; name a run of `gradewise tune` that goes on")
    if known.get("fingerprint") != fingerprint:
        raise InputError(
            f"the study in {directory} was begun with another plan, other essays or other versions of the "
            "libraries; join it with what it was begun with"
        )
    return study_of(known["study"], fingerprint)


def _read(path: Path) -> Mapping[str, str]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
