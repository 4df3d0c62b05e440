"""What every `Studies` must do."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from gradewise.models.search import Choices, SearchSpace, Settings, Span, Trial
from gradewise.protocols.experiments import Studies, Study

SPACE = SearchSpace(
    (
        Span("rate", 0.01, 0.1, log=True),
        Span("share", 0.0, 0.8, step=0.1),
        Span("leaf", 5, 40, whole=True),
        Choices("engine", ("lightgbm", "xgboost")),
        Choices("even", (True, False)),
        Choices("maybe", (None, 1)),
        Span("fixed", 2.0, 2.0),
    )
)
INSIDE: Settings = {"rate": 0.03, "share": 0.3, "leaf": 20, "engine": "xgboost", "even": True, "maybe": None,
                    "fixed": 2.0}  # fmt: skip
OUTSIDE: Settings = {**INSIDE, "rate": 0.5, "engine": "both"}


def finished(n: int) -> list[Trial]:
    """Trials that were judged, some given up, and the loss of which rises with the rate."""
    generator = np.random.default_rng(5)
    drawn = [SPACE.draw(generator) for _ in range(n)]
    return [
        Trial(number=k, settings=each, state="pruned", steps=(float(each["rate"] or 0),))
        if k % 4 == 3  # noqa: PLR2004 - every fourth
        else Trial(number=k, settings=each, state="complete", loss=float(each["rate"] or 0))
        for k, each in enumerate(drawn)
    ]


class StudiesContract:
    """Inherit, build the keeper in `new_studies` and name a database, and pytest runs every promise."""

    def new_studies(self) -> Studies:
        """A keeper of studies."""
        raise NotImplementedError

    def url(self, directory: Path) -> str:
        """A database; ``directory`` is empty and its own."""
        raise NotImplementedError

    def test_are_studies(self, tmp_path: Path) -> None:
        """Both have the shape of their ports."""
        studies = self.new_studies()
        assert isinstance(studies, Studies)
        assert isinstance(studies.open(self.url(tmp_path), "one", SPACE), Study)
        studies.close()
        studies.close()

    def test_settings_come_back_as_they_were(self, tmp_path: Path) -> None:
        """Inside the space or not, every value has its own kind again."""
        studies = self.new_studies()
        study = studies.open(self.url(tmp_path), "one", SPACE)
        study.queue([INSIDE, OUTSIDE])
        first, second = study.trials()
        assert (first.number, first.settings, first.state) == (0, INSIDE, "waiting")
        assert (second.number, second.settings, second.state) == (1, OUTSIDE, "waiting")
        assert True is first.settings["even"]
        assert isinstance(first.settings["leaf"], int)
        studies.close()

    def test_a_trial_is_claimed_reported_and_finished(self, tmp_path: Path) -> None:
        """What is said of a trial is kept to the last bit."""
        studies = self.new_studies()
        study = studies.open(self.url(tmp_path), "one", SPACE)
        study.queue([INSIDE, INSIDE, INSIDE])
        for loss in (0.1 + 0.2, None):
            taken = study.claim()
            assert taken is not None
            study.report(taken.number, 0, 1 / 3)
            study.report(taken.number, 1, 2 / 3)
            study.finish(taken.number, loss, {"metrics": {"qwk": 0.1 + 0.7}, "hash": "ab"})
        complete, pruned, waiting = study.trials()
        assert (complete.state, complete.loss, complete.steps) == ("complete", 0.1 + 0.2, (1 / 3, 2 / 3))
        assert complete.facts == {"metrics": {"qwk": 0.1 + 0.7}, "hash": "ab"}
        assert (pruned.state, pruned.steps) == ("pruned", (1 / 3, 2 / 3))
        assert waiting.state == "waiting"
        studies.close()

    def test_a_finished_trial_does_not_change(self, tmp_path: Path) -> None:
        """Who comes late with the same trial is not heard."""
        studies = self.new_studies()
        study = studies.open(self.url(tmp_path), "one", SPACE)
        study.queue([INSIDE])
        study.claim()
        study.finish(0, 1.0, {"by": "first"})
        study.report(0, 0, 9.0)
        study.finish(0, 2.0, {"by": "second"})
        study.release(0)
        (trial,) = study.trials()
        assert (trial.loss, trial.steps, trial.facts, trial.state) == (1.0, (), {"by": "first"}, "complete")
        assert study.claim() is None
        studies.close()

    def test_a_released_trial_is_claimed_again(self, tmp_path: Path) -> None:
        """Trials are taken in order of number, those that came back first; a waiting one may be finished."""
        studies = self.new_studies()
        study = studies.open(self.url(tmp_path), "one", SPACE)
        study.queue([INSIDE, INSIDE])
        assert [taken.number for taken in (study.claim(), study.claim()) if taken] == [0, 1]
        study.release(0)
        study.report(0, 0, 1.0)
        again = study.claim()
        assert again is not None
        assert again.number == 0
        study.release(0)
        study.finish(0, 1.0, {})
        assert study.trials()[0].state == "complete"
        studies.close()

    def test_every_trial_is_claimed_once(self, tmp_path: Path) -> None:
        """However many ask at the same time."""
        studies = self.new_studies()
        study = studies.open(self.url(tmp_path), "one", SPACE)
        study.queue([INSIDE] * 12)

        def claim_all(_: int) -> list[int]:
            return [taken.number for taken in iter(study.claim, None)]

        with ThreadPoolExecutor(4) as pool:
            claimed = [number for numbers in pool.map(claim_all, range(4)) for number in numbers]
        assert list(range(12)) == sorted(claimed)
        studies.close()

    def test_studies_of_one_database_do_not_see_each_other(self, tmp_path: Path) -> None:
        """Each has its own trials, numbered from 0, and its own end."""
        studies = self.new_studies()
        one, other = (studies.open(self.url(tmp_path), name, SPACE) for name in ("a/one", "a/other"))
        one.queue([INSIDE, INSIDE])
        other.queue([OUTSIDE])
        one.claim()
        one.end()
        assert [trial.number for trial in other.trials()] == [0]
        assert other.trials()[0].state == "waiting"
        assert (one.ended, other.ended) == (True, False)
        studies.close()

    def test_a_study_is_opened_again(self, tmp_path: Path) -> None:
        """By its name, with everything in it."""
        studies = self.new_studies()
        studies.open(self.url(tmp_path), "one", SPACE).queue([INSIDE])
        assert len(studies.open(self.url(tmp_path), "one", SPACE).trials()) == 1
        studies.close()

    def test_a_study_is_there_once_it_was_opened(self, tmp_path: Path) -> None:
        """Asking for it makes none."""
        studies, url = self.new_studies(), self.url(tmp_path)
        assert not studies.holds(url, "one")
        assert not studies.holds(url, "one")
        studies.open(url, "one", SPACE)
        assert studies.holds(url, "one")
        assert not studies.holds(url, "on")
        studies.close()

    def test_suggestions_depend_on_what_is_told_alone(self) -> None:
        """The same trials and seed give the same configurations, as many as were asked for, in the space."""
        told = finished(12)
        n_asked = 4
        first, again = (self.new_studies().suggest(SPACE, told, n_asked, 3) for _ in range(2))
        assert first == again
        assert len(first) == n_asked
        assert all(SPACE.holds(SPACE.settled(each)) for each in first)
        assert first != self.new_studies().suggest(SPACE, told, n_asked, 4)
