"""A plan before the rules that Becq ships: what it would break, kept with the run."""

from __future__ import annotations

from typing import Any

from becq.chain.network import Network
from becq.planning.compliance import plan_facts
from becq.rules.evaluation import evaluate
from becq.rules.rulebook import builtin

KEPT = 500
"""Findings that are kept with a run, the gravest; all are counted."""


def judge_plan(document: dict[str, Any], network: Network) -> dict[str, Any]:
    """What the rules say of a plan.

    :param document: the plan as ``Plan.as_dict`` gives it, of ``network``.
    :returns: counts (severity → number) and findings, those that block or warn, as data.
    """
    verdicts = evaluate(builtin(), plan_facts(document, network))
    findings = verdicts.findings(["block", "warn"])
    return {"counts": verdicts.counts(), "findings": [finding.as_dict() for finding in findings[:KEPT]]}
