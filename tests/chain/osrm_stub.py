"""A road server on loopback that answers as the table service of the OSRM HTTP API is documented to.

Source: Project OSRM, osrm-backend, docs/http.md, "General options" and "Table service".
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

Answer = tuple[int, bytes]
Coordinates = tuple[float, float]


class StubServer:
    """The server, with what it was asked; ``broken`` may answer in its place.

    :param metres: distance in m from (lon, lat) to (lon, lat), None where there is no road.
    """

    def __init__(
        self,
        metres: Callable[[Coordinates, Coordinates], float | None],
        *,
        speed_m_s: float = 20.0,
        most_points: int = 100,
        broken: Callable[[], Answer] | None = None,
        wait_s: float = 0.0,
    ) -> None:
        self.metres = metres
        self.speed_m_s = speed_m_s
        self.most_points = most_points
        self.broken = broken
        self.wait_s = wait_s
        self.requests: list[str] = []
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                stub.requests.append(self.path)
                if stub.wait_s:
                    time.sleep(stub.wait_s)
                    return  # nobody listens any more
                status, body = stub.broken() if stub.broken else stub.answer(self.path)
                self.send_response(status)
                self.send_header("Content-Type", "application/json; charset=UTF-8")
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> StubServer:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str) -> Answer:
        """Status and body for the path of a request."""
        parts = urlsplit(path)
        try:
            _, service, version, profile, places = parts.path.split("/")
        except ValueError:
            return _refusal("InvalidUrl", "URL string malformed close to position 1")
        if service != "table":
            return _refusal("InvalidService", f"Service {service} not found!")
        if version != "v1" or not profile:
            return _refusal("InvalidVersion", "Version not found")
        points = [
            (float(lon), float(lat)) for lon, _, lat in (p.partition(",") for p in unquote(places).split(";"))
        ]
        if len(points) > self.most_points:
            return _refusal("TooBig", "Too many table coordinates")
        query = {name: value[0] for name, value in parse_qs(parts.query, separator="&").items()}
        sources = [points[int(i)] for i in query["sources"].split(";")]
        destinations = [points[int(i)] for i in query["destinations"].split(";")]
        metres = [[self.metres(a, b) for b in destinations] for a in sources]
        answer: dict[str, Any] = {
            "code": "Ok",
            "sources": [{"location": list(point), "hint": "x", "name": ""} for point in sources],
            "destinations": [{"location": list(point), "hint": "x", "name": ""} for point in destinations],
        }
        wanted = query.get("annotations", "duration").split(",")
        if "duration" in wanted:
            answer["durations"] = [
                [None if m is None else round(m / self.speed_m_s, 1) for m in row] for row in metres
            ]
        if "distance" in wanted:
            answer["distances"] = metres
        return 200, json.dumps(answer).encode()


def _refusal(code: str, message: str) -> Answer:
    return 400, json.dumps({"code": code, "message": message}).encode()
