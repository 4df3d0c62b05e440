"""The experiment log in Markdown."""

from dataclasses import replace

import pytest

from gradewise.experiments import BackendsUsed, DatasetUsed, FeaturesUsed, SplitsUsed
from gradewise.reporting.experiments import experiments_markdown
from gradewise.testing.contracts.experiment_tracker import make_experiment_entry


def test_an_entry_has_the_lines_of_the_runbook() -> None:
    """Command, data, splits, features, backends, output, results: as the template has them."""
    entry = replace(
        make_experiment_entry(),
        dataset=DatasetUsed(
            files=("train.csv", "test.csv"),
            sha256="0f" * 32,
            kind="ellipse",
            min_words=200,
            max_words=1000,
            excluded_prompts=("Community service", "Letter to employer"),
        ),
        splits=SplitsUsed(id="a54f", scheme="stratified_text", path="splits.json"),
        features=FeaturesUsed(set="combined", groups=("length", "errors"), text_learners=("words",)),
        backends=BackendsUsed(checker="harper", embedder="minilm"),
    )
    data = (
        "- dataset: ELLIPSE `train.csv`, `test.csv`, 200–1000 words, "
        "excluded prompts: [Community service, Letter to employer], sha256 0f0f0f0f0f0f"
    )
    lines = experiments_markdown([entry]).splitlines()
    assert [
        "2026-01-02: `cv`",
        "- command: `gradewise cv plan.yaml --prompt 'Is it 'right'?'`",
        data,
        "- splits: `splits.json` (scheme=stratified_text)",
        "- feature_set: combined (groups length, errors; text learners: words)",
        "- backends: checker=`harper` embedder=`minilm`",
        "- output: `output/essays/20260102_030405_cv/`",
        "- results:",
        "  - QWK (mean ± sd): 0.67100 ± 0.01400",
        "  - rps: not defined",
        "  - notes:",
        "    - first",
        "    - second",
    ] == lines[lines.index("2026-01-02: `cv`") :]


def test_a_failed_run_says_why_on_one_line() -> None:
    """What would be taken for a mark or a new line is not."""
    entry = replace(make_experiment_entry(state="failed"), metrics={}, notes=())
    page = experiments_markdown([entry])
    assert "  - failed: disk full: \\[Errno 28\\] make room\n  - notes: none\n" in page


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(None, None, "any length"), (200, None, "200 words or more"), (None, 9, "0–9 words")],
    ids=["any", "from", "to"],
)
def test_the_window_is_told_in_words(low: int | None, high: int | None, expected: str) -> None:
    """Bounds that are absent are not made up."""
    entry = replace(
        make_experiment_entry(),
        dataset=DatasetUsed(min_words=low, max_words=high, only_prompts=("A_b",)),
        notes=("one",),
    )
    page = experiments_markdown([entry])
    assert f", {expected}, excluded prompts: [], only prompts: [A\\_b]" in page
    assert "  - notes: one\n" in page


def test_the_newest_entry_is_last() -> None:
    """In the order in which they are given."""
    page = experiments_markdown([make_experiment_entry("old"), make_experiment_entry("new")])
    assert page.index("`old`") < page.index("`new`")
