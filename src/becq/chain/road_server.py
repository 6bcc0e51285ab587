"""Ways by road from a server that speaks the OSRM HTTP API (its ``table`` service).

Source of the format: Project OSRM, osrm-backend, docs/http.md, "Table service": coordinates as
longitude,latitude; ``durations`` in seconds and ``distances`` in metres, row by row; null where no route is
found; on errors HTTP status 400 and an object with ``code`` and ``message``. A server takes 100 coordinates
in one request unless it was started with another ``--max-table-size`` (osrm-backend, issue 4836).
"""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

import numpy as np

from becq.chain.places import Kilometres, Point, Seconds
from becq.errors import InputError

MOST_POINTS = 100
TIMEOUT_S = 60.0
MAX_BYTES = 100_000_000
_REMEDIES = {
    "TooBig": "ask for fewer points at once (--points), or start the server with a larger --max-table-size",
    "NoSegment": "a site lies off the roads of the server's map: correct its position, or use a larger map",
    "InvalidValue": "the profile may be another one (--profile)",
    "InvalidService": "the address is not that of an OSRM server with the table service",
    "InvalidUrl": "the address is not that of an OSRM server with the table service",
    "NotImplemented": "the server gives no distances: prepare its map with osrm-contract (CH), or update it",
}


class RoadServer:
    """A road-routing server. Nothing is asked before ``legs`` is called.

    :param url: address up to and without ``/table``, for example ``http://127.0.0.1:5000``.
    :param profile: profile of the address; a server holds the one it was prepared with.
    :param points: coordinates of one request at most.
    :raises InputError: for an address that is not http or https.
    """

    def __init__(
        self, url: str, *, profile: str = "driving", points: int = MOST_POINTS, timeout_s: float = TIMEOUT_S
    ) -> None:
        try:
            parts = urlsplit(url.strip())
            host, _ = parts.hostname, parts.port
        except ValueError as error:
            raise InputError(f"{url!r} is not the address of a server: {error}") from error
        if parts.scheme not in ("http", "https") or not host:
            raise InputError(
                f"{url!r} is not the address of a server; write http:// or https://, "
                "for example http://127.0.0.1:5000"
            )
        if parts.query or parts.fragment or parts.username or parts.password:
            raise InputError("the address of a road server has no user, no '?' and no '#'; write it without")
        if points < 2:
            raise InputError(f"a request has at least 2 points, not {points}")
        self.url = urlunsplit((parts.scheme, parts.netloc, parts.path.rstrip("/"), "", ""))
        self.profile = profile
        self.points = points
        self.timeout_s = timeout_s
        self._opener = _opener()

    def legs(self, origins: Sequence[Point], destinations: Sequence[Point]) -> tuple[Kilometres, Seconds]:
        """Distances in km and driving times in s; NaN where the server finds no road.

        :raises InputError: where the server cannot be reached, refuses, or answers something else.
        """
        km = np.full((len(origins), len(destinations)), np.nan)
        seconds = np.full_like(km, np.nan)
        high = min(len(origins), max(1, self.points // 2))
        wide = self.points - high
        for top in range(0, len(origins), max(high, 1)):
            for left in range(0, len(destinations), wide):
                rows, columns = origins[top : top + high], destinations[left : left + wide]
                at = np.s_[top : top + len(rows), left : left + len(columns)]
                km[at], seconds[at] = self._block(rows, columns)
        return km, seconds

    def _block(self, origins: Sequence[Point], destinations: Sequence[Point]) -> tuple[Kilometres, Seconds]:
        places = ";".join(f"{place.lon:.6f},{place.lat:.6f}" for place in (*origins, *destinations))
        sources = ";".join(map(str, range(len(origins))))
        targets = ";".join(map(str, range(len(origins), len(origins) + len(destinations))))
        answer = self._ask(
            f"{self.url}/table/v1/{quote(self.profile, safe='')}/{places}"
            f"?sources={sources}&destinations={targets}&annotations=duration,distance"
        )
        shape = (len(origins), len(destinations))
        km = self._matrix(answer, "distances", shape) / 1000.0
        seconds = self._matrix(answer, "durations", shape)
        unknown = np.isnan(km) | np.isnan(seconds)
        km[unknown] = seconds[unknown] = np.nan
        return km, seconds

    def _ask(self, address: str) -> dict[str, Any]:
        try:
            with self._opener.open(address, timeout=self.timeout_s) as response:
                status, content = response.status, response.read(MAX_BYTES + 1)
        except urllib.error.HTTPError as error:
            with error:
                status, content = error.code, error.read(MAX_BYTES + 1)
        except TimeoutError as error:
            raise self._silent() from error
        except urllib.error.URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise self._silent() from error
            raise InputError(
                f"the road server {self.url} cannot be reached: {error.reason}; is it running there?"
            ) from error
        except (OSError, ValueError, http.client.HTTPException) as error:
            raise InputError(f"the road server {self.url} broke off: {error}") from error
        if len(content) > MAX_BYTES:
            raise InputError(f"the road server {self.url} answers with more than {MAX_BYTES // 10**6} MB")
        return self._answer(status, content)

    def _answer(self, status: int, content: bytes) -> dict[str, Any]:
        try:
            answer = json.loads(content)
        except (ValueError, RecursionError):
            answer = None
        if not isinstance(answer, dict) or not isinstance(answer.get("code"), str):
            raise InputError(
                f"what answers at {self.url} (HTTP {status}) is no OSRM server; "
                "give its address without /table, for example http://127.0.0.1:5000"
            )
        code = answer["code"]
        if code != "Ok" or status != 200:
            said = f": {answer['message']}" if isinstance(answer.get("message"), str) else ""
            remedy = f" ({_REMEDIES[code]})" if code in _REMEDIES else ""
            raise InputError(f"the road server {self.url} refuses: {code}{said}{remedy}")
        return answer

    def _matrix(self, answer: dict[str, Any], name: str, shape: tuple[int, int]) -> Kilometres:
        rows = answer.get(name)
        wrong = InputError(
            f"the road server {self.url} gives no {name} of {shape[0]} x {shape[1]} numbers; "
            "it must give distances and durations as the table service of OSRM does"
        )
        if rows is None:
            raise wrong
        try:
            matrix = np.array(
                [[np.nan if cell is None else _number(cell) for cell in row] for row in rows], float
            )
        except (TypeError, ValueError) as error:
            raise wrong from error
        if matrix.shape != shape or np.any(matrix < 0) or np.any(np.isinf(matrix)):
            raise wrong
        return matrix

    def _silent(self) -> InputError:
        return InputError(f"the road server {self.url} does not answer within {self.timeout_s:g} s")


def _number(cell: Any) -> float:
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        raise TypeError
    return float(cell)


def _opener() -> urllib.request.OpenerDirector:
    """Plain HTTP and HTTPS: no other schemes, no proxies, no redirections elsewhere."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


__all__ = ["MOST_POINTS", "TIMEOUT_S", "RoadServer"]
