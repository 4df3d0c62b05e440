"""What a training of classes leaves for people and for serving: the report, and the bundle's contents."""

from collections.abc import Mapping
from dataclasses import asdict, replace

from gradewise.evaluation.data_profile import DataProfile
from gradewise.models.bundles.contents import BundleContents
from gradewise.models.bundles.files import describe_reference, make_self_test
from gradewise.models.bundles.metadata import Setting
from gradewise.models.bundles.targets import TargetContents
from gradewise.models.classifiers.params import USUAL_C, ClassifierParams
from gradewise.reporting.parts import Section
from gradewise.reporting.report import BaselineRow, NamedEvaluation, Report
from gradewise.reporting.topics.bad_rows import bad_rows_sections
from gradewise.reporting.topics.classes import class_sections
from gradewise.reporting.topics.data_profile import profile_section
from gradewise.reporting.topics.gates import gates_section
from gradewise.workflows.classification.experiment import TextExperiment
from gradewise.workflows.classification.judging import Judged
from gradewise.workflows.classification.learning import LearnedClasses
from gradewise.workflows.classification.searching import Found
from gradewise.workflows.classification.views import TextView
from gradewise.workflows.training.trained_run import Circumstances, bare_metadata, bare_report, embedding_part

DECISION = "the most probable class"
CALIBRATIONS: Mapping[str, str] = {
    "none": "probabilities are the classifier's own",
    "temperature": "sharpened or softened by one factor, learnt from texts that folds held out",
}
CHOSEN_ON = (
    "settings were chosen by their figures on {folds} of the folds, so that figures out of fold are a little "
    "too good; the locked test took no part in the choice"
)
"""What a reader of figures out of fold must know where there was a search."""


def class_report(
    experiment: TextExperiment,
    learned: LearnedClasses,
    judged: Judged,
    *,
    data: DataProfile,
    circumstances: Circumstances,
) -> Report:
    """One training of classes, ready to be shown."""
    sections = class_sections(
        sets=judged.sets,
        out_of_scope=judged.out_of_scope,
        trials=learned.found.shown,
        search_metric=experiment.plan.search.metric,
    )
    return classes_report(
        experiment,
        learned.found,
        judged.evaluations,
        kind="Classifier",
        baselines=judged.baselines,
        sections=(
            *sections,
            *bad_rows_sections(experiment.dataset.integrity.rejected),
            profile_section(data),
            *([gates_section(judged.gates)] if judged.gates else []),
        ),
        circumstances=circumstances,
    )


def classes_report(
    experiment: TextExperiment,
    found: Found,
    evaluations: tuple[NamedEvaluation, ...],
    *,
    kind: str,
    baselines: tuple[BaselineRow, ...],
    sections: tuple[Section, ...],
    circumstances: Circumstances,
) -> Report:
    """What was found of classes, by training or cross-validation, ready to be shown."""
    report = bare_report(
        experiment.dataset,
        experiment.scale,
        evaluations,
        kind=kind,
        decision=DECISION,
        calibration=CALIBRATIONS[experiment.plan.calibration],
        circumstances=circumstances,
    )
    return replace(
        report,
        baselines=baselines,
        sections=sections,
        notices=(*report.notices, *experiment.notices, *_chosen_on(experiment, found)),
    )


def _chosen_on(experiment: TextExperiment, found: Found) -> tuple[str, ...]:
    if not found.trials:
        return ()
    return (CHOSEN_ON.format(folds=min(experiment.plan.search.folds, len(experiment.folds))),)


def class_contents(
    experiment: TextExperiment, learned: LearnedClasses, report: Report, view: TextView, *, data: DataProfile
) -> BundleContents:
    """The model with everything that is known about it, and what the texts look like that it learnt from."""
    matrix = learned.train_matrix
    return BundleContents(
        metadata=replace(
            bare_metadata(
                experiment.dataset,
                report,
                experiment.train.codes,
                matrix.schema,
                framework=learned.found.params.learner,
                hyperparameters=hyperparameters(learned),
                decision=DECISION,
                calibration=experiment.plan.calibration,
            ),
            out_of_scope=experiment.no_class,
        ),
        schema=matrix.schema,
        overall=TargetContents(
            model=learned.onnx,
            self_test=make_self_test(matrix.values, learned.shipped.predict(matrix.values)),
            confidence=learned.confidence,
        ),
        profile=replace(describe_reference(matrix, experiment.train.codes, experiment.scale), data=data),
        components=view.components,
        embedding=embedding_part(experiment.dataset.plan.features, matrix.schema, view.projection),
    )


def hyperparameters(learned: LearnedClasses) -> dict[str, Setting]:
    """How the classifier was learnt, as a bundle tells it."""
    return {**classifier_settings(learned.found.params), "temperature": learned.temperature}


def classifier_settings(params: ClassifierParams) -> dict[str, Setting]:
    """Every setting of a learner by its name."""
    own: dict[str, Setting] = {name: value for name, value in asdict(params).items() if name != "members"}
    if params.learner in USUAL_C:
        own["c"] = params.c_used
    members = "+".join(member.learner for member in params.members)
    return {**own, **({"members": members} if members else {})}
