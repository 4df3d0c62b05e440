"""Made-up texts with intents."""

from gradewise.testing.intents import COLUMNS, NO_INTENT, generate_intents


def test_the_same_seed_makes_the_same_texts() -> None:
    """A longer list begins as a shorter one, and another seed makes others."""
    first = generate_intents(60, seed=1)
    assert first == generate_intents(90, seed=1)[:60]
    assert first != generate_intents(60, seed=2)


def test_texts_differ_and_every_intent_occurs() -> None:
    """No text occurs twice, and some are of no intent."""
    texts = generate_intents(400, seed=3)
    assert 400 == len({each.text.casefold() for each in texts}) == len({each.id for each in texts})
    assert 9 == len({each.intent for each in texts})
    assert NO_INTENT in {each.intent for each in texts}
    assert not any("[" in each.text or "|" in each.text for each in texts)


def test_rows_have_the_columns_of_the_table() -> None:
    """Times are ISO 8601 in UTC and rise."""
    rows = [each.row() for each in generate_intents(60, seed=1)]
    assert {len(COLUMNS)} == {len(row) for row in rows}
    times = [row[COLUMNS.index("timestamp")] for row in rows]
    assert sorted(times) == times
    assert "2025-01-01T08:37:00Z" == times[0]
