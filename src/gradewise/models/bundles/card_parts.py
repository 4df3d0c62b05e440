"""What the cards of models of grades and of classes have in common, in the words of either."""

from collections.abc import Sequence
from math import isnan

from gradewise.evaluation.results import Interval
from gradewise.features.given import given_columns
from gradewise.features.schema import FeatureSchema
from gradewise.models.bundles.metadata import BundleMetadata

NAMED = 10
"""Columns, or labels, that a line names at the most."""


def card(metadata: BundleMetadata, parts: Sequence[str]) -> str:
    """A plain page in Markdown, made from what the bundle states and nothing else.

    Source: Mitchell et al. (2019), Model Cards for Model Reporting, doi:10.1145/3287560.3287596.
    """
    return "\n\n".join([f"# {metadata.name} {metadata.version}", *parts]) + "\n"


def training_data(metadata: BundleMetadata, *, items: str, label: str, more: str = "") -> str:
    """Where texts come from and how many there are of each label.

    Args:
        metadata: of the model.
        items: what the texts are called.
        label: what they are given.
        more: what else is to be said of them.
    """
    data = metadata.data
    rows = [f"| {cell(name)} | {data.label_counts.get(name, 0)} |" for name in metadata.scale.grades]
    origin = (
        f"{data.n} {items} from {data.source} (licence: {data.licence}; SHA-256 `{data.sha256}`), "
        f"split plan `{metadata.split_plan}`.{more}"
    )
    return "\n".join(["## Training data", "", origin, "", f"| {label} | {items} |", "|---|---:|", *rows])


def quality(metadata: BundleMetadata, *, items: str) -> str:
    """How a model did on texts that it had not seen."""
    if not metadata.metrics:
        return "## Quality\n\nNot measured. Do not rely on this model."
    rows = [f"| {cell(name)} | {_figure(interval, items)} |" for name, interval in metadata.metrics.items()]
    lines = ["## Quality", "", f"On {items} that took no part in training; brackets hold the interval.", ""]
    return "\n".join([*lines, "| measure | value |", "|---|---|", *rows])


def method(metadata: BundleMetadata, how: str) -> str:
    """How a model decides, and what made it; `how` says what is its own."""
    versions = ", ".join(f"{name} {version}" for name, version in sorted(metadata.versions.items()))
    return (
        f"## Method\n\n{how}; decision: {metadata.decision}; calibration: {metadata.calibration}. "
        f"Versions: {versions}. Code: {metadata.git_sha or 'not recorded'}. "
        f"Feature schema: `{metadata.feature_fingerprint}`."
    )


def given_named(schema: FeatureSchema) -> str:
    """The numbers that must come with each text, by name."""
    return some(given_columns(schema))


def rare_labels(metadata: BundleMetadata, *, fewest: int) -> list[str]:
    """The labels that fewer training texts had."""
    counts = metadata.data.label_counts
    return [name for name in metadata.scale.grades if counts.get(name, 0) < fewest]


def some(names: Sequence[str]) -> str:
    """Names in a row, and how many more there are.

    >>> some(["a"] * 12).endswith("a and 2 more")
    True
    """
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return f"{', '.join(names[:NAMED])}{more}"


def _figure(interval: Interval, items: str) -> str:
    if isnan(interval.estimate):
        return f"not defined on these {items}"
    return f"{interval.estimate:.3f} [{interval.low:.3f}, {interval.high:.3f}]"


def cell(text: str) -> str:
    """A text as it may stand in a table."""
    return text.replace("|", "\\|")
