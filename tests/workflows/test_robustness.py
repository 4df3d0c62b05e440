"""Essays that are changed, and the grades before and after put side by side."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from gradewise.errors import InputError, SplitError
from gradewise.essays.records import Essay
from gradewise.essays.texts import normalise
from gradewise.evaluation.perturbations import PERTURBATIONS
from gradewise.models.bundles.bundle import load_bundle
from gradewise.models.predictions import GradePredictions
from gradewise.telemetry import Event, Notice, silent
from gradewise.testing.sample_essays import SAMPLE_TEXTS
from gradewise.workflows.plans.reading import make_plan, read_plan
from gradewise.workflows.robustness import ChangedEssay, change_essays, gather_answers
from gradewise.workflows.services import Services
from gradewise.workflows.trial_essays import KNOWN_ESSAYS, draw_essays, essays_of_file, locked_essays
from trials import Trained, essay_rows, read_json, write_csv

ESSAYS = tuple(SAMPLE_TEXTS.values())


def test_every_change_is_made_to_an_essay_that_allows_it() -> None:
    """Two ordinary essays take every change but those of quotes and accents, which a third one has."""
    quoted = Essay(id="quoted", text='She said "Café".')
    changed = list(change_essays([*ESSAYS, quoted], language="en", seed=0))
    made = [{each.perturbation for each in changed if each.row == row} for row in range(3)]
    apart = {"letters_in_parts", "swapped_quotes"}
    assert [set(PERTURBATIONS) - apart] * 2 == made[:2]
    assert apart <= made[2]
    assert "task_copied" not in made[2]


def test_changed_essays_come_in_as_essays_do() -> None:
    """Line ends of Windows are repaired before anything is measured; nothing but the text is new."""
    for each in change_essays(ESSAYS, language="en", seed=0):
        assert "\r" not in each.essay.text
        assert replace(ESSAYS[each.row], text=each.essay.text) == each.essay
        if each.perturbation == "windows_line_ends":
            assert normalise(ESSAYS[each.row].text) == normalise(each.essay.text)


def test_what_becomes_of_an_essay_depends_on_itself_and_the_seed() -> None:
    """Company and order make no difference; another seed does."""
    alone = [each.essay for each in change_essays(ESSAYS[1:], language="en", seed=3)]
    together = [each.essay for each in change_essays(ESSAYS, language="en", seed=3) if each.row == 1]
    assert alone == together
    assert alone != [each.essay for each in change_essays(ESSAYS[1:], language="en", seed=4)]


def test_an_essay_without_words_is_named() -> None:
    """Dots cannot be changed into anything that has a grade."""
    with pytest.raises(InputError, match="essay 'dots': text of 3 characters has no words"):
        list(change_essays([Essay(id="dots", text="...")], language="en", seed=0))


def test_answers_stand_side_by_side() -> None:
    """Each changed essay's grade stands beside that of the essay it was made of."""
    changed = [
        ChangedEssay("rare_words", 1, ESSAYS[1]),
        ChangedEssay("no_capitals", 0, ESSAYS[0]),
        ChangedEssay("rare_words", 0, ESSAYS[0]),
    ]
    codes = np.array([2, 5, 6, 1, 3])
    predictions = GradePredictions(
        codes.astype(np.float32) + 0.5, np.zeros((5, 7)), np.full((5, 8), 1 / 8), codes
    )
    answers = gather_answers(predictions, changed)
    assert tuple(PERTURBATIONS) == tuple(answers)
    assert [5, 2] == answers["rare_words"].before.tolist()
    assert [6, 3] == answers["rare_words"].after.tolist()
    assert [2.5] == answers["no_capitals"].scores_before.tolist()
    assert [1.5] == answers["no_capitals"].scores_after.tolist()
    assert 0 == answers["task_copied"].before.size


def test_essays_are_drawn_once_each_in_their_order() -> None:
    """The same seed draws the same; asking for more than there are gives all."""
    essays = [Essay(id=f"{number:02d}", text="A dog.") for number in range(30)]
    drawn = draw_essays(essays, 10, seed=1)
    assert 10 == len({essay.id for essay in drawn})
    assert sorted(drawn, key=lambda essay: essay.id) == list(drawn)
    assert drawn == draw_essays(essays, 10, seed=1) != draw_essays(essays, 10, seed=2)
    assert tuple(essays) == draw_essays(essays, 99, seed=0)


def test_locked_essays_are_those_of_the_split(trained: Trained, services: Services) -> None:
    """No other essay is tried, and where they come from is said."""
    heard: list[Event] = []
    trial = locked_essays(trained.run, services, heard.append)
    assert trial is not None
    expected = read_json(trained.run / "artifacts" / "splits.json")["test_record_ids"]
    assert sorted(expected) == sorted(essay.id for essay in trial.read.kept)
    (notice,) = trial.notices
    assert Notice(notice) in heard
    assert f"the {len(expected)} that were locked away" in notice


def test_without_run_or_data_there_are_no_locked_essays(trained: Trained, services: Services) -> None:
    """A bundle alone has none; nor has a run whose file is gone. A file that changed is refused."""
    assert locked_essays(trained.bundle, services, silent) is None
    Path("artifacts").mkdir()
    for name in ("plan.yaml", "artifacts/splits.json"):
        Path(name).write_bytes((trained.run / name).read_bytes())
    data = Path(read_plan(Path("plan.yaml")).data.train)
    assert not data.is_file()
    assert locked_essays(Path(), services, silent) is None
    moved = Path("plan.yaml").read_text(encoding="utf-8").replace(str(data), "essays.csv")
    Path("plan.yaml").write_text(moved, encoding="utf-8")
    write_csv(Path("essays.csv"), essay_rows(149))
    with pytest.raises(SplitError, match="1 essays are in the split plan and not in the data"):
        locked_essays(Path(), services, silent)


def test_grades_are_neither_needed_nor_read(trained: Trained, services: Services) -> None:
    """A file without grades will do, and one whose grades are on no scale; the test file comes first."""
    bundle = load_bundle(trained.bundle)
    write_csv(Path("plain.csv"), [{"essay": "One dog.", "grade": "?"}, {"essay": "Two.", "grade": ""}])
    plan = make_plan({"data": {"train": "nowhere.csv", "test": "plain.csv"}}, location="test")
    trial = essays_of_file(bundle, plan, services, silent)
    assert [("One dog.", None), ("Two.", None)] == [(essay.text, essay.label) for essay in trial.read.kept]
    assert () == trial.notices
    write_csv(Path("bare.csv"), [{"number": "1"}])
    bare = make_plan({"data": {"train": "bare.csv"}}, location="test")
    with pytest.raises(InputError, match="no column of essays found among number; name it: --text-column"):
        essays_of_file(bundle, bare, services, silent)


def test_essays_that_the_model_knows_are_told(trained: Trained, services: Services) -> None:
    """The file of the training is possible, and said."""
    heard: list[Event] = []
    plan = make_plan({"data": {"train": trained.essays}}, location="test")
    trial = essays_of_file(load_bundle(trained.bundle), plan, services, heard.append)
    assert (KNOWN_ESSAYS,) == trial.notices
    assert Notice(KNOWN_ESSAYS) in heard
