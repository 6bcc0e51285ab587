"""Constants that more than one model needs: exact values of the SI (BIPM, SI Brochure, 9th ed. 2019)."""

from __future__ import annotations

AVOGADRO = 6.02214076e23
"""Atoms in a mole, 1/mol."""
ELEMENTARY_CHARGE_C = 1.602176634e-19
"""Charge of a proton, C."""
