"""Damaged files are told in both languages, without folders."""

import zipfile
from pathlib import Path

import pytest

from gis_core.exchange.faults import ImportRejected
from gis_core.exchange.options import ImportOptions
from gis_core.exchange.read import read_source


@pytest.mark.parametrize(
    ("name", "content", "en", "zh"),
    [
        (
            "town.gpkg",
            b"none",
            "not recognized as being in",
            "内容不是可识别的地理数据格式。",
        ),
        (
            "town.geojson",
            b"none",
            "not recognized as being in",
            "内容不是可识别的地理数据格式。",
        ),
        ("town.zip", b"none", "File is not a zip file", "内容不是 zip 压缩包。"),
        (
            "town.parquet",
            b"none",
            "Parquet file size is 4 bytes",
            "读取程序报错“Could not open Parquet input source",
        ),
    ],
)
def test_foreign_content_is_told(tmp_path: Path, name: str, content: bytes, en: str, zh: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ImportRejected) as rejected:
        read_source(tmp_path / name, ImportOptions())
    assert f"the file {name} cannot be read: " in rejected.value.text("en")
    assert en in rejected.value.text("en")
    assert f"错误：无法读取文件 {name}：{zh}" in rejected.value.text("zh")
    assert str(tmp_path) not in rejected.value.text("en") + rejected.value.text("zh")


def test_a_damaged_member_of_a_zip_is_told(tmp_path: Path) -> None:
    path = tmp_path / "town.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("town.geojson", "x" * 400)
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    with pytest.raises(ImportRejected) as rejected:
        read_source(path, ImportOptions())
    assert "无法读取文件 town.geojson：内容校验不符" in rejected.value.text("zh")
