"""Rewrites decay_chains.csv with the arbitrary-precision inventories of radioactivedecay (minutes)."""

import csv
from pathlib import Path

import radioactivedecay as rd

CHAINS = (
    "Mo-99 Ac-225 Ra-223 U-238 Ge-68 Sr-90 Th-229 Lu-177m Te-131m Yb-177 W-188 Dy-166 "
    "Pb-212 Cf-252 U-235 Th-232 Ra-226 Sr-82"
)
TIMES_S = (1e-3, 1.0, 60.0, 3600.0, 86400.0, 6 * 86400.0, 3e7, 3e9)

if __name__ == "__main__":
    with Path(__file__).with_name("decay_chains.csv").open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["start", "elapsed_s", "member", "activity_bq", "source"])
        for name in CHAINS.split():
            for t in TIMES_S:
                activities = rd.InventoryHP({name: 1e9}, "Bq").decay(t, "s").activities()
                for member, bq in activities.items():
                    if bq > 1e-250:
                        source = f"radioactivedecay {rd.__version__} InventoryHP, from 1e9 Bq"
                        table.writerow([name, t, member, repr(float(bq)), source])
