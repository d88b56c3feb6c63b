import zipfile
from pathlib import Path

from gis_core.exchange.archives import unpacked


def test_what_macos_adds_to_a_zip_is_passed_over(tmp_path: Path) -> None:
    """Its Finder puts a shadow of every file into `__MACOSX`; other tools leave `._` files beside."""
    archive = tmp_path / "town.zip"
    with zipfile.ZipFile(archive, "w") as writer:
        for name in ("town/楼栋.shp", "__MACOSX/town/._楼栋.shp", "town/._楼栋.shp", "__MACOSX/other.shp"):
            writer.writestr(name, b"content")
    with unpacked(archive) as files:
        assert [file.name for file in files] == ["楼栋.shp"]
