"""Words of the written plan in both languages; the pages of the platform have their own catalogue."""

from __future__ import annotations

from typing import Final

_EN: Final = {
    "title": "Plan", "served": "Ordered activity served", "orders": "Orders served", "gap": "Proven gap",
    "greedy": "First come, first served", "cost": "Cost", "solved": "Solved in", "times": "All times in",
    "gantt": "Production", "map": "Transport", "unmet": "Unmet orders", "batches": "Batches",
    "deliveries": "Deliveries", "losses": "Activity lost by stage", "batch": "Batch", "site": "Site",
    "product": "Product", "nuclide": "Nuclide", "start": "Start", "eob": "EOB",
    "release": "Release",
    "activity_eob": "Activity at EOB", "activity_release": "Activity at release", "used": "Used, at release",
    "order": "Order", "lot": "Lot", "from": "From", "to": "To", "leaves": "Leaves", "arrives": "Arrives",
    "activity_cal": "Activity at calibration", "calibration": "Calibration time", "way": "Way",
    "short": "Short at calibration", "reason": "Reason", "why": "Why", "none_unmet": "Every order is served.",
    "processing": "Processing", "storage": "Storage", "transport": "Transport",
    "waiting": "Waiting at receiver",
    "unused": "Not used", "no_capacity": "no capacity", "too_far": "too far for its half-life",
    "outage": "outage", "licence_limit": "licence limit", "lane_full": "lane full", "not_made": "not made",
    "no_route": "no lane", "no_batch_in_time": "no batch in time", "specific_activity": "specific activity",
    "pinned": "pinned", "event": "not sent as planned", "stock": "in stock",
    "approval": "transfer not approved", "licence_scope": "may not sell", "use_class": "use licence",
    "impurity": "impurities", "workplace_limit": "workplace limit", "maker_limit": "maker's licence limit",
    "transport_index": "transport index",
    "days": "days", "of": "of", "same_site": "same site",
    "timed_out": "The time limit was met; the gap says how far the plan may be from the best.",
    "made_by": "Made by Becq", "instead_of": "instead of", "counts": "counts",
}  # fmt: skip
_ZH: Final = {
    "title": "计划", "served": "已供应活度占订单", "orders": "已供应订单", "gap": "已证明的差距",
    "greedy": "先到先得对照", "cost": "成本", "solved": "求解用时", "times": "时间均为",
    "gantt": "生产", "map": "运输", "unmet": "未满足订单", "batches": "批次",
    "deliveries": "配送", "losses": "各环节活度损失", "batch": "批号", "site": "场所",
    "product": "产品", "nuclide": "核素", "start": "开始", "eob": "轰击结束", "release": "放行",
    "activity_eob": "轰击结束活度", "activity_release": "放行活度", "used": "已用（放行时刻）",
    "order": "订单", "lot": "批号", "from": "自", "to": "至", "leaves": "发出", "arrives": "送达",
    "activity_cal": "标定时刻活度", "calibration": "标定时刻", "way": "路线",
    "short": "缺口（标定时刻）", "reason": "原因", "why": "说明", "none_unmet": "所有订单均已满足。",
    "processing": "处理", "storage": "贮存", "transport": "运输", "waiting": "接收方等待",
    "unused": "未使用", "no_capacity": "产能不足", "too_far": "相对半衰期过远",
    "outage": "停运", "licence_limit": "许可限值", "lane_full": "线路满载", "not_made": "无人生产",
    "no_route": "无线路", "no_batch_in_time": "无及时批次", "specific_activity": "比活度不足",
    "pinned": "已固定", "event": "未按计划发出", "stock": "库存", "days": "天", "of": "/",
    "approval": "转让未获审批", "licence_scope": "无销售许可", "use_class": "使用许可证类别",
    "impurity": "核杂质", "workplace_limit": "工作场所限值", "maker_limit": "生产单位许可限值",
    "transport_index": "运输指数",
    "same_site": "同一场所",
    "timed_out": "已达到时间上限；差距表示计划与最优的最大距离。",
    "made_by": "由贝可 Becq 生成", "instead_of": "替代", "counts": "相当于",
}  # fmt: skip
WORDS: Final[dict[str, dict[str, str]]] = {"en": _EN, "zh": _ZH}
