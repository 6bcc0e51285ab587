"""A network with other rows in some of its sections."""

from __future__ import annotations

from becq.chain.network import Network

SITE = {"name": "A", "name_zh": "甲", "kind": "hospital", "lat": 30, "lon": 104}


def test_other_rows_are_found_where_the_old_ones_were_looked_up() -> None:
    network = Network.model_validate({"name": "N", "sites": [{**SITE, "id": "a"}, {**SITE, "id": "b"}]})
    assert set(network.site) == {"a", "b"}
    fewer = network.with_rows(sites=network.sites[:1])
    assert set(fewer.site) == {"a"}
    assert set(network.site) == {"a", "b"}
    assert (fewer.name, fewer.zone) == (network.name, network.zone)
