"""How long personal data are kept: one table, each row a setting; `gis_core.incidents.retention` acts by it."""

from pydantic import Field
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, SettingsConfigDict


def _days(default: int, zh: str, en: str) -> int:
    """A period: zh and en say what goes, and from when its days count."""
    told: int = Field(default, ge=1, le=36_500, description=en, json_schema_extra={"zh": zh})
    return told


class KeepSettings(BaseSettings):
    """Days after which each class of data goes. Its name in small letters is the name of the class."""

    model_config = SettingsConfigDict(env_prefix="WANGGE_KEEP_", case_sensitive=False)

    contacts: int = _days(
        365,
        "事件办结后：上报人和关注人的联系方式、私密链接、上报内容和未公开的照片",
        "after the end of a case: contacts and private links of who reported or followed it, their words, and their "
        "photos that were not published",
    )
    receivers: int = _days(
        30,
        "消息生成后：收件人地址；尚未发出的消息不再发送",
        "after a message was made: its receiver; what still waits is not sent any more",
    )
    answers: int = _days(
        30, "请求后：为防止重复提交而保存的回执", "after a request: the answer that a repeated one would get"
    )
    photos: int = _days(
        365, "事件办结后：从未公开的照片", "after the end of a case: photos that were never published"
    )
    descriptions: int = _days(
        365,
        "不予受理或撤销后：上报内容、地址和填写的问题",
        "after a report was rejected or cancelled: its description, address and answers to questions",
    )
    visits: int = _days(365, "巡查走访后：由谁记录", "after a patrol or visit: who recorded it")


def periods(settings: KeepSettings | None = None) -> dict[str, tuple[int, str, str]]:
    """{class: (days, Chinese, English)}; without settings the defaults."""
    fields: dict[str, FieldInfo] = dict(KeepSettings.model_fields)
    return {
        name: (
            int(field.default if settings is None else getattr(settings, name)),
            str(field.json_schema_extra["zh"] if isinstance(field.json_schema_extra, dict) else ""),
            str(field.description),
        )
        for name, field in fields.items()
    }


def variable_of(name: str) -> str:
    """The environment variable of a class's days."""
    return f"WANGGE_KEEP_{name.upper()}"
