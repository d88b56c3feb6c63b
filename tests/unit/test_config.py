"""Settings: what a deployment says by its environment."""

from pathlib import Path

import pytest

from gis_core.config import EstimateSettings, Settings
from gis_core.exchange.faults import ImportRejected
from gis_core.exchange.options import estimate_settings


@pytest.mark.parametrize(
    ("environment", "language", "page_language"),
    [
        ({}, "en", "zh"),
        ({"LANG": "zh_CN.UTF-8"}, "zh", "zh"),
        ({"LANG": "de_DE.UTF-8"}, "en", "zh"),
        ({"LANG": "zh_CN.UTF-8", "WANGGE_LANG": "en"}, "en", "en"),
        ({"WANGGE_LANG": "zh"}, "zh", "zh"),
    ],
)
def test_pages_are_chinese_unless_told_and_commands_follow_the_locale(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], language: str, page_language: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "WANGGE_LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert (settings.language, settings.page_language) == (language, page_language)


def test_data_folder_and_port_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WANGGE_DATA", "/srv/wangge")
    monkeypatch.setenv("PORT", "9000")
    settings = Settings()
    assert (settings.data_dir, settings.port, settings.host) == (Path("/srv/wangge"), 9000, "127.0.0.1")


@pytest.mark.parametrize("persons_per_household", [float("inf"), float("nan"), 0.0, 51.0])
def test_a_household_size_that_nobody_has_is_refused(persons_per_household: float) -> None:
    with pytest.raises(ImportRejected, match="option persons_per_household is"):
        estimate_settings(EstimateSettings(), None, persons_per_household)
