"""Builds ``examples/china/`` from its tables: ``python scripts/build_china``.

No chance and no clock: the same tables always give the same bytes. ``tables`` reads them, ``places`` makes
the sites, ``making`` the products, machines, recipes and stock, ``demand`` what the hospitals order,
``permits`` licences and approvals, ``lanes`` the ways, ``network`` all of it; ``totals`` compares the whole
with the published national figures, ``pages`` writes that into docs/china.md.
"""
