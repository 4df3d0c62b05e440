"""`gradewise compare-cv-runs`."""

from pathlib import Path
from typing import Annotated

import typer

from gradewise.cli.app import app


@app.command("compare-cv-runs")
def compare_cv_runs(
    *,
    reference_run_dir: Annotated[Path, typer.Option("--reference-run-dir", help="Run of what there is.")],
    candidate_run_dir: Annotated[
        Path, typer.Option("--candidate-run-dir", help="Run of what may replace it.")
    ],
    gate_profile: Annotated[
        str | None, typer.Option(help="prompt_holdout_primary, stratified_stability or none.")
    ] = None,
    bootstrap_n: Annotated[
        int | None, typer.Option("--bootstrap-n", "--n-bootstrap", help="Bootstrap resamples over texts.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", "--bootstrap-seed", help="Of the resampling.")] = None,
    min_prompt_n: Annotated[
        int | None, typer.Option(help="Fewest texts of a prompt that is judged alone.")
    ] = None,
    bottom_k_prompts: Annotated[
        int | None, typer.Option("--bottom-k-prompts", "--bottom-k", help="Hardest prompts that are pooled.")
    ] = None,
    require_gates: Annotated[
        bool, typer.Option("--require-gates", help="Leave with exit code 3 unless the profile is passed.")
    ] = False,
    run_name: Annotated[str | None, typer.Option(help="Of this run; the command's name when absent.")] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Where run directories are made.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress, no notes.")] = False,
) -> None:
    """Compare two finished cross-validations text by text, and say whether one may replace the other."""
    from gradewise.cli.asking import plan_from
    from gradewise.cli.research.bench import compare_shown

    plan = plan_from(
        candidate_run_dir / "plan.yaml",
        {
            "compare.reference": reference_run_dir,
            "compare.candidate": candidate_run_dir,
            "compare.profile": gate_profile,
            "compare.resamples": bootstrap_n,
            "compare.seed": seed,
            "compare.min_prompt": min_prompt_n,
            "compare.bottom_k": bottom_k_prompts,
            "output": output,
        },
    )
    compare_shown(plan.model_copy(update={"run_name": run_name}), quiet=quiet, require_gates=require_gates)
