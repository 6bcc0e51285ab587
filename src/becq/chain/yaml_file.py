"""The network file as YAML 1.2.

Reading keeps the line of every value. Scalars follow the YAML 1.2 core schema, except that a number
with leading zeros stays text (``id: 007``) and dates stay text, to be read by the fields they belong to.
Writing gives the shortest file that reads back as the same network: defaults left out, keys in the
order of the vocabulary, quantities as people write them. Comments of a file that was read are not kept.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from becq.chain.definition import define
from becq.chain.network import SECTIONS, Network
from becq.chain.source import Path, Place, Source, field_name, unreadable
from becq.errors import Problem

MAX_BYTES = 50_000_000
MAX_ALIASED = 100_000
"""Values that aliases may repeat in one file; a few nested aliases can stand for billions."""

_NULL = ("", "~", "null", "Null", "NULL")
_TRUE, _FALSE = ("true", "True", "TRUE"), ("false", "False", "FALSE")
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_SPECIAL = {".inf": float("inf"), "+.inf": float("inf"), "-.inf": float("-inf"), ".nan": float("nan")}
_TAGS = ("", "!", "str", "int", "float", "bool", "null", "seq", "map", "timestamp", "merge", "value")


def read_yaml(path: FilePath) -> Source:
    """The data of a YAML file and the line of each value; problems instead of exceptions."""
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            return unreadable(
                path,
                f"the file has {size / 1e6:.0f} MB",
                f"a network file has at most {MAX_BYTES // 10**6} MB",
            )
        content = path.read_bytes()
    except OSError as error:
        return unreadable(
            path, f"the file cannot be read: {error.strerror}", "give the path of a network file"
        )
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return unreadable(path, "the file is UTF-16 text", "save it as UTF-8")
    if b"\x00" in content:
        return unreadable(path, "the file is not text", "give a network file in YAML or Excel (.xlsx)")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        return unreadable(path, "the file is not UTF-8 text", "save it as UTF-8", row)
    return parse_yaml(text, path)


def parse_yaml(text: str, path: FilePath) -> Source:
    """As ``read_yaml``, for text in hand; ``path`` only names it."""
    try:
        node = YAML(typ="rt", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        return unreadable(path, *_say(error), mark.line + 1 if mark else None)
    except YAMLError as error:  # a character that YAML does not allow
        at = getattr(error, "position", None)
        row = text.count("\n", 0, at) + 1 if isinstance(at, int) else None
        return unreadable(path, "the file holds a control character", "remove it", row)
    except RecursionError:
        return unreadable(path, "the file is nested too deeply", "a network file has at most six levels")
    if node is None:
        return unreadable(path, "the file is empty", "start with 'name:' and 'sites:'")
    reader = _Reader()
    try:
        data = reader.value(node, ())
    except RecursionError:
        return unreadable(path, "the file is nested too deeply", "a network file has at most six levels")
    except _TooManyAliasesError as error:
        return unreadable(path, str(error), "write the values out", error.row)
    if not isinstance(data, dict):
        return unreadable(path, "the file is not a network", "start with 'name:' and 'sites:'", 1)
    source = Source(str(path), data, reader.locate)
    source.problems += [
        Problem(source.file, row, field_name(at) or None, message, remedy)
        for row, at, message, remedy in reader.flaws
    ]
    return source


def write_yaml(network: Network) -> str:
    """The network as YAML text."""
    lines: list[str] = []
    for name, value in define(network).items():
        if name in SECTIONS:
            lines.append(f"\n{name}:")
            for item in value:
                lines += _block_item(item, "  ")
        else:
            lines += _entry(name, value, "")
    return "\n".join(lines) + "\n"


class _TooManyAliasesError(Exception):
    def __init__(self, message: str, row: int) -> None:
        self.row = row
        super().__init__(message)


class _Reader:
    """Composed nodes → plain data, noting lines and what is wrong on the way."""

    def __init__(self) -> None:
        self.lines: dict[Path, int] = {}
        self.flaws: list[tuple[int, Path, str, str]] = []
        self._seen: set[int] = set()
        self._open: set[int] = set()
        self._aliased = 0

    def locate(self, path: Path) -> Place:
        """The line of a path, or of what encloses it, and the name of the field."""
        for length in range(len(path), 0, -1):
            line = self.lines.get(path[:length])
            if line is not None:
                return Place(line, field_name(path))
        return Place(1, field_name(path) or None)

    def value(self, node: Node, path: Path) -> Any:
        """The plain data of a node."""
        row = node.start_mark.line + 1
        self.lines.setdefault(path, row)
        if id(node) in self._seen:
            self._aliased += 1
            if id(node) in self._open:
                raise _TooManyAliasesError("an alias contains itself", row)
            if self._aliased > MAX_ALIASED:
                raise _TooManyAliasesError("aliases repeat too many values", row)
        self._seen.add(id(node))
        tag = str(node.tag or "")
        if tag.removeprefix("tag:yaml.org,2002:") not in _TAGS:
            self.flaws.append((row, path, f"the tag {tag} has no meaning here", "remove it"))
        if isinstance(node, ScalarNode):
            return _scalar(node)
        self._open.add(id(node))
        try:
            if isinstance(node, SequenceNode):
                return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
            assert isinstance(node, MappingNode)
            return self._mapping(node, path)
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: MappingNode, path: Path) -> dict[str, Any]:
        data: dict[str, Any] = {}
        merged: list[Any] = []
        for key_node, value_node in node.value:
            row = key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                self.flaws.append((row, path, "a key is not plain text", "write 'name: value'"))
                continue
            key = str(key_node.value)
            if key == "<<" and not key_node.style:
                merged.append((value_node, row))
                continue
            inner = (*path, key)
            if key in data:
                message = f"'{key}' is given twice (first in row {self.lines[inner]})"
                self.flaws.append((row, inner, message, "keep one of them"))
                continue
            self.lines[inner] = row
            data[key] = self.value(value_node, inner)
        for value_node, row in merged:
            self._merge(value_node, row, path, data)
        return data

    def _merge(self, node: Node, row: int, path: Path, data: dict[str, Any]) -> None:
        """The merge key ``<<``: fields of other mappings where this one has none of its own."""
        sources: Sequence[Node] = node.value if isinstance(node, SequenceNode) else [node]
        for source in sources:
            if not isinstance(source, MappingNode):
                self.flaws.append((row, path, "'<<' merges mappings only", "write '<<: *name'"))
                continue
            self._seen.add(id(source))
            for key, value in self.value(source, (*path, "<<")).items():
                if key not in data:
                    data[key] = value
                    self.lines[(*path, key)] = row


def _scalar(node: ScalarNode) -> Any:
    text = str(node.value)
    if node.style or str(node.tag) == "!" or (str(node.tag).endswith(":str") and _is_explicit(node)):
        return text
    if text in _NULL:
        return None
    if text in _TRUE or text in _FALSE:
        return text in _TRUE
    if _INT.fullmatch(text) and len(text) < 100:
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return _SPECIAL.get(text.lower(), text)


def _is_explicit(node: ScalarNode) -> bool:
    return bool(_INT.fullmatch(node.value) or _FLOAT.fullmatch(node.value) or node.value in _NULL)


def _say(error: MarkedYAMLError) -> tuple[str, str]:
    problem = str(error.problem or error.context or "it is malformed")
    if "single document" in str(error.context) or "another document" in problem:
        return "the file holds more than one document", "remove the line '---' and what follows"
    if "\\t" in problem or "tab" in problem:
        return "a line is indented with a tab", "indent with spaces"
    if "undefined alias" in problem:
        return problem, "define the anchor (&name) before the alias (*name)"
    if "could not find expected ':'" in problem or "mapping values are not allowed" in problem:
        return f"the YAML cannot be read: {problem}", "write 'name: value', indented like its neighbours"
    return f"the YAML cannot be read: {problem}", "check the indentation and the quotes of this line"


# Text that every YAML reader, of version 1.1 too, takes for text without quotes.
_PLAIN = re.compile(r"[A-Za-z一-鿿](?:[\w ./()%+·,;'&（），。、-]*[\w.)%）])?")
_PLAIN_QUANTITY = re.compile(r"[0-9][0-9.]* (?:[kMGT]?Bq(?:/[mu]?g)?|d|h|min|s)")
_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}
_ESCAPED = str.maketrans({letter: f"\\u{ord(letter):04x}" for letter in "\x85\u2028\u2029\ufeff"})


def _block_item(item: Mapping[str, Any], indent: str) -> list[str]:
    """A mapping as an item of a list, the dash before its first field."""
    lines = [line for name, value in item.items() for line in _entry(name, value, indent + "  ")]
    if not lines:
        return [f"{indent}- {{}}"]
    return [f"{indent}- {lines[0].lstrip()}", *lines[1:]]


def _entry(name: str, value: Any, indent: str) -> list[str]:
    if isinstance(value, Mapping):
        inner = [line for key, item in value.items() for line in _entry(key, item, indent + "  ")]
        return [f"{indent}{name}:", *inner] if inner else [f"{indent}{name}: {{}}"]
    if isinstance(value, list) and value and isinstance(value[0], Mapping):
        return [f"{indent}{name}:", *(line for item in value for line in _block_item(item, indent + "  "))]
    if isinstance(value, list):
        return [f"{indent}{name}: [{', '.join(_written(item) for item in value)}]"]
    if isinstance(value, str) and "\n" in value and not _ESCAPED.keys() & set(map(ord, value)):
        return [f"{indent}{name}: |-", *_paragraphs(value, indent + "  ")]
    return [f"{indent}{name}: {_written(value)}"]


def _paragraphs(text: str, indent: str) -> Iterator[str]:
    for line in text.split("\n"):
        yield f"{indent}{line}" if line else ""


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    if _PLAIN_QUANTITY.fullmatch(text):
        return text
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS and "  " not in text:
        return text
    return json.dumps(text, ensure_ascii=False).translate(_ESCAPED)


__all__ = ["MAX_BYTES", "parse_yaml", "read_yaml", "write_yaml"]
