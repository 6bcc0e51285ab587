"""YAML that is not a network file, and YAML that looks odd but is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from becq.chain import yaml_file
from becq.chain.reading import check_network, read_network, write_network
from becq.chain.validation import validate
from becq.chain.yaml_file import parse_yaml, write_yaml
from becq.errors import InputError, Problem


def only(path: Path, content: bytes | str) -> Problem:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    [problem] = check_network(path)
    return problem


BAD = {
    "empty": ("", None, "the file is empty", "start with 'name:'"),
    "only comments": ("# nothing\n", None, "the file is empty", "start with"),
    "a list": ("- a\n", 1, "the file is not a network", "start with"),
    "a word": ("hello\n", 1, "the file is not a network", "start with"),
    "binary": (b"\x00\x01\x02", None, "the file is not text", "YAML or Excel"),
    "an Excel file": (b"PK\x03\x04\x00\x00", None, "the file is not text", "YAML or Excel"),
    "GBK": ("name: a\nname_zh: 川西\n".encode("gbk"), 2, "the file is not UTF-8 text", "save it as UTF-8"),
    "UTF-16": ("name: a".encode("utf-16"), None, "the file is UTF-16 text", "save it as UTF-8"),
    "control character": ("name: a\nnote: \x07\n", 2, "the file holds a control character", "remove it"),
    "tab": ("name: a\nsites:\n\t- id: b\n", 3, "a line is indented with a tab", "indent with spaces"),
    "quote": ('name: "a\nsites: []\n', 3, "the YAML cannot be read", "check the indentation and the quotes"),
    "indentation": ("name: a\n  sites: []\n", 2, "the YAML cannot be read", "write 'name: value'"),
    "two documents": ("name: a\n---\nname: b\n", 2, "more than one document", "remove the line '---'"),
    "undefined alias": ("name: *a\n", 1, "undefined alias", "define the anchor"),
    "deep": ("name: " + "[" * 5000 + "]" * 5000, None, "the file is nested too deeply", "six levels"),
    "alias of itself": ("name: a\nsites: &s\n  - *s\n", 2, "an alias contains itself", "write the values out"),
    "alias bomb": (
        "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)),
        None, "aliases repeat too many values", "write the values out",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_malformed_file(tmp_path: Path, name: str) -> None:
    content, row, message, remedy = BAD[name]
    problem = only(tmp_path / "n.yaml", content)
    assert message in problem.message
    assert remedy in problem.remedy
    if name != "alias bomb":
        assert problem.row == row


def test_large_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_file, "MAX_BYTES", 10)
    assert "the file has" in only(tmp_path / "n.yaml", "name: a long enough name\n").message


def test_files_that_are_not_there(tmp_path: Path) -> None:
    [problem] = check_network(tmp_path / "no.yaml")
    assert problem.message == "there is no such file"
    [problem] = check_network(tmp_path)
    assert problem.file.endswith("network.yaml")
    (tmp_path / "n.csv").touch()
    [problem] = check_network(tmp_path / "n.csv")
    assert problem.message == "files of type '.csv' are not read"
    assert ".yaml, .yml or .xlsx" in problem.remedy


def test_folder_with_network_file(example: Path) -> None:
    assert read_network(example.parent) == read_network(example)


def read(text: str) -> object:
    return parse_yaml(text, Path("n.yaml")).data


def test_scalars_follow_yaml_1_2() -> None:
    assert read("{a: yes, b: 08:00, c: 007, d: 1e3, e: 0x1F, f: 2026-03-02, g: ~, h: true, i: '1', j: !!str 1}") == {
        "a": "yes", "b": "08:00", "c": "007", "d": 1000.0, "e": "0x1F", "f": "2026-03-02", "g": None, "h": True,
        "i": "1", "j": "1",
    }  # fmt: skip


def test_anchors_and_merge_keys() -> None:
    assert read("a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}\nc: *x") == {
        "a": {"p": 1, "q": 2}, "b": {"q": 3, "p": 1}, "c": {"p": 1, "q": 2},
    }  # fmt: skip


def test_empty_sections_are_allowed() -> None:
    network, problems = validate(parse_yaml("name: a\nsites:\norders:\n", Path("n.yaml")))
    assert problems == []
    assert network is not None
    assert network.sites == []


def test_full_width_digits_and_chinese_forms(example_text: str) -> None:
    text = example_text
    for old, new in (
        ("activity: 4 TBq", "activity: ４　ＴＢｑ"),
        ("lat: 30.05", "lat: ３０．０５"),
        ('latest: "08:00"', "latest: ０８：００"),
        ("start_days: [mon]", "start_days: 周一"),
        ("reference_time: 2026-03-02 08:00", "reference_time: 2026年3月2日 8:00"),
        ("duration: 6 d", "duration: 6天"),
    ):
        assert old in text
        text = text.replace(old, new)
    spoken, plain = (validate(parse_yaml(each, Path("n.yaml"))) for each in (text, example_text))
    assert spoken == plain
    assert plain[1] == []


def test_written_form_is_short_and_readable(example: Path) -> None:
    text = write_yaml(read_network(example))
    assert text.startswith("name: Western Sichuan\nname_zh: 川西\nnote: One plant, one hospital.")
    for line in (
        "          possession_limit: 40 TBq",
        "    duration: 6 d",
        "    start_days: weekdays",
        '    start_times: ["07:00", "13:00"]',
        '    origins: ["*"]',
        '      - start: "2026-04-01T08:00"',
        "    handling: 30 min",
    ):
        assert line in text.splitlines(), line
    for default in ("tolerance", "detour_factor", "timezone", "scope: [use]", "null"):
        assert default not in text


def test_write_refuses_other_suffixes_and_leaves_nothing(example: Path, tmp_path: Path) -> None:
    network = read_network(example)
    with pytest.raises(InputError, match=r"\.yaml, \.yml or \.xlsx"):
        write_network(network, tmp_path / "n.csv")
    with pytest.raises(InputError, match="cannot be written"):
        write_network(network, tmp_path / "no" / "n.yaml")
    assert [path.name for path in tmp_path.iterdir()] == ["network.yaml"]
