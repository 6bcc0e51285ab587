"""People: an administrator lets in, changes and shuts out those of the own organisation, an operator anybody."""

from __future__ import annotations

import pytest
from market_world import token, world

from becq.platform.accounts.models import User

__all__ = ["world"]

NEW = {
    "username": "li",
    "first_name": "李",
    "role": "hospital",
    "organisation": "near",
    "site_code": "near",
    "language": "zh-hans",
    "email": "",
    "password": "half-life-of-iodine",
}


def text(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_only_administrators_find_the_page(world, language):
    for person in world.everybody():
        client = world.client(person, language)
        wanted = 200 if person.role == "administrator" else 403
        for page in ("/people/", "/people/new/", f"/people/{world.planner.pk}/"):
            assert client.get(page).status_code == wanted, (person.username, page)
        assert ("/people/" in text(client.get("/"))) == (wanted == 200)


def holder_code(world, site: str) -> str:
    return world.holder(site).code


def test_a_person_is_added_changed_shut_out_and_let_in(world):
    client = world.client(world.admin, enforce_csrf_checks=True)
    mark = token(client, "/people/new/")
    sent = {**NEW, "organisation": holder_code(world, "near"), "csrfmiddlewaretoken": mark}
    assert client.post("/people/new/", sent).url == "/people/"
    made = User.objects.get(username="li")
    assert (made.role, made.site_code, made.organisation) == ("hospital", "near", world.holder("near"))
    assert made.check_password("half-life-of-iodine")
    address = f"/people/{made.pk}/"
    client.post(address, {"do": "change", "role": "rso", "site_code": "", "csrfmiddlewaretoken": mark})
    client.post(address, {"do": "reset", "password": "another long word", "csrfmiddlewaretoken": mark})
    client.post(address, {"do": "shut", "csrfmiddlewaretoken": mark})
    made.refresh_from_db()
    assert (made.role, made.site_code, made.is_active) == ("rso", "", False)
    assert made.check_password("another long word")
    assert "shut out" in text(client.get("/people/?q=li"))
    client.post(address, {"do": "let", "csrfmiddlewaretoken": mark})
    made.refresh_from_db()
    assert made.is_active


@pytest.mark.parametrize(
    ("change", "field", "word"),
    [
        ({"username": "admin"}, "username", "taken"),
        ({"username": "a b"}, "username", "Letters"),
        ({"password": "short"}, "password", "10"),
        ({"password": "12345678901"}, "password", "numeric"),
        ({"role": ""}, "role", "required"),
        ({"role": "regulator"}, "role", "does not fit"),
        ({"site_code": "far"}, "site_code", "not one of the organisation"),
        ({"organisation": "nowhere"}, "organisation", "valid choice"),
    ],
)
def test_bad_input_keeps_the_form(world, change, field, word):
    client = world.client(world.admin)
    page = text(client.post("/people/new/", {**NEW, "organisation": holder_code(world, "near"), **change}))
    assert word in page.partition(f'id="id_{field}_error"')[2].partition("</div>")[0]
    assert 'value="李"' in page
    assert not User.objects.filter(username="li").exists()


def test_an_administrator_manages_the_own_organisation_alone(world):
    manager = world.who("administrator", "near")
    colleague, stranger = world.who("hospital", "near"), world.who("hospital", "far")
    client = world.client(manager)
    page = text(client.get("/people/"))
    assert colleague.username in page
    assert stranger.username not in page
    assert client.get(f"/people/{stranger.pk}/").status_code == 404
    assert client.post(f"/people/{stranger.pk}/", {"do": "shut"}).status_code == 404
    assert client.post("/people/new/", {**NEW, "organisation": holder_code(world, "far")}).status_code == 200
    assert not User.objects.filter(username="li").exists()
    client.post(f"/people/{colleague.pk}/", {"do": "shut"})
    colleague.refresh_from_db()
    assert not colleague.is_active


def test_nobody_shuts_themselves_out_or_changes_their_own_role(world):
    manager = world.who("administrator", "near")
    client = world.client(manager)
    assert client.post(f"/people/{manager.pk}/", {"do": "shut"}).status_code == 403
    assert client.post(f"/people/{manager.pk}/", {"do": "change", "role": "rso"}).status_code == 403
    manager.refresh_from_db()
    assert manager.is_active
    assert "This is you" in text(client.get(f"/people/{manager.pk}/"))
