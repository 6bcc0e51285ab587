"""The layout of the workbook: which sheet holds what, under which headers.

One sheet for each section of the network file and one for each nested list, whose rows name the row
they belong to. Sheet names and headers are read in English or Chinese, whatever their case and spacing;
they are written in English, as the field names of the YAML file.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from becq.chain.definition import fields_of, nested
from becq.chain.lane import Departure
from becq.chain.network import SECTIONS, Network
from becq.chain.process import Outage
from becq.chain.site import Licence, LicensedNuclide, LicensedOperation

NOTES = "notes"

_SHEETS_ZH = {
    "network": ("网络", "基本信息"),
    "sites": ("场所", "站点", "单位", "机构"),
    "licences": ("许可证", "辐射安全许可证", "licenses"),
    "operations": ("操作许可", "许可操作", "工作场所"),
    "products": ("产品", "药品"),
    "resources": ("资源", "设备", "装置"),
    "processes": ("工艺", "工序", "生产"),
    "outages": ("停运", "停机", "检修"),
    "lanes": ("线路", "运输线路", "运输"),
    "departures": ("班次", "时刻表"),
    "roads": ("道路", "公路", "路程"),
    "approvals": ("转让审批", "转让批准", "审批"),
    "vehicles": ("车辆", "配送车辆"),
    "packagings": ("包装", "货包"),
    "stock": ("库存", "存货"),
    "standing_orders": ("长期订单", "周期订单", "固定订单"),
    "orders": ("订单",),
    NOTES: ("说明", "备注"),
}
_HEADERS_ZH = {
    "alternatives": ("替代产品", "可替代产品"),
    "activity": ("活度",),
    "activity_per_batch": ("每批活度", "批活度"),
    "assumption": ("假设", "假定"),
    "both_ways": ("往返", "双向"),
    "calibration": ("标定时间", "校准时间", "参考时间"),
    "calibration_day_offset": ("标定日偏移", "标定天数"),
    "calibration_hour": ("标定钟点",),
    "capacity": ("单件最大活度", "每件最大活度"),
    "capacity_packages": ("包件容量", "容量"),
    "changeover": ("换批时间", "转换时间"),
    "city": ("城市", "市"),
    "cost": ("成本", "费用"),
    "cost_per_day": ("每日费用", "每天费用"),
    "cost_per_hour": ("每小时费用",),
    "cost_per_km": ("每公里费用",),
    "count": ("数量", "车辆数"),
    "cost_per_trip": ("每趟费用",),
    "currency": ("货币", "币种"),
    "cut_off": ("截止提前", "截载时间"),
    "daily_limit": ("日最大操作量", "日操作限值"),
    "daughter": ("子体", "子体核素"),
    "days": ("星期", "周几"),
    "destination": ("终点", "转入单位", "接收单位", "目的地"),
    "destinations": ("终点", "目的地"),
    "detour_factor": ("绕行系数",),
    "distance_km": ("距离", "距离公里"),
    "division": ("行政区划", "行政区划代码", "区划代码"),
    "duty": ("最长出车时间", "最长值勤时间"),
    "duration": ("时长", "持续时间", "照射时间", "行驶时间"),
    "earliest": ("最早", "最早送达", "最早时间"),
    "elution_efficiency": ("淋洗效率", "洗脱效率"),
    "end": ("结束", "结束时间"),
    "expires": ("有效期", "失效时间"),
    "form": ("剂型", "形态"),
    "handling": ("装卸时间", "交接时间"),
    "id": ("编号", "标识", "代码", "代号"),
    "input_product": ("投入产品", "原料", "输入产品"),
    "jurisdiction": ("法域", "适用法规", "管辖"),
    "kind": ("类型", "类别", "种类"),
    "lane": ("线路",),
    "lat": ("纬度", "latitude"),
    "loading": ("装车时间",),
    "least_part": ("每批最小活度", "最小分批活度"),
    "latest": ("最晚", "最晚送达", "最晚时间"),
    "lon": ("经度", "longitude", "lng"),
    "max_input": ("最大投入", "最大投料"),
    "max_km": ("最大里程",),
    "max_units": ("最多件数",),
    "most_parts": ("最多批数", "最多分批数"),
    "drug": ("药品", "药品代码"),
    "impurities": ("杂质", "核杂质"),
    "min_specific_activity": ("最低比活度",),
    "mode": ("方式", "运输方式"),
    "name": ("名称", "英文名", "英文名称"),
    "name_zh": ("中文名", "中文名称"),
    "note": ("备注", "说明"),
    "nuclide": ("核素",),
    "number": ("编号", "许可证号", "证号", "批准文号", "审批编号", "班次号", "航班号", "车次"),
    "operation": ("操作方式",),
    "organisation": ("持证单位", "单位", "organization"),
    "origin": ("起点", "转出单位", "出发地"),
    "origins": ("起点", "出发地"),
    "outages": ("停运",),
    "package_limit": ("货包上限", "最多货包数"),
    "partial": ("可部分供货", "部分供货"),
    "patients": ("患者数", "患者人数"),
    "positions": ("工位", "孔道数"),
    "possession_limit": ("持有限值", "最大持有量", "日等效最大操作量"),
    "priority": ("优先级",),
    "process": ("工艺", "工序"),
    "processing_time": ("处理时间", "加工时间"),
    "processing_yield": ("处理收率", "收率"),
    "product": ("产品", "药品"),
    "products": ("产品", "药品"),
    "province": ("省", "省份"),
    "qc_time": ("质检时间", "质控时间"),
    "radius_mm": ("半径", "半径毫米"),
    "reason": ("原因",),
    "reason_zh": ("中文原因", "原因（中文）"),
    "reference_time": ("参考时间", "参考时刻"),
    "resource": ("资源", "设备", "装置"),
    "scope": ("范围", "许可范围", "种类和范围"),
    "shield": ("屏蔽材料", "屏蔽"),
    "shift_end": ("班次结束", "下班时间"),
    "shift_start": ("班次开始", "上班时间"),
    "shelf_life": ("保质期", "货架期"),
    "site": ("场所", "站点", "单位"),
    "source": ("来源", "出处"),
    "split": ("可分批供货", "分批供货"),
    "specific_activity_eob": ("EOB比活度", "比活度"),
    "speed_kmh": ("车速", "速度"),
    "start": ("开始", "开始时间"),
    "start_days": ("开工日", "开始星期"),
    "start_times": ("开工时间", "开始钟点"),
    "thickness_mm": ("屏蔽厚度", "厚度毫米"),
    "time": ("时间", "出发时间", "钟点"),
    "timezone": ("时区",),
    "tolerance": ("容差", "允许偏差"),
    "trade": ("贸易类型", "转让类型"),
    "transport_index_limit": ("运输指数上限", "运输指数之和上限"),
    "unloading": ("交付时间", "卸货时间"),
    "use_class": ("使用许可证类别", "放射性药品使用许可证类别"),
    "valid_from": ("生效日期", "起始日期"),
    "valid_to": ("终止日期", "截止日期"),
    "valid_until": ("有效期至", "有效期"),
    "workplace": ("工作场所", "工作场所名称"),
    "workplace_zh": ("工作场所中文名", "工作场所中文名称"),
    "workplace_class": ("工作场所级别", "工作场所等级"),
    "yearly_limit": ("年最大操作量", "年操作限值", "年最大用量"),
}


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, the row model its columns come from, and the parents its rows belong to.

    ``parents`` maps a column to the section it names, for the sheets of nested lists; ``inner`` is the
    field of the parent that the rows go to.
    """

    name: str
    fields: dict[str, FieldInfo]
    parents: dict[str, str]
    inner: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Headers in the order in which they are written."""
        return (*self.parents, *self.fields)

    @cached_property
    def headers(self) -> dict[str, str]:
        """Plain spelling of every header that is understood → column."""
        known: dict[str, str] = {}
        for column in self.columns:
            for spelling in (column, *_HEADERS_ZH.get(column, ())):
                known.setdefault(plain(spelling), column)
        return known


def plain(text: str) -> str:
    """A name without case, spaces, marks, and what stands in brackets."""
    folded = unicodedata.normalize("NFKC", text).casefold().partition("(")[0]
    return "".join(letter for letter in folded if letter.isalnum())


def name_zh(name: str) -> str:
    """The Chinese name of a sheet or column."""
    return (_SHEETS_ZH.get(name) or _HEADERS_ZH.get(name) or (name,))[0]


def column_zh(column: str) -> str:
    """The Chinese name of a column."""
    return _HEADERS_ZH.get(column, (column,))[0]


def _flat(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """The fields that fit one cell each."""
    return {name: field for name, field in fields_of(model).items() if nested(field.annotation) is None}


def _layout() -> dict[str, Sheet]:
    outages = {"resource": "resources", "process": "processes"}
    sheets = [Sheet("network", {n: f for n, f in Network.model_fields.items() if n not in SECTIONS}, {})]
    for section, model in SECTIONS.items():
        sheets.append(Sheet(section, _flat(model), {}))
        if section == "sites":
            fields = _flat(Licence) | _flat(LicensedNuclide)
            sheets.append(Sheet("licences", fields, {"site": "sites"}, "licence"))
            sheets.append(Sheet("operations", _flat(LicensedOperation), {"site": "sites"}, "licence"))
        elif section == "processes":
            sheets.append(Sheet("outages", _flat(Outage), outages, "outages"))
        elif section == "lanes":
            sheets.append(Sheet("departures", _flat(Departure), {"lane": "lanes"}, "departures"))
    return {sheet.name: sheet for sheet in sheets}


SHEETS = _layout()
"""The sheets in the order in which they are written."""
SHEET_NAMES = {plain(spelling): name for name in (*SHEETS, NOTES) for spelling in (name, *_SHEETS_ZH[name])}
LICENCE_FIELDS = tuple(_flat(Licence))

__all__ = ["LICENCE_FIELDS", "NOTES", "SHEETS", "SHEET_NAMES", "Sheet", "column_zh", "name_zh", "plain"]
