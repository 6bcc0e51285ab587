# ruff: noqa: E501  rows of a table read better in one line
"""Sample data of the style page: plausible, invented, and the same on every day relative to the moment given."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

SITES: list[dict[str, Any]] = [
    {
        "id": "jiajiang-reactor",
        "name": "Jiajiang reactors",
        "name_zh": "夹江研究堆",
        "kind": "reactor",
        "lat": 29.74,
        "lon": 103.57,
    },
    {
        "id": "chengdu-pharmacy",
        "name": "Chengdu nuclear pharmacy",
        "name_zh": "成都核药房",
        "kind": "radiopharmacy",
        "lat": 30.66,
        "lon": 104.06,
    },
    {
        "id": "mianyang-cyclotron",
        "name": "Mianyang cyclotron",
        "name_zh": "绵阳回旋加速器",
        "kind": "accelerator",
        "lat": 31.47,
        "lon": 104.68,
    },
    {
        "id": "luzhou-hospital",
        "name": "Luzhou university hospital",
        "name_zh": "泸州医科大学附属医院",
        "kind": "hospital",
        "lat": 28.88,
        "lon": 105.44,
    },
    {
        "id": "luzhou-airport",
        "name": "Luzhou Yunlong airport",
        "name_zh": "泸州云龙机场",
        "kind": "airport",
        "lat": 29.03,
        "lon": 105.47,
    },
    {
        "id": "chengdu-airport",
        "name": "Chengdu Shuangliu airport",
        "name_zh": "成都双流机场",
        "kind": "airport",
        "lat": 30.57,
        "lon": 103.95,
    },
    {
        "id": "west-china",
        "name": "West China Hospital",
        "name_zh": "华西医院",
        "kind": "hospital",
        "lat": 30.64,
        "lon": 104.06,
    },
    {
        "id": "yantai-airport",
        "name": "Yantai Penglai airport",
        "name_zh": "烟台蓬莱机场",
        "kind": "airport",
        "lat": 37.66,
        "lon": 120.99,
    },
    {
        "id": "yantai-pharmacy",
        "name": "Yantai nuclear pharmacy",
        "name_zh": "烟台核药房",
        "kind": "radiopharmacy",
        "lat": 37.46,
        "lon": 121.44,
    },
    {
        "id": "yuhuangding",
        "name": "Yuhuangding Hospital",
        "name_zh": "毓璜顶医院",
        "kind": "hospital",
        "lat": 37.53,
        "lon": 121.40,
    },
    {
        "id": "qinshan",
        "name": "Qinshan plant",
        "name_zh": "秦山核电站",
        "kind": "reactor",
        "lat": 30.44,
        "lon": 120.95,
    },
    {
        "id": "beijing-waste",
        "name": "Beijing waste store",
        "name_zh": "北京废物库",
        "kind": "waste",
        "lat": 39.75,
        "lon": 116.03,
    },
]


def plan(now: datetime) -> dict[str, Any]:
    """A plan of four days around ``now`` in the form that the islands read."""
    day = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=18)

    def at(hours: float) -> str:
        return (day + timedelta(hours=hours)).isoformat()

    def batch(
        code: str,
        kind: str,
        site: str,
        resource: str | None,
        product: str,
        nuclide: str,
        times: tuple[float, float, float],
        bq: float,
        used: float,
        status: str,
        pinned: bool = False,
    ) -> dict[str, Any]:
        start, eob, release = times
        return {
            "id": code,
            "process": f"{resource}-{product}",
            "kind": kind,
            "site": site,
            "resource": resource,
            "product": product,
            "nuclide": nuclide,
            "start": at(start),
            "eob": at(eob),
            "release": at(release),
            "activity_bq": bq,
            "reference_time": at(release),
            "used_bq": used,
            "pinned": pinned,
            "status": status,
        }

    def leg(lane: str, mode: str, a: str, b: str, start: float, end: float) -> dict[str, Any]:
        return {"lane": lane, "mode": mode, "from": a, "to": b, "start": at(start), "end": at(end)}

    batches = [
        batch(
            "LU-2607-11",
            "reactor_irradiation",
            "jiajiang-reactor",
            "hfetr-a",
            "lu-177-bulk",
            "Lu-177",
            (0, 40, 58),
            1.8e12,
            1.5e12,
            "irradiating",
            True,
        ),
        batch(
            "I-2607-04",
            "reactor_irradiation",
            "jiajiang-reactor",
            "hfetr-a",
            "i-131-nai",
            "I-131",
            (6, 50, 70),
            9.2e11,
            9.0e11,
            "irradiating",
        ),
        batch(
            "MO-2607-02",
            "solution_reactor_campaign",
            "jiajiang-reactor",
            "solution",
            "mo-99-bulk",
            "Mo-99",
            (2, 26, 36),
            7.4e12,
            6.1e12,
            "running",
        ),
        batch(
            "GEN-2607-02",
            "generator_manufacture",
            "chengdu-pharmacy",
            "line-1",
            "mo-tc-generator",
            "Mo-99",
            (42, 46, 54),
            1.1e12,
            1.1e12,
            "planned",
        ),
        batch(
            "ELU-2607-31",
            "generator_elution",
            "chengdu-pharmacy",
            "gen-7",
            "tc-99m-eluate",
            "Tc-99m",
            (14, 14.3, 15),
            3.2e10,
            2.6e10,
            "released",
        ),
        batch(
            "ELU-2607-32",
            "generator_elution",
            "chengdu-pharmacy",
            "gen-7",
            "tc-99m-eluate",
            "Tc-99m",
            (38, 38.3, 39),
            2.5e10,
            2.5e10,
            "planned",
        ),
        batch(
            "F-2607-21",
            "accelerator_run",
            "mianyang-cyclotron",
            "cyclotron",
            "fdg",
            "F-18",
            (10, 12, 13.5),
            1.9e11,
            1.2e11,
            "released",
        ),
        batch(
            "F-2607-22",
            "accelerator_run",
            "mianyang-cyclotron",
            "cyclotron",
            "fdg",
            "F-18",
            (17, 19, 20.5),
            1.9e11,
            1.9e11,
            "processing",
        ),
        batch(
            "F-2607-23",
            "accelerator_run",
            "mianyang-cyclotron",
            "cyclotron",
            "fdg",
            "F-18",
            (34, 36, 37.5),
            1.9e11,
            1.7e11,
            "planned",
        ),
        batch(
            "CU-2607-01",
            "accelerator_run",
            "mianyang-cyclotron",
            "cyclotron",
            "cu-64",
            "Cu-64",
            (22, 31, 33),
            5.5e10,
            0.0,
            "failed",
        ),
        batch(
            "LU-2607-12",
            "labelling",
            "chengdu-pharmacy",
            "hot-cell-2",
            "lu-177-dotatate",
            "Lu-177",
            (64, 66, 72),
            9.0e11,
            7.4e11,
            "planned",
            True,
        ),
        batch(
            "IMP-2607-01",
            "import",
            "chengdu-airport",
            None,
            "ge-ga-generator",
            "Ge-68",
            (50, 50, 52),
            1.85e9,
            1.85e9,
            "late",
        ),
    ]
    deliveries = []
    for number, (product, nuclide, bq, legs) in enumerate(
        [
            (
                "i-131-nai",
                "I-131",
                3.7e9,
                [
                    leg("road-sc", "road", "jiajiang-reactor", "chengdu-airport", 8, 11),
                    leg("air-ctu-ynt", "flight", "chengdu-airport", "yantai-airport", 14, 17.5),
                    leg("road-sd", "road", "yantai-airport", "yuhuangding", 18.5, 20),
                ],
            ),
            (
                "tc-99m-eluate",
                "Tc-99m",
                1.1e10,
                [leg("road-sc", "road", "chengdu-pharmacy", "west-china", 15.2, 15.8)],
            ),
            ("fdg", "F-18", 2.2e10, [leg("road-sc", "road", "mianyang-cyclotron", "west-china", 13.6, 15.6)]),
            (
                "fdg",
                "F-18",
                2.0e10,
                [leg("road-sc", "road", "mianyang-cyclotron", "chengdu-pharmacy", 20.6, 22.4)],
            ),
            (
                "lu-177-bulk",
                "Lu-177",
                7.4e11,
                [leg("road-sc", "road", "jiajiang-reactor", "chengdu-pharmacy", 58.5, 61)],
            ),
            (
                "lu-177-dotatate",
                "Lu-177",
                3.0e10,
                [leg("road-sc", "road", "chengdu-pharmacy", "luzhou-hospital", 72.5, 76)],
            ),
            (
                "i-131-nai",
                "I-131",
                5.5e9,
                [leg("road-sc", "road", "jiajiang-reactor", "luzhou-hospital", 16, 20)],
            ),
            ("lu-177-bulk", "Lu-177", 3.7e11, [leg("road-zj", "road", "qinshan", "yantai-pharmacy", 12, 30)]),
            (
                "mo-tc-generator",
                "Mo-99",
                1.1e11,
                [leg("rail", "train", "chengdu-pharmacy", "luzhou-hospital", 55, 57)],
            ),
            (
                "i-131-nai",
                "I-131",
                4.1e9,
                [
                    leg("road-sc", "road", "jiajiang-reactor", "chengdu-airport", 8, 11),
                    leg("air-ctu-ynt", "flight", "chengdu-airport", "yantai-airport", 14, 17.5),
                    leg("road-sd", "road", "yantai-airport", "yantai-pharmacy", 18.5, 19.8),
                ],
            ),
        ],
        start=1,
    ):
        deliveries.append(
            {
                "id": f"C-2607-{number:02d}",
                "order": f"O-{1000 + number}",
                "lot": f"L-{number}",
                "product": product,
                "nuclide": nuclide,
                "from": legs[0]["from"],
                "to": legs[-1]["to"],
                "activity_bq": bq,
                "reference_time": legs[-1]["end"],
                "legs": legs,
                "pinned": False,
            }
        )
    resources = [
        (
            "hfetr-a",
            "jiajiang-reactor",
            "HFETR channel A",
            "HFETR 孔道 A",
            "reactor",
            2,
            [(76, 96, "Refuelling")],
        ),
        (
            "solution",
            "jiajiang-reactor",
            "Solution reactor",
            "溶液堆",
            "reactor",
            1,
            [(44, 68, "Maintenance")],
        ),
        ("line-1", "chengdu-pharmacy", "Generator line 1", "发生器生产线 1", "generator_line", 1, []),
        ("gen-7", "chengdu-pharmacy", "Generator 7", "7 号发生器", "generator", 1, []),
        (
            "hot-cell-2",
            "chengdu-pharmacy",
            "Hot cell 2",
            "2 号热室",
            "hot_cell",
            1,
            [(8, 20, "Filter change")],
        ),
        ("cyclotron", "mianyang-cyclotron", "Cyclotron 20 MeV", "20 MeV 回旋加速器", "cyclotron", 1, []),
    ]
    return {
        "name": "Week 28",
        "from": at(0),
        "to": at(96),
        "timezone": "Asia/Shanghai",
        "sites": SITES,
        "resources": [
            {
                "id": r,
                "site": s,
                "name": n,
                "name_zh": z,
                "kind": k,
                "positions": p,
                "outages": [{"start": at(a), "end": at(b), "reason": why} for a, b, why in outages],
            }
            for r, s, n, z, k, p, outages in resources
        ],
        "batches": batches,
        "deliveries": deliveries,
        "unmet": [
            {
                "order": "O-1042",
                "site": "luzhou-hospital",
                "product": "mo-tc-generator",
                "nuclide": "Mo-99",
                "short_bq": 1.85e10,
                "reason": "capacity",
                "sentence": "The generator line is full on Tuesday; the next run is 24 h too late.",
                "sentence_zh": "发生器生产线周二已满，下一批晚 24 小时。",
            }
        ],
    }


def decay(now: datetime) -> dict[str, Any]:
    """A decay chart of three lots and a mark."""
    start = now - timedelta(hours=12)
    return {
        "timezone": "Asia/Shanghai",
        "from": start.isoformat(),
        "to": (now + timedelta(hours=60)).isoformat(),
        "need_bq": 8e9,
        "lots": [
            {
                "id": "a",
                "name": "MO-2607-01",
                "name_zh": "MO-2607-01",
                "nuclide": "Mo-99",
                "activity_bq": 2.2e10,
                "reference_time": start.isoformat(),
            },
            {
                "id": "b",
                "name": "ELU-2607-31",
                "name_zh": "ELU-2607-31",
                "nuclide": "Tc-99m",
                "activity_bq": 1.8e10,
                "reference_time": now.isoformat(),
            },
            {
                "id": "c",
                "name": "LU-2607-09",
                "name_zh": "LU-2607-09",
                "nuclide": "Lu-177",
                "activity_bq": 1.1e10,
                "reference_time": now.isoformat(),
            },
        ],
        "marks": [
            {"at": (now + timedelta(hours=24)).isoformat(), "name": "Calibration", "name_zh": "标定时刻"}
        ],
    }


def orders(now: datetime) -> list[dict[str, Any]]:
    """Orders of a table."""
    names = ["i-131-nai", "tc-99m-eluate", "fdg", "lu-177-dotatate", "mo-tc-generator", "ra-223-chloride"]
    nuclides = ["I-131", "Tc-99m", "F-18", "Lu-177", "Mo-99", "Ra-223"]
    statuses = ["confirmed", "placed", "short", "fulfilled", "unmet", "draft", "cancelled"]
    hospitals = [site for site in SITES if site["kind"] in ("hospital", "radiopharmacy")]
    base = now.replace(minute=0, second=0, microsecond=0)
    return [
        {
            "pk": number,
            "code": f"O-{1000 + number}",
            "site": hospitals[number % len(hospitals)],
            "site_name": hospitals[number % len(hospitals)]["name"],
            "product": names[number % 6],
            "nuclide": nuclides[number % 6],
            "activity_bq": [3.7e9, 1.11e10, 7.4e8, 7.4e9, 1.85e10, 6.6e6][number % 6] * (1 + number % 4 / 4),
            "calibration": base + timedelta(hours=6 + 5 * number),
            "patients": 2 + number % 7,
            "promised": [1.0, 0.96, 0.62, 1.0, 0.0, None, None][number % 7],
            "status": statuses[number % 7],
            "window_s": 3600.0 * (2 + number % 3),
            "tone": {"short": "attention", "unmet": "blocked"}.get(statuses[number % 7], ""),
            "url": "#",
        }
        for number in range(1, 75)
    ]


def events(now: datetime) -> list[dict[str, Any]]:
    """The states of a consignment."""
    return [
        {
            "what": "packed",
            "tone": "done",
            "at": now - timedelta(hours=5),
            "who": "Chen Jing",
            "where": "Chengdu nuclear pharmacy",
            "note": _("3 packages, transport index 0.4"),
        },
        {
            "what": "dispatched",
            "tone": "done",
            "at": now - timedelta(hours=4, minutes=12),
            "who": "Li Wei",
            "bq": 1.21e10,
            "nuclide": "I-131",
        },
        {"what": "in_transit", "at": now - timedelta(hours=1), "where": "Chengdu Shuangliu airport"},
        {
            "what": "deviating",
            "at": now - timedelta(minutes=20),
            "note": _("Flight delayed by 55 min; arrival still inside the window"),
        },
        {"what": "received", "tone": "planned", "planned_at": now + timedelta(hours=3)},
    ]


def findings() -> list[dict[str, Any]]:
    """One finding of each severity."""
    return [
        {
            "rule": "licence.possession",
            "severity": "block",
            "measured": 9.1e11,
            "limit": 7.4e11,
            "unit": "Bq",
            "source": "川环辐证 [00123]",
            "subject": "Luzhou university hospital · I-131",
            "sentence": "Possession would exceed the licence at 07-12 08:00.",
            "sentence_zh": "07-12 08:00 持有活度将超过许可活度。",
            "remedy": "Send 170 GBq one day later, or transfer waste out.",
            "remedy_zh": "将 170 GBq 推迟一天发送，或先移出废物。",
        },
        {
            "rule": "transport.index",
            "severity": "warn",
            "measured": 0.92,
            "limit": 1.0,
            "unit": "",
            "source": "GB 11806-2019, 表 7",
            "subject": "C-2607-03",
            "sentence": "Transport index is close to the limit of category II-YELLOW.",
            "sentence_zh": "运输指数接近 II 级（黄）限值。",
            "remedy": "",
            "remedy_zh": "",
        },
        {
            "rule": "order.tolerance",
            "severity": "note",
            "measured": 6.2,
            "limit": 10.0,
            "unit": "%",
            "source": "O-1007",
            "subject": "O-1007",
            "sentence": "Activity at calibration is 6.2 % below the order.",
            "sentence_zh": "标定时刻活度比订单低 6.2 %。",
        },
        {
            "rule": "workplace.class",
            "severity": "ok",
            "measured": 2.2e9,
            "limit": 4e9,
            "unit": "Bq",
            "source": "GB 18871-2002, 附录 C",
            "subject": "Hot lab",
            "sentence": "Daily equivalent operation stays within class B.",
            "sentence_zh": "日等效操作量在乙级工作场所限值之内。",
        },
    ]
