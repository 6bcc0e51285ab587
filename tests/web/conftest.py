"""A person to sign in with, and the built assets that pages refer to."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture
def person(db):
    from becq.platform.accounts.models import Organisation, User

    organisation = Organisation.objects.create(
        code="cdp", name="Chengdu Nuclear Pharmacy", name_zh="成都核药房", kind="pharmacy", province="四川"
    )
    return User.objects.create_user(
        "chen",
        password="becquerel-2026",
        role="planner",
        organisation=organisation,
        last_name="陈静",
        language="en",
    )


@pytest.fixture
def browser_page(client, person):
    """A client signed in, in English."""
    client.force_login(person)
    client.cookies["django_language"] = "en"
    return client
