"""The plan as one self-contained HTML page: Gantt, map and tables, no server and no network needed.

The page carries the same built islands and style sheet as the platform's pages; they are made by
``make build`` and lie in the wheel.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from becq.chain.network import Network
from becq.errors import ConflictError
from becq.physics.nuclides import nuclide
from becq.physics.quantities import format_activity, format_duration
from becq.planning.losses import STAGES
from becq.planning.plan import Plan
from becq.reports.words import WORDS

LANGUAGES = ("en", "zh")


def write_plan_html(plan: Plan, network: Network, path: Path, language: str = "en") -> None:
    """Write the page in ``language`` (en or zh). Raises ConflictError where the assets are not built."""
    path.write_text(render_plan_html(plan, network, language), encoding="utf-8")


def render_plan_html(plan: Plan, network: Network, language: str = "en") -> str:
    """The page as text; see ``write_plan_html``."""
    words = WORDS[language]
    chinese = language == "zh"
    names = {row.id: row.name_zh if chinese else row.name for row in (*network.sites, *network.products)}
    environment = Environment(
        loader=PackageLoader("becq.reports"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    environment.filters["bq"] = format_activity
    environment.filters["span"] = format_duration
    environment.filters["local"] = lambda text: _local(text, network)
    environment.filters["nuclide"] = lambda name: (
        nuclide(name).name_zh if chinese else nuclide(name).isotope_markup
    )
    environment.filters["named"] = lambda code: names.get(code, code)
    environment.filters["word"] = lambda code: words.get(code, code)
    return environment.get_template("plan.html.j2").render(
        plan=plan,
        network=network,
        language="zh-Hans" if chinese else "en",
        chinese=chinese,
        words=words,
        stages=STAGES,
        reasons=Counter(row.reason for row in plan.unmet).most_common(),
        data=_script_json(plan.as_dict(network)),
        style=_asset("becq.css"),
        script=_asset("islands.js").replace("</script", "<\\/script"),
    )


def _local(text: str, network: Network) -> str:
    return datetime.fromisoformat(text).astimezone(network.zone).strftime("%m-%d %H:%M")


def _script_json(data: dict[str, Any]) -> str:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(data, ensure_ascii=False, allow_nan=False)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _asset(name: str) -> str:
    file = resources.files("becq") / "web" / "static" / "built" / name
    if not file.is_file():
        raise ConflictError(f"the page's {name} is not built; run 'make build' once, or install the wheel")
    return file.read_text(encoding="utf-8")
