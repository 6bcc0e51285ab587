"""Writes docs/validation.md and its plots: computed against published values, and why they deviate.

Run it after a change of physics or data, with ``BECQ_NUCLEAR_DATA`` set or the folder of
evaluated cross sections in ../shared: ``python scripts/build_validation.py``. The same numbers give
the same bytes (with one version of matplotlib).
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "reference"))

from beams import nuclear_folder  # noqa: E402
from comparison import FILES, Comparison, Deviation, compare, deviations  # noqa: E402
from decays import SECONDS  # noqa: E402

PAGE = ROOT / "docs" / "validation.md"
IMAGES = ROOT / "docs" / "images"

FIELDS: tuple[tuple[str, str, tuple[str, ...], str], ...] = (
    (
        "accelerators",
        "Accelerators",
        (
            "accelerator_yields.csv",
            "photonuclear_yields.csv",
            "monitor_cross_sections.csv",
            "stopping_powers.csv",
        ),
        "Thick-target yields with cross sections of the nuclear-data folder and the recommended curves "
        "that are shipped. `recommended` values are those of evaluators, `measured` ones thick targets "
        "and foils, which scatter by 10 to 20 % among themselves, `calculated` ones integrals of "
        "measured excitation functions. PSTAR and ASTAR are the tables that Becq stops beams with (`same "
        "tables`), so these rows check reading and interpolation; ICRU Report 90 and SRIM are "
        "independent.",
    ),
    (
        "reactors",
        "Reactors",
        ("reactor_yields.csv", "cross_sections_published.csv"),
        "Activities with target and product burn-up, Westcott factors and, where the source gives a "
        "shape, self-shielding; where no epithermal share is printed none is taken. `another code` are "
        "periodictable's activation calculator and ISOTOPIA. Cross sections: every compilation and "
        "experiment but Mughabghab 2018, from which the table is taken.",
    ),
    (
        "fission",
        "Fission products",
        ("fission_production.csv",),
        "Cumulative yields, fissions per joule and energy per fission. Fuel of power reactors is not "
        "recomputed: plutonium fissions in it, and U-235 alone would test nothing.",
    ),
    (
        "radiation",
        "Dose rates and shields",
        ("gamma_constants.csv", "shielding.csv", "buildup_factors.csv"),
        "Constants of single nuclides in the quantity and with the cut-off energy of the source, value "
        "layers (or the transmission of a given thickness), build-up factors. [Dose rates](dose-rate.md) "
        "tells more.",
    ),
    (
        "decay",
        "Half-lives, chains and generators",
        (
            "half_life_values.csv",
            "half_lives.csv",
            "decay_chains.csv",
            "technetium_fraction.csv",
            "generator_values.csv",
            "generator_maximum.csv",
        ),
        "Half-lives of ICRP-107 against NUBASE2020, DDEP, BIPM and ENSDF; whole chains against a solver "
        "in high precision; technetium fractions and times of generators.",
    ),
)
PLOTTED = {
    "accelerators": ("accelerator_yields.csv",),
    "reactors": ("reactor_yields.csv",),
    "fission": ("fission_production.csv",),
    "radiation": ("gamma_constants.csv", "shielding.csv"),
    "decay": ("half_life_values.csv", "half_lives.csv"),
}
# Okabe & Ito's colours, told apart by every eye, and a shape for each
STYLES = (
    ("#0072B2", "o"),
    ("#D55E00", "^"),
    ("#009E73", "s"),
    ("#CC79A7", "D"),
    ("#E69F00", "v"),
)
WIDEST = 10.0
"""Ratios beyond this factor are drawn at the edge of a plot."""


def main() -> None:
    """Write the page and the plots."""
    if nuclear_folder() is None:
        raise SystemExit("No nuclear data: set BECQ_NUCLEAR_DATA or put the folder in ../shared/data/nuclear")
    IMAGES.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)}: {len(PAGE.read_text(encoding='utf-8'))} characters")
    for path in draw(IMAGES):
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes")


def page() -> str:
    """The text of docs/validation.md."""
    everything = [row for file in FILES for row in compare(file)]
    done = [row for row in everything if row.ratio is not None]
    off = [row for row in done if row.deviates]
    parts = [
        "# Computed against published values\n",
        "<!-- Written by scripts/build_validation.py; edit tests/reference/deviations.csv instead. -->\n",
        f"{_weak(everything)}\n",
        f"{len(everything)} published values stand in [tests/reference](../tests/reference/README.md), "
        f"each with its source. {len(done)} of them can be recomputed from what the source prints. None "
        "was used to tune or fit anything, with one choice set from measurements: the 25 % that are added "
        "to the uncertainty (not the value) of 60 averages over the fission spectrum which respond above "
        "12 MeV, set from averages in EXFOR. None is left out because it disagrees. The ratio "
        f"is computed over published, in the unit of the source. {len(off)} values lie beyond "
        f"10 %: each has one explanation below and an interval in which its ratio must stay; a "
        "test fails for one without, and for an explanation that covers nothing. Where the cause is a "
        "weakness of Becq or its data, the explanation says so.\n",
        "![Ratio of computed to published, by kind](images/validation-ratios.svg)\n",
        _scores(),
    ]
    for key, title, files, text in FIELDS:
        parts.append(f"## {title}\n\n{text}\n\n![Computed against published](images/validation-{key}.svg)\n")
        for file in files:
            if any(row.deviates for row in compare(file)):
                parts.append(_explained(file))
    parts.append(_chains())
    parts.append(_left_out(everything))
    return "\n".join(parts)


def _weak(everything: Iterable[Comparison]) -> str:
    """What the page proves least, first of all."""
    rows = [r for r in everything if r.file == "reactor_yields.csv"]
    measured = [r for r in rows if r.kind == "measured"]
    ratios = [r.ratio for r in measured if r.ratio is not None]
    others = sum(r.kind == "another code" and r.ratio is not None for r in rows)
    return (
        f"**Weakest point:** of {len(measured)} measured reactor yields only {len(ratios)} print enough to "
        f"be recomputed (median ratio {np.median(ratios):.3f}). Reactor yields therefore rest on {others} "
        "values of two other codes, periodictable and ISOTOPIA (the latter off by up to a factor of two), "
        "and on the cross sections below, not on measured activities."
    )


def _kinds(file: str) -> list[tuple[str, list[Comparison]]]:
    """Rows that are recomputed, by kind."""
    found: dict[str, list[Comparison]] = {}
    for row in compare(file):
        if row.ratio is not None:
            found.setdefault(row.kind, []).append(row)
    return sorted(found.items(), key=lambda item: -len(item[1]))


def _scores() -> str:
    lines = [
        "| file | kind | recomputed | of | median ratio | within 5 % | 10 % | 25 % |",
        "| --- | --- | --: | --: | --: | --: | --: | --: |",
    ]
    for _, _, files, _ in FIELDS:
        for file in files:
            for kind, rows in _kinds(file):
                ratios = np.array([row.ratio for row in rows])
                shares = " | ".join(
                    f"{100 * np.mean(np.abs(ratios - 1) <= x):.0f} %" for x in (0.05, 0.1, 0.25)
                )
                total = sum(row.kind == kind for row in compare(file))
                lines.append(
                    f"| {file.removesuffix('.csv')} | {kind} | {len(rows)} | {total} | "
                    f"{np.median(ratios):.3f} | {shares} |"
                )
    return "\n".join(lines) + "\n"


def _explained(file: str) -> str:
    """The deviations of a file and their reasons."""
    off = [row for row in compare(file) if row.deviates]
    lines = [
        f"### Beyond 10 %: {file.removesuffix('.csv').replace('_', ' ')}\n",
        "| what | source | ratio | farthest row | why |",
        "| --- | --- | --: | --- | --- |",
    ]
    for deviation in (d for d in deviations() if d.file == file):
        rows = [row for row in off if deviation.covers(row)]
        if rows:
            lines.append(_line(deviation, rows))
    text = "\n".join(lines) + "\n"
    if len(lines) < 120:
        return text
    title, table = text.split("\n\n", 1)
    return f"{title}\n\n<details><summary>{len(lines) - 3} explanations</summary>\n\n{table}\n</details>\n"


def _line(deviation: Deviation, rows: Sequence[Comparison]) -> str:
    ratios = [row.ratio or 0.0 for row in rows]
    farthest = max(rows, key=lambda row: abs(np.log(row.ratio or 1.0)))
    subjects = list(dict.fromkeys(row.subject for row in rows))
    what = ", ".join(subjects[:6]) + (f" and {len(subjects) - 6} more" if len(subjects) > 6 else "")
    many = f"{_two(min(ratios))}–{_two(max(ratios))} ({len(rows)})" if len(rows) > 1 else _two(ratios[0])
    names = list(dict.fromkeys(_author(row.source) for row in rows))
    source = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    example = f"{farthest.condition}: {farthest.published:.4g} → {farthest.computed:.4g} {farthest.unit}"
    cells = (what, source, many, example, deviation.reason)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _two(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio >= 0.1 else f"{ratio:.1g}"


def _author(source: str) -> str:
    """A source in a few words."""
    if source.startswith("periodictable"):
        return "periodictable"
    exfor = re.match(r"EXFOR (\d{5})", source)
    if exfor:
        found = re.search(r"([A-Z][a-zA-Z'’-]{2,})[ ,]+(\d{4})\b", source.split(", as tabulated")[0])
        return f"{found[1]} {found[2]} (EXFOR {exfor[1]})" if found else f"EXFOR {exfor[1]}"
    found = re.match(r"([^(]{3,60}?)(?: et al\.?)? ?\(((?:19|20)\d\d)\)", source)
    if found:
        first = re.split(r",| [A-Z]\.", found[1])[0]
        return f"{first} {found[2]}"
    return re.split(r"[,(;:]", source)[0].strip()


def _chains() -> str:
    rows = [row for row in compare("decay_chains.csv") if row.ratio is not None]
    worst = max(abs((row.ratio or 1.0) - 1) for row in rows)
    starts = len({row.subject.split(" → ")[0] for row in rows})
    return (
        f"Chains: {len(rows)} activities of {starts} chains; the largest deviation from the solver in high "
        f"precision is {worst:.0e} of the activity.\n"
    )


def _left_out(everything: Iterable[Comparison]) -> str:
    lines = [
        "## What cannot be recomputed\n",
        "| file | reason | rows |",
        "| --- | --- | --: |",
    ]
    counts = Counter((row.file, row.why) for row in everything if row.computed is None)
    for (file, why), number in sorted(
        counts.items(), key=lambda item: (list(FILES).index(item[0][0]), -item[1])
    ):
        lines.append(f"| {file.removesuffix('.csv')} | {why.replace('|', '/')} | {number} |")
    return "\n".join(lines) + "\n"


def draw(folder: Path) -> list[Path]:
    """The plots; their paths."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    plt.rcParams |= {
        "svg.hashsalt": "becq",
        "svg.fonttype": "none",
        "font.family": "DejaVu Sans",
        "font.size": 13,
        "axes.titlesize": 14,
        "axes.spines.top": False,
        "axes.spines.right": False,
    }
    paths = [_save(plt, _ratios(plt), folder / "validation-ratios.svg")]
    for key, title, _, _ in FIELDS:
        rows = [row for file in PLOTTED[key] for row in compare(file) if row.ratio is not None]
        paths.append(_save(plt, _scatter(plt, key, title, rows), folder / f"validation-{key}.svg"))
    return paths


def _save(plt: Any, figure: Any, path: Path) -> Path:
    figure.savefig(path, metadata={"Date": None, "Creator": None}, facecolor="white")
    plt.close(figure)
    text = path.read_text(encoding="utf-8").replace("'DejaVu Sans'", "'DejaVu Sans', Verdana, sans-serif")
    short = re.sub(r"(\d\.\d\d)\d+", r"\1", text)
    path.write_text("\n".join(line.rstrip() for line in short.splitlines()) + "\n", encoding="utf-8")
    return path


def _groups(key: str, rows: Sequence[Comparison]) -> dict[str, list[Comparison]]:
    """Rows by what the legend names."""
    names = {
        "gamma_constants.csv": "gamma constants",
        "shielding.csv": "layers and transmission",
        "half_life_values.csv": "NUBASE2020, DDEP, BIPM and others",
        "half_lives.csv": "ENSDF",
    }
    found: dict[str, list[Comparison]] = {}
    for row in rows:
        name = names.get(row.file, row.kind)
        if key == "fission":
            name = "cumulative yields" if "cumulative" in row.condition else "activities, rates, energies"
        found.setdefault(name, []).append(row)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))


def _scatter(plt: Any, key: str, title: str, rows: Sequence[Comparison]) -> Any:
    """Computed against published on logarithmic scales, and the ratio below."""
    figure, (above, below) = plt.subplots(
        2, 1, figsize=(8, 9), sharex=True, height_ratios=(3, 2), layout="constrained"
    )
    seconds = key == "decay"
    values = np.array([_value(row, row.published, seconds) for row in rows])
    edge = np.array([values.min() / 2, values.max() * 2])
    above.fill_between(edge, edge * 0.9, edge * 1.1, color="#DDDDDD", linewidth=0)
    above.plot(edge, edge, color="#777777", linewidth=0.8)
    below.axhspan(0.9, 1.1, color="#DDDDDD", linewidth=0)
    below.axhline(1.0, color="#777777", linewidth=0.8)
    for (name, group), (colour, shape) in zip(_groups(key, rows).items(), STYLES, strict=False):
        x = np.array([_value(row, row.published, seconds) for row in group])
        y = np.array([_value(row, row.computed or 0.0, seconds) for row in group])
        style = {"marker": shape, "color": colour, "linestyle": "none", "markersize": 5, "alpha": 0.75}
        above.plot(x, y, label=f"{name} ({len(group)})", **style)
        below.plot(x, np.clip(y / x, 1 / WIDEST, WIDEST), **style)
    for axis in (above, below):
        axis.set_xscale("log")
        axis.set_yscale("log")
    above.set_xlim(*edge)
    unit = "s" if seconds else "units of the sources"
    above.set_ylabel(f"computed ({unit})")
    above.set_title(title, loc="left")
    above.legend(frameon=False, loc="upper left", fontsize=12, handletextpad=0.2)
    narrow = max(abs(np.log(row.ratio or 1.0)) for row in rows) < np.log(1.3)
    ticks = (0.9, 0.95, 1, 1.05, 1.1) if narrow else (0.1, 0.2, 0.5, 1, 2, 5, 10)
    below.set_ylim(ticks[0] * 0.95, ticks[-1] * 1.05)
    below.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    below.minorticks_off()
    below.set_ylabel("computed / published")
    below.set_xlabel(f"published ({unit}); grey band: 10 %")
    return figure


def _value(row: Comparison, value: float, seconds: bool) -> float:
    return value * SECONDS[row.unit] if seconds else value


def _label(file: str, kind: str) -> str:
    """A strip's name, short enough for a phone."""
    name = {
        "cross_sections_published.csv": "neutron cross sections",
        "monitor_cross_sections.csv": "beam cross sections",
        "fission_production.csv": "fission",
        "half_life_values.csv": "NUBASE, DDEP, BIPM",
        "half_lives.csv": "ENSDF half-lives",
    }.get(file, file.removesuffix(".csv").replace("_", " "))
    kinds = {row.kind for row in compare(file)}
    return f"{name}, {kind}" if len(kinds) > 1 else name


def _ratios(plt: Any) -> Any:
    """One strip of ratios for each file and kind."""
    strips = [
        (_label(file, kind), rows)
        for _, _, files, _ in FIELDS
        for file in files
        if file != "decay_chains.csv"
        for kind, rows in _kinds(file)
        if len(rows) >= 3
    ]
    figure, axis = plt.subplots(figsize=(8, 0.42 * len(strips) + 1.2), layout="constrained")
    axis.axvspan(0.9, 1.1, color="#DDDDDD", linewidth=0)
    axis.axvline(1.0, color="#777777", linewidth=0.8)
    for place, (_, rows) in enumerate(strips):
        ratios = np.clip([row.ratio or 0.0 for row in rows], 0.2, 5.0)
        inside = np.quantile(ratios, (0.05, 0.25, 0.5, 0.75, 0.95))
        axis.plot(inside[[0, 4]], (place, place), color="#56B4E9", linewidth=2.5, solid_capstyle="butt")
        axis.plot(inside[[1, 3]], (place, place), color="#0072B2", linewidth=8, solid_capstyle="butt")
        axis.plot(inside[2], place, marker="|", markersize=17, markeredgewidth=2.5, color="#D55E00")
    axis.set_yticks(range(len(strips)), [f"{label} ({len(rows)})" for label, rows in strips], fontsize=11)
    axis.invert_yaxis()
    axis.set_xscale("log")
    ticks = (0.2, 0.5, 1, 2, 5)
    axis.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axis.minorticks_off()
    axis.set_xlim(0.19, 5.3)
    axis.set_xlabel("computed / published")
    axis.set_title("median, middle half, middle 90 %; grey: 10 %", loc="right")
    return figure


if __name__ == "__main__":
    main()
