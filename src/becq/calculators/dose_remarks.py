"""Remarks on dose rates in both languages: what the photons leave out, and where they are all there is."""

from __future__ import annotations

from becq.calculators.point_source import DoseRateInputs, photons_of
from becq.calculators.shields import MATERIALS
from becq.calculators.showing import show
from becq.calculators.words import Words
from becq.physics.radiation import dose_rate as physics
from becq.physics.radiation.dose_rate import DoseRate
from becq.physics.radiation.gamma_constants import DELTA_KEV

K_EDGE_KEV = 88.0045
"""Of lead, NISTIR 5632."""

NEAR_EDGE = Words(
    "Lead from its K edge (88 keV) to 200 keV: the build-up of an endless medium, with the X rays of lead "
    "from all sides, errs on the safe side. At 140 keV 0.3 mm let through 1.2 times, 1 mm 1.4 times what a "
    "Monte Carlo finds",
    "铅在 K 吸收限（88 keV）至 200 keV：采用无限介质的累积因子，含各方向的铅 X 射线，结果偏安全。"
    "140 keV 时，透射为蒙特卡罗结果的 1.2 倍（0.3 mm）至 1.4 倍（1 mm）",
)
_POSITRONS = Words(
    physics.POSITRONS,
    "正电子在源内阻止；未计开放源的皮肤剂量及正电子的轫致辐射",
)


def in_both_languages(note: Words | str, inputs: DoseRateInputs) -> Words | str:
    """A note of the physics in both languages where it names a material; the page knows the others."""
    if note == physics.POSITRONS:
        return _POSITRONS
    if isinstance(note, str) and note.startswith("Beta particles stop in"):
        what = MATERIALS[inputs.absorber]
        return Words(
            f"Beta particles stop in {what.en}; the skin dose of an open source is not included",
            f"β 粒子阻止于{what.zh}中；未计开放源的皮肤剂量",
        )
    return note


def without_photons(name: str) -> Words:
    """A nuclide that does not shine."""
    return Words(
        f"{name} emits no photons of {DELTA_KEV:g} keV and more: it has no photon dose rate",
        f"{name} 不发射 {DELTA_KEV:g} keV 及以上的光子：无光子剂量率",
    )


def is_near_edge(inputs: DoseRateInputs) -> bool:
    """Whether photons just above the K edge of lead make much of the dose."""
    energies, dose = photons_of(inputs)
    return bool(dose[(energies >= K_EDGE_KEV) & (energies < 200.0)].sum() > 0.3 * dose.sum())


def about_neutrons(inputs: DoseRateInputs, rate: DoseRate) -> Words:
    """Where photons are not the whole."""
    most = show(rate.neutrons_at_most_sv_h, "dose_rate")
    at = show(inputs.distance_m, "length")
    return Words(
        f"Neutrons of spontaneous fission are not counted; at {at} they may add up to {most}. "
        "What stands here is the photon part alone: it gives no category, "
        "and a thickness for it does not keep the limit",
        f"未计自发裂变中子；在 {at} 处其贡献可达 {most}。"
        "此处仅为光子部分：不能据此定货包类别，所求厚度也不足以满足限值",
    )
