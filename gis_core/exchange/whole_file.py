"""Files that are there whole or not at all."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gis_core.errors import InvalidInputError
from gis_core.os_faults import chinese


def check_folder(path: Path) -> None:
    """Refuse a file in a folder that there is not. Raises InvalidInputError."""
    if not path.parent.is_dir():
        raise InvalidInputError(
            f"The folder {path.parent} does not exist; make it first, or choose another.",
            f"文件夹 {path.parent} 不存在；请先建立，或另选一个。",
        )


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A path to write to, moved to its place when the block ends well.

    Raises:
        InvalidInputError: nothing can be written there.
    """
    check_folder(path)
    try:
        place = tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise InvalidInputError(
            f"{path} cannot be written: {error.strerror}. What was there is as before; choose another place.",
            f"无法写入 {path}：{chinese(error)}。原有文件未改动，请换个位置。",
        ) from error
    with place as folder:
        unfinished = Path(folder) / path.name
        yield unfinished
        unfinished.replace(path)
