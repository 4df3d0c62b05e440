"""The model card: what a model is for, what it learnt from, how good it is, and where to be careful."""

from math import isnan

from gradewise.evaluation.results import Interval
from gradewise.features.catalogue import AUXILIARY, WORDING
from gradewise.features.embeddings import EMBEDDING
from gradewise.features.given import GIVEN, given_columns
from gradewise.features.schema import FeatureSchema
from gradewise.models.bundle_files import BundleMetadata
from gradewise.models.text_terms import FEWEST_ESSAYS

_FEW = 20
_NAMED = 10


def render_model_card(metadata: BundleMetadata, schema: FeatureSchema) -> str:
    """A plain page in Markdown, made from what the bundle states and nothing else.

    Source: Mitchell et al. (2019), Model Cards for Model Reporting, doi:10.1145/3287560.3287596.
    """
    parts = [
        f"# {metadata.name} {metadata.version}",
        _purpose(metadata),
        _training_data(metadata),
        quality(metadata),
        _method(metadata, schema),
        _limits(metadata, schema),
    ]
    return "\n\n".join(parts) + "\n"


def _purpose(metadata: BundleMetadata) -> str:
    grades = ", ".join(metadata.scale.grades)
    return (
        f"Suggests a grade on the scale *{metadata.scale.name}* ({grades}) for an essay, with a probability "
        "for each grade.\n\n"
        "**Intended use:** a second opinion beside a teacher, and finding essays that deserve another look. "
        "**Not intended:** deciding alone about a person."
    )


def _training_data(metadata: BundleMetadata) -> str:
    data = metadata.data
    rows = [f"| {cell(grade)} | {data.label_counts.get(grade, 0)} |" for grade in metadata.scale.grades]
    origin = (
        f"{data.n} essays from {data.source} (licence: {data.licence}; SHA-256 `{data.sha256}`), "
        f"split plan `{metadata.split_plan}`."
    )
    if data.n_corrected:
        origin += (
            f" The grades of {data.n_corrected} of them are teachers' decisions about grades that a model "
            f"had given (snapshot SHA-256 `{data.corrections_sha256}`); the locked test set holds none of "
            "them."
        )
    return "\n".join(["## Training data", "", origin, "", "| grade | essays |", "|---|---:|", *rows])


def quality(metadata: BundleMetadata, *, what: str = "essays") -> str:
    """How a model did on essays, or whatever they are called, that it had not seen."""
    if not metadata.metrics:
        return "## Quality\n\nNot measured. Do not rely on this model."
    rows = [f"| {cell(name)} | {_figure(interval)} |" for name, interval in metadata.metrics.items()]
    lines = ["## Quality", "", f"On {what} that took no part in training; brackets hold the interval.", ""]
    return "\n".join([*lines, "| measure | value |", "|---|---|", *rows])


def _method(metadata: BundleMetadata, schema: FeatureSchema) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in sorted(metadata.versions.items()))
    return (
        f"## Method\n\n{_learners(metadata)} over {len(schema)} features of texts in language "
        f"`{schema.language}`; probabilities: {metadata.hyperparameters.get('probabilities', 'residuals')}; "
        f"decision: {metadata.decision}; calibration: {metadata.calibration}. "
        f"Versions: {versions}. Code: {metadata.git_sha or 'not recorded'}. "
        f"Feature schema: `{metadata.feature_fingerprint}`."
    )


def _learners(metadata: BundleMetadata) -> str:
    """What makes the score, in words."""
    members = f", the mean of {len(metadata.engines)}" if len(metadata.engines) > 1 else ""
    share = metadata.hyperparameters.get("linear_share") or 0
    line = f", mixed with a ridge regression ({share:.0%} of the score)" if share else ""
    return f"Boosted trees ({metadata.framework}{members}){line}"


def _limits(metadata: BundleMetadata, schema: FeatureSchema) -> str:
    counts = metadata.data.label_counts
    rare = [grade for grade in metadata.scale.grades if counts.get(grade, 0) < _FEW]
    lines = [
        "## Limits",
        "",
        "- Quality on other tasks, ages or kinds of text than those above is unknown until it is measured.",
        "- The model sees measures of language and form; it does not check facts or judge ideas.",
    ]
    learnt = {spec.group for spec in schema.specs}
    if WORDING in learnt:
        lines.append(
            "- Part of a score comes from wording that went with better or worse grades in training; it says "
            f"less on new tasks. The bundle lists terms that at least {FEWEST_ESSAYS} training essays share."
        )
    if AUXILIARY in learnt:
        named = ", ".join(each.name for each in metadata.auxiliaries)
        lines.append(
            f"- Part of a score comes from models of other essays: {named}. They tell what those were marked "
            "for."
        )
    if GIVEN in learnt:
        given = given_columns(schema)
        more = f" and {len(given) - _NAMED} more" if len(given) > _NAMED else ""
        lines.append(
            f"- Part of a score comes from numbers that must be given with each essay: "
            f"{', '.join(given[:_NAMED])}{more}. They are believed as they stand."
        )
    if EMBEDDING in learnt:
        lines.append(
            "- Part of a score comes from a text model, which is needed to grade and not in the bundle: see "
            "`embedder.json`. What it sees in a text cannot be named."
        )
    if rare:
        lines.append(f"- Fewer than {_FEW} training essays had: {', '.join(rare)}. Distrust these grades.")
    lines += [f"- Not measured: {group} ({reason})." for group, reason in sorted(schema.absent.items())]
    return "\n".join(lines)


def _figure(interval: Interval) -> str:
    if isnan(interval.estimate):
        return "not defined on these essays"
    return f"{interval.estimate:.3f} [{interval.low:.3f}, {interval.high:.3f}]"


def cell(text: str) -> str:
    """A text as it may stand in a table."""
    return text.replace("|", "\\|")
