"""The reference for users says what the code does: its example is a valid file, its tables are complete.

Run as a script, this prints the tables to paste.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from becq.chain.definition import choices, fields_of, leaf, nested
from becq.chain.lane import Departure
from becq.chain.network import SECTIONS, Network
from becq.chain.process import Outage
from becq.chain.reading import examine_network, read_network, write_network
from becq.chain.site import Licence, LicensedNuclide, LicensedOperation

PAGE = Path(__file__).parents[2] / "docs" / "network-file.md"
MODELS = {
    "network": Network,
    **SECTIONS,
    "licence": Licence,
    "licence.nuclides": LicensedNuclide,
    "licence.operations": LicensedOperation,
    "outages": Outage,
    "departures": Departure,
}


def table(name: str) -> str:
    """The fields of a model as a Markdown table."""
    lines = [f"### {name}", "", "| field | what it is | default |", "| --- | --- | --- |"]
    for field, info in fields_of(MODELS[name]).items():
        if name == "network" and field in SECTIONS:
            continue
        words = ", ".join(f"`{word}`" for word in choices(info.annotation))
        text = f"{info.description}{': ' if words else ''}{words}"
        default = "needed"
        if not info.is_required():
            value = info.get_default(call_default_factory=True)
            if isinstance(value, list):
                value = "daily" if len(value) == 7 else ", ".join(value)
            default = {None: "", True: "true", False: "false"}.get(value, str(value)) if value != 0 else "0"
            if leaf(info.annotation) is bool:
                default = "true" if value else "false"
            if nested(info.annotation):
                default = ""
        lines.append(f"| `{field}` | {text} | {default} |")
    return "\n".join(lines)


def test_example_has_no_problems(example: Path) -> None:
    network, problems = examine_network(example)
    assert problems == []
    assert network is not None
    assert all(getattr(network, section) for section in SECTIONS)


def test_example_goes_to_excel_and_back(example: Path, tmp_path: Path) -> None:
    network = read_network(example)
    write_network(network, tmp_path / "n.xlsx")
    assert read_network(tmp_path / "n.xlsx") == network


@pytest.mark.parametrize("name", MODELS)
def test_every_field_is_described(name: str) -> None:
    assert table(name) in PAGE.read_text(encoding="utf-8")


if __name__ == "__main__":
    print("\n\n".join(table(name) for name in MODELS))
