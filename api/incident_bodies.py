"""Bodies of reports and of steps: JSON, or multipart with photos beside it."""

import threading
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

import numpy as np
import orjson
from fastapi import UploadFile
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, FiniteFloat, StrictBool, ValidationError

from gis_core.datum import Datum, to_wgs84
from gis_core.errors import InvalidInputError, faults_of_fields
from gis_core.fault_texts import words_of
from gis_core.incidents.case import Evidence
from gis_core.incidents.photos import MOST_BYTES, CleanPhoto, clean_photo
from gis_core.incidents.reports import MOST_PHOTOS, Contact, Report

_decoding = threading.BoundedSemaphore(2)
"""A photo takes up to 200 MB while it is decoded: many at once must not exhaust the memory."""
_NO_NUL = r"^[^\x00]*$"
Body = TypeVar("Body", bound=BaseModel)


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ContactBody(_Body):
    """How to reach the reporter."""

    name: str = Field("", max_length=200, pattern=_NO_NUL)
    phone: str = Field("", max_length=200, pattern=_NO_NUL)
    email: str = Field("", max_length=300, pattern=_NO_NUL)

    def contact(self) -> Contact:
        """Without blanks around."""
        return Contact(self.name.strip(), self.phone.strip(), self.email.strip())


class ReportBody(_Body):
    """A report; lon, lat: degrees in `datum`."""

    lon: FiniteFloat
    lat: FiniteFloat
    datum: Datum = "wgs84"
    accuracy_m: FiniteFloat | None = None
    category: str = Field(max_length=64, pattern=_NO_NUL)
    condition: str | None = Field(None, max_length=64, pattern=_NO_NUL)
    description: str = ""
    address: str = ""
    attributes: dict[str, str | list[str]] = Field(default_factory=dict)
    contact: ContactBody = ContactBody()
    consent: StrictBool = False
    lang: str = Field("zh", pattern="^(zh|en)$")
    seen_at: AwareDatetime | None = None
    source: str = Field("resident", pattern="^(resident|staff|hotline|patrol)$")

    def report(self, *, staff: bool) -> Report:
        """As the rules have it, in WGS 84."""
        lon, lat = wgs84_of(self.lon, self.lat, self.datum)
        source = (self.source if self.source != "resident" else "staff") if staff else "resident"
        return Report(
            lon, lat, self.category, self.description, self.address, self.accuracy_m, self.condition,
            self.attributes, self.contact.contact(), self.consent, self.lang, source, seen_at=self.seen_at,
        )  # fmt: skip


class LimitBody(_Body):
    """How much longer."""

    unit: str
    value: FiniteFloat


class StepBody(_Body):
    """What comes with a step; see docs/incidents.md for what each needs."""

    note: str = Field("", pattern=_NO_NUL)
    public_note: str = Field("", pattern=_NO_NUL)
    internal: StrictBool = False
    reason_code: str | None = None
    target: str | None = Field(None, max_length=64, pattern=_NO_NUL)
    department: str | None = Field(None, max_length=64, pattern=_NO_NUL)
    reason: str = Field("", pattern=_NO_NUL)
    document: str = Field("", max_length=300, pattern=_NO_NUL)
    assignee: str | None = Field(None, max_length=64, pattern=_NO_NUL)
    until: AwareDatetime | None = None
    limit: LimitBody | None = None
    satisfied: StrictBool | None = None
    change: dict[str, str | int | float | None] = Field(default_factory=dict)
    notice: dict[str, str | int] | None = None
    lon: FiniteFloat | None = Field(None, ge=-180, le=180)
    lat: FiniteFloat | None = Field(None, ge=-90, le=90)

    def evidence(self, near_m: float | None) -> Evidence:
        """As the rules have it; near_m: from the incident to where the step was taken."""
        told = self.model_dump(exclude={"lon", "lat", "limit"})
        limit = (self.limit.unit, self.limit.value) if self.limit else None
        return Evidence(**told, limit=limit, near_m=near_m)


def wgs84_of(lon: float, lat: float, datum: Datum) -> tuple[float, float]:
    """A position in degrees of its datum as WGS 84."""
    x, y = to_wgs84(np.array([lon]), np.array([lat]), datum)
    return float(x[0]), float(y[0])


def parsed(kind: type[Body], told: str, field: str) -> Body:
    """The JSON of a form's field.

    Raises:
        InvalidInputError: with all faults, each with its place.
    """
    try:
        if b"\\u0000" in orjson.dumps(orjson.loads(told)):
            raise InvalidInputError(
                f"The field `{field}` holds the character U+0000; leave it out.",
                f"字段 {field} 含有字符 U+0000，请去掉。",
            )
        return kind.model_validate_json(told)
    except orjson.JSONDecodeError as error:
        raise InvalidInputError(
            f"The field `{field}` is not JSON: {error}.", f"字段 {field} 不是有效的 JSON：{error}。"
        ) from error
    except ValidationError as error:
        faults = [
            {
                "field": ".".join(map(str, fault["loc"])) or field,
                "en": words_of(fault, "en"),
                "zh": words_of(fault, "zh"),
            }
            for fault in error.errors()
        ]
        refusal = InvalidInputError(
            "; ".join(f"{one['field']}: {one['en']}" for one in faults),
            "；".join(f"{one['field']}：{one['zh']}" for one in faults),
        )
        refusal.more = {"faults": faults}
        raise refusal from error


def photos_of(
    files: Sequence[UploadFile] | None, kinds: Sequence[str] | None = None
) -> list[tuple[str, CleanPhoto]]:
    """(kind, photo) of each file, cleaned; without metadata.

    Raises:
        InvalidInputError: there are too many, a kind is none, or a file is no photo; all faults at once.
    """
    found = list(files or ())
    told = list(kinds or ()) or ["other"] * len(found)
    faults: list[tuple[str, str]] = []
    if len(found) > MOST_PHOTOS:
        en = f"There are {len(found)} photos; {MOST_PHOTOS} are allowed."
        faults.append((en, f"照片有 {len(found)} 张，最多 {MOST_PHOTOS} 张。"))
    if len(told) != len(found) or not set(told) <= {"near", "context", "before", "after", "other"}:
        faults.append((
            "Give as many `kinds` as photos, each near, context, before, after or other.",
            "kinds 的个数须与照片相同，取值为 near、context、before、after、other。",
        ))  # fmt: skip
    cleaned = []
    for number, file in enumerate([] if faults else found, 1):
        try:
            with _decoding:
                cleaned.append(clean_photo(file.file.read(MOST_BYTES + 1)))
        except InvalidInputError as error:
            faults.append((f"Photo {number}: {error.text('en')}", f"第 {number} 张照片：{error.text('zh')}"))
    if faults:
        raise faults_of_fields([("photos", en, zh) for en, zh in faults])
    return list(zip(told, cleaned, strict=True))


def checked_key(key: str | None, *, required: bool) -> str | None:
    """The idempotency key, refused where it is none."""
    if key is None and not required:
        return None
    if key is None or not 1 <= len(key) <= 200 or not key.isprintable():
        raise InvalidInputError(
            "Send the header Idempotency-Key of 1-200 printable characters, such as a UUID: what is sent again with it "
            "is stored once.",
            "请发送 1–200 个可见字符的 Idempotency-Key（例如 UUID）：带同一键重发的上报只保存一次。",
        )
    return key


def plain(value: Any) -> Any:
    """Dates as ISO 8601, for JSON."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, datetime) else value
