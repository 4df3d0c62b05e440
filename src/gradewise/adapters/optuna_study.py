"""Studies in SQL databases, and proposals by TPE, by Optuna (``pip install 'gradewise[tune]'``)."""

import importlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from gradewise.errors import MissingDependencyError, PlanError, TrainingError
from gradewise.models.search import Choices, Dimension, SearchSpace, Settings, Span, Trial, TrialState
from gradewise.redaction import redacted, shown_address

WAIT_S = 60
"""How long a process waits for another one that is writing to the same SQLite file."""

_SETTINGS, _FACTS, _ENDED = "settings", "facts", "ended"


class OptunaStudies:
    """Opens studies by SQLAlchemy URL and proposes by TPE. `Studies`."""

    def __init__(self) -> None:
        try:
            self._optuna: Any = importlib.import_module("optuna")
            self._sql: Any = importlib.import_module("sqlalchemy")
        except ImportError as error:
            raise MissingDependencyError("tuning needs optuna: pip install 'gradewise[tune]'") from error
        # Else Optuna writes a line to standard error for each study and trial.
        self._optuna.logging.set_verbosity(self._optuna.logging.ERROR)
        self._storages: dict[str, Any] = {}

    def open(self, url: str, name: str, space: SearchSpace) -> "OptunaStudy":
        """The study of that name, made when there is none.

        Raises:
            PlanError: the database cannot be reached.
        """
        with self._reaching(url) as storage:
            self._optuna.create_study(storage=storage, study_name=name, load_if_exists=True)
        return OptunaStudy(self._optuna, storage, name, space)

    def holds(self, url: str, name: str) -> bool:
        """Whether there is a study of that name.

        Raises:
            PlanError: the database cannot be reached.
        """
        with self._reaching(url) as storage:
            return name in self._optuna.get_all_study_names(storage)

    @contextmanager
    def _reaching(self, url: str) -> Iterator[Any]:
        try:
            if url not in self._storages:
                self._storages[url] = self._storage(blocking(url), is_pooled=_is_pooled(url))
            yield self._storages[url]
        except (ImportError, ValueError, self._optuna.exceptions.OptunaError,
                self._sql.exc.SQLAlchemyError) as error:  # fmt: skip
            reason = str(error.__cause__ or error).splitlines()[0]
            raise PlanError(
                f"study database {shown_address(url)} cannot be opened: {redacted(reason)}; "
                "check `tune.storage`, a SQLAlchemy URL, and that its driver is installed "
                "(PostgreSQL: pip install 'gradewise[postgres]')"
            ) from error

    def suggest(self, space: SearchSpace, told: Sequence[Trial], n: int, seed: int) -> Sequence[Settings]:
        """Multivariate TPE; within a batch, configurations avoid those before them ("constant liar").

        Source: Bergstra et al. (2011), Algorithms for hyper-parameter optimization, NeurIPS 24; Falkner,
        Klein & Hutter (2018), BOHB, ICML.
        """
        sampler = self._optuna.samplers.TPESampler(seed=seed, n_startup_trials=1)
        study = self._optuna.create_study(sampler=sampler)
        distributions = _distributions(self._optuna, space)
        for trial in told:
            study.add_trial(_told(self._optuna, trial, space.settled(trial.settings), distributions))
        return [dict(study.ask(distributions).params) for _ in range(n)]

    def close(self) -> None:
        """Let connections go; may be called twice."""
        for storage in self._storages.values():
            storage.remove_session()
            storage.engine.dispose()
        self._storages.clear()

    def _storage(self, url: str, *, is_pooled: bool) -> Any:
        make = self._optuna.storages.RDBStorage
        if not url.startswith("sqlite"):
            # A named statement stays on a connection that another has the next moment.
            unnamed = {"connect_args": {"prepare_threshold": None}}
            return make(url, engine_kwargs=unnamed if is_pooled else None)
        options = {"connect_args": {"timeout": WAIT_S}}
        try:
            storage = make(url, engine_kwargs=options)
        except self._sql.exc.OperationalError:  # another process may have made the tables meanwhile
            storage = make(url, engine_kwargs=options)
        _write_one_at_a_time(self._sql, storage.engine)
        return storage


class OptunaStudy:
    """One study in a database. `Study`."""

    def __init__(self, optuna: Any, storage: Any, name: str, space: SearchSpace) -> None:
        self._optuna, self._storage, self._space = optuna, storage, space
        self._id = storage.get_study_id_from_name(name)
        self._study = optuna.load_study(storage=storage, study_name=name)
        self._trial_ids: dict[int, int] = {}

    def trials(self) -> tuple[Trial, ...]:
        """Every trial, by number."""
        with self._translated():
            found = self._storage.get_all_trials(self._id, deepcopy=False)
        return tuple(sorted(map(_trial, found), key=lambda trial: trial.number))

    def queue(self, settings: Sequence[Settings]) -> None:
        """Add waiting trials."""
        distributions = _distributions(self._optuna, self._space)
        for each in settings:
            # What lies outside the space, as the plan's own settings may, cannot be a parameter for Optuna.
            inside = {d.key: d.settled(each[d.key]) for d in self._space.dimensions if d.holds(each[d.key])}
            with self._translated():
                self._study.add_trial(
                    self._optuna.trial.create_trial(
                        state=self._optuna.trial.TrialState.WAITING,
                        params=inside,
                        distributions={key: distributions[key] for key in inside},
                        user_attrs={_SETTINGS: json.dumps(dict(each))},
                    )
                )

    def claim(self) -> Trial | None:
        """Take the first waiting trial."""
        states = self._optuna.trial.TrialState
        with self._translated():
            waiting = self._storage.get_all_trials(self._id, deepcopy=False, states=(states.WAITING,))
            for found in sorted(waiting, key=lambda trial: trial.number):
                try:
                    taken = self._storage.set_trial_state_values(self._trial_id(found.number), states.RUNNING)
                except self._optuna.exceptions.UpdateFinishedTrialError:
                    continue  # somebody took it, and has finished it since
                if taken:
                    return _trial(found)
        return None

    def report(self, number: int, step: int, loss: float) -> None:
        """Say a trial's loss on a fold."""
        with self._translated(), self._unless_finished():
            self._storage.set_trial_intermediate_value(self._trial_id(number), step, loss)

    def finish(self, number: int, loss: float | None, facts: Mapping[str, Any]) -> None:
        """Say what a trial came to."""
        states = self._optuna.trial.TrialState
        with self._translated(), self._unless_finished():
            trial_id = self._trial_id(number)
            self._storage.set_trial_user_attr(trial_id, _FACTS, dict(facts))
            if loss is None:
                self._storage.set_trial_state_values(trial_id, states.PRUNED)
            else:
                self._storage.set_trial_state_values(trial_id, states.COMPLETE, [loss])

    def release(self, number: int) -> None:
        """Make a running trial wait again."""
        states = self._optuna.trial.TrialState
        with self._translated(), self._unless_finished():
            self._storage.set_trial_state_values(self._trial_id(number), states.WAITING)

    def end(self) -> None:
        """Say that the search is over."""
        with self._translated():
            self._storage.set_study_user_attr(self._id, _ENDED, value=True)

    @property
    def ended(self) -> bool:
        """Whether somebody has said so."""
        with self._translated():
            return bool(self._storage.get_study_user_attrs(self._id).get(_ENDED, False))

    def _trial_id(self, number: int) -> int:
        if number not in self._trial_ids:
            found = self._storage.get_trial_id_from_study_id_trial_number(self._id, number)
            self._trial_ids[number] = int(found)
        return self._trial_ids[number]

    @contextmanager
    def _unless_finished(self) -> Iterator[None]:
        try:
            yield
        except self._optuna.exceptions.UpdateFinishedTrialError:
            return

    @contextmanager
    def _translated(self) -> Iterator[None]:
        sql = importlib.import_module("sqlalchemy").exc
        try:
            yield
        except (self._optuna.exceptions.StorageInternalError, sql.SQLAlchemyError) as error:
            reason = str(error.__cause__ or error).splitlines()[0]
            raise TrainingError(
                f"the study database failed: {redacted(reason)}; resume the run once it is back"
            ) from error


def blocking(url: str) -> str:
    """The same database by a driver that Optuna can use, which knows no event loop.

    Optuna knows more kinds of databases than the registry; those it is told of as they are.

    >>> blocking("sqlite+aiosqlite:///models.db"), blocking("mysql+pymysql://me@host/studies")
    ('sqlite:///models.db', 'mysql+pymysql://me@host/studies')
    """
    from gradewise.adapters.sql.addresses import read_address  # noqa: PLC0415 - takes a while

    try:
        return read_address(url).blocking
    except PlanError:
        return url


def _is_pooled(url: str) -> bool:
    from gradewise.adapters.sql.addresses import read_address  # noqa: PLC0415 - takes a while

    try:
        return read_address(url).is_pooled
    except PlanError:
        return False


def _write_one_at_a_time(sql: Any, engine: Any) -> None:
    """Let transactions on a SQLite file begin with its lock.

    Optuna reads whether a trial waits and then writes that it runs; elsewhere ``SELECT … FOR UPDATE`` makes
    that one step, which SQLite does not know, so that two processes could take the same trial.
    """

    def begin_by_hand(connection: Any, _record: Any) -> None:
        connection.isolation_level = None

    def begin_with_lock(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    engine.dispose()  # the connection that made the tables began otherwise
    sql.event.listen(engine, "connect", begin_by_hand)
    sql.event.listen(engine, "begin", begin_with_lock)


def _distributions(optuna: Any, space: SearchSpace) -> dict[str, Any]:
    return {dimension.key: _distribution(optuna.distributions, dimension) for dimension in space.dimensions}


def _distribution(kinds: Any, dimension: Dimension) -> Any:
    match dimension:
        case Choices(values=values):
            return kinds.CategoricalDistribution(values)
        case Span(low=low, log=log, step=step, whole=whole):
            high = dimension.high if dimension.size is None else dimension.at(dimension.size - 1)
            if whole:
                return kinds.IntDistribution(int(low), high, log=log, step=int(step or 1))
            return kinds.FloatDistribution(low, high, log=log, step=step)


def _trial(found: Any) -> Trial:
    attributes = found.user_attrs
    states: dict[str, TrialState] = {"COMPLETE": "complete", "PRUNED": "pruned", "RUNNING": "running"}
    return Trial(
        number=found.number,
        settings=json.loads(attributes[_SETTINGS]),
        state=states.get(found.state.name, "waiting"),
        steps=tuple(loss for _, loss in sorted(found.intermediate_values.items())),
        loss=found.values[0] if found.values else None,
        facts=attributes.get(_FACTS, {}),
    )


def _told(optuna: Any, trial: Trial, settings: Settings, distributions: Mapping[str, Any]) -> Any:
    states = optuna.trial.TrialState
    return optuna.trial.create_trial(
        state=states.COMPLETE if trial.state == "complete" else states.PRUNED,
        params=dict(settings),
        distributions=dict(distributions),
        value=trial.loss,
        intermediate_values=dict(enumerate(trial.steps)),
    )
