"""Tables that judgement reads, by usual column names; what is wrong is told by row and column."""

from collections.abc import Iterator, Mapping, Sequence

from gradewise.errors import InputError
from gradewise.essays.scales import Scale
from gradewise.essays.suggestions import quotable
from gradewise.essays.texts import repair_text
from gradewise.judgement.anchor_checks import EarlierScore
from gradewise.judgement.anchor_grades import AnchorReference, ClaimedAnchor
from gradewise.judgement.pairing import Pair
from gradewise.protocols.tables import EssaySource
from gradewise.workflows.datasets.table_rows import TableRows

IDS = (
    "essay_id", "els_essay_id", "id", "item", "item_id", "text_id",
    "student_id", "student", "pupil_id", "pupil", "writer", "elev_id", "elevid", "elev",
)  # fmt: skip
TEXTS = ("text", "essay", "text_content", "full_text", "assessment_input_text", "uppsats", "elevtext")
GRADES = ("known_grade", "grade", "label", "betyg")
TASKS = ("prompt_text", "task_text", "instructions_text")
SCORES = ("score", "bt_score", "mean", "expected")
ERRORS = ("bt_se", "se", "error")
YES = frozenset(("1", "true", "yes", "t", "y"))


def read_claims(source: EssaySource) -> tuple[ClaimedAnchor, ...]:
    """Essays of a batch, with whatever is said of them as anchors.

    Raises:
        InputError: no column holds ids, or an id is missing or stands twice.
    """
    table = TableRows(source)
    essay = table.needed("ids of essays", *IDS)
    grade, text = table.column("known_grade"), table.column("text_storage_id")
    reference, anchor = table.column("anchor_ref_id"), table.column("is_anchor")
    claims: dict[str, ClaimedAnchor] = {}
    for number, row in table.rows():
        name = table.filled(number, row, essay)
        if name in claims:
            raise table.fault(number, essay, f"{quotable(name)!r} stands twice; keep one row")
        claims[name] = ClaimedAnchor(
            essay_id=name,
            known_grade=table.cell(row, grade),
            text_storage_id=table.cell(row, text),
            anchor_ref_id=table.cell(row, reference),
            is_anchor=table.cell(row, anchor).casefold() in YES,
        )
    return tuple(claims.values())


def read_anchors(source: EssaySource) -> tuple[AnchorReference, ...]:
    """The table of anchors: an essay, or a row of its own, and a grade.

    Raises:
        InputError: a column is missing, or a row has no id or no grade.
    """
    table = TableRows(source)
    name, grade = table.needed("ids of anchors", *IDS, "anchor_ref_id"), table.needed("grades", *GRADES)
    text = table.column("text_storage_id")
    return tuple(
        AnchorReference(
            id=table.filled(number, row, name),
            grade=table.filled(number, row, grade),
            text_storage_id=table.cell(row, text),
        )
        for number, row in table.rows()
    )


def read_texts(source: EssaySource, *, needed: bool = True) -> Mapping[str, str]:
    """Texts by essay, without those that say that there is none.

    Args:
        source: Essays, or anchors.
        needed: Whether the table must have a column of texts.

    Raises:
        InputError: no column holds ids, or one of texts is needed and missing.
    """
    table = TableRows(source)
    text = table.needed("texts", *TEXTS) if needed else table.column(*TEXTS)
    if text is None:
        return {}
    name = table.needed("ids of essays", *IDS, "anchor_ref_id")
    return {
        table.filled(number, row, name): row[text] for number, row in table.rows() if table.cell(row, text)
    }


def read_task(source: EssaySource) -> str:
    """The one task that all essays of a table answer; empty where no column says.

    Raises:
        InputError: two rows say different tasks.
    """
    table, found = TableRows(source), ""
    if (column := table.column(*TASKS)) is None:
        return found
    for number, row in table.rows():
        task = repair_text(table.cell(row, column)).text
        if found and task and task != found:
            raise table.fault(
                number, column, "holds another task than above; essays that are judged together answer one"
            )
        found = found or task
    return found


def read_population(source: EssaySource) -> Mapping[str, float]:
    """The share of each grade.

    Raises:
        InputError: a column is missing, a share is no number, or a grade stands twice.
    """
    table = TableRows(source)
    grade, share = table.needed("grades", *GRADES), table.needed("shares", "share", "count", "n")
    shares: dict[str, float] = {}
    for number, row in table.rows():
        name = table.filled(number, row, grade)
        if name in shares:
            raise table.fault(number, grade, f"{quotable(name)!r} stands twice; keep one row")
        shares[name] = table.number(number, row, share)
    return shares


def read_model_scores(source: EssaySource, scale: Scale | None) -> Mapping[str, float]:
    """What a model says of essays: its scores, or its grades as places on their scale.

    Raises:
        InputError: a column is missing, or a score is no number or a grade not on the scale.
    """
    table = TableRows(source)
    essay, score = table.needed("ids of essays", *IDS), table.column(*SCORES)
    if score is not None:
        return {
            table.filled(number, row, essay): table.number(number, row, score) for number, row in table.rows()
        }
    grade = table.needed("scores or grades", *GRADES)
    if scale is None:
        raise InputError(f"{source.location} holds grades and no scores; name their scale: --scale swedish8")
    return {
        table.filled(number, row, essay): _code(table, number, row, grade, scale)
        for number, row in table.rows()
    }


def _code(table: TableRows, number: int, row: Mapping[str, str], column: str, scale: Scale) -> float:
    try:
        return float(scale.code(table.filled(number, row, column)))
    except InputError as error:
        raise table.fault(number, column, str(error)) from error


def read_pairs(source: EssaySource) -> tuple[Pair, ...]:
    """Pairs that wait for an answer, as `next-pairs` writes them.

    Raises:
        InputError: a column is missing, or a cell is empty.
    """
    table = TableRows(source)
    first = table.needed("the essay shown first", "first", "essay_a_els_id", "essay_a_id", "essay_a", "id1")
    second = table.needed("the other essay", "second", "essay_b_els_id", "essay_b_id", "essay_b", "id2")
    return tuple(
        Pair(table.filled(number, row, first), table.filled(number, row, second))
        for number, row in table.rows()
    )


def read_earlier(source: EssaySource) -> Mapping[str, EarlierScore]:
    """Scores of an earlier batch, as `fit` writes them.

    Raises:
        InputError: a column is missing, or a cell is no number.
    """
    table = TableRows(source)
    essay = table.needed("ids of essays", *IDS)
    score = table.needed("scores", "bt_score", "score", "current_bt_score")
    error = table.needed("standard errors", *ERRORS, "current_bt_se")
    return {
        table.filled(number, row, essay): EarlierScore(
            table.number(number, row, score), table.number(number, row, error)
        )
        for number, row in table.rows()
    }


def chosen_rows(
    source: EssaySource, where: Sequence[tuple[str, str]]
) -> Iterator[tuple[int, Mapping[str, str]]]:
    """Rows whose columns hold what is asked for, with their numbers counted from 1.

    Raises:
        InputError: a column is missing.
    """
    for column, _ in where:
        if column not in source.columns():
            present = ", ".join(map(repr, source.columns()))
            raise InputError(f"{source.location}: --where names column {column!r}; there are {present}")
    for number, row in enumerate(source.rows(), start=1):
        if all(row[column].strip() == value for column, value in where):
            yield number, row
