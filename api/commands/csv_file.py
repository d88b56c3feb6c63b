"""CSV files that commands are given, in the encodings that spreadsheets save."""

from pathlib import Path
from typing import Annotated

import typer

from gis_core.errors import InvalidInputError
from gis_core.os_faults import chinese

CsvFile = Annotated[Path, typer.Argument(help="CSV in UTF-8 (or GBK, as spreadsheets save it)")]


def csv_text(file: Path) -> str:
    """The text of a file.

    Raises:
        InvalidInputError: it cannot be read, or is in no known encoding.
    """
    try:
        content = file.read_bytes()
    except OSError as error:
        raise InvalidInputError(f"{file}: {error.strerror}.", f"{file}：{chinese(error)}。") from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInputError(
        f"{file} is neither UTF-8 nor GBK: save it as CSV in UTF-8.",
        f"{file} 不是 UTF-8 或 GBK：请另存为 UTF-8 的 CSV。",
    )
