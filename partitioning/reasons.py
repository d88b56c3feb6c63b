"""Reasons why a plan cannot be had, or what the nearest one breaks, as data and as sentences."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from partitioning.texts import (
    REASON_TEXTS,
    join_names,
    rule_word,
)
from partitioning.texts_relaxations import NEED_TEXTS, REACHED_TEXTS, RELAXATION_TEXTS

Lang = Literal["zh", "en"]
End = Literal["least", "most", "tolerance", "release"]


_RELEASES = {"apart": "share", "patches": "merge"}
"""How the release of what is not locked is called in the texts."""


@dataclass(frozen=True)
class Relaxation:
    """The smallest change of one rule that admits a plan.

    rule: "grids", "households", "persons", a workload, "balance", "estates" (splits of them), "locked", "apart" or
    "patches".
    end: "least" or "most" of a band, "tolerance", "release" of locked buildings or of pairs that must not share a
    grid. value: what it would have to be, for "release" how many buildings or pairs. buildings: ids of those to
    release, pair after pair.
    No smaller change of this rule alone admits a plan: that is proven. reached: the smallest value with which a plan
    was found, None where none was. confirmed: whether that is the value itself.
    """

    rule: str
    end: End
    value: float
    buildings: tuple[Hashable, ...] = ()
    confirmed: bool = field(default=False, compare=False)
    reached: float | None = field(default=None, compare=False)

    def text(self, lang: Lang) -> str:
        """The advice as a sentence."""
        open_texts = NEED_TEXTS if self.reached is None else REACHED_TEXTS
        texts = RELAXATION_TEXTS if self.confirmed else open_texts
        pairs = [
            f"{one} + {other}" for one, other in zip(self.buildings[::2], self.buildings[1::2], strict=False)
        ]
        told = _share if self.end == "tolerance" else _number
        return texts[lang][_RELEASES.get(self.rule, self.end)].format(
            rule=rule_word(self.rule, lang),
            value=told(self.value),
            reached="" if self.reached is None else told(self.reached),
            buildings=join_names(self.buildings, lang),
            pairs=join_names(pairs, lang, "pairs"),
        )


@dataclass(frozen=True)
class Reason:
    """One fact: a rule, the value found, the limit that it should keep, and where.

    kind: what sort of fact, a key of partitioning.texts.REASON_TEXTS. buildings: ids. grid: number in the
    nearest plan, or the one that the buildings are held in. relaxation: the smallest change of a rule that
    helps, None where none is known; other_relaxations: changes of other rules that help as well. details:
    further numbers that the sentence names.
    """

    rule: str
    kind: str
    value: float
    limit: float
    buildings: tuple[Hashable, ...] = ()
    grid: int | None = None
    relaxation: Relaxation | None = None
    other_relaxations: tuple[Relaxation, ...] = ()
    details: Mapping[str, Any] = field(default_factory=dict)

    def text(self, lang: Lang) -> str:
        """The fact and the way out, in words of a planner; long lists of buildings are cut short and
        counted.
        """
        sentence = REASON_TEXTS[lang][self.kind].format(
            rule=rule_word(self.rule, lang),
            value=_number(self.value),
            limit=_number(self.limit),
            value_share=_share(self.value),
            limit_share=_share(self.limit),
            over=_number(abs(self.value - self.limit)),
            buildings=join_names(self.buildings, lang),
            count=len(self.buildings),
            grid="" if self.grid is None else self.grid + 1,
            **{
                key: rule_word(detail, lang) if isinstance(detail, str) else _number(detail)
                for key, detail in self.details.items()
            },
        )
        advice = [self.relaxation, *self.other_relaxations] if self.relaxation else []
        return (" " if lang == "en" else "").join(
            [sentence, *(relaxation.text(lang) for relaxation in advice)]
        )


def _number(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) and value != int(value) else f"{int(value)}"


def _share(value: float) -> str:
    return f"{100 * value:.3g}%" if value < 10 else f"{100 * value:.0f}%"
