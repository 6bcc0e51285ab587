"""``becq serve``, ``becq ledger`` and ``becq manage`` as a user runs them."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(os.name != "posix", reason="signals"),
]


@pytest.fixture
def environment(tmp_path):
    kept = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "BECQ_TASKS", "BECQ_SECRET_KEY"}}
    return {**kept, "BECQ_HOME": str(tmp_path / "home"), "PYTHONUNBUFFERED": "1"}


@pytest.fixture
def becq(environment):
    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "becq.cli.main", *arguments],
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


@pytest.fixture
def server(environment):
    """A running server: (process, its address)."""
    process = subprocess.Popen(
        [sys.executable, "-m", "becq.cli.main", "serve", "--port", "0"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    address = None
    for line in process.stdout:
        found = re.search(r"http://\S+", line)
        if found:
            address = found[0]
            break
    assert address, process.communicate()
    yield process, address
    if process.poll() is None:
        process.kill()
    process.wait()


def workers_of(process):
    """Process ids of the workers of a server."""
    said = subprocess.run(
        ["ps", "-ww", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True
    ).stdout
    rows = [line.split(None, 2) for line in said.splitlines()[1:]]
    return [int(pid) for pid, _, args in rows if "work; work()" in args and f":{process.pid}:" in args]


def wait_for(condition, seconds=20.0):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.1)
    return False


def test_one_command_serves_and_works(server):
    process, address = server
    try:
        status = urllib.request.urlopen(address, timeout=10).status
    except urllib.error.HTTPError as error:
        status = error.code
    assert status < 500
    assert wait_for(lambda: len(workers_of(process)) == 1)


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_both_stop(server, sent):
    process, _ = server
    assert wait_for(lambda: workers_of(process))
    time.sleep(1.0)
    process.send_signal(sent)
    said, _ = process.communicate(timeout=30)
    assert process.returncode == 0, said
    assert "Stopped." in said
    assert "Traceback" not in said
    assert workers_of(process) == []


def test_a_dead_worker_is_replaced(server):
    process, _ = server
    assert wait_for(lambda: workers_of(process))
    first = workers_of(process)[0]
    os.kill(first, signal.SIGKILL)
    assert wait_for(lambda: workers_of(process) and workers_of(process) != [first])


def test_no_worker_outlives_a_server_that_is_killed(server):
    process, _ = server
    assert wait_for(lambda: workers_of(process))
    time.sleep(3.0)  # it has started to watch
    process.kill()
    assert wait_for(lambda: not workers_of(process))


def test_a_port_in_use(server, becq):
    _, address = server
    port = address.rstrip("/").rpartition(":")[2]
    said = becq("serve", "--port", port)
    assert said.returncode == 2
    assert "choose another --host or --port" in said.stderr
    assert said.stderr.count("\n") == 1


def test_books_before_and_after_the_database_is_there(becq):
    said = becq("ledger", "verify")
    assert said.returncode == 2
    assert "becq manage migrate" in said.stderr
    assert becq("serve", "--no-migrate", "--port", "0").returncode == 2
    assert becq("manage", "migrate").returncode == 0
    said = becq("ledger", "verify", "--json")
    assert said.returncode == 0
    assert json.loads(said.stdout)["ok"] is True
    assert becq("ledger", "verify").stdout.endswith("The books are whole.\n")
    assert becq("ledger", "rebuild").stdout.endswith("Identical.\n")
    said = becq("ledger", "verify", "--holder", "NOBODY")
    assert said.returncode == 2
    assert 'no organisation "NOBODY"' in said.stderr


def test_a_database_that_is_not_there(becq, environment):
    environment["DATABASE_URL"] = "postgres://nobody@127.0.0.1:9/none"
    said = becq("ledger", "verify")
    assert said.returncode == 2
    assert "cannot be reached" in said.stderr
    assert "Traceback" not in said.stderr


def test_altered_books(becq, environment):
    assert becq("manage", "migrate").returncode == 0
    alter = (
        "import django; django.setup(); from becq.platform.accounts.models import Organisation; "
        "from becq.platform.ledger.models import Chain; "
        "o = Organisation.objects.create(code='A', name='A', kind='producer'); "
        "Chain.objects.create(holder=o, sequence=3, hash='x')"
    )
    subprocess.run(
        [sys.executable, "-c", alter],
        env={**environment, "DJANGO_SETTINGS_MODULE": "becq.platform.settings"},
        check=True,
    )
    said = becq("ledger", "verify")
    assert said.returncode == 1
    assert "WRONG: The chain of A does not end where its record says" in said.stdout
