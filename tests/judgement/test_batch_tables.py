"""Which tables hold batches is configuration."""

import pytest

from gradewise.errors import InputError
from gradewise.judgement.batch_tables import PRESETS, batch_tables


def test_nothing_said_is_the_running_service() -> None:
    """Its names, which ours have too."""
    assert PRESETS["judgement"] == batch_tables({})
    assert ("els_essay_id", "side") == (batch_tables({}).essays.id, batch_tables({}).pairs.winner_is)


def test_what_is_said_goes_before_the_preset() -> None:
    """The rest stays as it was, and what was said is known to be."""
    said = batch_tables(
        {"preset": "judgement_seed", "pairs": {"winner": "better", "winner_is": "side"}, "tasks": {}}
    )
    assert ("better", "side", "essay_a_id") == (said.pairs.winner, said.pairs.winner_is, said.pairs.first)
    assert PRESETS["judgement_seed"].essays == said.essays
    assert {("pairs", "winner"), ("pairs", "winner_is")} == said.named


REFUSED: dict[str, tuple[dict[str, object], str]] = {
    "an unknown preset": ({"preset": "mine"}, "'mine' is not known; write one of judgement, judgement_seed"),
    "an unknown part": ({"essay": {}}, "'essay', which is not known; there are preset, uploads, essays"),
    "an unknown role": ({"essays": {"txt": "a"}}, "tables.essays has 'txt', which is not known"),
    "no names": ({"essays": "mine"}, "tables.essays is str; write what is called how"),
    "no name": ({"essays": {"text": 3}}, "tables.essays.text is '3'; write a name, or '' for none"),
    "no way to win": ({"pairs": {"winner_is": "luck"}}, "'luck'; write one of side, id"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_meant_is_refused(case: str) -> None:
    """The message says what can."""
    said, message = REFUSED[case]
    with pytest.raises(InputError, match=message):
        batch_tables(said)
