"""`gradewise scores drift`: the answers of a service held against what its model learnt from."""

import asyncio
import json
from pathlib import Path

import numpy as np
import pytest

from gradewise.bootstrap import score_log_from, stores_from
from gradewise.models.bundles.contents import write_bundle
from gradewise.scores.records import ScoreDraft
from gradewise.settings import read_settings
from gradewise.testing.graders import made_up_bundle, made_up_matrix
from gradewise.testing.score_logs import made_up_digest, made_up_draft
from logged_answers import made_up_answers
from trials import Command


def log_answers(n: int, *, shift: float = 0.0, stored: bool = True, **changes: str) -> None:
    """Keep the made-up model, and answers of it; what it read is perhaps higher than in training."""
    model = made_up_answers()
    if stored:
        stores_from(read_settings())[0].put(model.files)
    values = made_up_matrix(n, seed=4)[0].values + np.float32(shift)
    told = {"model_digest": model.bundle.digest, "model_name": "made-up", **changes}
    said = '{"confidence":0.5,"advisories":[]}'
    drafts: list[ScoreDraft] = [
        made_up_draft(row, values=each.astype("<f4").tobytes(), prediction=said, **told)
        for row, each in enumerate(values)
    ]

    async def _add() -> None:
        async with score_log_from(read_settings()) as log:
            await log.add(drafts)

    asyncio.run(_add())


def test_texts_of_the_same_kind_raise_no_alarm(command: Command) -> None:
    """Exit code 0, and what was looked at is told."""
    log_answers(120)
    done = command("scores", "drift", "--since", "2026-03-01", "-q")
    assert (0, "") == (done.code, done.err)
    assert "120 answers about 120 texts" in done.out
    assert "of the same kind" in done.out
    assert 0 == command("scores", "drift", "--since", "1h", "-q").code


def test_texts_of_another_kind_raise_the_alarm(command: Command) -> None:
    """Exit code 3, a page, a record and gauges; no essay text is needed for any of them."""
    log_answers(120, shift=1.0)
    done = command(
        "scores", "drift", "--since", "2026-03-01", "--json", "--output", "drift.html", "--metrics", "d.prom"
    )
    assert 3 == done.code
    told = json.loads(done.out)
    assert (1, "drift", 120) == (told["schema_version"], told["verdict"], told["models"][0]["n_texts"])
    assert "measure_0" in told["models"][0]["drifted"]
    assert "Have the texts that are answered changed?" in Path("drift.html").read_text(encoding="utf-8")
    gauge = 'cj_ml_drift_alarm{model_name="made-up",model_version="20260131_120000"} 1.0'
    assert gauge in Path("d.prom").read_text(encoding="utf-8")
    assert {"page": "drift.html"}.keys() <= set(
        command("scores", "drift", "--since", "2026-03-01", "-o", "drift.html").err.split()
    )


def test_a_model_that_is_gone_ends_with_an_error(command: Command) -> None:
    """A timer must not take for granted what nobody looked at."""
    log_answers(60, model_digest=made_up_digest("gone"))
    done = command("scores", "drift", "--since", "2026-03-01", "-q")
    assert 1 == done.code
    assert "not looked at: the model" in done.out


def test_a_model_that_was_never_registered_is_named(command: Command) -> None:
    """It answered from its directory, and is in no store."""
    log_answers(60, stored=False)
    write_bundle(made_up_bundle(), Path("bundle"))
    assert 1 == command("scores", "drift", "--since", "2026-03-01", "-q").code
    named = command("scores", "drift", "--since", "2026-03-01", "-q", "--bundle", "bundle")
    assert (0, True) == (named.code, "of the same kind" in named.out)


def test_an_empty_window_is_said(command: Command) -> None:
    """On standard error; nothing was answered, so nothing is wrong."""
    done = command("scores", "drift", "-q", "--model", "nobody")
    assert (0, "") == (done.code, done.out)
    assert "no answers since" in done.err


@pytest.mark.parametrize("since", ["7", "7y", "yesterday"])
def test_a_window_is_a_span_or_a_date(command: Command, since: str) -> None:
    """Anything else is refused with what would do."""
    done = command("scores", "drift", "--since", since)
    assert 2 == done.code
    assert "give a span such as 12h, 7d or 4w, or a date" in done.complaint
