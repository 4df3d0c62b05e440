"""Changes to an essay whose effect on its grade is known beforehand, and what a grade may do under each.

Nobody needs a teacher's grade for this: a metamorphic test asks how the model's own grade moves. Padding
must not pay, damage must cost, and what no reader sees must not matter.

Every limit is the largest value that a figure may have. The grain of all limits is a quarter of a grade
step, the smallest mean shift that counts: scoring engines may stand .15 standard deviations apart from
teachers (Williamson, Xi & Breyer 2012, doi:10.1111/j.1745-3992.2011.00223.x), and grades of a class spread
over some one and two thirds steps. Double and fourfold of it are asked where a reader is slowed, and where
he is stopped. The limits were set before any model was measured.

Source: Powers, Burstein, Chodorow, Fowles & Kukich (2001), Stumping e-rater, ETS RR-01-03; Kabra, Bhatia,
Kumar, Li & Shah (2020), Evaluation toolkit for robustness testing of automatic essay scoring systems,
arXiv:2007.06796.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from types import MappingProxyType
from typing import Literal

from gradewise.evaluation.text_changes import (
    Passage,
    TextChange,
    add_trailing_space,
    append_off_topic,
    copy_task,
    delete_last_half,
    duplicate,
    insert_rare_words,
    insert_stock_sentences,
    lower_case,
    many_slips,
    repeat_paragraph,
    shuffle_sentences,
    shuffle_words,
    some_slips,
    strip_punctuation,
    swap_composition,
    swap_quotes,
    windows_line_ends,
)

Kind = Literal["padding", "damage", "invisible"]
"""``padding`` must not raise grades, ``damage`` must lower them, what is ``invisible`` must leave them."""

SMALLEST_SHIFT = 0.25
"""Smallest mean change that counts, in grade steps."""
MOST_CHANGED = 0.05
"""Largest share of essays whose grade may change though no reader sees a difference. The aim is none; one in
twenty is about what a hundred essays can rule out (none of 100 leaves up to 3.7 %)."""
LONG_SCALE, SHORT_SCALE = 10, 4
"""Steps above which a step is a tenth of the scale, and below which no more than a quarter of it is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Perturbation:
    """One change, and what it may do to grades."""

    name: str
    """In code and JSON."""
    title: str
    """For a reader, short."""
    does: str
    """What is done to the text, in a sentence."""
    change: TextChange
    """Does it."""
    kind: Kind
    """What it must not do."""
    most: float
    """Largest value allowed: of the mean change in grade steps (below 0, grades must fall), or, for what is
    invisible, of the share of essays whose grade changes."""
    why: str
    """Why that much."""

    def limit(self, n_grades: int) -> float:
        """The largest value allowed on a scale of so many grades.

        On a scale of more than eleven grades a step is taken as a tenth of the scale; on one of fewer than
        five, no fall of more than a quarter of the scale is asked.

        >>> shuffled = PERTURBATIONS["shuffled_words"]
        >>> [shuffled.limit(n_grades) for n_grades in (2, 5, 9, 61)]
        [-0.25, -1.0, -1.0, -6.0]
        """
        if self.kind == "invisible":
            return self.most
        steps = n_grades - 1
        return max(self.most * max(1.0, steps / LONG_SCALE), -steps / SHORT_SCALE)


_PADDING = (
    Perturbation(
        name="repeated_paragraph",
        title="A paragraph repeated",
        does="One paragraph stands twice; in a text of one paragraph, a third of its sentences.",
        change=repeat_paragraph,
        kind="padding",
        most=SMALLEST_SHIFT,
        why="Nothing is added by saying it twice.",
    ),
    Perturbation(
        name="whole_essay_twice",
        title="The whole essay twice",
        does="The essay is followed by its own copy.",
        change=duplicate,
        kind="padding",
        most=SMALLEST_SHIFT,
        why="A model that rewards length pays most here; a reader stops at the copy.",
    ),
    Perturbation(
        name="off_topic_ending",
        title="An ending on another topic",
        does="A well-written passage of some 80 words on an unrelated topic follows the essay.",
        change=append_off_topic,
        kind="padding",
        most=SMALLEST_SHIFT,
        why="A teacher would rather take marks off; it must at least not pay.",
    ),
    Perturbation(
        name="task_copied",
        title="The task copied in front",
        does="The task stands before the essay, word for word.",
        change=copy_task,
        kind="padding",
        most=SMALLEST_SHIFT,
        why="The words of the task are not the writer’s.",
    ),
    Perturbation(
        name="rare_words",
        title="Rare long words strewn in",
        does="After one word in twenty stands a rare long word that does not belong there.",
        change=insert_rare_words,
        kind="padding",
        most=SMALLEST_SHIFT,
        why="Words without sense show no vocabulary; a reader stumbles over each.",
    ),
    Perturbation(
        name="stock_sentences",
        title="Sentences that say nothing",
        does="After every third sentence stands one that fits anywhere, such as “This is a very important "
        "question”.",
        change=insert_stock_sentences,
        kind="padding",
        most=SMALLEST_SHIFT,
        # Bejar, VanWinkle, Madnani, Lewis & Steier (2013), doi:10.1002/j.2333-8504.2013.tb02314.x.
        why="Shell language is learnt by heart and lengthens a text without content.",
    ),
)

_DAMAGE = (
    Perturbation(
        name="shuffled_sentences",
        title="Sentences shuffled",
        does="All sentences of the essay stand in another order.",
        change=shuffle_sentences,
        kind="damage",
        most=-SMALLEST_SHIFT,
        why="The line of thought is gone. Order is one side of writing among several, so the smallest fall "
        "that counts is asked.",
    ),
    Perturbation(
        name="shuffled_words",
        title="Words shuffled",
        does="The words of each sentence stand in another order.",
        change=shuffle_words,
        kind="damage",
        most=-4 * SMALLEST_SHIFT,
        why="No sentence can be understood. A whole step is the least that this must cost.",
    ),
    Perturbation(
        name="some_slips",
        title="2 % of letters mistyped",
        does="Two letters in a hundred are those of a neighbouring key: about eight words in a hundred.",
        change=some_slips,
        kind="damage",
        most=-SMALLEST_SHIFT,
        why="Spelling is one side of writing among several, and eight mistakes in a hundred words show.",
    ),
    Perturbation(
        name="many_slips",
        title="5 % of letters mistyped",
        does="Five letters in a hundred are those of a neighbouring key: about one word in five.",
        change=many_slips,
        kind="damage",
        most=-2 * SMALLEST_SHIFT,
        why="One wrong word in five slows every reader.",
    ),
    Perturbation(
        name="no_punctuation",
        title="No punctuation",
        does="Every punctuation mark is left out, but those inside words.",
        change=strip_punctuation,
        kind="damage",
        most=-2 * SMALLEST_SHIFT,
        why="No sentence has an end: every reader is slowed.",
    ),
    Perturbation(
        name="no_capitals",
        title="No capital letters",
        does="Every letter is small.",
        change=lower_case,
        kind="damage",
        most=-SMALLEST_SHIFT,
        why="Every sentence and every name begins with a mistake, though all can be read.",
    ),
    Perturbation(
        name="half_deleted",
        title="The last half left out",
        does="The essay breaks off after half of its words.",
        change=delete_last_half,
        kind="damage",
        most=-2 * SMALLEST_SHIFT,
        why="Half of the content and the ending are missing.",
    ),
)

_INVISIBLE = (
    Perturbation(
        name="swapped_quotes",
        title="Curly or straight quotes",
        does="Straight quotation marks and apostrophes become curly, and curly ones straight.",
        change=swap_quotes,
        kind="invisible",
        most=MOST_CHANGED,
        why="The word processor chooses them, not the writer.",
    ),
    Perturbation(
        name="trailing_space",
        title="Blanks at line ends",
        does="Two blanks stand at the end of every line, and empty lines at the end of the text.",
        change=add_trailing_space,
        kind="invisible",
        most=MOST_CHANGED,
        why="Nobody can see them.",
    ),
    Perturbation(
        name="windows_line_ends",
        title="Line ends of Windows",
        does="Lines end with carriage return and line feed.",
        change=windows_line_ends,
        kind="invisible",
        most=MOST_CHANGED,
        why="The program that saved the file chooses them.",
    ),
    Perturbation(
        name="letters_in_parts",
        title="Accents stored apart",
        does="Letters such as é and ö are stored as letter and mark (Unicode NFD), or the other way round.",
        change=swap_composition,
        kind="invisible",
        most=MOST_CHANGED,
        why="They look the same; the computer on which the text was written chooses.",
    ),
)

PERTURBATIONS: Mapping[str, Perturbation] = MappingProxyType({
    perturbation.name: perturbation for perturbation in (*_PADDING, *_DAMAGE, *_INVISIBLE)
})  # fmt: skip
"""Every change, by name, in the order in which they are shown."""


def perturbed(perturbation: Perturbation, passage: Passage, rng: Random) -> str | None:
    """The text after a change; nothing where there is nothing to change.

    >>> passage = Passage(text="It was late.", words=((0, 2), (3, 6), (7, 11)), sentences=((0, 12),),
    ...                   paragraphs=((0, 12),))
    >>> perturbed(PERTURBATIONS["half_deleted"], passage, Random(0))
    'It was'
    """
    changed = perturbation.change(passage, rng)
    return None if changed == passage.text else changed
