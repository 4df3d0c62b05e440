"""What a judged batch comes to."""

import numpy as np

from gradewise.judgement.batches import BatchEssay, EssayResult, JudgedBatch
from gradewise.judgement.decisions import Comparison
from gradewise.judgement.outcomes import ModelWord, essay_results, score_batch

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
