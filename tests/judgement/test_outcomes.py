"""What a judged batch comes to."""

from dataclasses import replace

import numpy as np
import pytest

from gradewise.essays.scales import find_scale
from gradewise.judgement.batches import BatchEssay, EssayResult, JudgedBatch
from gradewise.judgement.decisions import Comparison
from gradewise.judgement.outcomes import ModelGrade, ModelWord, essay_results, project_batch, score_batch
from gradewise.testing.judged import GRADES, made_up_batch

TWINS = ("first twin", "second twin")


def results_of_twins(seed: int) -> dict[str, EssayResult]:
    """Results of a batch in which two essays have the very same record, in which rows stand in any order."""
    generator = np.random.default_rng(seed)
    names = [f"essay {place}" for place in range(6)]
    rows = [Comparison(names[i], names[(i + 1) % 6], bool(won)) for i, won in enumerate([1, 0, 1, 1, 0, 1])]
    against = generator.choice(names, size=4)
    met = list(zip(against.tolist(), (generator.integers(2, size=4) == 1).tolist(), strict=True))
    rows += [Comparison(twin, other, won) for twin in TWINS for other, won in met]
    batch = JudgedBatch(
        id="twins",
        essays=tuple(BatchEssay(id=name) for name in sorted([*names, *TWINS])),
        comparisons=tuple(rows[place] for place in generator.permutation(len(rows))),
    )
    scored = score_batch(batch)
    found = essay_results(scored, None, ModelWord())
    places = [scored.given[each.essay_id]["batch_rank"] for each in found]
    assert sorted(places, reverse=True) == places
    return {each.essay_id: each for each in found}


def test_essays_with_the_very_same_record_share_a_rank() -> None:
    """Rounding in the last bit puts none of two before the other, whatever the order of rows."""
    for seed in range(40):
        found = results_of_twins(seed)
        assert found[TWINS[0]].rank == found[TWINS[1]].rank
        assert sorted(TWINS) == [name for name in found if name in TWINS]


def results_of_anchors(batch: JudgedBatch, *, projected: bool = True) -> dict[str, EssayResult]:
    """Results of the anchors of a batch."""
    scored = score_batch(batch)
    projection = project_batch(scored, find_scale("swedish8")) if projected else None
    return {each.essay_id: each for each in essay_results(scored, projection, ModelWord()) if each.is_anchor}


def test_the_grade_of_an_anchor_is_the_known_one() -> None:
    """Judges who find another one change nothing of it; what they find stands beside, with its chances."""
    batch = made_up_batch(n_anchors=8)
    others = {"k03": "A", "k07": "D+"}
    essays = [replace(each, known_grade=others.get(each.id, each.known_grade)) for each in batch.essays]
    found = results_of_anchors(replace(batch, essays=tuple(essays)))
    assert others == {name: found[name].grade for name in others}
    for each in found.values():
        assert (None, {}, False) == (each.confidence, each.probabilities, each.disagrees)
        assert each.bt_grade in each.bt_probabilities
        assert 1 == pytest.approx(sum(each.bt_probabilities.values()))
    assert any(each.grade != each.bt_grade for each in found.values())


def test_what_both_say_is_the_grade() -> None:
    """A model's grade is read off its score: it may be another than its probabilities lean to."""
    scored = score_batch(made_up_batch(n_anchors=8))
    projection = project_batch(scored, find_scale("swedish8"))
    assert projection is not None
    judged = dict(zip(projection.items, projection.grades, strict=True))
    flat = dict.fromkeys(GRADES, 0.02) | {"F": 0.86}
    word = ModelWord(
        grades={
            name: ModelGrade(grade=judged[name], confidence=0.1, probabilities=flat)
            for name in ("e04", "e09")
        }
    )
    found = {each.essay_id: each for each in essay_results(scored, projection, word)}
    for name in word.grades:
        both = found[name]
        assert judged[name] == both.ml_grade == both.bt_grade == both.grade
        assert both.probabilities[judged[name]] == both.confidence


@pytest.mark.parametrize(("projected", "shown"), [(True, "D+"), (False, " d+")], ids=["scale", "no scale"])
def test_a_known_grade_is_spelled_as_its_scale_spells_it(*, projected: bool, shown: str) -> None:
    """Spelled leniently in a file, it is one grade in all results; without a scale it is left as it is."""
    batch = made_up_batch(n_anchors=8)
    essays = [replace(each, known_grade=" d+") if each.id == "k03" else each for each in batch.essays]
    found = results_of_anchors(replace(batch, essays=tuple(essays)), projected=projected)
    assert shown == found["k03"].grade
