"""Reading, checking and writing network files: the one door for YAML, Excel and folders."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from becq.chain.network import Network
from becq.chain.source import Source, unreadable
from becq.chain.table_folder import HEAD, read_folder, write_folder
from becq.chain.validation import validate
from becq.chain.workbook import read_workbook
from becq.chain.workbook_writer import write_template as _write_template
from becq.chain.workbook_writer import write_workbook
from becq.chain.yaml_file import read_yaml, write_yaml
from becq.errors import InputError, Problem, ProblemsError

NETWORK_FILE = HEAD
"""The file that is read where a folder is given, with the tables beside it."""

_YAML, _EXCEL = (".yaml", ".yml"), (".xlsx",)
_KINDS = "a network file is .yaml, .yml or .xlsx, or a folder with network.yaml and tables in .csv"


def read_network(path: str | os.PathLike[str]) -> Network:
    """The network of a YAML file, an Excel workbook, or a folder with ``network.yaml`` and tables.

    :raises ProblemsError: with every problem of the file.
    """
    network, problems = examine_network(path)
    if network is None:
        raise ProblemsError(problems)
    return network


def check_network(path: str | os.PathLike[str]) -> list[Problem]:
    """Every problem of a network file; none where it can be planned with."""
    return examine_network(path)[1]


def examine_network(path: str | os.PathLike[str]) -> tuple[Network | None, list[Problem]]:
    """The network and no problems, or None and all of them."""
    return validate(_read(Path(path)))


def write_network(network: Network, path: str | os.PathLike[str]) -> None:
    """Write a network as YAML or Excel, by the suffix, or as a folder; it reads back as an equal network.

    A path without a suffix, or of a folder, is a folder. A file is replaced in one step, so that a failure
    leaves the old one as it was.

    :raises InputError: for another suffix, or where the file cannot be written.
    """
    target = Path(path)
    into_folder = is_folder(target)
    if not into_folder and target.suffix.lower() not in _YAML + _EXCEL:
        raise InputError(f"{target}: {_KINDS}")
    try:
        if into_folder:
            write_folder(network, target)
            return
        draft = target.with_name(f".{secrets.token_hex(8)}{target.suffix}")
        try:
            if target.suffix.lower() in _YAML:
                draft.write_text(write_yaml(network), encoding="utf-8", newline="\n")
            else:
                write_workbook(network, draft)
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"{target} cannot be written: {error.strerror or error}") from error


def is_folder(path: Path) -> bool:
    """Whether a network is written there as a folder."""
    return path.is_dir() or (not path.suffix and not path.exists())


def write_template(path: str | os.PathLike[str]) -> None:
    """Write an empty workbook to fill in, with notes.

    :raises InputError: where the file cannot be written.
    """
    try:
        _write_template(Path(path))
    except OSError as error:
        raise InputError(f"{path} cannot be written: {error.strerror or error}") from error


def _read(path: Path) -> Source:
    if path.is_dir():
        if (path / NETWORK_FILE).exists():
            return read_folder(path)
        path = path / NETWORK_FILE
    if not path.exists():
        return unreadable(path, "there is no such file", "give the path of a network file")
    suffix = path.suffix.lower()
    if suffix in _YAML:
        return read_yaml(path)
    if suffix in _EXCEL:
        return read_workbook(path)
    return unreadable(path, f"files of type '{path.suffix}' are not read", _KINDS)


__all__ = [
    "NETWORK_FILE",
    "check_network",
    "examine_network",
    "is_folder",
    "read_network",
    "write_network",
    "write_template",
]
