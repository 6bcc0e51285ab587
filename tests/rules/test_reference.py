"""Typed reference rows: units, bounds on both sides, what is said of gaps."""

from __future__ import annotations

import numpy as np
import pytest

from becq.errors import InputError
from becq.rules import reference


def test_transport_limits_are_in_bq() -> None:
    mo99 = reference.transport_limit("Mo-99")
    assert (mo99.a1_bq, mo99.a2_bq) == (1e12, 0.6e12)
    assert (mo99.exempt_concentration_bq_g, mo99.exempt_consignment_bq) == (1e2, 1e6)
    assert mo99.progeny == ("Tc-99m",)
    assert mo99.exempt_progeny == ()
    assert mo99.confirmed
    assert reference.transport_limit("Sr-90").exempt_progeny == ("Y-90",)
    assert not reference.transport_limit("Tb-161").confirmed
    assert reference.transport_limit("U-238").a2_bq == np.inf


def test_forms_of_uranium_must_be_said() -> None:
    assert reference.transport_limit("U-232", "slow lung absorption").a2_bq == 1e9
    with pytest.raises(InputError, match="fast lung absorption"):
        reference.transport_limit("U-232")


def test_a_nuclide_without_limits_points_to_the_defaults() -> None:
    with pytest.raises(InputError, match="default_transport_limit"):
        reference.transport_limit("Zr-89")
    zr89 = reference.default_transport_limit("beta-gamma")
    assert (zr89.a1_bq, zr89.a2_bq) == (0.1e12, 0.02e12)
    assert reference.default_transport_limit("unknown").a1_bq == 1e9
    assert {kind: reference.default_transport_limit(kind).form for kind in reference.DEFAULT_KINDS} == {
        kind: kind for kind in reference.DEFAULT_KINDS
    }
    with pytest.raises(InputError, match="beta-gamma"):
        reference.default_transport_limit("gamma")


def test_unknown_names_are_refused() -> None:
    for ask in (reference.transport_limit, reference.exemption_level, reference.d_value):
        with pytest.raises(InputError, match="Xx-1"):
            ask("Xx-1")


def test_gaps_are_said() -> None:
    with pytest.raises(InputError, match="No D-value for Zr-89"):
        reference.d_value("Zr-89")
    with pytest.raises(InputError, match="No exemption level for Y-90m"):
        reference.exemption_level("Y-90m")


def test_d_values() -> None:
    ir192 = reference.d_value("Ir-192")
    assert ir192.activity_bq == pytest.approx(0.08e12)
    assert ir192.confirmed
    assert not reference.d_value("Ac-225").confirmed
    assert reference.d_value("U-238").activity_bq == np.inf


def test_exemption_levels() -> None:
    cs137 = reference.exemption_level("Cs-137")
    assert (cs137.concentration_bq_g, cs137.activity_bq, cs137.bulk_concentration_bq_g) == (10, 1e4, 0.1)
    assert cs137.progeny == ("Ba-137m",)
    assert cs137.confirmed
    assert reference.exemption_level("Zr-89").bulk_concentration_bq_g is None
    assert not reference.exemption_level("Zr-89").confirmed


# Co-60: announcement 2005 no. 62 gives 3e13, 3e11, 3e10, 3e8 and 1e5 Bq.
@pytest.mark.parametrize(("bound", "category"), [(3e13, 1), (3e11, 2), (3e10, 3), (3e8, 4), (1e5, 5)])
def test_source_category_on_each_side_of_a_bound(bound: float, category: int) -> None:
    below = 0 if category == 5 else category + 1
    found = reference.source_categories("Co-60", [0.999 * bound, bound, 1.001 * bound])
    assert found.tolist() == [below, category, category]


def test_a_source_of_unlimited_d_is_of_category_5() -> None:
    assert reference.source_categories("U-238", [[1e3, 1e20]]).tolist() == [[0, 5]]


@pytest.mark.parametrize(("index", "dose_rate_sv_h", "rank"), [
    (0.0, 4.9e-6, 1), (0.0, 5e-6, 1), (0.0, 5.1e-6, 2), (0.1, 1e-6, 2),
    (1.0, 0.5e-3, 2), (1.1, 0.5e-3, 3), (1.0, 0.51e-3, 3),
    (10.0, 2e-3, 3), (10.1, 2e-3, 4), (10.0, 2.01e-3, 4), (3.0, 10e-3, 4), (3.0, 10.1e-3, 5),
    (1e6, 1e-6, 4),
])  # fmt: skip
def test_package_category_is_the_higher_of_two(index: float, dose_rate_sv_h: float, rank: int) -> None:
    assert reference.package_ranks(index, dose_rate_sv_h) == rank


def test_package_ranks_broadcast_and_name_a_category() -> None:
    ranks = reference.package_ranks([[0.0], [2.0]], [1e-6, 1e-3])
    assert ranks.tolist() == [[1, 3], [3, 3]]
    names = [row.name for row in reference.package_categories()]
    assert [names[rank - 1] for rank in ranks.ravel()] == [
        "I-WHITE",
        "III-YELLOW",
        "III-YELLOW",
        "III-YELLOW",
    ]
    assert [row.rank for row in reference.package_categories()] == [1, 2, 3, 4]


def test_workplace_class_on_each_side_of_a_bound() -> None:
    found = reference.workplace_classes([0.0, 2e7, 2.001e7, 4e9, 4.001e9])
    assert found.tolist() == ["C", "C", "B", "B", "A"]


def test_negative_amounts_are_refused() -> None:
    with pytest.raises(InputError, match="-1"):
        reference.workplace_classes([1.0, -1.0])
    with pytest.raises(InputError, match="nan"):
        reference.source_categories("Co-60", np.nan)


@pytest.mark.parametrize("nuclide", ["Ni-57", "Sr-83", "Ba-135m", "Tb-149", "Tb-161"])
def test_china_does_not_list_what_came_in_2018(nuclide: str) -> None:
    assert reference.transport_limit(nuclide).since == "2018"
    assert reference.transport_limit(nuclide, jurisdiction="IAEA").nuclide == nuclide
    for jurisdiction in ("CN", "CN-51"):
        assert not reference.has_transport_limit(nuclide, jurisdiction)
        with pytest.raises(
            InputError, match=f"GB 11806-2019 does not list {nuclide}.*default_transport_limit"
        ):
            reference.transport_limit(nuclide, jurisdiction=jurisdiction)


def test_china_lists_the_older_nuclides() -> None:
    rows = reference.transport_limits().values()
    assert {row.since for row in rows} == {"", "2018"}
    assert sum(row.since == "2018" for row in rows) == 6
    assert reference.transport_limit("Lu-177", jurisdiction="CN") is reference.transport_limit("Lu-177")
    assert reference.has_transport_limit("Kr-79", "CN")
    assert not reference.has_transport_limit("Zr-89")
