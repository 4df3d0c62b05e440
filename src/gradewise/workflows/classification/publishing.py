"""What a training of classes leaves for people and for serving: the report, and the bundle's contents."""

from collections.abc import Mapping
from dataclasses import asdict, replace

from gradewise.evaluation.data_profile import DataProfile
from gradewise.models.bundle_contents import BundleContents
from gradewise.models.bundle_files import (
    Setting,
    describe_reference,
    make_self_test,
)
from gradewise.models.bundle_targets import TargetContents
from gradewise.reporting.report import Report
from gradewise.reporting.topics.bad_rows import bad_rows_sections
from gradewise.reporting.topics.classes import class_sections
from gradewise.reporting.topics.data_profile import profile_section
from gradewise.reporting.topics.gates import gates_section
from gradewise.workflows.classification.experiment import TextExperiment
from gradewise.workflows.classification.judging import Judged
from gradewise.workflows.classification.learning import LearnedClasses
from gradewise.workflows.classification.views import TextView
from gradewise.workflows.trained_run import Circumstances, bare_metadata, bare_report, embedding_part

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
    plan = experiment.plan
    report = bare_report(
        experiment.dataset,
        experiment.scale,
        judged.evaluations,
        kind="Classifier",
        decision=DECISION,
        calibration=CALIBRATIONS[plan.calibration],
        circumstances=circumstances,
    )
    sections = class_sections(
        sets=judged.sets,
        out_of_scope=judged.out_of_scope,
        trials=learned.found.shown,
        search_metric=plan.search.metric,
    )
    return replace(
        report,
        baselines=judged.baselines,
        sections=(
            *sections,
            *bad_rows_sections(experiment.dataset.integrity.rejected),
            profile_section(data),
            *([gates_section(judged.gates)] if judged.gates else []),
        ),
        notices=(*report.notices, *experiment.notices, *_chosen_on(experiment, learned)),
    )


def _chosen_on(experiment: TextExperiment, learned: LearnedClasses) -> tuple[str, ...]:
    if not learned.found.trials:
        return ()
    return (CHOSEN_ON.format(folds=min(experiment.plan.search.folds, len(experiment.folds))),)


def class_contents(
    experiment: TextExperiment, learned: LearnedClasses, report: Report, view: TextView, *, data: DataProfile
) -> BundleContents:
    """The model with everything that is known about it, and what the texts look like that it learnt from."""
    matrix = learned.train_matrix
    return BundleContents(
        metadata=bare_metadata(
            experiment.dataset,
            report,
            experiment.train.codes,
            matrix.schema,
            framework=learned.found.params.learner,
            hyperparameters=hyperparameters(learned),
            decision=DECISION,
            calibration=experiment.plan.calibration,
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
    params = learned.found.params
    own: dict[str, Setting] = {name: value for name, value in asdict(params).items() if name != "members"}
    members = "+".join(member.learner for member in params.members)
    return {**own, "temperature": learned.temperature, **({"members": members} if members else {})}
