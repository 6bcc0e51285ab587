"""The plan as one JSON object."""

from __future__ import annotations

import json
from pathlib import Path

from becq.chain.network import Network
from becq.planning.plan import Plan


def write_plan_json(plan: Plan, network: Network, path: Path) -> None:
    """Write ``plan`` with what is needed to draw it."""
    path.write_text(
        json.dumps(plan.as_dict(network), ensure_ascii=False, indent=1, allow_nan=False) + "\n",
        encoding="utf-8",
    )
