"""A plan before the rules that Becq ships: what it would break, kept with the run."""

from __future__ import annotations

from typing import Any

from becq.chain.network import Network
from becq.planning.compliance import plan_facts
from becq.rules.evaluation import evaluate
from becq.rules.grouping import group_notes
from becq.rules.rulebook import builtin

KEPT = 500
"""Findings that are kept with a run, the gravest, and as many notes; all are counted."""


def judge_plan(document: dict[str, Any], network: Network) -> dict[str, Any]:
    """What the rules say of a plan.

    :param document: the plan as ``Plan.as_dict`` gives it, of ``network``.
    :returns: counts (severity → number of verdicts) and findings as data: those that block or warn, and the
        notes, drawn together where they say the same.
    """
    verdicts = evaluate(builtin(), plan_facts(document, network))
    findings = verdicts.findings(["block", "warn"])[:KEPT] + group_notes(verdicts)[:KEPT]
    return {"counts": verdicts.counts(), "findings": [finding.as_dict() for finding in findings]}
