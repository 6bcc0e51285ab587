"""Each way in which a network file can be wrong: where it is reported and what is said to be right.

A case spoils the example of the reference page: ``old`` becomes ``new``, and the problem must be found in
the line of ``new`` where the mark ``¦`` stands (the mark itself is taken out), in the given column.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from becq.chain.reading import check_network, read_network
from becq.chain.validation import validate
from becq.chain.yaml_file import parse_yaml
from becq.errors import ProblemsError


class Case(NamedTuple):
    old: str
    new: str
    column: str
    message: str
    remedy: str


HOSPITAL = "  - id: HOSPITAL\n    name: County"
CASES = {
    # single fields
    "unit missing": Case(
        "activity: 4 TBq", "¦activity: 4000", "activity",
        "activity 4000 has no unit", "write for example '7.4 GBq' or '200 mCi'",
    ),
    "six-day curies": Case(
        "activity: 4 TBq", "¦activity: 4 six-day Ci", "activity",
        "six-day curies are defined for Mo-99", "write the activity at its reference time, in Ci or Bq",
    ),
    "unit unknown": Case(
        "shelf_life: 7 d", "¦shelf_life: 7 dd", "shelf_life", 'unknown time unit "dd"', "use s, min, h, d, w or y"
    ),
    "duration without unit": Case(
        "duration: 6 d", "¦duration: 6", "duration", "duration 6 has no unit", "write for example '8 h' or '14 d'"
    ),
    "negative duration": Case(
        "changeover: 1 h", "¦changeover: -1 h", "changeover", "'-1 h' is below zero", "write a duration of zero or more"
    ),
    "activity of zero": Case(
        "activity: 4 TBq", "¦activity: 0 Bq", "activity", "must be greater than zero", "leave it out where there is none"
    ),
    "look-alike nuclide": Case(
        "nuclide: Tc-99m\n    shelf_life: 12 h", "¦nuclide: Yb-177\n    shelf_life: 12 h", "nuclide",
        "Yb-177 has a half-life of", "did you mean Lu-177",
    ),
    "nested field": Case(
        "        - nuclide: Tc-99m\n          possession_limit: 40 TBq",
        "        - nuclide: Tc-99m\n          ¦possession_limit: 40",
        "licence.nuclides[1].possession_limit", "activity 40 has no unit", "write for example '7.4 GBq'",
    ),
    "nested flow field": Case(
        "{nuclide: 锝-99m, possession_limit: 100 GBq}", "¦{nuclide: 锝-99m, limit: 100 GBq}",
        "licence.nuclides[1].limit", "there is no field 'limit' here", "did you mean 'possession_limit'?",
    ),
    "unknown field": Case(
        "    lon: 103.83", "    lon: 103.83\n    ¦organization: County", "organization",
        "there is no field 'organization' here", "did you mean 'organisation'?",
    ),
    "unknown field, nothing close": Case(
        "    max_km: 600", "    ¦zzz: 600", "zzz", "there is no field 'zzz' here", "the fields here are id, source"
    ),
    "unknown section": Case("lanes:", "¦lines:", "lines", "there is no field 'lines' here", "did you mean 'lanes'?"),
    "missing field": Case(
        HOSPITAL, "  ¦- id: HOSPITAL\n    nam: County", "name", "name is missing", "Name in English"
    ),
    "missing name of the network": Case(
        "name: Western Sichuan\n", "¦", "name", "name is missing", "Name of the network"
    ),
    "empty field": Case(
        "name: Reactor\n", "¦name:\n", "name", "name is empty", "give a value, or leave the field out"
    ),
    "empty text": Case("name: Reactor\n", '¦name: " "\n', "name", "name is empty", "give a value"),
    "choice": Case(
        "kind: hospital", "¦kind: hospitl", "kind", "'hospitl' is not a choice for kind", "did you mean 'hospital'?"
    ),
    "choice, nothing close": Case(
        "mode: road", "¦mode: zzz", "mode", "'zzz' is not a choice for mode", "use road, flight or train"
    ),
    "number is no text": Case("name: Reactor\n", "¦name: 2024\n", "name", "2024 is not text", 'in quotes: "2024"'),
    "not a number": Case(
        "lat: 30.05", "¦lat: north", "lat", "'north' is not a number", "write a plain number, for example 1.5"
    ),
    "not a whole number": Case(
        "max_units: 40", "¦max_units: 4.5", "max_units", "4.5 is not a number", "write a whole number, for example 3"
    ),
    "true is no number": Case(
        "max_units: 40", "¦max_units: true", "max_units", "True is not a number", "write a plain number"
    ),
    "number out of range": Case("lat: 30.05", "¦lat: 300.5", "lat", "lat 300.5 is out of range", "it is at most 90"),
    "infinite": Case("lat: 30.05", "¦lat: .inf", "lat", "lat inf is out of range", "it is at most 90"),
    "share above one": Case(
        "processing_yield: 0.85", "¦processing_yield: 85", "processing_yield", "85 is out of range", "it is at most 1"
    ),
    "neither true nor false": Case(
        "    max_km: 600", "    ¦both_ways: perhaps", "both_ways", "'perhaps' is neither true nor false",
        "write true or false",
    ),
    "hour without minutes": Case(
        'start_times: ["06:00"]', "¦start_times: [6]", "start_times[0]", "6 is not a time of day", "write HH:MM"
    ),
    "hour of 25": Case(
        'latest: "08:00"', '¦latest: "25:00"', "latest", "'25:00' is not a time of day", "between 00:00 and 23:59"
    ),
    "date as number": Case(
        "valid_until: 2028-12-31", "¦valid_until: 20281231", "licence.valid_until", "20281231 is not a date",
        "write YYYY-MM-DD",
    ),
    "30 February": Case(
        "calibration: 2026-03-06 08:00", "¦calibration: 2026-02-30 08:00", "calibration",
        "'2026-02-30 08:00' is not a date and time", "write for example '2026-03-02 08:00'",
    ),
    "day of the week": Case(
        "start_days: [mon]", "¦start_days: [moon]", "start_days", "'moon' is not a day of the week", "write mon, tue"
    ),
    "no day": Case("start_days: [mon]", "¦start_days: []", "start_days", "is an empty list", "give at least one"),
    "scope": Case(
        "scope: [produce, sell, use]", "¦scope: [produce, sel]", "licence.scope", "'sel' is not a scope of a licence",
        "use produce, sell, use",
    ),
    "identifier": Case(
        "  - id: MORNING", "  - ¦id: MORNING TEA", "id", "'MORNING TEA' is not an identifier", "use letters, digits"
    ),
    "time zone": Case(
        "name_zh: 川西", "¦timezone: Asia/Chengdu", "timezone", "'Asia/Chengdu' is not an IANA time zone",
        "write for example 'Asia/Shanghai'",
    ),
    "control character": Case(
        "name: Reactor\n", '¦name: "a\\x07b"\n', "name", "control character U+0007", "remove it"
    ),
    "section is no list": Case(
        "stock:\n  - id: LOT-1", "¦stock:\n  # - id: LOT-1", "stock", "stock is not a list", "starting with '- id:'"
    ),
    "item is no mapping": Case(
        "lanes:\n", "lanes:\n  ¦- ROAD\n", "lanes[0]", "'ROAD' is not an item of lanes", "write its fields"
    ),
    "licence is no mapping": Case(
        "    licence:\n      nuclides:\n        - {nuclide: 钼-99, possession_limit: 100 GBq}\n"
        "        - {nuclide: 锝-99m, possession_limit: 100 GBq}\n"
        "      operations:\n        - workplace: Nuclear medicine\n          workplace_class: B\n"
        "          nuclide: Tc-99m\n          daily_limit: 30 GBq\n          yearly_limit: 7 TBq\n",
        "    ¦licence: yes\n", "licence", "'yes' has no fields", "write its fields: number, scope",
    ),
    "outages are no list": Case(
        "    outages:\n      - {start: 2026-04-01 08:00, end: 2026-04-15 08:00, reason: Refuelling}",
        "    ¦outages: {start: 2026-04-01 08:00, end: 2026-04-15 08:00, reason: Refuelling}",
        "outages", "outages is not a list", "one per line starting with '- '",
    ),
    # fields of a row that do not fit each other
    "creating process without activity": Case(
        "  - id: IRRADIATE\n    site: PLANT\n    kind: reactor_irradiation\n    resource: REACTOR\n"
        "    product: MO-BULK\n    activity_per_batch: 10 TBq\n",
        "  ¦- id: IRRADIATE\n    site: PLANT\n    kind: reactor_irradiation\n    resource: REACTOR\n"
        "    product: MO-BULK\n",
        "activity_per_batch", "a process of kind reactor_irradiation needs activity_per_batch",
        "give activity_per_batch",
    ),
    "creating process with input": Case(
        "activity_per_batch: 10 TBq", "activity_per_batch: 10 TBq\n    ¦input_product: MO-BULK", "input_product",
        "takes no input_product", "leave it out",
    ),
    "conversion without max_input": Case(
        "  - id: MAKE-GENERATORS", "  ¦- id: MAKE-GENERATORS", "max_input", "needs max_input",
        "give input_product and max_input",
    ),
    "elution without efficiency": Case(
        "  - id: ELUTE\n", "  ¦- id: ELUTE\n", "elution_efficiency", "needs elution_efficiency",
        "give input_product and elution_efficiency",
    ),
    "road without speed": Case(
        "  - id: ROAD\n", "  ¦- id: ROAD\n", "speed_kmh", "a road lane needs speed_kmh", "write for example speed_kmh"
    ),
    "flight without departures": Case(
        "  - id: ROAD\n    mode: road\n", "  ¦- id: ROAD\n    mode: flight\n", "departures",
        "a lane of mode flight needs departures", "give days, time and duration",
    ),
    "flight from everywhere": Case(
        'mode: road\n    origins: "*"',
        'mode: flight\n    departures: [{days: daily, time: "08:00", duration: 2 h}]\n    ¦origins: "*"',
        "origins", "a lane of mode flight names its two ends", "name the sites",
    ),
    "road with departures": Case(
        "    max_km: 600", '    ¦departures: [{days: daily, time: "08:00", duration: 2 h}]', "departures",
        "a road lane has no departures", "use mode flight or train",
    ),
    "distance of many": Case(
        "    max_km: 600", "    ¦distance_km: 600", "distance_km", "belongs to one pair of sites", "leave it out"
    ),
    "outage ends first": Case(
        "{start: 2026-04-01 08:00, end: 2026-04-15 08:00", "¦{start: 2026-04-16 08:00, end: 2026-04-15 08:00",
        "outages[0].end", "the outage ends before it starts", "give an end after the start",
    ),
    "outage half with offset": Case(
        "end: 2026-04-15 08:00, reason: Refuelling", "¦end: 2026-04-15 08:00+08:00, reason: Refuelling",
        "outages[0].end", "only one of start and end carries a UTC offset", "write both with an offset",
    ),
    "window ends first": Case(
        "latest: 2026-03-03 18:00", "¦latest: 2026-03-03 05:00", "latest", "the delivery window ends before it starts",
        "give a latest time after the earliest",
    ),
    "window half with offset": Case(
        "latest: 2026-03-03 18:00", "¦latest: 2026-03-03 18:00Z", "latest",
        "only one of earliest and latest carries a UTC offset", "write both with an offset, or both without",
    ),
    "standing window ends first": Case(
        'latest: "08:00"', '¦latest: "06:00"', "latest", "the delivery window ends before it starts",
        "give a latest time after the earliest",
    ),
    # the network as a whole
    "duplicate identifier": Case(
        "  - id: ELUATE", "  - ¦id: GENERATOR", "id", "'GENERATOR' is defined twice in products (first in row",
        "give each an identifier of its own",
    ),
    "unknown site": Case(
        "    site: HOSPITAL\n    product: ELUATE\n    activity", "    ¦site: HOSPITEL\n    product: ELUATE\n    activity",
        "site", "'HOSPITEL' is not defined under sites", "did you mean 'HOSPITAL'?",
    ),
    "unknown product": Case(
        "    product: ELUATE\n    activity: 12", "    ¦product: XX\n    activity: 12", "product",
        "'XX' is not defined under products", "define it under products, or use ELUATE, GENERATOR, MO-BULK",
    ),
    "unknown resource": Case(
        "resource: LINE", "¦resource: LANE", "resource", "'LANE' is not defined under resources", "did you mean 'LINE'?"
    ),
    "unknown end of a lane": Case(
        "    handling: 30 min",
        '    handling: 30 min\n  - {id: R2, mode: road, speed_kmh: 60, origins: [PLANT],\n     destinations: [HOSPITAL,\n'
        "     ¦PLAN]}",
        "destinations[1]", "'PLAN' is not defined under sites", "did you mean 'PLANT'?",
    ),
    "licence of a stable nuclide": Case(
        "        - nuclide: Tc-99m\n", "        - ¦nuclide: Mo-98\n", "licence.nuclides[1].nuclide",
        "Mo-98 is stable: it has no activity", "name a radionuclide, such as Mo-99",
    ),
    "product of a stable nuclide": Case(
        "nuclide: Tc-99m\n    shelf_life: 12 h", "¦nuclide: Mo-98\n    shelf_life: 12 h", "nuclide",
        "Mo-98 is stable: it has no activity", "name a radionuclide, such as Mo-99",
    ),
    "generator of a stable nuclide": Case(
        "nuclide: Mo-99\n    daughter: Tc-99m", "¦nuclide: Mo-98\n    daughter: Tc-99m", "nuclide",
        "Mo-98 is stable: it has no activity", "name a radionuclide, such as Mo-99",
    ),
    "nan": Case(
        "    lon: 103.83", "    ¦lon: .nan", "lon", "nan is not a number", "write a plain number, for example 1.5"
    ),
    "nan as text": Case(
        "    lon: 103.83", "    ¦lon: nan", "lon", "'nan' is not a number", "write a plain number, for example 1.5"
    ),
    "licensed twice": Case(
        "        - nuclide: Tc-99m\n", "        - ¦nuclide: 99Mo\n", "licence.nuclides[1].nuclide",
        "Mo-99 is licensed twice at 'PLANT' (first in row 16)", "keep one limit for each nuclide",
    ),
    "handled without a licence": Case(
        "          nuclide: Tc-99m\n", "          ¦nuclide: Lu-177\n", "licence.operations[0].nuclide",
        "Lu-177 is handled at 'HOSPITAL' but not licensed there", "add a possession limit for Lu-177",
    ),
    "two classes of a workplace": Case(
        "          yearly_limit: 7 TBq\n",
        "          yearly_limit: 7 TBq\n        - {workplace: Nuclear medicine, ¦workplace_class: C, nuclide: Mo-99, "
        "daily_limit: 1 MBq}\n", "licence.operations[1].workplace_class",
        "'Nuclear medicine' is of class B and of class C (first in row 34)", "a workplace has one class",
    ),
    "handled twice": Case(
        "          yearly_limit: 7 TBq\n",
        "          yearly_limit: 7 TBq\n        - {workplace: Nuclear medicine, workplace_class: B, ¦nuclide: Tc-99m, "
        "daily_limit: 1 MBq}\n", "licence.operations[1].nuclide",
        "Tc-99m is listed twice for the workplace 'Nuclear medicine' (first in row 34)", "keep one row",
    ),
    "operation unknown": Case(
        "          daily_limit: 30 GBq", "          ¦operation: simple\n          daily_limit: 30 GBq",
        "licence.operations[0].operation", "there is no operation 'simple'", "did you mean 'simple-liquid'?",
    ),
    "less in a year than in a day": Case(
        "yearly_limit: 7 TBq", "¦yearly_limit: 7 GBq", "licence.operations[0].yearly_limit",
        "the yearly limit is below the daily limit", "at least daily_limit",
    ),
    "class of a workplace": Case(
        "workplace_class: B", "¦workplace_class: 乙", "licence.operations[0].workplace_class",
        "'乙' is not a choice for workplace_class", "use A, B or C",
    ),
    "jurisdiction": Case(
        "jurisdiction: CN-51", "¦jurisdiction: 四川", "jurisdiction", "'四川' is not a jurisdiction",
        "write for example CN, CN-51 or IAEA",
    ),
    "jurisdiction elsewhere": Case(
        "jurisdiction: CN-51", "¦jurisdiction: CN-5101", "jurisdiction",
        "the jurisdiction CN-5101 does not hold in division 511402", "write CN-51 or CN",
    ),
    "division is no code": Case(
        "division: 511402", "¦division: 5114", "division", "'5114' is not a code of GB/T 2260", "write six digits",
    ),
    "division unknown": Case(
        "division: 511402", "¦division: 511499", "division", "'511499' is no division of GB/T 2260", "511400 is 眉山市",
    ),
    "province elsewhere": Case(
        "    division: 511402\n", "    division: 511402\n    ¦province: 云南\n", "province",
        "division 511402 lies in 四川省, not in '云南'", "write 四川 or Sichuan",
    ),
    "use class of a plant": Case(
        "    kind: reactor\n    lat", "    kind: reactor\n    ¦use_class: 3\n    lat", "use_class",
        "a site of kind reactor has no use licence for radiopharmaceuticals", "it belongs to hospitals",
    ),
    "use class out of range": Case(
        "use_class: 3", "¦use_class: 5", "use_class", "use_class 5 is out of range", "it is at most 4"
    ),
    "transfer to itself": Case(
        "    destination: HOSPITAL\n    nuclide: Mo-99", "    ¦destination: PLANT\n    nuclide: Mo-99", "destination",
        "the transfer ends where it starts, at 'PLANT'", "name another destination",
    ),
    "transfer of a stable nuclide": Case(
        "    destination: HOSPITAL\n    nuclide: Mo-99", "    destination: HOSPITAL\n    ¦nuclide: Mo-98", "nuclide",
        "Mo-98 is stable", "Mo-99",
    ),
    "transfer to nowhere": Case(
        "    destination: HOSPITAL\n    nuclide: Mo-99", "    ¦destination: HOSPITL\n    nuclide: Mo-99", "destination",
        "'HOSPITL' is not defined under sites", "did you mean 'HOSPITAL'?",
    ),
    "approval ends before it begins": Case(
        "    valid_until: 2026-12-31", "    ¦valid_until: 2025-12-31", "valid_until",
        "the approval ends before it begins", "on or after valid_from",
    ),
    "approval of another century": Case(
        "    valid_until: 2026-12-31", "    ¦valid_until: 2126-12-31", "valid_until", "the year 2126 is not plausible", "",
    ),
    "way to itself": Case(
        "origin: PLANT, destination: HOSPITAL", "origin: PLANT, ¦destination: PLANT", "destination",
        "the way ends where it starts, at 'PLANT'", "name another destination",
    ),
    "way to nowhere": Case(
        "origin: PLANT, destination: HOSPITAL", "¦origin: PLANTS, destination: HOSPITAL", "origin",
        "'PLANTS' is not defined under sites", "did you mean 'PLANT'?",
    ),
    "way given twice": Case(
        "duration: 1 h 20 min}\n",
        "duration: 1 h 20 min}\n  - {id: BACK, origin: HOSPITAL, ¦destination: PLANT, both_ways: true, "
        "distance_km: 80, duration: 1 h}\n", "destination",
        "the way from 'PLANT' to 'HOSPITAL' is given twice (first in row 119)", "keep one of them",
    ),
    "way too fast": Case(
        "duration: 1 h 20 min}", "¦duration: 20 min}", "duration", "84 km in this time is 252 km/h",
        "correct duration or distance_km",
    ),
    "generator without daughter": Case(
        "  - id: GENERATOR\n", "  ¦- id: GENERATOR\n", "daughter", "a generator needs a daughter", "name the nuclide"
    ),
    "daughter of no generator": Case(
        "nuclide: Tc-99m\n    shelf_life: 12 h", "nuclide: Tc-99m\n    ¦daughter: Tc-99\n    shelf_life: 12 h",
        "daughter", "a product of kind radiopharmaceutical has no daughter", "leave it out, or use kind generator",
    ),
    "no progeny": Case(
        "daughter: Tc-99m", "¦daughter: Ga-68", "daughter", "Ga-68 does not grow from Mo-99",
        "Mo-99 decays to Tc-99m, Tc-99",
    ),
    "resource elsewhere": Case(
        "  - id: LINE\n    site: PLANT", "  - id: LINE\n    site: HOSPITAL", "resource",
        "'LINE' stands at 'HOSPITAL', the process runs at 'PLANT'", "use a resource of the same site",
    ),
    "conversion changes the nuclide": Case(
        "    product: GENERATOR\n    input_product: MO-BULK", "    product: GENERATOR\n    ¦input_product: ELUATE",
        "input_product", "'ELUATE' is Tc-99m, but 'GENERATOR' is Mo-99", "name an input of Mo-99",
    ),
    "manufacture makes no generator": Case(
        "    product: GENERATOR\n    input_product: MO-BULK", "    ¦product: MO-BULK\n    input_product: MO-BULK",
        "product", "'MO-BULK' is a product of kind bulk; generator_manufacture makes a generator",
        "name a product of kind generator",
    ),
    "conversion of a generator": Case(
        "    product: GENERATOR\n    input_product: MO-BULK", "    product: GENERATOR\n    ¦input_product: GENERATOR",
        "input_product", "a generator_manufacture takes no generator", "use kind generator_elution",
    ),
    "elution of no generator": Case(
        "    input_product: GENERATOR", "    ¦input_product: MO-BULK", "input_product",
        "'MO-BULK' is a product of kind bulk; an elution takes a generator", "name the generator",
    ),
    "elution of another nuclide": Case(
        "    product: ELUATE\n    input_product", "    ¦product: MO-BULK\n    input_product", "product",
        "'MO-BULK' is Mo-99, but 'GENERATOR' yields Tc-99m", "name a product of Tc-99m",
    ),
    "specific activity not stated": Case(
        "  - id: ELUTE\n", "  ¦- id: ELUTE\n", "specific_activity_eob", "'ELUATE' has a least specific activity",
        "give specific_activity_eob, for example '450 GBq/mg'",
    ),
    "process at an airport": Case(
        "kind: hospital", "kind: airport", "site", "'HOSPITAL' is a site of kind airport: a process cannot be there",
        "goods only pass through airports",
    ),
    "order by a waste store": Case(
        "kind: hospital", "kind: waste", "site", "'HOSPITAL' is a site of kind waste and cannot order",
        "name a hospital, radiopharmacy or producer",
    ),
    "lane to itself": Case(
        '    origins: "*"\n    destinations: "*"', '    origins: HOSPITAL\n    ¦destinations: [HOSPITAL]',
        "destinations", "the lane ends where it starts", "name other destinations",
    ),
    "no lane": Case(
        '    origins: "*"\n    destinations: "*"', '    origins: HOSPITAL\n    destinations: PLANT', "site",
        "no lane leads to 'HOSPITAL', so this order cannot be delivered", "add a lane with this site",
    ),
    "lot expires first": Case(
        "    reference_time: 2026-03-02 08:00", "    reference_time: 2026-03-02 08:00\n    ¦expires: 2026-03-02 07:00",
        "expires", "the lot expires before its reference time", "give a later expiry",
    ),
    "standing order ends first": Case(
        '    calibration: "08:30"', '    calibration: "08:30"\n    valid_from: 2026-03-02\n    ¦valid_to: 2026-03-01',
        "valid_to", "the standing order ends before it begins", "give a valid_to on or after valid_from",
    ),
    "year of an outage": Case(
        "{start: 2026-04-01 08:00, end: 2026-04-15 08:00", "¦{start: 2026-04-01 08:00, end: 2206-04-15 08:00",
        "outages[0].end", "the year 2206 is not plausible", "it is between 2000 and 2100",
    ),
    "year of a licence": Case(
        "valid_until: 2028-12-31", "¦valid_until: 1028-12-31", "licence.valid_until", "the year 1028 is not plausible",
        "it is between 2000 and 2100",
    ),
    "year of a lot": Case(
        "reference_time: 2026-03-02 08:00", "¦reference_time: 0026-03-02 08:00", "reference_time",
        "the year 26 is not plausible", "it is between 2000 and 2100",
    ),
    # YAML itself
    "key twice": Case(
        "    lat: 30.05", "    lat: 30.05\n    ¦lat: 30.06", "lat", "'lat' is given twice (first in row 27)", "keep one of them"
    ),
    "tag": Case("    lat: 30.05", "    ¦lat: !!python/name 30.05", "lat", "has no meaning here", "remove it"),
    "key of a list": Case("    lat: 30.05", "    lat: 30.05\n    ¦? [a, b]\n    : 1", "sites[1]", "a key is not plain text", "write 'name: value'"),
}  # fmt: skip
MORE = {
    "conversion without max_input": ("    max_input: 5 TBq\n", ""),
    "elution without efficiency": ("    elution_efficiency: 0.9\n", ""),
    "road without speed": ("    speed_kmh: 60\n", ""),
    "generator without daughter": ("    daughter: Tc-99m\n", ""),
    "specific activity not stated": (
        "    shelf_life: 12 h\n", "    shelf_life: 12 h\n    min_specific_activity: 1 GBq/mg\n",
    ),
}  # fmt: skip
"""A second change that the case needs."""
ELSEWHERE = {
    "resource elsewhere": "    resource: LINE",
    "process at an airport": "    site: HOSPITAL\n    kind: generator_elution",
    "order by a waste store": "    site: HOSPITAL\n    product: ELUATE\n    activity",
    "no lane": "    site: HOSPITAL\n    product: GENERATOR\n    activity",
}
"""Where the problem is reported, if not where the change is."""


@pytest.mark.parametrize("name", CASES)
def test_problem_has_its_place_and_remedy(name: str, example_text: str) -> None:
    case = CASES[name]
    for old, new in [(case.old, case.new), *([MORE[name]] if name in MORE else [])]:
        assert example_text.count(old) >= 1, f"{old!r} is not in the example"
        example_text = example_text.replace(old, new, 1)
    mark = example_text.find("¦") if name not in ELSEWHERE else example_text.index(ELSEWHERE[name])
    row = example_text.count("\n", 0, mark) + 1
    network, problems = validate(parse_yaml(example_text.replace("¦", ""), Path("n.yaml")))
    assert network is None
    found = [
        problem for problem in problems if problem.column == case.column and case.message in problem.message
    ]
    assert found, "\n".join(str(problem) for problem in problems)
    problem = found[0]
    assert problem.row == row
    assert case.remedy in problem.remedy
    assert problem.file == "n.yaml"


def test_all_problems_are_collected_at_once(example_text: str) -> None:
    text = example_text
    for old, new in (
        ("activity: 4 TBq", "activity: 4"),
        ("kind: hospital", "kind: hospitl"),
        ("resource: LINE", "resource: LANE"),
        ("daughter: Tc-99m", "daughter: Ga-68"),
    ):
        text = text.replace(old, new)
    _, problems = validate(parse_yaml(text, Path("n.yaml")))
    columns = [problem.column for problem in problems]
    # one each; the elution now yields Ga-68, which is not what it makes
    assert columns == ["kind", "daughter", "resource", "product", "activity"]
    assert [problem.row for problem in problems] == sorted(problem.row or 0 for problem in problems)


def test_a_bad_row_still_counts_as_defined(example_text: str) -> None:
    text = example_text.replace("kind: hospital", "kind: hospitl")
    _, problems = validate(parse_yaml(text, Path("n.yaml")))
    assert [problem.column for problem in problems] == ["kind"]


def test_a_bad_lane_may_be_the_one_that_leads_there(example_text: str) -> None:
    _, problems = validate(parse_yaml(example_text.replace("mode: road", "mode: raod"), Path("n.yaml")))
    assert [problem.column for problem in problems] == ["mode"]


def test_conversions_in_a_circle_state_no_specific_activity(example_text: str) -> None:
    circle = """
  - id: ONE
    site: PLANT
    kind: labelling
    product: MO-BULK
    input_product: MO-BULK
    max_input: 5 TBq
    start_times: ["06:00"]

lanes:"""
    text = example_text.replace("\nlanes:", circle).replace(
        "    shelf_life: 7 d\n", "    shelf_life: 7 d\n    min_specific_activity: 1 GBq/mg\n"
    )
    _, problems = validate(parse_yaml(text, Path("n.yaml")))
    assert [problem.column for problem in problems] == ["specific_activity_eob"] * 2


AIRPORT = """
  - {id: CTU, name: Airport, name_zh: 机场, kind: airport, lat: 30.6, lon: 103.9}

products:"""


@pytest.mark.parametrize(
    ("before", "what"),
    [
        ("  - id: REACTOR\n", "a resource"),
        ("  - id: LOT-1\n", "a lot in stock"),
        ("  - id: IRRADIATE\n", "a process"),
    ],
)
def test_nothing_stays_at_an_airport(example_text: str, before: str, what: str) -> None:
    text = example_text.replace("\nproducts:", AIRPORT).replace(
        f"{before}    site: PLANT", f"{before}    site: CTU"
    )
    _, problems = validate(parse_yaml(text, Path("n.yaml")))
    [problem] = [problem for problem in problems if problem.column == "site"]
    assert problem.message == f"'CTU' is a site of kind airport: {what} cannot be there"


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        (
            "reference_time: 2026-03-02 08:00",
            "reference_time: 2026-03-02 08:00\n    expires: 2126-01-01",
            "expires",
        ),
        ("latest: 2026-03-03 18:00", "latest: 2126-03-03 18:00", "latest"),
        ("earliest: 2026-03-03 06:00", "earliest: 1926-03-03 06:00", "earliest"),
        ("calibration: 2026-03-06 08:00", "calibration: 2126-03-06 08:00", "calibration"),
        ('calibration: "08:30"', 'calibration: "08:30"\n    valid_to: 2126-01-01', "valid_to"),
        ('calibration: "08:30"', 'calibration: "08:30"\n    valid_from: 1926-01-01', "valid_from"),
        (
            "    max_units: 40",
            "    outages: [{start: 1926-01-01, end: 2026-01-02, reason: a}]",
            "outages[0].start",
        ),
    ],
)
def test_year_is_plausible(example_text: str, old: str, new: str, column: str) -> None:
    assert old in example_text
    _, problems = validate(parse_yaml(example_text.replace(old, new), Path("n.yaml")))
    [problem] = problems
    assert problem.column == column
    assert "is not plausible" in problem.message


def test_specific_activity_may_come_from_the_input(example_text: str) -> None:
    text = example_text.replace(
        "    daughter: Tc-99m\n", "    daughter: Tc-99m\n    min_specific_activity: 1 GBq/mg\n"
    )
    _, problems = validate(parse_yaml(text, Path("n.yaml")))
    assert [problem.column for problem in problems] == ["specific_activity_eob"]
    text = text.replace("    duration: 6 d\n", "    duration: 6 d\n    specific_activity_eob: 9 GBq/mg\n")
    assert validate(parse_yaml(text, Path("n.yaml")))[1] == []


def test_order_of_what_is_made_on_the_site_needs_no_lane(example_text: str) -> None:
    text = example_text.replace('destinations: "*"', "destinations: PLANT")
    _, problems = validate(parse_yaml(text, Path("n.yaml")))
    [problem] = problems  # the generator must be brought; the eluate is made there
    assert "so this order cannot" in problem.message


def test_both_ways_counts_as_a_lane_back(example_text: str) -> None:
    text = example_text.replace(
        '    origins: "*"\n    destinations: "*"\n',
        "    origins: HOSPITAL\n    destinations: PLANT\n    both_ways: true\n",
    )
    assert validate(parse_yaml(text, Path("n.yaml")))[1] == []


def test_read_network_raises_with_every_problem(example: Path, example_text: str) -> None:
    example.write_text(example_text.replace("TBq", "tons"), encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        read_network(example)
    assert caught.value.problems == check_network(example)
    assert len(caught.value.problems) > 3
