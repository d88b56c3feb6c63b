"""Reasons why a plan cannot be had, or what the nearest one breaks, as data and as sentences."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from partitioning.texts import NEED_TEXTS, REASON_TEXTS, RELAXATION_TEXTS, RULE_WORDS, join_names

Lang = Literal["zh", "en"]


@dataclass(frozen=True)
class Relaxation:
    """The smallest change of one rule that admits a plan.

    rule: "grids", "households", "persons", "balance", "locked" or "apart". end: "least" or "most" of a band,
    "tolerance", "release" of locked buildings or of pairs that must not share a grid. value: what it would have to
    be, for "release" how many buildings or pairs. buildings: ids of those to release, pair after pair. confirmed:
    whether an exact model found a plan with the change and ruled out every smaller one; otherwise the arithmetic
    says only that less does not do.
    """

    rule: str
    end: Literal["least", "most", "tolerance", "release"]
    value: float
    buildings: tuple[Hashable, ...] = ()
    confirmed: bool = field(default=False, compare=False)

    def text(self, lang: Lang) -> str:
        """The advice as a sentence."""
        texts = RELAXATION_TEXTS if self.confirmed else NEED_TEXTS
        pairs = [
            f"{one} + {other}" for one, other in zip(self.buildings[::2], self.buildings[1::2], strict=False)
        ]
        return texts[lang]["share" if self.rule == "apart" else self.end].format(
            rule=RULE_WORDS[lang][self.rule],
            value=_number(self.value),
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
            rule=RULE_WORDS[lang][self.rule],
            value=_number(self.value),
            limit=_number(self.limit),
            over=_number(abs(self.value - self.limit)),
            buildings=join_names(self.buildings, lang),
            count=len(self.buildings),
            grid="" if self.grid is None else self.grid + 1,
            **{key: _number(detail) for key, detail in self.details.items()},
        )
        advice = [self.relaxation, *self.other_relaxations] if self.relaxation else []
        return (" " if lang == "en" else "").join(
            [sentence, *(relaxation.text(lang) for relaxation in advice)]
        )


def _number(value: Any) -> str:
    return f"{value:.3g}" if isinstance(value, float) and value != int(value) else f"{int(value)}"
