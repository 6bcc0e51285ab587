"""The example of the reference page, as a text to spoil and as a network."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "network-file.md"


@pytest.fixture(scope="session")
def example_text() -> str:
    """The one complete example of the reference page."""
    [block] = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return block


@pytest.fixture
def example(tmp_path: Path, example_text: str) -> Path:
    """The same as a file."""
    path = tmp_path / "network.yaml"
    path.write_text(example_text, encoding="utf-8")
    return path
