"""Derive the small radiation tables that Becq ships from a folder of evaluated data.

    python scripts/build_radiation_tables.py FOLDER

FOLDER has the nucl-parquet layout (`meta/ensdf/radiation`, `meta/xcom_elements.parquet`,
`meta/xcom_compounds.parquet`). Written are

- ``src/becq/data/photon_lines.csv``: gamma, X and annihilation photons per decay of the named state only.
  ENSDF lists the photons of short-lived isomers with the parent (Cs-137 with the 661.7 keV of Ba-137m);
  Becq's decay data (ICRP-107) keep isomers apart, so those photons are moved to the isomer.
- ``src/becq/data/mass_attenuation.csv``: mu/rho and mu_en/rho of NISTIR 5632 on its own energy grid, both
  sides of every absorption edge kept, and the attenuation that belongs to the build-up factors of
  ANSI/ANS-6.4.3: without coherent scattering and with free electrons, as the standard tabulates it
  (``standard_attenuation.csv``). What the standard leaves out is smooth across edges, so it is interpolated
  and taken from NIST's coefficients; compounds are mixed by mass fractions of NISTIR 5632, table 2.

Of every nuclide the strongest lines stay that together make 99.8 % of the air kerma rate above 20 keV, and
nearly all of it above 60 keV bare and behind 1 and 5 cm of lead: what is weak in the open can rule behind a
shield.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import polars as pl

from becq.physics import decay_data

DATA = Path(__file__).resolve().parent.parent / "src" / "becq" / "data"
STANDARD = Path(__file__).resolve().parent / "standard_attenuation.csv"
ICRP_PHOTONS = Path(__file__).resolve().parent / "icrp_photons.csv"

NUCLIDES = """
C-11 N-13 O-15 F-18 Na-22 Na-24 Mg-28 Al-28 Ar-41 K-40 K-42 K-43 Sc-43 Sc-44 Sc-44m Sc-46 Sc-47 Sc-48
Ti-44 Ti-45 V-48 Cr-48 Cr-51 Mn-51 Mn-52 Mn-52m Mn-54 Mn-56 Fe-52 Fe-55 Fe-59 Co-55 Co-56 Co-57 Co-58
Co-60 Co-61 Ni-57 Ni-65 Cu-60 Cu-61 Cu-62 Cu-64 Cu-67 Zn-62 Zn-63 Zn-65 Zn-69m Ga-66 Ga-67 Ga-68 Ga-70
Ga-72 Ge-68 Ge-69 Ge-71 Ge-77 As-72 As-73 As-74 As-76 As-77 Se-72 Se-73 Se-75 Br-75 Br-76 Br-77 Br-82
Kr-79 Kr-81 Kr-81m Kr-85 Kr-85m Kr-87 Kr-88 Rb-81 Rb-82 Rb-82m Rb-83 Rb-84 Rb-86 Rb-88 Sr-82 Sr-83 Sr-85
Sr-87m Sr-89 Sr-90 Sr-91 Sr-92 Y-86 Y-87 Y-87m Y-88 Y-89m Y-90 Y-90m Y-91 Y-92 Y-93 Zr-88 Zr-89 Zr-95
Zr-97 Nb-90 Nb-92m Cd-113m Er-167m Nb-93m Kr-83m Nb-94 Nb-95 Nb-95m Nb-96 Nb-97 Mo-93 Mo-99 Mo-101 Tc-93
Tc-94 Tc-94m Tc-95 Tc-95m Tc-96 Tc-97m Tc-99 Tc-99m Tc-101 Ru-97 Ru-103 Ru-105 Ru-106 Rh-101 Rh-103m
Rh-105 Rh-106 Pd-100 Pd-103 Pd-109 Ag-103 Ag-108m Ag-109m Ag-110 Ag-110m Ag-111 Cd-107 Cd-109 Cd-115
In-110 In-111 In-113m In-114 In-114m In-115m Sn-113 Sn-117m Sn-121 Sn-123 Sn-125 Sb-119 Sb-122 Sb-124
Sb-125 Sb-126 Sb-127 Te-121 Te-121m Te-123m Te-125m Te-127 Te-127m Te-129 Te-129m Te-131 Te-131m Te-132
I-120 I-121 I-122 I-123 I-124 I-125 I-126 I-128 I-129 I-130 I-131 I-132 I-133 I-134 I-135 Xe-122 Xe-123
Xe-125 Xe-127 Xe-131m Xe-133 Xe-133m Xe-135 Xe-135m Cs-127 Cs-129 Cs-131 Cs-132 Cs-134 Cs-136 Cs-137
Ba-128 Ba-131 Ba-133 Ba-133m Ba-135m Ba-137m Ba-139 Ba-140 La-135 La-140 La-141 Ce-134 La-134 Ce-139
Ce-141 Ce-143 Ce-144 Pr-142 Pr-143 Pr-144 Pr-144m Nd-147 Nd-149 Pm-147 Pm-148 Pm-148m Pm-149 Pm-151
Sm-145 Sm-153 Eu-147 Eu-152 Eu-152m Eu-154 Eu-155 Eu-156 Gd-146 Gd-149 Gd-151 Gd-153 Gd-159 Tb-149 Tb-151
Tb-152 Tb-153 Tb-155 Tb-156 Tb-157 Tb-158 Tb-160 Tb-161 Dy-157 Dy-159 Dy-165 Dy-166 Ho-166 Ho-166m Er-165
Er-169 Er-171 Tm-165 Tm-167 Tm-170 Tm-171 Yb-169 Yb-175 Yb-177 Lu-171 Lu-172 Lu-172m Lu-173 Lu-174
Lu-174m Lu-176 Lu-176m Lu-177 Lu-177m Hf-172 Hf-175 Hf-178m Hf-179m Hf-181 Ta-179 Ta-180 Ta-182 Ta-183
W-178 W-181 W-185 W-187 W-188 Re-183 Re-184 Re-184m Re-186 Re-188 Re-189 Os-185 Os-191 Os-191m Os-193
Os-194 Ir-190 Ir-191m Ir-192 Ir-194 Pt-191 Pt-193m Pt-195m Pt-197 Au-195 Au-196 Au-198 Au-199 Hg-195m
Hg-197 Hg-197m Hg-203 Tl-200 Tl-201 Tl-202 Tl-204 Tl-206 Tl-207 Tl-208 Tl-209 Tl-210 Pb-200 Pb-201 Pb-203
Pb-210 Pb-211 Pb-212 Pb-214 Bi-205 Bi-206 Bi-207 Bi-210 Bi-211 Bi-212 Bi-213 Bi-214 Po-208 Po-209 Po-210
Po-211 Po-213 Po-214 Po-216 Po-218 At-207 At-209 At-210 At-211 At-217 At-218 Rn-217 Rn-218 Rn-219 Rn-220
Rn-222 Fr-221 Fr-223 Ra-222 Ra-223 Ra-224 Ra-225 Ra-226 Ra-228 Ac-225 Ac-226 Ac-227 Ac-228 Th-226 Th-227
Th-228 Th-229 Th-230 Th-231 Th-232 Th-233 Th-234 Pa-230 Pa-231 Pa-233 Pa-234m U-230 U-232 U-233 U-234
U-235 U-236 U-237 U-238 U-239 Np-237 Np-239 Pu-238 Pu-239 Pu-240 Pu-241 Pu-242 Am-241 Am-243 Cm-242
Cm-244 Cf-249 Cf-252 Be-7 P-32 P-33 S-35 C-14 H-3 Ni-63 Ca-45 Ca-47 Si-32 Tm-168 Eu-149 Eu-150 Pb-209
Bi-215 Po-212 Po-215 At-219
""".split()  # noqa: SIM905

# excitation energy (keV) of the isomers whose element has more than one with A in the radiation files
# (0: the files do not know where it lies and put it at the ground)
LEVEL_KEV = {"In-114m": 190.27, "Lu-177m": 970.2, "Pa-234m": 0.0}
# records that stand at level 0 and belong to an isomer
FOREIGN = {("Tb-156", "IT")}

# lines that the radiation files drop although the state emits them itself; photons per decay of ICRP-107
DROPPED = {
    "Mo-99": [(140.511, 0.04524, "gamma")],
    "Co-61": [(841.7, 0.0079, "gamma"), (909.2, 0.0362, "gamma")],
}

MATERIALS = {
    "air": "air", "water": "water", "tissue": "tissue4", "pmma": "pmma", "concrete": "concrete",
    "lead-glass": "glass", "borosilicate-glass": "pyrex",
    "aluminium": 13, "iron": 26, "copper": 29, "tungsten": 74, "lead": 82,
}  # fmt: skip
FRACTIONS = {
    "air": {6: 0.000124, 7: 0.755268, 8: 0.231781, 18: 0.012827},
    "water": {1: 0.111898, 8: 0.888102},
    "tissue": {1: 0.101172, 6: 0.111, 7: 0.026, 8: 0.761828},
    "pmma": {1: 0.080541, 6: 0.599846, 8: 0.319613},
    "concrete": {
        1: 0.0221, 6: 0.002484, 8: 0.57493, 11: 0.015208, 12: 0.001266, 13: 0.019953, 14: 0.304627,
        19: 0.010045, 20: 0.042951, 26: 0.006435,
    },
    "lead-glass": {8: 0.156453, 14: 0.080866, 22: 0.008092, 33: 0.002651, 82: 0.751938},
    "borosilicate-glass": {5: 0.040066, 8: 0.539559, 11: 0.028191, 13: 0.011644, 14: 0.37722, 19: 0.003321},
}  # fmt: skip
KEEP_FROM_KEV = 10.0
DELTA_KEV = 20.0
# (photons from this energy in keV, behind so much lead in cm, share of the air kerma rate kept)
KEPT = ((10.0, 0.0, 0.99), (DELTA_KEV, 0.0, 0.998), (60.0, 0.0, 0.995), (60.0, 1.0, 0.99), (60.0, 5.0, 0.98))


def attenuation(folder: Path) -> dict[str, np.ndarray]:
    """NISTIR 5632 tables (E in MeV, mu/rho, mu_en/rho in cm2/g) above 1 keV for every material we ship."""
    compounds = pl.read_parquet(folder / "meta/xcom_compounds.parquet")
    elements = pl.read_parquet(folder / "meta/xcom_elements.parquet")
    columns = ["energy_MeV", "mu_rho_cm2_g", "mu_en_rho_cm2_g"]
    tables = {}
    for name, key in MATERIALS.items():
        rows = (
            elements.filter(pl.col("Z") == key)
            if isinstance(key, int)
            else compounds.filter(pl.col("material") == key)
        )
        table = rows.select(columns).to_numpy()
        order = np.argsort(table[:, 0], kind="stable")
        tables[name] = table[order]
        steps = np.diff(tables[name][:, 0])
        if (steps < 0).any():
            raise SystemExit(f"{name}: energies out of order")
    return tables


def without_coherent(folder: Path, tables: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """mu/rho to use with the standard's build-up factors, on each material's own energies."""
    elements = pl.read_parquet(folder / "meta/xcom_elements.parquet")
    standard = pl.read_csv(STANDARD)
    left_out: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    for z in standard["z"].unique().to_list():
        own = standard.filter(pl.col("z") == z)
        nist = elements.filter(pl.col("Z") == z)
        energies, totals = nist["energy_MeV"].to_numpy(), nist["mu_rho_cm2_g"].to_numpy()
        pairs = []
        for energy, mu in own.select("energy_kev", "mu_rho_cm2_g").rows():
            near = np.flatnonzero(np.abs(energies * 1000 / energy - 1) < 1e-6)
            if len(near) == 1:
                pairs.append((energy / 1000, max(float(totals[near[0]]) - mu, 1e-7)))
        left_out[z] = (np.array([e for e, _ in pairs]), np.array([d for _, d in pairs]))
    found = {}
    for name, key in MATERIALS.items():
        parts = {key: 1.0} if isinstance(key, int) else FRACTIONS[name]
        energy = tables[name][:, 0]
        less = np.zeros_like(energy)
        for z, share in parts.items():
            grid, difference = left_out[z]
            less += share * np.exp(np.interp(np.log(energy), np.log(grid), np.log(difference)))
        found[name] = tables[name][:, 1] - less
    return found


def kerma_weight(energy_kev: np.ndarray, tables: dict[str, np.ndarray], lead_cm: float) -> np.ndarray:
    """E mu_en/rho of air times the narrow-beam transmission of lead: relative air kerma per photon."""

    def look(name: str, column: int) -> np.ndarray:
        table = tables[name]
        return np.exp(np.interp(np.log(energy_kev / 1000), np.log(table[:, 0]), np.log(table[:, column])))

    return energy_kev * look("air", 2) * np.exp(-look("lead", 1) * 11.35 * lead_cm)


def split(name: str) -> tuple[str, int, str]:
    found = re.fullmatch(r"([A-Z][a-z]?)-(\d+)([mnp]?)", name)
    assert found, name
    return found[1], int(found[2]), found[3]


def read_state(folder: Path, name: str) -> pl.DataFrame:
    """All photon records of one state of one nuclide."""
    element, mass, state = split(name)
    file = folder / f"meta/ensdf/radiation/{element}.parquet"
    empty = pl.DataFrame()
    if not file.exists():
        return empty
    rows = pl.read_parquet(file).filter(pl.col("A") == mass)
    if rows.is_empty():
        return empty
    rows = rows.with_columns(pl.col("parent_level_keV").fill_null(-1.0))
    if state:
        levels = sorted({x for x in rows["parent_level_keV"].to_list() if x > 0})
        if not levels and name not in LEVEL_KEV:
            return empty
        near = LEVEL_KEV.get(name, levels[0] if levels else 0.0)
        rows = rows.filter((pl.col("parent_level_keV") - near).abs() < 1.0)
    else:
        rows = rows.filter(pl.col("parent_level_keV") == 0.0)
    for nuclide, mode in FOREIGN:
        if nuclide == name:
            rows = rows.filter(pl.lit(False) if mode == "*" else pl.col("decay_mode") != mode)
    return rows


def read_lines(folder: Path, name: str) -> list[tuple[float, float, str]]:
    """Photon lines (keV, per decay, kind), all decay modes of the state together."""
    rows = read_state(folder, name)
    if rows.is_empty():
        return []
    lines: dict[tuple[float, str], float] = {}
    for kind, subtype, energy, percent in rows.select(
        "rad_type", "rad_subtype", "energy_keV", "intensity_pct"
    ).rows():
        if kind not in {"gamma", "xray"} or energy is None or percent is None or percent <= 0:
            continue
        label = "annihilation" if subtype and subtype.startswith("Annihil") else kind.replace("xray", "x")
        if energy >= KEEP_FROM_KEV:
            key = (float(energy), label)
            lines[key] = lines.get(key, 0.0) + percent / 100
    return sorted((e, i, k) for (e, k), i in lines.items())


def read_icrp() -> dict[str, list[tuple[float, float, str]]]:
    """States that the radiation files leave out (isomers of stable nuclides) or give in part: ICRP-107."""
    found: dict[str, list[tuple[float, float, str]]] = {}
    if ICRP_PHOTONS.exists():
        with ICRP_PHOTONS.open(newline="") as stream:
            for row in csv.DictReader(stream):
                found.setdefault(row["nuclide"], []).append(
                    (float(row["energy_kev"]), float(row["intensity"]), row["kind"])
                )
    return found


def take_out(
    lines: list[tuple[float, float, str]], isomer: list[tuple[float, float, str]], fraction: float
) -> list[tuple[float, float, str]]:
    """Parent's lines less ``fraction`` of the isomer's, where the parent's own record includes them.

    X rays come in groups (K alpha, K beta) that the two sources resolve differently: a group of the parent
    is scaled by what is left of its sum.
    """

    def group(energy: float, kind: str, of: list[tuple[float, float, str]]) -> float:
        width = 0.035 * energy if kind == "x" else 0.25
        return sum(i for e, i, k in of if k == kind and abs(e - energy) <= width)

    kept = []
    for energy, intensity, kind in lines:
        taken = group(energy, kind, isomer) * fraction
        left = max(0.0, 1.0 - taken / group(energy, kind, lines))
        if left > 0.06:
            kept.append((energy, intensity * left, kind))
    return kept


def includes(
    lines: list[tuple[float, float, str]], isomer: list[tuple[float, float, str]], fraction: float
) -> bool:
    """Whether the isomer's strongest gamma stands in the parent's record with the branch's intensity.

    More than that means that the parent feeds the same level promptly (Sb-125 and the 35.5 keV of Te-125),
    less that the isomer was left out.
    """
    gammas = [x for x in isomer if x[2] == "gamma"]
    if not gammas:
        return False
    energy, intensity, _ = max(gammas, key=lambda x: x[1] * x[0])
    same = sum(i for e, i, k in lines if k == "gamma" and abs(e - energy) <= 0.5)
    return 0.75 < same / (fraction * intensity) < 1.33


def cut(
    lines: list[tuple[float, float, str]], tables: dict[str, np.ndarray]
) -> list[tuple[float, float, str]]:
    """The strongest lines: KEPT of the air kerma rate, bare and behind lead."""
    if not lines:
        return []
    energy = np.array([e for e, _, _ in lines])
    intensity = np.array([i for _, i, _ in lines])
    keep = np.zeros(len(lines), dtype=bool)
    for floor_kev, lead_cm, kept in KEPT:
        kerma = np.where(energy >= floor_kev, intensity * kerma_weight(energy, tables, lead_cm), 0.0)
        if kerma.sum() > 0:
            order = np.argsort(-kerma)
            before = np.cumsum(kerma[order]) - kerma[order]
            keep[order] |= (before < kept * kerma.sum()) & (kerma[order] > 0)
    return [line for line, good in zip(lines, keep, strict=True) if good]


def derive(
    folder: Path, tables: dict[str, np.ndarray]
) -> Iterable[tuple[str, list[tuple[float, float, str]], str]]:
    isomers = read_icrp()
    own = {name: isomers.get(name) or read_lines(folder, name) for name in {*NUCLIDES, *isomers}}
    for name in NUCLIDES:
        lines = own[name]
        if name not in isomers:
            for branch in decay_data.record(name).branches:
                daughter = branch.daughter
                if not daughter or not split(daughter)[2] or decay_data.record(daughter).stable:
                    continue
                theirs = own.get(daughter) or read_lines(folder, daughter)
                if includes(lines, theirs, branch.fraction):
                    print(f"{name}: photons of {daughter} ({branch.fraction:.4f}) moved to it")
                    lines = take_out(lines, theirs, branch.fraction)
        lines = sorted([*lines, *DROPPED.get(name, [])])
        source = "ICRP-107 (2008)" if name in isomers else "ENSDF (NNDC)"
        yield name, cut(lines, tables), source


def write(path: Path, header: list[str], rows: list[list[str]]) -> None:
    with path.open("w", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
    print(f"{path.name}: {len(rows)} rows, {path.stat().st_size / 1000:.0f} kB")


def main() -> None:
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    folder = Path(sys.argv[1])
    tables = attenuation(folder)
    rows: list[list[str]] = []
    bare: list[list[str]] = []
    for name, lines, source in derive(folder, tables):
        if not lines:
            bare.append([name, source, f"no photon above {KEEP_FROM_KEV:g} keV"])
        added = {e for e, _, _ in DROPPED.get(name, [])}
        rows += [
            [name, f"{e:.6g}", f"{i:.5g}", k, "ICRP-107 (2008)" if e in added else source]
            for e, i, k in lines
        ]
    write(DATA / "photon_lines.csv", ["nuclide", "energy_kev", "intensity", "kind", "source"], rows)
    write(DATA / "photonless.csv", ["nuclide", "source", "note"], bare)
    rows = []
    broad = without_coherent(folder, tables)
    source = "NISTIR 5632; ANSI/ANS-6.4.3-1991"
    for name, table in tables.items():
        rows += [
            [
                name,
                f"{e * 1000:.7g}",
                f"{mu:.4g}",
                f"{b:.4g}",
                f"{en:.4g}",
                "NISTIR 5632; ANSI/ANS-6.4.3-1991",
            ]
            for (e, mu, en), b in zip(table, broad[name], strict=True)
            if 1e-2 <= e <= 20.0
        ]
    write(
        DATA / "mass_attenuation.csv",
        ["material", "energy_kev", "mu_rho_cm2_g", "mu_rho_broad_cm2_g", "mu_en_rho_cm2_g", "source"],
        rows,
    )


if __name__ == "__main__":
    main()
