"""What reviewers say of texts of no class: decided, exported, and used as training uses such texts."""

import asyncio
import json
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from gradewise.errors import InputError
from gradewise.essays.texts import text_sha256
from gradewise.scores.records import ScoreDraft
from gradewise.telemetry import silent
from gradewise.testing.score_logs import NOON, MemoryScoreLog, made_up_draft
from gradewise.workflows.classification.experiment import TextExperiment, gather_texts
from gradewise.workflows.datasets.prepare import prepare_dataset
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.scoring.reviewing import take_correction
from gradewise.workflows.scoring.snapshots import Snapshot, export_snapshot
from gradewise.workflows.services import Services
from trials import write_csv

MakePlan = Callable[..., Plan]
ASKED = {"is it raining": "oos", "the card is gone": "card"}
"""Texts that a service answered, and what a teacher says of them."""


def asked(number: int, text: str, *, label: str = "oos") -> ScoreDraft:
    """What the service said of a text."""
    said = {"probabilities": {"card": 0.4, "cash": 0.3, "pin": 0.3}, "in_scope": False, "out_of_scope": label}
    return made_up_draft(
        number, text_sha256=text_sha256(text), prediction=json.dumps(said), grade="card", route="review"
    )


def exported(services: Services, decisions: Mapping[str, str], *, label: str = "oos") -> Snapshot:
    """A snapshot of decisions about texts."""
    write_csv(Path("asked.csv"), [{"text": text} for text in decisions])

    async def work() -> Snapshot:
        log = MemoryScoreLog()
        drafts = [asked(number, text, label=label) for number, text in enumerate(decisions)]
        await log.add(drafts)
        for draft, decision in zip(drafts, decisions.values(), strict=True):
            await take_correction(log, draft.id, decision, by="bo", clock=lambda: NOON)
        return await export_snapshot(log, [Path("asked.csv")], Path("snapshot"), services=services, salt="s")

    return asyncio.run(work())


def gathered(plan: Plan, snapshot: Snapshot, services: Services) -> TextExperiment:
    """The texts of a plan with the snapshot, laid out."""
    data = plan.data.model_copy(update={"corrections": snapshot.directory})
    dataset = prepare_dataset(plan.model_copy(update={"data": data}), services, silent)
    return gather_texts(dataset, services, silent)


@pytest.fixture(autouse=True)
def _there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_texts_of_no_class_teach_nothing_and_are_told_apart(
    class_plan: MakePlan, classifying: Services
) -> None:
    """A corrected text of none stands with the plan's own texts of none; one of a class teaches."""
    snapshot = exported(classifying, ASKED)
    assert "oos" == snapshot.out_of_scope
    found = gathered(class_plan(), snapshot, classifying)
    assert "is it raining" in found.outside.texts
    assert 12 + 1 == len(found.outside)
    assert "the card is gone" in found.train.texts
    assert ("oos", ("card", "cash", "pin")) == (found.no_class, found.scale.grades)


def test_corrections_alone_may_hold_texts_of_no_class(
    class_plan: MakePlan, classifying: Services, texts: Path
) -> None:
    """The plan names their label, and none of its own texts has it."""
    rows = texts.read_text(encoding="utf-8").splitlines()
    texts.write_text("\n".join(row for row in rows if not row.endswith(",oos")), encoding="utf-8")
    found = gathered(class_plan(), exported(classifying, ASKED), classifying)
    assert ["is it raining"] == found.outside.texts


@pytest.mark.parametrize("known", [None, "elsewhere"], ids=["no label", "another label"])
def test_a_plan_that_does_not_know_the_label_is_told(
    class_plan: MakePlan, classifying: Services, known: str | None
) -> None:
    """It would take texts of no class for a class of their own."""
    with pytest.raises(InputError, match="set classifier.out_of_scope: oos"):
        gathered(class_plan(out_of_scope=known), exported(classifying, ASKED), classifying)


def test_where_nobody_said_so_the_plan_needs_no_label(class_plan: MakePlan, classifying: Services) -> None:
    """The model knew a label, and no teacher gave it."""
    snapshot = exported(classifying, {"the card is gone": "card"}, label="elsewhere")
    assert snapshot.out_of_scope is None
    assert "the card is gone" in gathered(class_plan(), snapshot, classifying).train.texts
