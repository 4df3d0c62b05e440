"""The section about traits."""

import json

from gradewise.evaluation.results import Interval
from gradewise.reporting.report import LOCKED_TEST, OUT_OF_FOLD
from gradewise.reporting.topics.traits import traits_topic
from reporting.conftest import SWEDISH, graded_essays, named_evaluation


def test_each_trait_and_evaluation_has_a_row() -> None:
    """Two traits, two evaluations: four rows, the picture showing the last evaluation of each."""
    traits = {
        trait: [
            named_evaluation(name, graded_essays(60, SWEDISH, seed=seed), SWEDISH)
            for name in (OUT_OF_FOLD, LOCKED_TEST)
        ]
        for seed, trait in enumerate(("Grammar", "Cohesion"))
    }
    section = traits_topic(
        traits, {OUT_OF_FOLD: Interval(0.9, 0.8, 1.0), LOCKED_TEST: Interval(1.1, 1.0, 1.2)}
    )
    (figure,) = section.figures
    assert figure.table is not None
    rows = [row[:2] for row in figure.table.rows]
    assert rows == [(trait, name) for trait in traits for name in (OUT_OF_FOLD, LOCKED_TEST)]
    assert "1.10" in section.intro
    assert LOCKED_TEST in figure.heading
    assert "Grammar" in figure.svg
    assert set(section.record["traits"]) == {"Grammar", "Cohesion"}
    json.dumps(section.record, allow_nan=False)
