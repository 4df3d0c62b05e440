"""Answers of a small real model in a score log, as a service would have written them down."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from gradewise.features.advisories.advisory import Advisory
from gradewise.models.bundles.bundle import bundle_from_files
from gradewise.models.bundles.contents import write_bundle
from gradewise.models.bundles.storage import read_bundle_files
from gradewise.models.bundles.verified import Bundle
from gradewise.scores.records import ScoreDraft
from gradewise.testing.graders import made_up_bundle, made_up_matrix
from gradewise.testing.score_logs import made_up_draft
from gradewise.workflows.scoring.models import Reading
from gradewise.workflows.scoring.prediction_json import prediction_to_json
from gradewise.workflows.scoring.replay import RecordedModel

DOUBT = Advisory(code="too_long", message="1,200 words", value=1200.0, limit=1000.0)


@dataclass(frozen=True, slots=True)
class Answers:
    """A model, and what it answered."""

    files: dict[str, bytes]
    """Of its bundle."""
    bundle: Bundle
    """The model."""
    drafts: tuple[ScoreDraft, ...]
    """What it answered, all at once, some with doubts and reasons."""


@cache
def made_up_answers(n: int = 12) -> Answers:
    """Answers about made-up readings."""
    with TemporaryDirectory() as scratch:
        files = dict(read_bundle_files(write_bundle(made_up_bundle(), Path(scratch) / "bundle")))
    bundle = bundle_from_files(files)
    matrix, _ = made_up_matrix()
    readings = [
        Reading(row, (DOUBT,) if place % 3 == 0 else ()) for place, row in enumerate(matrix.values[:n])
    ]
    ids = [f"essay-{place}" for place in range(n)]
    predictions = RecordedModel(bundle).grade(ids, readings, n_reasons=3)
    drafts = tuple(
        made_up_draft(
            place,
            essay_id=said.essay_id,
            model_name=bundle.metadata.name,
            model_version=bundle.metadata.version,
            model_digest=bundle.digest,
            values=np.asarray(reading.values, "<f4").tobytes(),
            prediction=prediction_to_json(said),
            grade=said.grade,
            route="release" if said.released else "review",
        )
        for place, (said, reading) in enumerate(zip(predictions, readings, strict=True))
    )
    return Answers(files, bundle, drafts)
