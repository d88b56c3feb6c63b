"""Reading single values of a form or of a query: a name at a time, all faults at once."""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from gis_core.open311.characters import holdable

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
_MAIL = re.compile(r"[^\s@,;<>\"]+@[^\s@,;<>\".]+(\.[^\s@,;<>\".]+)+")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+ -]\d\d:\d\d)", re.ASCII)
_MOST_SHOWN = 80
LONGEST_MAIL = 254


@dataclass(frozen=True)
class Fault:
    """What is wrong. code: the HTTP status that it alone would have. en, zh: the same in both languages."""

    code: int
    en: str
    zh: str

    def text(self, lang: str) -> str:
        """In `zh` or `en`."""
        return self.zh if lang == "zh" else self.en


@dataclass
class Fields:
    """Names and values of a form or a query. A value without characters is absent, as the specification says.

    faults: grows while values are read.
    """

    values: dict[str, list[str]]
    faults: list[Fault] = field(default_factory=list)

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> "Fields":
        """From (name, value) pairs; names may come several times."""
        found: dict[str, list[str]] = {}
        for name, value in pairs:
            text = holdable(value).strip()
            if text:
                found.setdefault(holdable(name), []).append(text)
        return cls(found)

    def fault(self, en: str, zh: str, code: int = 400) -> None:
        """Note a fault."""
        self.faults.append(Fault(code, en, zh))

    def text(self, name: str, longest: int, *, required: bool = False) -> str:
        """The value, "" where it is absent. longest: characters."""
        values = self.values.get(name, [])
        if len(set(values)) > 1:
            self.fault(
                f"{name} was given {len(values)} times; give it once.",
                f"{name} 给出了 {len(values)} 次，只能给出一次。",
            )
        if required and not values:
            self.fault(f"{name} was not provided.", f"缺少 {name}。")
        if values and len(values[0]) > longest:
            self.fault(
                f"{name} has {len(values[0])} characters; {longest} are allowed.",
                f"{name} 有 {len(values[0])} 个字符，最多 {longest} 个。",
            )
        return values[0] if values else ""

    def mail(self, name: str) -> str:
        """An address that mail can be sent to, "" where it is absent."""
        text = self.text(name, LONGEST_MAIL)
        if text and not _MAIL.fullmatch(text):
            self.fault(
                f"{name} = {shown(text)} is no e-mail address, such as name@example.org.",
                f"{name} = {shown(text)} 不是电子邮件地址，应如 name@example.org。",
            )
        return text

    def number(self, name: str, least: float, most: float) -> float | None:
        """A number within both bounds, None where it is absent or wrong."""
        text = self.text(name, 64)
        if not text:
            return None
        value = float(text) if _NUMBER.fullmatch(text) else math.nan
        if least <= value <= most:
            return value
        self.fault(
            f"{name} = {shown(text)} is no number from {least:g} to {most:g}.",
            f"{name} = {shown(text)} 不是 {least:g} 到 {most:g} 之间的数字。",
        )
        return None

    def whole(self, name: str, least: int, most: int, default: int) -> int:
        """A whole number within both bounds."""
        text = self.text(name, 64)
        if not text:
            return default
        if re.fullmatch(r"\d{1,18}", text, re.ASCII) and least <= int(text) <= most:
            return int(text)
        self.fault(
            f"{name} = {shown(text)} is no whole number from {least} to {most}.",
            f"{name} = {shown(text)} 不是 {least} 到 {most} 之间的整数。",
        )
        return default

    def time(self, name: str, *, required: bool = False) -> datetime | None:
        """A time with its zone, None where it is absent or wrong.

        The `+` of a zone arrives as a space from clients that forget to encode it; no time holds a space there.
        """
        text = self.text(name, 64, required=required)
        if not text:
            return None
        value = time_of(text)
        if value is None:
            self.fault(
                f"{name} = {shown(text)} is no time with a zone, such as 2026-01-31T08:15:30Z"
                " or 2026-01-31T16:15:30+08:00 (write + as %2B in an address).",
                f"{name} = {shown(text)} 不是带时区的时间，应如 2026-01-31T08:15:30Z"
                " 或 2026-01-31T16:15:30+08:00（网址中 + 须写作 %2B）。",
            )
        return value

    def flag(self, name: str) -> bool:
        """`true` or `false`; false where it is absent."""
        text = self.text(name, 16).lower()
        if text not in ("", "true", "false"):
            self.fault(
                f"{name} = {shown(text)}: it is true or false.",
                f"{name} = {shown(text)}：应为 true 或 false。",
            )
        return text == "true"

    def words(self, name: str, longest: int, most: int) -> tuple[str, ...]:
        """Comma separated, and the name may come several times; each word once, in the order told."""
        words = [
            word for value in self.values.get(name, []) for part in value.split(",") if (word := part.strip())
        ]
        found = tuple(dict.fromkeys(words))
        too_long = [word for word in found if len(word) > longest]
        if too_long:
            self.fault(
                f"{name}: {shown(too_long[0])} has more than {longest} characters.",
                f"{name}：{shown(too_long[0])} 超过 {longest} 个字符。",
            )
        if len(found) > most:
            self.fault(
                f"{name} has {len(found)} values; {most} are allowed.",
                f"{name} 有 {len(found)} 个值，最多 {most} 个。",
            )
        return found

    def choices(self, name: str, allowed: Sequence[str]) -> tuple[str, ...]:
        """Words out of a list, in lower case."""
        found = tuple(word.lower() for word in self.words(name, 64, 64))
        wrong = [word for word in found if word not in allowed]
        if wrong:
            self.fault(
                f"{name} = {shown(', '.join(wrong))}: it is {' or '.join(allowed)}.",
                f"{name} = {shown('、'.join(wrong))}：应为 {' 或 '.join(allowed)}。",
            )
        return tuple(word for word in found if word in allowed)


def time_of(text: str) -> datetime | None:
    """A time with its zone, None where the text is none."""
    if not _TIME.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        return None


def number_of(text: str) -> float | None:
    """A finite number, None where the text is none."""
    return float(text) if _NUMBER.fullmatch(text) and math.isfinite(float(text)) else None


def shown(text: str) -> str:
    """A wrong value as a message shows it: a long one is cut."""
    return text if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + "…"
