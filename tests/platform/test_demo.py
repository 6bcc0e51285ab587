"""The demo: played through the services, it leaves books that close, and it harms no other database."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "planning"))

from small import small_network

from becq.errors import InputError
from becq.platform import clock, today
from becq.platform.accounts.models import User
from becq.platform.demo import clear_home


class TestHome:
    def test_a_database_that_is_no_demo_is_left_alone(self, tmp_path):
        database = tmp_path / "becq.sqlite3"
        database.write_text("precious")
        with pytest.raises(InputError, match="is no demo"):
            clear_home(tmp_path)
        assert database.read_text() == "precious"

    def test_the_home_of_an_installation_elsewhere_is_left_alone(self, tmp_path):
        """With a database server the folder holds a key and files, but no database."""
        (tmp_path / "secret.key").write_text("key")
        with pytest.raises(InputError, match="is no demo"):
            clear_home(tmp_path)
        assert [each.name for each in tmp_path.iterdir()] == ["secret.key"]

    def test_the_home_is_that_of_the_environment(self, tmp_path):
        """Without --home a demo goes to BECQ_HOME, and what is there is not thrown away."""
        (tmp_path / "precious.txt").write_text("precious")
        environment = {**os.environ, "BECQ_HOME": str(tmp_path)}
        words = [sys.executable, "-m", "becq.cli.main", "demo", "--no-serve", "--days", "0"]
        run = subprocess.run(  # noqa: S603
            words, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60
        )
        assert run.returncode == 2
        assert f"{tmp_path} is no demo" in run.stderr
        assert not (tmp_path / "var").exists()

    def test_an_earlier_demo_is_thrown_away(self, tmp_path):
        clear_home(tmp_path / "demo")
        (tmp_path / "demo" / "becq.sqlite3").write_text("old")
        (tmp_path / "demo" / "secret.key").write_text("key")
        clear_home(tmp_path / "demo")
        assert not (tmp_path / "demo" / "becq.sqlite3").exists()
        assert (tmp_path / "demo" / "secret.key").exists()


@pytest.mark.slow
def test_two_days_of_a_small_network(db):
    from becq.platform.demo.stage import stage

    heard: list[str] = []
    outcome = stage(small_network(), days=2, seed=1, report=heard.append, planned_days=4)
    assert outcome.problems == []
    assert outcome.summary["residue"] < 1e-9
    assert outcome.orders_served > 5
    assert outcome.done["received"] > 3
    assert outcome.done["doses administered"] > 20
    assert outcome.summary["doses"]["administered"] == outcome.done["doses administered"]
    accounts = {row.nuclide: row for row in outcome.summary["nuclides"]}
    assert {"F-18", "I-131", "Ga-68"} <= set(accounts)
    for row in accounts.values():
        assert 0 <= row.used_bq < row.made_bq
        assert 0 <= row.to_waste_bq < row.made_bq
        assert abs(row.unaccounted_bq) < 0.05 * row.made_bq
        assert -1e-6 * row.made_bq <= row.decayed_bq < row.made_bq
    # the clock stands at the morning of the third day and every person finds work
    assert abs((clock.now() - outcome.now).total_seconds()) < 60
    assert {role for _, role, _ in outcome.logins} == {
        "administrator", "planner", "dispatcher", "hospital", "rso", "regulator"
    }  # fmt: skip
    queues = [today.today(User.objects.get(username=name)) for name, *_ in outcome.logins]
    assert sum(len(queue) for queue in queues) > 0
    for queue in queues:
        assert [row["due"] for row in queue] == sorted(row["due"] for row in queue)
    assert heard
