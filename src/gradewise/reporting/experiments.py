"""The experiment log as a page that can be read, and kept beside a runbook."""

from collections.abc import Iterator, Mapping, Sequence

from gradewise.experiments import DatasetUsed, ExperimentEntry, FeaturesUsed

HEAD = """# Experiment log

One entry for each run that has ended, newest last; made from `experiments.jsonl`.
"""
_DATASETS = {"csv": "", "ellipse": "ELLIPSE ", "asap": "ASAP ", "ielts": "IELTS "}


def experiments_markdown(entries: Sequence[ExperimentEntry]) -> str:
    """Every entry in Markdown, newest last."""
    return "\n".join([HEAD, *("\n".join([*_lines(entry), ""]) for entry in entries)])


def _lines(entry: ExperimentEntry) -> Iterator[str]:
    yield f"{entry.timestamp[:10]}: {_code(entry.run_name)}"
    yield f"- command: {_code(entry.command_line or entry.command)}"
    yield f"- dataset: {_dataset(entry.dataset)}"
    splits = "none" if entry.splits.path is None else _code(entry.splits.path)
    yield f"- splits: {splits} (scheme={entry.splits.scheme})"
    yield f"- feature_set: {_features(entry.features)}"
    backends = entry.backends
    yield f"- backends: checker={_code(backends.checker)} embedder={_code(backends.embedder or 'none')}"
    yield f"- output: {_code(entry.output + '/')}"
    yield from _results(entry)


def _dataset(data: DatasetUsed) -> str:
    files = ", ".join(_code(file) for file in data.files)
    prompts = ", ".join(_plain(prompt) for prompt in data.excluded_prompts)
    only = ", ".join(_plain(prompt) for prompt in data.only_prompts)
    parts = [
        f"{_DATASETS.get(data.kind, data.kind)}{files}",
        _window(data.min_words, data.max_words),
        f"excluded prompts: [{prompts}]",
        *([f"only prompts: [{only}]"] if only else []),
        *([f"sha256 {_plain(str(data.sha256))[:12]}"] if data.sha256 else []),
    ]
    return ", ".join(parts)


def _window(low: int | None, high: int | None) -> str:
    if low is None and high is None:
        return "any length"
    if high is None:
        return f"{low} words or more"
    return f"{low or 0}–{high} words"


def _features(features: FeaturesUsed) -> str:
    groups = "every group" if features.groups is None else f"groups {', '.join(features.groups)}"
    learners = ", ".join(features.text_learners) or "none"
    return f"{features.set} ({groups}; text learners: {learners})"


def _results(entry: ExperimentEntry) -> Iterator[str]:
    yield "- results:"
    if entry.failure_reason is not None:
        yield f"  - {entry.state}: {_plain(entry.failure_reason)}"
    yield from (f"  - {line}" for line in _figures(entry.metrics))
    notes = [_plain(note) for note in entry.notes]
    if len(notes) > 1:
        yield "  - notes:"
        yield from (f"    - {note}" for note in notes)
    else:
        yield f"  - notes: {notes[0] if notes else 'none'}"


def _figures(metrics: Mapping[str, float | None]) -> Iterator[str]:
    """Each figure with its spread behind it, where one was told."""
    for name, value in metrics.items():
        if name.removesuffix("_sd") in metrics and name.endswith("_sd"):
            continue
        spread = metrics.get(f"{name}_sd")
        shown = "not defined" if value is None else f"{value:.5f}"
        label = _plain(name.replace("qwk", "QWK").replace("_", " "))
        yield f"{label}: {shown}" if spread is None else f"{label} (mean ± sd): {shown} ± {spread:.5f}"


def _code(text: str) -> str:
    """Verbatim on one line; what would end it is replaced."""
    return f"`{' '.join(text.split()).replace('`', chr(39))}`"


def _plain(text: str) -> str:
    """On one line, with nothing in it that Markdown would take for a mark."""
    return "".join(f"\\{each}" if each in "\\`*_[]<>|#" else each for each in " ".join(text.split()))
