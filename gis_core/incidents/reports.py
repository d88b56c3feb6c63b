"""What a report holds, and every fault of it at once. No I/O."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from gis_core.errors import faults_of_fields
from gis_core.incidents.evidence import LONGEST_TEXT

MOST_PHOTOS = 6
LONGEST_NAME = 100
_PHONE = re.compile(r"\+?[0-9][0-9 ()-]{4,28}[0-9]")
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


@dataclass(frozen=True)
class Contact:
    """How to reach the reporter: kept sealed, and only as much as they tell."""

    name: str = ""
    phone: str = ""
    email: str = ""
    device: str = ""
    account: str = ""

    def to_dict(self) -> dict[str, str]:
        """What was told, without what was not."""
        told = {"name": self.name, "phone": self.phone, "email": self.email, "device": self.device,
                "account": self.account}  # fmt: skip
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True)
class Report:
    """What somebody reports. lon, lat: WGS 84, degrees; accuracy_m: radius of the position.

    source: resident, staff, hotline, patrol or open311. consent: whether messages may be sent to the contact.
    """

    lon: float
    lat: float
    category: str
    description: str = ""
    address: str = ""
    accuracy_m: float | None = None
    condition: str | None = None
    attributes: Mapping[str, Any] = field(default_factory=dict)
    contact: Contact = Contact()
    consent: bool = False
    lang: str = "zh"
    source: str = "resident"
    media_url: str | None = None
    seen_at: datetime | None = None


@dataclass(frozen=True)
class Category:
    """What the checks must know of a category. attributes: rows of code, datatype, required, values."""

    code: str
    group: str
    kind: str
    contact: str
    attributes: Sequence[Mapping[str, Any]] = ()


Fault = tuple[str, str, str]
"""(field, English, Chinese)."""


def check_report(report: Report, category: Category | None, photos: int) -> None:
    """Refuse what cannot be taken.

    Raises:
        InvalidInputError: with all faults; `more["faults"]` names their fields.
    """
    _refuse(_faults(report, category, photos))


def check_contact(report: Report) -> None:
    """Refuse a contact that is none.

    Raises:
        InvalidInputError: with all faults.
    """
    _refuse(_contact_faults(report, None))


def _refuse(faults: Sequence[Fault]) -> None:
    if faults:
        raise faults_of_fields(faults)


def _faults(report: Report, category: Category | None, photos: int) -> list[Fault]:
    faults: list[Fault] = []
    if not (-180 <= report.lon <= 180 and -90 <= report.lat <= 90):
        faults.append(("place",
                       f"The place ({report.lon}, {report.lat}) is none: longitude and latitude in degrees (WGS 84).",
                       f"位置（{report.lon}，{report.lat}）无效：须为经度、纬度（度，WGS 84）。"))  # fmt: skip
    if category is None:
        faults.append(("category", f"There is no category {report.category!r}; choose one of the catalogue.",
                       f"没有类别“{report.category}”，请从目录中选择。"))  # fmt: skip
    if not report.description.strip() and not photos:
        faults.append(
            ("description", "Say what is the matter, or add a photo.", "请填写情况说明，或附一张照片。")
        )
    if len(report.description) > LONGEST_TEXT:
        faults.append(("description",
                       f"The description has {len(report.description)} characters; {LONGEST_TEXT} are allowed.",
                       f"说明有 {len(report.description)} 个字符，最多 {LONGEST_TEXT} 个。"))  # fmt: skip
    if photos > MOST_PHOTOS:
        faults.append(("photos", f"There are {photos} photos; {MOST_PHOTOS} are allowed.",
                       f"照片有 {photos} 张，最多 {MOST_PHOTOS} 张。"))  # fmt: skip
    if len(report.address) > 300:
        faults.append(("address", "The address has more than 300 characters.", "地址超过 300 个字符。"))
    if "\x00" in report.description + report.address:
        faults.append(
            (
                "description",
                "A text holds the character U+0000; leave it out.",
                "文本含有字符 U+0000，请去掉。",
            )
        )
    if report.accuracy_m is not None and not 0 <= report.accuracy_m <= 1e6:
        faults.append(
            (
                "accuracy_m",
                "accuracy_m is a radius in metres, 0-1,000,000.",
                "accuracy_m 须为 0–1000000 的半径（米）。",
            )
        )
    return faults + _contact_faults(report, category) + _attribute_faults(report, category)


def _contact_faults(report: Report, category: Category | None) -> list[Fault]:
    told = report.contact
    faults: list[Fault] = []
    if told.phone and not _PHONE.fullmatch(told.phone):
        faults.append(("phone", "The phone number has 6-30 digits, such as +86 138 0013 8000.",
                       "电话号码须为 6–30 位数字。"))  # fmt: skip
    if told.email and not (len(told.email) <= 254 and _EMAIL.fullmatch(told.email)):
        faults.append(("email", "The e-mail address has the form name@host.", "电子邮箱格式应为 name@host。"))
    if max(map(len, (told.name, told.device, told.account))) > LONGEST_NAME:
        faults.append(
            ("name", f"A name has at most {LONGEST_NAME} characters.", f"姓名最多 {LONGEST_NAME} 个字符。")
        )
    if category is not None and category.contact == "required" and not (told.phone or told.email):
        faults.append(("phone", "This category needs a phone number or an e-mail address: somebody will call back.",
                       "此类别须留电话或邮箱，以便回访。"))  # fmt: skip
    return faults


def _attribute_faults(report: Report, category: Category | None) -> list[Fault]:
    if category is None:
        return []
    known = {one["code"]: one for one in category.attributes}
    faults: list[Fault] = [
        (f"attributes.{code}", f"This category has no attribute {code!r}.", f"此类别没有属性“{code}”。")
        for code in report.attributes.keys() - known.keys()
    ]
    for code, one in known.items():
        value = report.attributes.get(code)
        if value in (None, "", []):
            if one["required"]:
                faults.append(
                    (f"attributes.{code}", f"The attribute {code!r} is required.", f"属性“{code}”必填。")
                )
        elif not _suits(one, value):
            keys = ", ".join(str(choice["key"]) for choice in one["values"])
            faults.append((f"attributes.{code}",
                           f"{code} = {_cut(value)!r} is not {one['datatype']}{keys and f' of {keys}'}.",
                           f"{code} = “{_cut(value)}”不是 {one['datatype']}{keys and f'（{keys}）'}。"))  # fmt: skip
    return faults


def _cut(value: object) -> str:
    return str(value)[:80]


def _suits(attribute: Mapping[str, Any], value: object) -> bool:
    keys = [choice["key"] for choice in attribute["values"]]
    kind = attribute["datatype"]
    if kind == "multivaluelist":
        return isinstance(value, list) and all(one in keys for one in value)
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        return False
    if kind == "singlevaluelist":
        return value in keys
    if kind == "number":
        return re.fullmatch(r"-?\d{1,15}(\.\d{1,9})?", value) is not None
    if kind == "datetime":
        try:
            datetime.fromisoformat(value)
        except ValueError:
            return False
    return True
