"""``becq serve``: the pages, the API and the background worker in one command."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from types import FrameType
from typing import Annotated, Any, NoReturn

import typer

from becq.cli.manage import start_platform, unapplied
from becq.errors import BecqError, InputError

LONGEST_PAUSE_S = 60.0
"""Between two attempts to start a worker that keeps dying."""

PATIENCE_S = 15.0
"""How long the work in hand may go on when the server stops."""


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen on; 0.0.0.0 for the whole network.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 for any free one.")] = 8000,
    threads: Annotated[int, typer.Option(min=1, max=64, help="Requests answered at once.")] = 8,
    migrate: Annotated[bool, typer.Option(help="Bring the database up to date first.")] = True,
    worker: Annotated[bool, typer.Option(help="Run the background worker too.")] = True,
) -> None:
    """Serve the platform and run its background work until Ctrl-C."""
    start_platform(migrated=False)
    _prepare_database(migrate)
    from django.conf import settings

    server = _listen(host, port, threads)
    for sent in (signal.SIGINT, signal.SIGTERM):  # a shell may have told us to ignore the first
        signal.signal(sent, _interrupt)
    crew = Crew() if worker and "Database" in settings.TASKS["default"]["BACKEND"] else None
    if crew:
        crew.start()
    shown = "localhost" if host in {"0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound
    typer.echo(f"Becq is at http://{shown}:{server.effective_port}/ (Ctrl-C stops it)")
    if settings.DEBUG:
        typer.echo("BECQ_DEBUG is on: do not let others reach this server", err=True)
    try:
        server.run()
    finally:
        if crew:
            crew.stop()
        server.close()
    typer.echo("Stopped.")


class Crew:
    """Keeps one worker process running, and takes it down with the server.

    The worker has a session of its own, so that Ctrl-C reaches it through ``stop`` only, and watches its
    standard input, so that it ends when this process is killed without a word.
    """

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._keep, name="worker keeper", daemon=True)
        self._number = 0

    def start(self) -> None:
        """Fail what an earlier server left half done, and start the worker."""
        _fail_orphans()
        self._thread.start()

    def stop(self) -> None:
        """Let the worker finish for PATIENCE_S, then end it."""
        self._stopping.set()
        with self._lock:
            process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._thread.join(5)
        _fail_orphans(dead=_name(self._number))

    def _keep(self) -> None:
        pause = 1.0
        while not self._stopping.is_set():
            started = time.monotonic()
            with self._lock:
                if self._stopping.is_set():
                    return
                self._number += 1
                name = _name(self._number)
                self._process = subprocess.Popen(  # noqa: S603 - ourselves
                    [sys.executable, "-c", "from becq.cli.serve import work; work()", name],
                    stdin=subprocess.PIPE,
                    start_new_session=True,
                )
            status = self._process.wait()
            if self._stopping.is_set():
                return
            _fail_orphans(dead=name)
            pause = 1.0 if time.monotonic() - started > LONGEST_PAUSE_S else min(pause * 2, LONGEST_PAUSE_S)
            print(f"becq: the worker ended ({status}); a new one starts in {pause:.0f} s", file=sys.stderr)
            self._stopping.wait(pause)


def work() -> NoReturn:
    """The worker process: background tasks until SIGTERM, or until the server is gone."""
    start_platform(migrated=False)
    from django.core.management import call_command

    threading.Thread(target=_watch_server, name="server watch", daemon=True).start()
    call_command(
        "db_worker", worker_id=sys.argv[1], interval=0.5, startup_delay=False, reload=False, verbosity=0
    )
    sys.exit(0)


def _watch_server() -> None:
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def _prepare_database(migrate: bool) -> None:
    from django.core.management import call_command
    from django.db import OperationalError

    try:
        waiting = unapplied()
        if waiting and not migrate:
            raise BecqError(f"The database waits for {len(waiting)} migrations; run: becq manage migrate")
        if waiting:
            typer.echo(f"Bringing the database up to date ({len(waiting)} migrations)")
            call_command("migrate", interactive=False, verbosity=0)
    except OperationalError as error:
        raise BecqError(f"The database cannot be reached: {str(error).splitlines()[0]}") from error


def _listen(host: str, port: int, threads: int) -> Any:
    from django.conf import settings
    from django.core.wsgi import get_wsgi_application
    from waitress import create_server

    proxy = {}
    if settings.PROXY:
        proxy = {
            "trusted_proxy": settings.PROXY,
            "trusted_proxy_count": 1,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
        }
    try:
        return create_server(
            get_wsgi_application(),
            host=host,
            port=port,
            threads=threads,
            ident="Becq",
            max_request_body_size=settings.UPLOAD_LIMIT_BYTES + 1024 * 1024,
            channel_timeout=60,
            **proxy,
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(
            f"Cannot listen on {host}:{port}: {reason}; choose another --host or --port"
        ) from error


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


def _name(number: int) -> str:
    """A worker's name says where it runs, so that what it leaves undone can be recognised."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{number}"


def _fail_orphans(dead: str | None = None) -> None:
    """Mark as failed what a worker had in hand when it died: ``dead``, or any of a server now gone.

    Nothing is tried again: what killed a worker once would kill the next.
    """
    from django.db import close_old_connections
    from django_tasks_db.models import DBTaskResult

    for task in DBTaskResult.objects.running():
        last = task.worker_ids[-1] if task.worker_ids else ""
        if last == dead or (dead is None and _server_is_gone(last)):
            task.set_failed(RuntimeError("the worker ended before the task was done"))
    close_old_connections()


def _server_is_gone(name: str) -> bool:
    host, _, rest = name.rpartition(":")[0].rpartition(":")
    if os.name != "posix" or host != socket.gethostname()[:40] or not rest.isdigit():
        return False
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return int(rest) == os.getpid()
