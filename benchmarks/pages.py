"""Blocks of the documentation that come from results: between `<!-- begin NAME -->` and `<!-- end NAME -->`."""

import re
from collections.abc import Mapping
from pathlib import Path


def fill(page: Path, blocks: Mapping[str, str]) -> None:
    """Put texts into the blocks of a page. Raises ValueError, with nothing written, where a block is missing."""
    page.write_text(filled(page.read_text(encoding="utf-8"), blocks), encoding="utf-8")


def filled(text: str, blocks: Mapping[str, str]) -> str:
    """The text of a page with its blocks filled."""
    for name, block in blocks.items():
        begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
        text, times = re.subn(
            f"{re.escape(begin)}.*?{re.escape(end)}",
            lambda _, whole=f"{begin}\n{block}\n{end}": whole,
            text,
            flags=re.DOTALL,
        )
        if times != 1:
            raise ValueError(f"{times} blocks {begin} … {end}; there must be one")
    return text
