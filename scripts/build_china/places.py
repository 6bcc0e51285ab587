"""The sites: hospitals, makers, pharmacies, airports, stores. Their licences come from ``permits``."""

from __future__ import annotations

from collections.abc import Iterator

from build_china.hospitals import hospitals
from build_china.tables import Item, Row, indexed, location, provenance, seat, table


def sites() -> Iterator[Item]:
    """All sites without licences, in the order hospitals, makers, pharmacies, airports."""
    for hospital in hospitals():
        row = hospital.row
        yield {
            "id": hospital.id,
            "name": row["name_en"],
            "name_zh": row["name_zh"],
            "kind": "hospital",
            "organisation": row["name_en"],
            **location(hospital.division),
            "lat": hospital.lat,
            "lon": hospital.lon,
            **hospital_said(row),
        }
    for row in table("producers"):
        yield maker(row)
    for row in table("pharmacies"):
        yield pharmacy(row)
    for row in table("airports"):
        name = row["name_en"]
        yield {
            "id": row["id"],
            "name": name,
            "name_zh": row["name_zh"],
            "kind": "airport",
            **location(row["division"]),
            "lat": float(row["lat"]),
            "lon": float(row["lon"]),
            **provenance(row),
        }


def hospital_said(row: Row) -> Item:
    """Where a hospital comes from; the row of hospitals.csv says it in full."""
    department = row["department_basis"]
    known = "" if department != "assumption" else "assumption: that it has a department"
    own = f"hospitals.csv ({department})" if not known else "hospitals.csv"
    return {"source": own, "assumption": "; ".join(filter(None, (known, "size class and equipment by rule")))}


def maker(row: Row) -> Item:
    if row["table"]:
        old = indexed("sites", row["table"])[row["id"]]
        names = {"name": old["name_en"], "name_zh": old["name_zh"], "kind": old["kind"]}
        point = (float(old["lat"]), float(old["lon"]))
        said, status = provenance(old, row), row["status"] or old["status"]
    else:
        names = {"name": row["name_en"], "name_zh": row["name_zh"], "kind": row["kind"]}
        point = (float(row["lat"]), float(row["lon"])) if row["lat"] else seat(row["division"])
        said, status = provenance(row), row["status"]
    if status and status != "operating":
        said["assumption"] = "; ".join(filter(None, (f"status: {status}", said.get("assumption", ""))))
    organisation = {"organisation": row["organisation"]} if row["organisation"] else {}
    place = {"id": row["id"], **names, **organisation, **location(row["division"])}
    return place | {"lat": point[0], "lon": point[1]} | said


def pharmacy(row: Row) -> Item:
    if row["table"]:
        old = indexed("sites", row["table"])[row["id"]]
        names = {"name": old["name_en"], "name_zh": old["name_zh"], "kind": old["kind"]}
        point, said = (float(old["lat"]), float(old["lon"])), provenance(old, row)
    else:
        names = {"name": row["name_en"], "name_zh": row["name_zh"], "kind": "radiopharmacy"}
        point, said = seat(row["division"]), provenance(row)
    # Companies of one group hold licences of their own; the cyclotron of a hospital is the hospital's.
    holder = {} if row["network"] == "hospital" else {"organisation": names["name"]}
    place = {"id": row["id"], **names, **holder, **location(row["division"])}
    return place | {"lat": point[0], "lon": point[1]} | said
