"""Sources in Chinese: Becq's own words about a source are translated, the citation stays as published."""

from __future__ import annotations

import re

_LABELS = {
    "Uncertainties of half-lives": "半衰期不确定度",
    "Stopping": "阻止本领",
    "Decay": "衰变数据",
    "Isomers": "同质异能态",
    "Bremsstrahlung": "轫致辐射",
    "Electron stopping": "电子阻止本领",
    "Photon attenuation": "光子衰减",
    "Attenuation": "衰减系数",
    "Build-up": "累积因子",
    "Efficiency": "洗脱效率",
    "Limit of breakthrough": "穿透限值",
    "Breakthrough": "穿透",
    "Life of an eluate": "洗脱液使用期限",
    "Life of the generator": "发生器使用期限",
    "Time since the last elution": "距上次洗脱时间",
}
_PHRASES = (
    # what a source is for
    (r"^yield of (\S+): ", r"\1 的裂变产额："),
    (r"^photon lines of (\S+): ", r"\1 的光子谱线："),
    (r"\bthermal and resonance: ", "热中子截面与共振积分："),
    (r"\bresonance: total: ", "共振积分：合计："),
    (r"\bresonance: ", "共振积分："),
    (r"\bthermal: ", "热中子截面："),
    (r"\bfission spectrum: ", "裂变谱平均截面："),
    (r"\bto the isomer: ", "至同质异能态："),
    (r"\bisomer: ", "同质异能态："),
    (r"\binternal: ", "内轫致辐射："),
    (r"\bCompton scattering: ", "康普顿散射："),
    (r"\bassumption: ", "假设："),
    (r"\babstract: ", "摘要："),
    (r"\btranscription: ", "转录："),
    (r"\brelative uncertainty: ", "相对不确定度："),
    (r"\buncertainty: spread of ", "不确定度：各评价之差："),
    (r"\buncertainty: covariances of ", "不确定度：协方差取自 "),
    (r"\bmedian of ", "中位值："),
    (r"\bour integral of the pointwise capture data", "由点态俘获截面积分"),
    (r"\bfolded with the Watt spectrum of (\S+?)(?=[);,])", r"以 \1 的瓦特谱平均"),
    (r"\bshare of the isomer (\(\S+\)) from (.+) by way of (\S+)", r"同质异能态份额 \1 取自 \2（经 \3）"),
    (
        r"^self-shielding: universal curves of (.+), "
        r"constants as remembered, checked against exact calculations",
        r"自屏蔽：\1 的普适曲线，常数凭记忆，经精确计算核对",
    ),
    # from where to where
    (r"(?:,)? above to (\S+) MeV", r"（其上至 \1 MeV）"),
    (r" to (\d\S*) MeV(?=, )", r"（至 \1 MeV）"),
    (r" above$", "（其上）"),
    (r" for the isomer\b", "（同质异能态）"),
    (r" for the ground state\b", "（基态）"),
    (r" for the total$", "（总截面）"),
    (r" for the natural element, in the proportions of ", "（天然元素），份额取自 "),
    (r"\bthe later evaluation shipped with Becq differs by ", "与随附的较新评价相差 "),
    (r"\bIAEA recommended cross sections for medical radioisotopes", "IAEA 医用放射性核素推荐截面"),
    (r"\bIAEA recommended cross sections", "IAEA 推荐截面"),
    (r"\bcopy of (\d+)", r"\1 年副本"),
    (r"\band its updates", "及其更新"),
    (r"^One-dimensional cascade equations (\(.+\)), all particles forward", r"一维级联方程 \1，粒子均向前"),
    (r" with the energy dependence of (\S+) for (\S+)", r"，对 \2 按 \1 的能量依赖"),
    (r", liquid water", "，液态水"),
    # generators
    (
        r"labels leave the elution yield to the maker; seven makers' generators reached at least about 80 %",
        "标签未规定洗脱效率；七家厂商的发生器至少约 80 %",
    ),
    (r"not eluted since the day before", "前一日起未洗脱"),
    (r"not eluted for three days", "三日未洗脱"),
    (r"milked a month \((\d+) half-lives of (\S+)\) ago", r"一个月（\2 的 \1 个半衰期）前分离"),
    (r"dysprosium separated from holmium at the reference time", "参考时刻镝与钬已分离"),
    (r"radium separated from actinium at the reference time", "参考时刻镭与锕已分离"),
    (r"counted from the calibration", "自标定时刻计"),
    (r"(\d+) d from manufacture", r"自制造起 \1 d"),
    (r"(\d+) elutions or (\d+) months", r"\1 次洗脱或 \2 个月"),
    (r"more than (\S+) % in equilibrium \(the least that is promised\)", r"平衡时高于 \1 %（承诺的最低值）"),
    (r"separation yield (\S+) % by extraction chromatography", r"萃取色谱分离产率 \1 %"),
    (r"(?:yield )?above (\d\S*) %", r"高于 \1 %"),
    (r"parent breakthrough below (\S+) % \(upper bound\)", r"母体穿透低于 \1 %（上限）"),
    (r"(\d\S*) kBq (\S+) per MBq (\S+?)( at administration)?: ", r"每 MBq \3 至多 \1 kBq \2（给药时）："),
    (r"impurity A \((\S+)\) at most (\S+) %, as in ", r"杂质 A（\1）至多 \2 %，见 "),
    (r"\bas adopted in ", "采纳于 "),
    (r"\(the label stops use at half of it\)", "（标签规定达其一半即停用）"),
    (r"(\d+) d after calibration, or (\d+) l of eluate", r"标定后 \1 d，或 \2 l 洗脱液"),
    (
        r"(\S+) SPC states its activities for (\d+) h since the last elution",
        r"\1 说明书所列活度按距上次洗脱 \2 h 计",
    ),
    (r"a cation-exchange sequence recovered more than (\d+) % of (\S+)", r"阳离子交换流程回收 \2 逾 \1 %"),
    (r"not measured on a (\S+) generator", r"未在 \1 发生器上测量"),
    (r"(\d+) % in (\S+) ml", r"\2 ml 中 \1 %"),
)
_COMPILED = tuple((re.compile(pattern), chinese) for pattern, chinese in _PHRASES)
_LABEL = re.compile(rf"({'|'.join(sorted(_LABELS, key=len, reverse=True))}): ", re.IGNORECASE)
_SMALL = {label.lower(): chinese for label, chinese in _LABELS.items()}


def source_zh(source: str) -> str:
    """A source as a Chinese page says it; the same text where all of it is a citation."""
    label = _LABEL.match(source)
    found = f"{_SMALL[label[1].lower()]}：{source[label.end() :]}" if label else source
    for pattern, chinese in _COMPILED:
        found = pattern.sub(chinese, found)
    return found
