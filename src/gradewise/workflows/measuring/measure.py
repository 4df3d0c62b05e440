"""From a dataset to its feature matrix: which features can be had, and their values."""

from collections.abc import Sequence

from gradewise.errors import PlanError
from gradewise.essays.records import Essay
from gradewise.features.catalogue import GROUPS, build_schema
from gradewise.features.embeddings import with_embeddings
from gradewise.features.given import with_given
from gradewise.features.schema import FeatureMatrix, FeatureSchema
from gradewise.protocols.measuring import Embedder
from gradewise.telemetry import Listener, Notice
from gradewise.workflows.datasets.auxiliary import AuxiliarySet
from gradewise.workflows.datasets.given import kept_columns
from gradewise.workflows.datasets.prepare import Dataset
from gradewise.workflows.measuring.embed import measure_columns
from gradewise.workflows.services import MakeChecker, Services


def measure_essays(dataset: Dataset, services: Services, listener: Listener) -> FeatureMatrix:
    """Features of all essays; what cannot be had is said by name."""
    schema = dataset_schema(dataset, services)
    for lack in absent_groups(schema):
        listener(Notice(lack))
    return _measured(dataset.essays, schema, dataset, services, listener)


def measure_auxiliary(
    other: AuxiliarySet, dataset: Dataset, services: Services, listener: Listener
) -> FeatureMatrix:
    """The same features of the essays of an auxiliary set."""
    return _measured(other.essays, dataset_schema(dataset, services), dataset, services, listener)


def _measured(
    essays: Sequence[Essay],
    schema: FeatureSchema,
    dataset: Dataset,
    services: Services,
    listener: Listener,
) -> FeatureMatrix:
    return measure_columns(
        essays,
        schema=schema,
        checker=_checker(dataset, services),
        embedder=plan_embedder(dataset, services),
        cache=services.cache,
        workers=services.workers,
        listener=listener,
    )


def absent_groups(schema: FeatureSchema) -> tuple[str, ...]:
    """Which whole groups are missing, one line each with the reason; single features stay in the schema."""
    return tuple(f"no {name} features: {why}" for name, why in schema.absent.items() if name in GROUPS)


def dataset_schema(dataset: Dataset, services: Services) -> FeatureSchema:
    """The features that a plan asks for and these essays allow.

    Raises:
        PlanError: the plan names a feature or group that there is not, or leaves nothing to measure; or its
            text model cannot be opened, or has not as many components.
        InputError: the text model cannot be read.
    """
    plan, embedder = dataset.plan, plan_embedder(dataset, services)
    named = FeatureSchema((), plan.language)
    if plan.features.set != "embeddings" and plan.task == "ordinal":
        named = _handcrafted_schema(dataset, services)
    named = with_given(named, kept_columns(plan.features))
    if embedder is None:
        return named
    _refuse_too_many_components(dataset, embedder)
    return with_embeddings(named, embedder.dimensions, fingerprint=embedder.fingerprint)


def plan_embedder(dataset: Dataset, services: Services) -> Embedder | None:
    """The text model that a plan asks for; ``None`` where it asks for none.

    Raises:
        PlanError: it cannot be opened.
    """
    plan = dataset.plan.features
    if plan.set == "handcrafted" or plan.embedder is None:
        return None
    return services.open_embedder(plan.embedder)


def _refuse_too_many_components(dataset: Dataset, embedder: Embedder) -> None:
    asked = dataset.plan.features.embedder
    fewest = min(len(fold.train_ids) for fold in dataset.split.folds)
    most = min(embedder.dimensions, fewest - 1)
    if asked is not None and asked.components is not None and asked.components > most:
        raise PlanError(
            f"`features.embedder.components` is {asked.components}; a model of {embedder.dimensions} "
            f"dimensions and folds of {fewest} training essays allow at most {most}"
        )


def _handcrafted_schema(dataset: Dataset, services: Services) -> FeatureSchema:
    """What is measured of texts; nothing where the plan leaves given columns alone."""
    plan = dataset.plan.features
    drop, keep = (tuple(name for name in names if name not in plan.given) for names in (plan.drop, plan.keep))
    if kept_columns(plan) and not (keep if plan.keep else plan.groups is None or plan.groups):
        return FeatureSchema((), dataset.plan.language)
    make_checker = _checker(dataset, services)
    others = (other.essays for other in dataset.auxiliary)
    return build_schema(
        language=dataset.plan.language,
        groups=plan.groups,
        drop=drop,
        keep=keep,
        has_findings=make_checker is not None,
        has_prompt_text=all(essay.prompt_text for essays in (dataset.essays, *others) for essay in essays),
        checker_fingerprint=make_checker().fingerprint if make_checker else None,
    )


def _checker(dataset: Dataset, services: Services) -> MakeChecker | None:
    return services.find_checker(dataset.plan.features.checker, dataset.plan.language)
