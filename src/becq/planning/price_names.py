"""Limits of a plan in the words of its network."""

from __future__ import annotations

from becq.planning.options import Problem

Named = dict[str, str | None]


def name_limit(problem: Problem, kind: str, code: str) -> Named:
    """Whose limit it is: name in both languages, and the site where it is, as far as there are any.

    A process is called by its name, else as stock is: what, and where.
    """
    network = problem.network
    if kind == "position" and code in network.resource:
        resource = network.resource[code]
        return {"name": resource.name, "name_zh": resource.name_zh, "site": resource.site}
    if kind == "batch" and code in network.process:
        process = network.process[code]
        found = _product_at(problem, process.product, process.site)
        return found | {"name": process.name or found["name"], "name_zh": process.name_zh or found["name_zh"]}
    if kind in ("batch", "stock"):
        lot = next((lot for lot in problem.lots if code in (lot.id, lot.process)), None)
        if lot is not None:
            return _product_at(problem, lot.product, lot.site)
    approval = next((row for row in network.approvals if row.id == code), None)
    if approval is not None:
        one, other = network.site[approval.origin], network.site[approval.destination]
        return {
            "name": f"{one.name} → {other.name}",
            "name_zh": f"{one.name_zh} → {other.name_zh}",
            "site": other.id,
        }
    if code in network.site:
        site = network.site[code]
        return {"name": site.name, "name_zh": site.name_zh, "site": code}
    return {"name": code, "name_zh": code, "site": None}


def _product_at(problem: Problem, product: str, site: str) -> Named:
    what, where = problem.network.product[product], problem.network.site[site]
    return {
        "name": f"{what.name}, {where.name}",
        "name_zh": f"{where.name_zh} {what.name_zh}",
        "site": site,
    }
