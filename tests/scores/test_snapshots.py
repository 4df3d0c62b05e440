"""What teachers decided, laid out to learn from."""

import hashlib
import random
from collections.abc import Mapping, Sequence

from hypothesis import given
from hypothesis import strategies as st

from gradewise.essays.records import Essay
from gradewise.essays.texts import text_hash
from gradewise.scores.audits import Decided
from gradewise.scores.snapshots import corrections_digest, lay_out, pseudonym, text_names
from reviewed_essays import GRADES, answered, decided, later

TEXTS = tuple(f"Essay number {n} is about dogs." for n in range(6))


def texts_of(texts: Sequence[str] = TEXTS) -> Mapping[str, Essay]:
    """Essays by the digests that answers may know them by."""
    essays = [Essay(id=f"own-{n}", text=text, prompt="Dogs") for n, text in enumerate(texts)]
    return {name: essay for essay in essays for name in text_names(essay)}


@st.composite
def decisions(draw: st.DrawFn) -> list[Decided]:
    """Decisions of three teachers about answers to few texts, some of which nobody has."""
    n = draw(st.integers(1, 12))
    return [
        decided(
            number,
            draw(st.sampled_from(GRADES)),
            by=draw(st.sampled_from(["anna", "bo", "cia"])),
            text=draw(st.sampled_from((*TEXTS, "nobody has this"))),
            route=draw(st.sampled_from(["review", "audit", "release"])),
        )
        for number in range(n)
    ]


@given(decisions(), st.integers(0, 100))
def test_a_text_is_one_lesson_with_its_newest_grade(every: list[Decided], seed: int) -> None:
    """The same decisions in any order make the same lessons, and each decision is accounted for."""
    lessons = lay_out(every, texts_of(), salt="s")
    shuffled = random.Random(seed).sample(every, len(every))
    assert lessons == lay_out(shuffled, texts_of(), salt="s")
    assert corrections_digest(each.correction for each in every) == corrections_digest(
        each.correction for each in shuffled
    )
    assert len(lessons.rows) == len({text_hash(row.essay.text) for row in lessons.rows})
    newest = {each.answer.text_sha256: each for each in every}
    for row in lessons.rows:
        last = newest[hashlib.sha256(row.essay.text.encode()).hexdigest()]
        assert (last.correction.grade, last.answer.route, last.answer.id) == (
            row.essay.label, row.route, row.score_id,
        )  # fmt: skip
    counts = lessons.counts
    assert len(every) == counts["essays"] + counts["without_text"] + counts["same_text"]
    assert counts["essays"] == counts["audit"] + counts["review"] + counts["release"]


def test_two_teachers_who_differ_are_a_conflict() -> None:
    """The newest counts, the other stands beside it; who thinks again contradicts nobody."""
    one = decided(1, "C", by="anna", text=TEXTS[0])
    two = decided(2, "B", by="bo", text=TEXTS[0])
    again = decided(3, "A", by="anna", text=TEXTS[1])
    (first, second) = sorted(
        lay_out([one, two, decided(4, "D", by="anna", text=TEXTS[1]), again], texts_of(), salt="s").rows,
        key=lambda row: row.essay.text,
    )
    assert ("B", "C", True) == (first.essay.label, first.essay.second_label, first.conflict)
    assert ("D", None, False) == (second.essay.label, second.essay.second_label, second.conflict)


def test_what_was_decided_again_of_one_answer_counts_by_its_newest() -> None:
    """A lesson says when and what the model had said."""
    first = decided(1, "A", text=TEXTS[0])
    (row,) = lay_out([later(first, grade="C")], texts_of(), salt="s").rows
    assert ("C", "C", True, first.answer.model_digest) == (
        row.essay.label, row.model_grade, row.confirms, row.model_digest,
    )  # fmt: skip


def test_a_text_is_found_however_it_is_spaced() -> None:
    """An answer may know its text by its bytes or by what is left when spaces do not count."""
    essay = Essay(id="1", text="Two  words")
    draft = answered(1, text_sha256=text_hash("Two words"))
    lessons = lay_out([decided(1, "B", draft=draft)], dict.fromkeys(text_names(essay), essay), salt="s")
    assert ["Two  words"] == [row.essay.text for row in lessons.rows]


def test_teachers_go_by_names_that_only_the_salt_makes() -> None:
    """The same teacher has one name, two have two, and another salt makes others."""
    assert pseudonym("anna", salt="s") == pseudonym("anna", salt="s")
    assert 3 == len({pseudonym("anna", salt="s"), pseudonym("bo", salt="s"), pseudonym("anna", salt="t")})
    assert "anna" not in pseudonym("anna", salt="s")
