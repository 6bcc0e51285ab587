"""Network files as they are uploaded and downloaded: YAML, Excel, and folders of tables packed as zip."""

from __future__ import annotations

import io
import tempfile
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path, PurePosixPath

from django.conf import settings

from becq.chain.network import Network
from becq.chain.reading import NETWORK_FILE, examine_network, write_network
from becq.errors import InputError, Problem

READ = (".yaml", ".yml", ".xlsx", ".zip")
WRITTEN = (".yaml", ".xlsx", ".zip")
MAX_UNPACKED_BYTES = 200 * 2**20
_TABLE = ".csv"
_DATE = (2000, 1, 1, 0, 0, 0)
"""Of every member of an archive, so that equal networks give equal files."""


def read_upload(content: bytes, filename: str) -> tuple[Network | None, list[Problem]]:
    """The network of an uploaded file, or None with its problems, which name the file as it was called."""
    name = Path(filename or NETWORK_FILE).name
    suffix = Path(name).suffix.lower()
    if len(content) > settings.UPLOAD_LIMIT_BYTES:
        limit = f"at most {settings.UPLOAD_LIMIT_BYTES // 2**20} MB"
        return None, [Problem(name, None, None, "the file is too large", limit)]
    if suffix not in READ:
        message = f"files of type '{suffix}' are not read"
        return None, [Problem(name, None, None, message, f"a network file is {' or '.join(READ)}")]
    with tempfile.TemporaryDirectory(prefix="becq-network-") as place:
        path = Path(place) / f"network{suffix}"
        if suffix == ".zip":
            path = Path(place) / "network"
            refused = _unpack(content, path)
            if refused is not None:
                return None, [replace(refused, file=name)]
        else:
            path.write_bytes(content)
        network, problems = examine_network(path)
    if suffix == ".zip":
        return network, [replace(each, file=name, sheet=Path(each.file).name) for each in problems]
    return network, [replace(each, file=name) for each in problems]


def network_bytes(network: Network, suffix: str) -> bytes:
    """A network as the content of a file.

    :param suffix: ".yaml", ".xlsx" or ".zip".
    :raises InputError: for another suffix.
    """
    if suffix not in WRITTEN:
        raise InputError(f"a network is written as {', '.join(WRITTEN)}, not '{suffix}'")
    with tempfile.TemporaryDirectory(prefix="becq-network-") as place:
        if suffix != ".zip":
            path = Path(place) / f"network{suffix}"
            write_network(network, path)
            return path.read_bytes()
        folder = Path(place) / "network"
        write_network(network, folder)
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for file in sorted(folder.iterdir()):
                member = zipfile.ZipInfo(file.name, _DATE)
                member.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(member, file.read_bytes())
        return packed.getvalue()


def _unpack(content: bytes, folder: Path) -> Problem | None:
    """The tables of an archive into a new folder; what is wrong with it, if anything is."""
    folder.mkdir()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            heads = [PurePosixPath(name) for name in archive.namelist() if _is_head(name)]
            if len(heads) != 1:
                found = "no" if not heads else "more than one"
                remedy = f"pack the folder of one network: {NETWORK_FILE} and its tables"
                return Problem("", None, None, f"the archive holds {found} {NETWORK_FILE}", remedy)
            members = [
                member
                for member in archive.infolist()
                if not member.is_dir()
                and PurePosixPath(member.filename).parent == heads[0].parent
                and PurePosixPath(member.filename).suffix.lower() in (_TABLE, ".yaml")
            ]
            if sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
                limit = f"at most {MAX_UNPACKED_BYTES // 2**20} MB"
                return Problem("", None, None, "the archive is too large unpacked", limit)
            for member in members:
                (folder / PurePosixPath(member.filename).name).write_bytes(archive.read(member))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError):
        return Problem(
            "", None, None, "the file is not a zip archive that can be read", "pack the folder again"
        )
    return None


def _is_head(name: str) -> bool:
    path = PurePosixPath(name)
    return path.name == NETWORK_FILE and not path.parts[0].startswith("__")


__all__ = ["READ", "WRITTEN", "network_bytes", "read_upload"]
