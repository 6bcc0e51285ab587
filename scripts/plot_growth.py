"""Draw docs/images/growth.svg from benchmarks/growth.csv: time, memory and size against the number of orders.

    python scripts/plot_growth.py

The measured exponents (slopes of log against log) are printed as the rows of a Markdown table.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).parent.parent
TABLE, PICTURE = ROOT / "benchmarks" / "growth.csv", ROOT / "docs" / "images" / "growth.svg"
CURVES = {
    "options": "options",
    "columns": "columns of the programme",
    "wall_s": "wall time, s",
    "cpu_s": "processor time, s",
    "build_cpu_s": "of it until the programme stands, s",
    "peak_gib": "peak memory, GiB",
}
PANELS = (("options", "columns"), ("wall_s", "cpu_s", "build_cpu_s"), ("peak_gib",))
Array = NDArray[np.float64]


def main() -> None:
    """Draw, and print the exponents."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    table = {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
    print(
        "| measured | smallest | largest | exponent | of the last doubling |\n| --- | --- | --- | --- | --- |"
    )
    last = {name: values[-2:] for name, values in table.items()}
    for name, words in CURVES.items():
        first, whole = table[name][[0, -1]]
        slopes = f"{exponent(table, name):.2f} | {exponent(last, name):.2f}"
        print(f"| {words} | {first:,.6g} | {whole:,.6g} | {slopes} |")
    draw(table)


def exponent(table: dict[str, Array], name: str) -> float:
    """Slope of log(figure) against log(orders), least squares over the sizes."""
    return float(np.polyfit(np.log(table["orders"]), np.log(table[name]), 1)[0])


def draw(table: dict[str, Array]) -> None:
    """The picture, the same bytes for the same table (with one version of matplotlib)."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    plt.rcParams.update({"svg.hashsalt": "growth", "svg.fonttype": "none", "font.size": 9})
    figure, axes = plt.subplots(1, 3, figsize=(10.5, 3.4), layout="constrained")
    for axis, names in zip(axes, PANELS, strict=True):
        for name in names:
            label = f"{CURVES[name]}\n(orders$^{{{exponent(table, name):.2f}}}$)"
            axis.loglog(table["orders"], table[name], "o-", label=label)
        axis.set_xlabel("orders")
        axis.set_xticks(table["orders"], [f"{value:,.0f}" for value in table["orders"]], minor=False)
        axis.minorticks_off()
        values = np.concatenate([table[name] for name in names])
        axis.set_ylim(values.min() / 1.6, values.max() * 1.6 * 2.2 ** len(names))  # room for the legend
        steps = [step * 10.0**power for power in range(-3, 8) for step in (1, 2, 5)]
        low, high = axis.get_ylim()
        axis.set_yticks([step for step in steps if low <= step <= high])
        axis.yaxis.set_major_formatter(lambda value, _: f"{value:,.10g}")
        axis.tick_params(axis="x", labelrotation=35)
        axis.grid(alpha=0.3)
        axis.legend(fontsize=8, frameon=False, loc="upper left")
    figure.savefig(PICTURE, metadata={"Date": None, "Creator": None}, facecolor="white")
    plt.close(figure)
    lines = PICTURE.read_text(encoding="utf-8").splitlines()
    PICTURE.write_text("\n".join(line.rstrip() for line in lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
