"""The comparison with another code that docs/reactors.md prints gives the ratios that stand beside it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reactors.md"


def test_the_printed_lines_give_the_printed_ratios() -> None:
    text = PAGE.read_text(encoding="utf-8")
    snippet = next(each for each in re.findall(r"```python\n(.*?)```", text, re.DOTALL) if "ISOTOPIA" in each)
    imports = "\n".join(line for line in text.splitlines() if line.startswith("from becq."))
    found: dict[str, Any] = {}
    exec(imports + "\n" + snippet, found)
    ratios = found["ratios"]
    order = ("Yb-177", "Lu-177", "Lu-177m", "Ir-192")
    said = " ".join(text[text.index("ISOTOPIA's examples") : text.index("slab, day")].split())
    printed = ", ".join(f"{name} {ratios[name, 1.0, 313.15]:.2f}" for name in order[:3])
    assert f"{printed} and Ir-192 {ratios['Ir-192', 1.0, 313.15]:.2f}" in said
    kept = [f"{ratios[name, 0.67, 313.15]:.2f}" for name in order]
    assert f"they are {', '.join(kept[:3])} and {kept[3]}" in said
    warm = [f"{ratios[name, 0.67, 600.0]:.2f}" for name in order]
    assert f"Lu-177 comes to {warm[1]} and Lu-177m to {warm[2]}" in said
    assert (warm[0], warm[3]) == (kept[0], kept[3])
