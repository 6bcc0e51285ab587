"""A small network that exercises every mechanism of the planner; built in code for the tests."""

from __future__ import annotations

from typing import Any

from becq.chain.network import Network


def licence(*nuclides: tuple[str, str], scope: str = "use") -> dict[str, Any]:
    allowed = [{"nuclide": n, "possession_limit": limit} for n, limit in nuclides]
    return {"scope": scope, "nuclides": allowed}


ALL = (
    ("I-131", "10 TBq"), ("Mo-99", "10 TBq"), ("Tc-99m", "10 TBq"), ("Lu-177", "10 TBq"), ("F-18", "10 TBq"),
    ("Ge-68", "100 GBq"), ("Ga-68", "100 GBq"),
)  # fmt: skip


def small_network(**changes: Any) -> Network:
    """One reactor site, one cyclotron pharmacy, two airports, four hospitals near and far."""
    sites: list[dict[str, Any]] = [
        {"id": "reactor", "name": "Reactor", "name_zh": "反应堆", "kind": "reactor", "lat": 29.75, "lon": 103.57,
         "licence": licence(*ALL, scope="produce, sell, use")},
        {"id": "pharmacy", "name": "Pharmacy", "name_zh": "核药房", "kind": "radiopharmacy", "lat": 30.55,
         "lon": 104.05, "licence": licence(*ALL, scope="produce, sell, use")},
        {"id": "apt-a", "name": "Airport A", "name_zh": "机场甲", "kind": "airport", "lat": 30.58, "lon": 103.95},
        {"id": "apt-b", "name": "Airport B", "name_zh": "机场乙", "kind": "airport", "lat": 26.54, "lon": 101.80},
        {"id": "near", "name": "Near Hospital", "name_zh": "近医院", "kind": "hospital", "lat": 30.64, "lon": 104.06,
         "licence": licence(*ALL)},
        {"id": "mid", "name": "Mid Hospital", "name_zh": "中医院", "kind": "hospital", "lat": 31.46, "lon": 104.74,
         "licence": licence(*ALL)},
        {"id": "far", "name": "Far Hospital", "name_zh": "远医院", "kind": "hospital", "lat": 26.58, "lon": 101.72,
         "licence": licence(*ALL)},
        {"id": "tight", "name": "Tight Hospital", "name_zh": "限医院", "kind": "hospital", "lat": 30.70, "lon": 104.10,
         "licence": licence(("I-131", "4 GBq"))},
    ]  # fmt: skip
    data: dict[str, Any] = {
        "name": "Small test network",
        "sites": sites,
        "products": [
            {"id": "i131", "name": "Sodium iodide I-131", "name_zh": "碘[131I]化钠", "nuclide": "I-131", "shelf_life": "15 d"},
            {"id": "mo-bulk", "name": "Mo-99 bulk", "name_zh": "钼-99原料", "kind": "bulk", "nuclide": "Mo-99", "shelf_life": "6 d"},
            {"id": "tc-gen", "name": "Tc-99m generator", "name_zh": "锝-99m发生器", "kind": "generator", "nuclide": "Mo-99",
             "daughter": "Tc-99m", "shelf_life": "14 d"},
            {"id": "tc-dose", "name": "Tc-99m eluate", "name_zh": "锝-99m洗脱液", "nuclide": "Tc-99m", "shelf_life": "12 h"},
            {"id": "lu-bulk", "name": "Lu-177 chloride", "name_zh": "氯化镥-177", "kind": "bulk", "nuclide": "Lu-177", "shelf_life": "10 d"},
            {"id": "lu-psma", "name": "Lu-177 PSMA", "name_zh": "镥-177 PSMA", "nuclide": "Lu-177", "shelf_life": "3 d"},
            {"id": "fdg", "name": "F-18 FDG", "name_zh": "氟-18 FDG", "nuclide": "F-18", "shelf_life": "10 h"},
            {"id": "ga-gen", "name": "Ge-68 generator", "name_zh": "锗-68发生器", "kind": "generator", "nuclide": "Ge-68",
             "daughter": "Ga-68", "shelf_life": "365 d"},
            {"id": "ga-dota", "name": "Ga-68 DOTATATE", "name_zh": "镓-68 DOTATATE", "nuclide": "Ga-68", "shelf_life": "4 h"},
        ],
        "resources": [
            {"id": "pile", "site": "reactor", "name": "Pile", "name_zh": "堆", "kind": "reactor", "positions": 2},
            {"id": "line", "site": "reactor", "name": "Generator line", "name_zh": "发生器线", "kind": "generator_line"},
            {"id": "cyclotron", "site": "pharmacy", "name": "Cyclotron", "name_zh": "回旋加速器", "kind": "cyclotron",
             "changeover": "30 min"},
        ],
        "processes": [
            {"id": "irr-i131", "site": "reactor", "kind": "reactor_irradiation", "resource": "pile", "product": "i131",
             "activity_per_batch": "30 GBq", "duration": "2 d", "processing_time": "6 h", "qc_time": "6 h",
             "processing_yield": 0.9, "start_days": "mon,thu", "start_times": "08:00", "cost": 40000},
            {"id": "irr-mo", "site": "reactor", "kind": "reactor_irradiation", "resource": "pile", "product": "mo-bulk",
             "activity_per_batch": "400 GBq", "duration": "3 d", "processing_time": "12 h", "start_days": "mon",
             "start_times": "00:00", "cost": 60000},
            {"id": "make-gen", "site": "reactor", "kind": "generator_manufacture", "resource": "line", "product": "tc-gen",
             "input_product": "mo-bulk", "max_input": "500 GBq", "max_units": 10, "processing_yield": 0.95,
             "duration": "8 h", "qc_time": "4 h", "start_days": "thu,fri", "start_times": "14:00", "cost": 8000},
            {"id": "elute-tc", "site": "pharmacy", "kind": "generator_elution", "product": "tc-dose", "input_product": "tc-gen",
             "elution_efficiency": 0.85, "processing_time": "30 min", "start_times": "06:00,12:00", "cost": 50},
            {"id": "irr-lu", "site": "reactor", "kind": "reactor_irradiation", "resource": "pile", "product": "lu-bulk",
             "activity_per_batch": "100 GBq", "duration": "4 d", "processing_time": "1 d", "start_days": "mon",
             "start_times": "08:00", "cost": 90000},
            {"id": "label-lu", "site": "pharmacy", "kind": "labelling", "product": "lu-psma", "input_product": "lu-bulk",
             "max_input": "60 GBq", "processing_yield": 0.9, "duration": "2 h", "qc_time": "2 h", "start_times": "05:00",
             "cost": 6000},
            {"id": "run-fdg", "site": "pharmacy", "kind": "accelerator_run", "resource": "cyclotron", "product": "fdg",
             "activity_per_batch": "120 GBq", "duration": "2 h", "processing_time": "40 min", "qc_time": "20 min",
             "processing_yield": 0.7, "start_days": "weekdays", "start_times": "04:00,07:00,10:00", "cost": 7000},
            {"id": "elute-ga", "site": "pharmacy", "kind": "generator_elution", "product": "ga-dota", "input_product": "ga-gen",
             "elution_efficiency": 0.75, "processing_yield": 0.8, "processing_time": "20 min", "qc_time": "10 min",
             "start_times": "08:00,12:00", "cost": 300},
        ],
        "lanes": [
            {"id": "road", "mode": "road", "origins": ["reactor", "pharmacy", "apt-a", "apt-b"], "destinations": ["*"],
             "speed_kmh": 70, "max_km": 300, "handling": "30 min", "cost_per_trip": 300, "cost_per_km": 4},
            {"id": "fly-ab", "mode": "flight", "origins": ["apt-a"], "destinations": ["apt-b"], "cut_off": "2 h",
             "handling": "45 min", "cost_per_trip": 1200,
             "departures": [{"days": "daily", "time": "09:00", "duration": "1 h 25 min", "capacity_packages": 2}]},
        ],
        "stock": [
            {"id": "ga-gen-1", "site": "pharmacy", "product": "ga-gen", "activity": "1.85 GBq",
             "reference_time": "2026-12-07T00:00:00+08:00"},
            {"id": "i131-old", "site": "reactor", "product": "i131", "activity": "9 GBq",
             "reference_time": "2026-12-07T00:00:00+08:00", "expires": "2026-12-15T00:00:00+08:00"},
        ],
        "standing_orders": [
            {"id": "fdg-near", "site": "near", "product": "fdg", "activity": "6 GBq", "days": "weekdays",
             "earliest": "07:30", "latest": "09:00", "calibration": "09:00"},
            {"id": "fdg-mid", "site": "mid", "product": "fdg", "activity": "5 GBq", "days": "weekdays",
             "earliest": "08:00", "latest": "10:30", "calibration": "10:30"},
            {"id": "fdg-far", "site": "far", "product": "fdg", "activity": "5 GBq", "days": "mon,wed",
             "earliest": "08:00", "latest": "16:00", "calibration": "16:00", "tolerance": 0.2},
            {"id": "tc-near", "site": "near", "product": "tc-dose", "activity": "20 GBq", "days": "weekdays",
             "earliest": "06:30", "latest": "09:00", "calibration": "09:00", "partial": True},
            {"id": "gen-far", "site": "far", "product": "tc-gen", "activity": "20 GBq", "days": "mon",
             "earliest": "06:00", "latest": "20:00", "calibration": "12:00"},
            {"id": "gen-mid", "site": "mid", "product": "tc-gen", "activity": "30 GBq", "days": "sat",
             "earliest": "06:00", "latest": "20:00", "calibration": "12:00", "priority": 1},
            {"id": "i-near", "site": "near", "product": "i131", "activity": "7.4 GBq", "days": "tue,fri",
             "earliest": "08:00", "latest": "17:00", "calibration": "12:00", "calibration_day_offset": 1},
            {"id": "i-tight", "site": "tight", "product": "i131", "activity": "3.7 GBq", "days": "mon,tue",
             "earliest": "08:00", "latest": "11:00", "calibration": "12:00"},
            {"id": "lu-near", "site": "near", "product": "lu-psma", "activity": "7.4 GBq", "days": "wed",
             "earliest": "09:00", "latest": "14:00", "calibration": "14:00", "priority": 1},
            {"id": "ga-near", "site": "near", "product": "ga-dota", "activity": "300 MBq", "days": "daily",
             "earliest": "08:30", "latest": "11:00", "calibration": "10:00"},
        ],
    }  # fmt: skip
    data.update(changes)
    return Network.model_validate(data)
