"""The life of an incident as tables for people, made of the same data by which the program goes."""

from collections.abc import Iterable

from gis_core.incidents.evidence import EVIDENCE_NAMES, GUARD_NAMES
from gis_core.incidents.life import ACTOR_NAMES, KIND_NAMES, Actor, Kind, Life, Transition

_CLOCKS = {"run": "runs · 走", "pause": "stands · 停", "stop": "ended · 止"}


def states_table(life: Life) -> str:
    """The states as a table in Markdown."""
    rows = [
        (
            f"`{one.name}`",
            f"{one.zh} · {one.en}",
            "open" if one.open else "closed",
            one.stage or "–",
            _CLOCKS[one.clock],
        )
        for one in life.states.values()
    ]
    return _table(("state", "name", "for the public", "stage", "stage clock"), rows)


def transitions_table(life: Life) -> str:
    """The transitions as a table in Markdown, a row each."""
    rows = [
        (
            f"`{one.action}`",
            f"{one.zh} · {one.en}",
            _sources(life, one),
            {"same": "as it is", "before": "as before"}.get(one.to, f"`{one.to}`"),
            ", ".join(f"`{actor}`" for actor in Actor if actor in one.actors),
            "all" if one.kinds == frozenset(Kind) else ", ".join(f"`{kind}`" for kind in Kind if kind in one.kinds),
            "; ".join(EVIDENCE_NAMES[name] for name in one.evidence) or "–",
            "; ".join(GUARD_NAMES[name] for name in one.guards) or "–",
        )
        for one in life.transitions.values()
    ]  # fmt: skip
    header = ("action", "name", "from", "to", "who", "kinds", "evidence", "only if")
    return _table(header, rows)


def words_table() -> str:
    """Who acts, and the kinds of work, in both languages, as a table in Markdown."""
    rows = [(f"`{actor}`", zh, en) for actor, (en, zh) in ACTOR_NAMES.items()]
    rows += [(f"`{kind}`", zh, en) for kind, (en, zh) in KIND_NAMES.items()]
    return _table(("in the tables", "中文", "English"), rows)


def _sources(life: Life, one: Transition) -> str:
    known = [name for name in life.states if name in one.sources]
    return ", ".join(f"`{name}`" for name in known)


def _table(header: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(header)]
    lines.append(["---"] * len(lines[0]))
    lines += [list(row) for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
