"""Passages cut as essays are, for the tests of changes to them."""

from gradewise.evaluation.text_changes import Passage
from gradewise.features.documents import build_document


def passage(text: str, *, language: str = "en", task: str | None = None) -> Passage:
    """A text with where its parts stand."""
    document = build_document(text, language=language)
    return Passage(
        text=text,
        words=document.word_spans,
        sentences=document.sentences,
        paragraphs=document.paragraphs,
        language=language,
        task=task,
    )


def words_of(text: str) -> list[str]:
    """Its words as written, in order."""
    return list(build_document(text, language="en").words)
