"""Faults of files and sockets in Chinese."""

import socket
from pathlib import Path

import pytest

from api.commands.draw import _text
from api.commands.serve import _bound
from gis_core.errors import ConflictError, InvalidInputError
from gis_core.exchange.whole_file import whole_file
from gis_core.os_faults import chinese


def test_the_systems_own_words_stand_behind(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError) as absent:
        _text(tmp_path / "none.toml")
    assert absent.value.text("zh").endswith("none.toml：没有这个文件或文件夹（No such file or directory）。")
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(ConflictError) as busy:
        _bound("127.0.0.1", taken.getsockname()[1])
    assert "该地址和端口已被占用（Address already in use）" in busy.value.text("zh")
    assert "Address already in use" in str(busy.value)


def test_a_file_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError) as refused, whole_file(tmp_path / ("x" * 300)):
        pass
    assert "名称太长（File name too long）" in refused.value.text("zh")


def test_unknown_errors_keep_their_words() -> None:
    assert chinese(ValueError("odd")) == "odd"
    assert chinese(OSError(9999, "odd")) == "odd"
