"""What surrounds every page: places by role, language, units, theme, time zone, view at another time.

``{% frame as frame %}`` in ``base.html`` builds a :class:`Frame`; a view asks :func:`moment` for the time it
is to show and :func:`units` for the unit system. Choices live in cookies, so that the server answers in the
right state from the first byte; the language also lives with the person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from becq.platform import clock
from becq.platform.accounts import policy
from becq.platform.network import selectors as network

UNITS_COOKIE, THEME_COOKIE, RAIL_COOKIE = "becq_units", "becq_theme", "becq_rail"
AT_SESSION, SITE_SESSION = "view_at", "site"
NOW_PAGES = {"consignments", "production", "run", "waste", "order", "standing-orders", "standing-order"}
"""Pages, by the name of their address, that show the present whatever moment is chosen; a notice says so."""
UNIT_SYSTEMS = ("SI", "Ci")
THEMES = ("auto", "light", "dark")
YEARS = range(2000, 2101)
"""The years that moments and days given by people lie in: of forms, addresses and the view at another time.
The API says the same (``api.schemas``)."""


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the rail. ``name`` is the name of its URL; without such a URL it is not shown."""

    name: str
    label: str | Promise
    icon: str
    action: str = ""
    """The action of ``accounts.policy`` that a person needs to see it; "" for everybody signed in."""

    @property
    def url(self) -> str:
        """Its address, or "" while the page is not there."""
        try:
            return reverse(self.name)
        except NoReverseMatch:
            return ""


PLACES = (
    Place("today", pgettext_lazy("place", "Today"), "today"),
    Place("orders", pgettext_lazy("place", "Orders"), "orders"),
    Place("plan", pgettext_lazy("place", "Plan"), "plan", "plan.read"),
    Place("stock", pgettext_lazy("place", "Stock"), "stock"),
    Place("consignments", pgettext_lazy("place", "Consignments"), "consignments"),
    Place("ledger", pgettext_lazy("place", "Ledger"), "ledger", "ledger.read"),
    Place("rules", pgettext_lazy("place", "Rules"), "rules"),
    Place("network", pgettext_lazy("place", "Network"), "network", "network.read"),
    Place("calculators", pgettext_lazy("place", "Calculators"), "calculators"),
    Place("data", pgettext_lazy("place", "Reference data"), "data"),
    Place("administration", pgettext_lazy("place", "Administration"), "administration", "accounts.manage"),
)
ROLES = {
    "planner": _("Production planner"),
    "dispatcher": _("Dispatcher"),
    "hospital": _("Hospital department"),
    "rso": _("Radiation safety officer"),
    "regulator": _("Regulator"),
    "administrator": _("Administrator"),
}
PHONE_PLACES = {
    "planner": ("today", "plan", "orders", "stock"),
    "dispatcher": ("today", "orders", "consignments", "stock"),
    "hospital": ("today", "orders", "consignments", "stock"),
    "rso": ("today", "stock", "consignments", "ledger"),
    "regulator": ("today", "stock", "ledger", "network"),
    "administrator": ("today", "orders", "ledger", "network"),
}


@dataclass(frozen=True, slots=True)
class SiteChoice:
    """A site in the site switch."""

    code: str
    name: str
    timezone: str


def is_chinese() -> bool:
    """True on a Chinese page."""
    return (get_language() or "").startswith("zh")


def named(item: object, fallback: str = "") -> str:
    """``name_zh`` on a Chinese page, else ``name``; works on objects and on mappings."""

    def get(key: str) -> object:
        return item.get(key) if isinstance(item, dict) else getattr(item, key, None)

    return str((is_chinese() and get("name_zh")) or get("name") or fallback)


def units(request: HttpRequest | None) -> str:
    """Unit system of activities that the person has chosen: "SI" or "Ci"."""
    chosen = request.COOKIES.get(UNITS_COOKIE, "") if request is not None else ""
    return chosen if chosen in UNIT_SYSTEMS else "SI"


def sites(request: HttpRequest) -> list[SiteChoice]:
    """The sites that the person may look into."""
    cached = getattr(request, "_becq_sites", None)
    if cached is None:
        person = getattr(request, "user", None)
        cached = []
        if person is not None and person.is_authenticated and policy.may(person, "network.read"):
            rows = network.own_sites(person)
            cached = [SiteChoice(row.code, named(row, row.code), row.timezone) for row in rows]
        request._becq_sites = cached  # type: ignore[attr-defined]
    return cached


def site(request: HttpRequest) -> SiteChoice | None:
    """The site chosen in the top bar (else the person's own, else None: all sites)."""
    session = getattr(request, "session", None)
    code = session.get(SITE_SESSION) if session is not None else None
    code = getattr(request.user, "site_code", "") if code is None and hasattr(request, "user") else code
    return next((each for each in sites(request) if each.code == code), None) if code else None


def zone(request: HttpRequest | None) -> ZoneInfo:
    """Time zone of the page: that of the chosen site, else of the installation."""
    chosen = site(request) if request is not None and hasattr(request, "user") else None
    return ZoneInfo(chosen.timezone if chosen else settings.TIME_ZONE)


def parse_local(text: str, at_zone: ZoneInfo) -> datetime | None:
    """An instant written as ISO text, local to ``at_zone`` where it has no offset.

    None if it is unreadable or lies outside of YEARS.
    """
    try:
        moment_ = datetime.fromisoformat(text.strip().replace(" ", "T", 1))
    except ValueError:
        return None
    if moment_.year not in YEARS:
        return None
    if moment_.tzinfo is None:
        moment_ = moment_.replace(tzinfo=at_zone)
    return moment_.astimezone(UTC)


def view_at(request: HttpRequest) -> datetime | None:
    """The other moment that the page is to be seen at, None for now. ``?at=`` goes before the choice kept."""
    text = request.GET.get("at")
    if text is None:
        session = getattr(request, "session", None)
        text = session.get(AT_SESSION, "") if session is not None else ""
    return parse_local(text, zone(request)) if text and text != "now" else None


def moment(request: HttpRequest) -> datetime:
    """The moment that the page shows: the other one if chosen, else the present."""
    return view_at(request) or clock.now()


def zone_label(at: datetime, at_zone: ZoneInfo) -> str:
    """Offset of a zone in words, "UTC+8"."""
    offset = at.astimezone(at_zone).utcoffset()
    minutes = round(offset.total_seconds() / 60) if offset else 0
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours}" + (f":{rest:02d}" if rest else "")


class Frame:
    """Everything ``base.html`` needs to know, computed when asked for."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.units = units(request)
        theme = request.COOKIES.get(THEME_COOKIE, "")
        self.theme = theme if theme in THEMES else "auto"
        self.rail = "narrow" if request.COOKIES.get(RAIL_COOKIE) == "narrow" else "wide"

    @cached_property
    def person(self) -> object | None:
        """Who is signed in, or None."""
        user = getattr(self.request, "user", None)
        return user if user is not None and user.is_authenticated else None

    @cached_property
    def places(self) -> list[dict[str, object]]:
        """Entries of the rail."""
        if self.person is None:
            return []
        path = self.request.path
        found = []
        for place in PLACES:
            url = place.url
            if not url or (place.action and not policy.may(self.person, place.action)):
                continue
            here = path == url or (url != "/" and path.startswith(url))
            found.append(
                {"name": place.name, "label": place.label, "icon": place.icon, "url": url, "here": here}
            )
        return found

    @property
    def phone_places(self) -> list[dict[str, object]]:
        """The four of the bottom bar on a phone."""
        wanted = PHONE_PLACES.get(getattr(self.person, "role", ""), PHONE_PLACES["planner"])
        by_name = {place["name"]: place for place in self.places}
        chosen = [by_name[name] for name in wanted if name in by_name]
        return (chosen + [place for place in self.places if place not in chosen])[:4]

    @cached_property
    def zone(self) -> ZoneInfo:
        """Time zone of the page."""
        return zone(self.request)

    @cached_property
    def now(self) -> datetime:
        """The present on the platform's clock."""
        return clock.now()

    @property
    def demo_clock(self) -> bool:
        """True while the clock does not show real time."""
        return clock.is_shifted()

    @cached_property
    def view_at(self) -> datetime | None:
        """The other moment that the page is seen at."""
        return view_at(self.request)

    @property
    def shows_now(self) -> bool:
        """True on a page that shows the present although another moment is chosen."""
        found = self.request.resolver_match
        return self.view_at is not None and found is not None and found.url_name in NOW_PAGES

    @property
    def moment(self) -> datetime:
        """The moment that the page shows."""
        return self.view_at or self.now

    @property
    def moment_local(self) -> str:
        """The moment shown, for a date-and-time input."""
        return f"{self.moment.astimezone(self.zone):%Y-%m-%dT%H:%M}"

    @property
    def zone_words(self) -> str:
        """Offset of the zone."""
        return zone_label(self.moment, self.zone)

    @property
    def role_words(self) -> str | Promise:
        """Role of the person in words."""
        return ROLES.get(getattr(self.person, "role", ""), "")

    @property
    def sites(self) -> list[SiteChoice]:
        """Sites of the switch."""
        return sites(self.request)

    @property
    def site(self) -> SiteChoice | None:
        """The site chosen."""
        return site(self.request)

    @property
    def place_name(self) -> str:
        """What the top bar shows at the left: the site, else the organisation."""
        if self.site:
            return self.site.name
        organisation = getattr(self.person, "organisation", None)
        return named(organisation) if organisation else str(_("All sites"))
