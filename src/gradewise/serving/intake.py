"""What a client sends becomes an essay: repaired and checked as one from a file is."""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from gradewise.errors import InputError, NotFoundError
from gradewise.essays.given_columns import spread_given
from gradewise.essays.records import Essay
from gradewise.essays.suggestions import quotable
from gradewise.essays.texts import repair_text, text_sha256
from gradewise.judgement.batches import BatchResult
from gradewise.workflows.scoring.requests import ScoreRequest


def asked_essay(
    text: str,
    *,
    essay_id: str = "",
    prompt: str | None = None,
    prompt_text: str | None = None,
    given: Mapping[str, object] | None = None,
) -> Essay:
    """An essay as a client sent it; one without a name is named by its text.

    Raises:
        InputError: there is no word in it, or a number that came with it is none.
    """
    named = essay_id or f"text-{text_sha256(text)[:12]}"
    repaired = repair_text(text).text
    if not repaired.strip():
        raise InputError(f"essay {named!r}: the text is empty; send an essay with words in it")
    try:
        numbers = spread_given(given or {})
    except InputError as error:
        raise InputError(f"essay {named!r}: {error}") from error
    task = repair_text(prompt_text).text if prompt_text else None
    return Essay(id=named, text=repaired, prompt=prompt, prompt_text=task, given=numbers)


def require_own_ids(requests: Sequence[ScoreRequest]) -> None:
    """Refuse a batch in which two essays have one name.

    Raises:
        InputError: the message names it.
    """
    seen: set[str] = set()
    for request in requests:
        if request.essay.id in seen:
            raise InputError(
                f"essay {quotable(request.essay.id)!r} comes twice; give each essay an essay_id of its own"
            )
        seen.add(request.essay.id)


async def finalized(finalize: Callable[[str], Awaitable[BatchResult]], batch_id: str) -> BatchResult:
    """What a batch comes to, once final.

    Raises:
        NotFoundError: there is no such batch, in words that name no database and no other batch.
    """
    try:
        return await finalize(batch_id)
    except NotFoundError:
        raise NotFoundError(
            f"there is no batch {quotable(batch_id)!r}; those who keep the service see what there is: "
            "gradewise batches list"
        ) from None
