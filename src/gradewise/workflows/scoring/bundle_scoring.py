"""One bundle grades a batch, without a service: what `gradewise finalize` does by itself."""

import asyncio
from collections.abc import Sequence

from gradewise.features.given import given_columns, reads_judgement
from gradewise.models.bundles.verified import Bundle
from gradewise.telemetry import Listener, silent
from gradewise.workflows.score import Prediction, score_many
from gradewise.workflows.scoring.models import ModelIdentity
from gradewise.workflows.scoring.requests import Scored, ScoreRequest
from gradewise.workflows.services import Services


class BundleScoring:
    """Grades with one bundle on all cores; writes no score log. A `BatchScoring`."""

    def __init__(self, bundle: Bundle, services: Services, *, listener: Listener = silent) -> None:
        """Take a verified bundle and what its features need.

        Args:
            bundle: The model.
            services: Checkers, text models and the cache of features.
            listener: Hears how reading goes on.

        Raises:
            BundleError: The model tells classes apart.
        """
        bundle.require_grades("merging a model's grades with judgement (gradewise finalize)")
        self._bundle, self._services, self._listener = bundle, services, listener

    async def score_many(
        self, requests: Sequence[ScoreRequest], *, batch_id: str = "", deadline_s: float | None = None
    ) -> tuple[Scored, ...]:
        """Answers in order; `BatchScoring` says what is raised."""
        del batch_id, deadline_s  # whoever asks keeps the time
        predictions = await asyncio.to_thread(self._predict, requests)
        return tuple(self._answer(prediction) for prediction in predictions)

    def _predict(self, requests: Sequence[ScoreRequest]) -> list[Prediction]:
        essays = [request.essay for request in requests]
        return list(score_many(self._bundle, essays, self._services, listener=self._listener))

    def _answer(self, prediction: Prediction) -> Scored:
        metadata = self._bundle.metadata
        return Scored(
            score_id="",
            prediction=prediction,
            model=ModelIdentity(name=metadata.name, version=metadata.version, digest=self._bundle.digest),
            arm="champion",
            route="release" if prediction.released else "review",
            cached=False,
            reads_judgement=reads_judgement(given_columns(self._bundle.measured)),
        )
