"""The form of a rule that an import checks."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["fault", "warning", "repair"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule says when it is broken, and what to do, in both languages. A `fault` rejects the file."""

    severity: Severity
    zh: str
    en: str
    remedy_zh: str = ""
    remedy_en: str = ""
