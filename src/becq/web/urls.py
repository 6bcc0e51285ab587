"""Addresses of the pages."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView

from becq.web.views import (
    calculators,
    clinic,
    comparison,
    consignment,
    consignments,
    ledger,
    network,
    network_file,
    order_form,
    order_import,
    orders,
    outages,
    palette,
    people,
    plan,
    production,
    session,
    standing,
    stock,
    style,
    switches,
    today,
    waste,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", today.today, name="today"),
    path("api/v1/", include("becq.api.urls")),
    path("login/", session.SignIn.as_view(), name="login"),
    path("logout/", session.SignOut.as_view(), name="logout"),
    path("orders/", orders.orders, name="orders"),
    path("orders/new/", order_form.new, name="order-new"),
    path("orders/import/", order_import.orders_import, name="orders-import"),
    path("orders/template/", order_import.template, name="orders-template"),
    path("orders/export/", orders.export, name="orders-export"),
    path("orders/cancel/", orders.cancel_many, name="orders-cancel"),
    path("orders/standing/", standing.standing_orders, name="standing-orders"),
    path("orders/standing/new/", standing.standing_new, name="standing-new"),
    path("orders/standing/make/", standing.make, name="standing-make"),
    path("orders/standing/<str:code>/", standing.standing_order, name="standing-order"),
    path("orders/<str:code>/", orders.order, name="order"),
    path("orders/<str:code>/amend/", order_form.amend, name="order-amend"),
    path("orders/<str:code>/cancel/", order_form.cancel, name="order-cancel"),
    path("orders/<str:code>/place/", order_form.place, name="order-place"),
    path("people/", people.people, name="administration"),
    path("people/new/", people.new, name="person-new"),
    path("people/<int:key>/", people.person, name="person"),
    path("stock/", stock.stock, name="stock"),
    path("stock/curves/", stock.choose_curves, name="stock-curves"),
    path("production/", production.production, name="production"),
    path("production/<path:code>/", production.run, name="run"),
    path("consignments/", consignments.consignments, name="consignments"),
    path("consignments/<path:code>/", consignment.consignment, name="consignment"),
    path("clinic/", clinic.clinic, name="clinic"),
    path("clinic/<path:code>/", clinic.dose, name="dose"),
    path("waste/", waste.waste, name="waste"),
    path("ledger/", ledger.ledger, name="ledger"),
    path("ledger/proof/", RedirectView.as_view(url="/ledger/?tab=proof"), name="ledger-audit"),
    path("ledger/lot/<path:code>/", ledger.lot, name="ledger-lot"),
    path("palette/", palette.palette, name="palette"),
    path("switch/language/", switches.language, name="switch-language"),
    path("switch/theme/", switches.theme, name="switch-theme"),
    path("switch/units/", switches.units, name="switch-units"),
    path("switch/rail/", switches.rail, name="switch-rail"),
    path("switch/site/", switches.site, name="switch-site"),
    path("switch/at/", switches.at, name="switch-at"),
    path("plan/", plan.plan_list, name="plan"),
    path("plan/new/", plan.plan_new, name="plan-new"),
    path("plan/compare/", comparison.plan_compare, name="plan-compare"),
    path("plan/<slug:code>/", plan.plan_run, name="plan-run"),
    path("plan/<slug:code>/progress/", plan.plan_progress, name="plan-progress"),
    path("plan/<slug:code>/cancel/", plan.plan_cancel, name="plan-cancel"),
    path("plan/<slug:code>/panel/", plan.plan_panel, name="plan-panel"),
    path("plan/<slug:code>/pins/", plan.plan_pins, name="plan-pins"),
    path("plan/<slug:code>/replan/", plan.plan_replan, name="plan-replan"),
    path("plan/<slug:code>/commit/", plan.plan_commit, name="plan-commit"),
    re_path(
        r"^plan/(?P<code>[-\w]+)/export/plan\.(?P<kind>json|xlsx|html)$", plan.plan_export, name="plan-export"
    ),
    path("calculators/", calculators.index, name="calculators"),
    path("calculators/<slug:name>/", calculators.calculator, name="calculator"),
    path("network/", network.network, name="network"),
    path("network/sites/<str:code>/", network.site, name="site"),
    path("network/panel/", network.panel, name="network-panel"),
    path("network/import/", network_file.network_import, name="network-import"),
    re_path(
        r"^network/export/network\.(?P<kind>yaml|xlsx)$", network_file.network_export, name="network-export"
    ),
    path("network/outages/new/", outages.outage_new, name="outage-new"),
    path("network/outages/<str:resource>/", outages.outage_edit, name="outage-edit"),
    path("network/outages/<str:resource>/withdraw/", outages.outage_withdraw, name="outage-withdraw"),
    # For people who build pages; not found unless DEBUG is on.
    path("style/", style.style, name="style"),
    path("style/alone/<slug:page>/", style.alone, name="style-alone"),
]

handler400 = "becq.web.views.errors.bad_request"
handler403 = "becq.web.views.errors.forbidden"
handler404 = "becq.web.views.errors.not_found"
