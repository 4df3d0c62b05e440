"""From a dataset to its feature matrix: which features can be had, and their values."""

from gradewise.essays.records import Essay
from gradewise.features.catalogue import GROUPS, build_schema
from gradewise.features.schema import FeatureMatrix, FeatureSchema
from gradewise.telemetry import Listener, Notice
from gradewise.workflows.extract import extract_features
from gradewise.workflows.plan import Plan
from gradewise.workflows.prepare import Dataset
from gradewise.workflows.services import MakeChecker, Services


def measure_essays(dataset: Dataset, services: Services, listener: Listener) -> FeatureMatrix:
    """Features of all essays; what cannot be had is said by name."""
    make_checker = services.find_checker(dataset.plan.features.checker, dataset.plan.language)
    schema = dataset_schema(dataset.plan, dataset.essays, make_checker)
    for lack in absent_groups(schema):
        listener(Notice(lack))
    return extract_features(
        dataset.essays,
        schema=schema,
        checker=make_checker,
        cache=services.cache,
        workers=services.workers,
        listener=listener,
    )


def absent_groups(schema: FeatureSchema) -> tuple[str, ...]:
    """Which whole groups are missing, one line each with the reason; single features stay in the schema."""
    return tuple(f"no {name} features: {why}" for name, why in schema.absent.items() if name in GROUPS)


def dataset_schema(plan: Plan, essays: tuple[Essay, ...], make_checker: MakeChecker | None) -> FeatureSchema:
    """The features that a plan asks for and these essays allow."""
    return build_schema(
        language=plan.language,
        groups=plan.features.groups,
        drop=plan.features.drop,
        has_findings=make_checker is not None,
        has_prompt_text=all(essay.prompt_text for essay in essays),
        checker_fingerprint=make_checker().fingerprint if make_checker else None,
    )
