"""What is wrong with a file: faults, warnings and repairs, each with its place, value, rule and way out."""

import csv
import dataclasses
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Literal

from gis_core.errors import InvalidInputError
from gis_core.exchange.fault_rule import Rule, Severity
from gis_core.exchange.fault_rules import RULES

Lang = Literal["zh", "en"]

SHOWN_PER_RULE = 5
_SEVERITY_ORDER: dict[Severity, int] = {"fault": 0, "warning": 1, "repair": 2}
_SEVERITY_WORDS: dict[Lang, dict[Severity, str]] = {
    "zh": {"fault": "错误", "warning": "警告", "repair": "修复"},
    "en": {"fault": "fault", "warning": "warning", "repair": "repair"},
}


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule at one place. `row` counts from 1 within the layer, as people count.

    `value` is what was found and `limit` what the rule asks; `details` are further words of the rule's text.
    """

    code: str
    layer: str = ""
    row: int | None = None
    id: str | None = None
    field: str | None = None
    value: Any = None
    limit: Any = None
    details: Mapping[str, Any] = dataclasses.field(default_factory=dict)

    @property
    def rule(self) -> Rule:
        """The rule that is broken."""
        return RULES[self.code]

    @property
    def severity(self) -> Severity:
        """`fault` (the file is rejected), `warning` or `repair`."""
        return self.rule.severity

    def _fill(self, template: str) -> str:
        words = {
            "layer": self.layer,
            "id": self.id,
            "field": self.field,
            "value": self.value,
            "limit": self.limit,
        }
        return template.format(**(words | dict(self.details)))

    def place(self, lang: Lang) -> str:
        """Layer, row, id and field, as far as they are known."""
        zh = lang == "zh"
        row = "" if self.row is None else (f"第 {self.row} 行" if zh else f"row {self.row}")
        known = "" if self.id is None else (f"编号 {self.id}" if zh else f"id {self.id}")
        return ("，" if zh else ", ").join(part for part in (self.layer, row, known, self.field) if part)

    def what(self, lang: Lang) -> str:
        """What is wrong, without place and remedy."""
        return self._fill(self.rule.zh if lang == "zh" else self.rule.en)

    def remedy(self, lang: Lang) -> str:
        """What to do about it; empty where nothing is needed."""
        return self._fill(self.rule.remedy_zh if lang == "zh" else self.rule.remedy_en)

    def text(self, lang: Lang) -> str:
        """The whole sentence: place, what is wrong, what to do."""
        place, what, remedy = self.place(lang), self.what(lang), self.remedy(lang)
        colon, stop = ("：", "。") if lang == "zh" else (": ", ". ")
        whole = what + (f"{stop}{remedy[0].upper()}{remedy[1:]}" if remedy else "")
        return (f"{place}{colon}" if place else "") + whole

    def as_dict(self, lang: Lang) -> dict[str, Any]:
        """For JSON: every part, and the sentence in the language."""
        return {
            "code": self.code,
            "severity": self.severity,
            "layer": self.layer or None,
            "row": self.row,
            "id": self.id,
            "field": self.field,
            "value": None if self.value is None else str(self.value),
            "limit": None if self.limit is None else str(self.limit),
            "message": self.what(lang),
            "remedy": self.remedy(lang),
        }


class ImportRejected(InvalidInputError):  # noqa: N818 (a decision about a file, named as users meet it)
    """The file was rejected; `faults` holds everything found, warnings and repairs too."""

    def __init__(self, faults: Sequence[Fault], lang: Lang = "en") -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(summary_lines(self.faults, lang)))

    def text(self, lang: Lang) -> str:
        """All faults in the language, a line each."""
        return "\n".join(summary_lines(self.faults, lang))


def rejecting(faults: Iterable[Fault]) -> list[Fault]:
    """Those that reject the file."""
    return [fault for fault in faults if fault.severity == "fault"]


def summary_lines(faults: Iterable[Fault], lang: Lang, shown: int = SHOWN_PER_RULE) -> list[str]:
    """Lines to print: the gravest first, equal ones grouped, the first few of each in full and the rest counted."""
    ordered = sorted(faults, key=lambda fault: (_SEVERITY_ORDER[fault.severity], fault.code, fault.layer))
    lines = []
    for _, equal in groupby(ordered, key=lambda fault: (fault.code, fault.layer, fault.field)):
        group = list(equal)
        word = _SEVERITY_WORDS[lang][group[0].severity]
        lines += [f"{word}{'：' if lang == 'zh' else ': '}{fault.text(lang)}" for fault in group[:shown]]
        if len(group) > shown:
            rest = len(group) - shown
            lines.append(
                f"  …… 另有 {rest} 处同样的问题" if lang == "zh" else f"  … and {rest} more like these"
            )
    return lines


def faults_csv(faults: Iterable[Fault], lang: Lang) -> str:
    """All faults as CSV text with a header, one row a fault; opens in spreadsheets (UTF-8 with a mark)."""
    out = io.StringIO()
    columns = ["severity", "code", "layer", "row", "id", "field", "value", "limit", "message", "remedy"]
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(fault.as_dict(lang) for fault in faults)
    return "\ufeff" + out.getvalue()
