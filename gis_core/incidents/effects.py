"""What a step changes of an incident: its columns, and what the history keeps of it as data."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg

from gis_core.errors import InvalidInputError
from gis_core.incidents import people, store, timing
from gis_core.incidents.amending import amended
from gis_core.incidents.case import Evidence, Person
from gis_core.incidents.clocks import Limit, Unit
from gis_core.incidents.life import RESIDENTS, Actor, Kind, Transition
from gis_core.incidents.office import Office
from gis_core.incidents.rules import is_sampled
from gis_core.incidents.store import Incident

LONGEST_NOTICE_DAYS = 90
REVIEW_EVERY = timedelta(days=7)
"""How soon what waits for a reporter, or stays suspended, is looked at again."""
NOTICE_LEVELS = ("community", "subdistrict", "district")
Changes = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """All that an effect may look at."""

    connection: psycopg.Connection
    office: Office
    incident: Incident
    one: Transition
    evidence: Evidence
    by: Person
    now: datetime


def of(step: Step) -> tuple[Changes, Mapping[str, Any]]:
    """(columns that change, details for the history) of a step, clocks and state aside.

    Raises:
        InvalidInputError: the evidence names what there is not.
    """
    changes, details = _EFFECTS.get(step.one.action, _nothing)(step)
    note = step.evidence.public_note.strip()
    told = bool(step.by.actors & step.one.actors - RESIDENTS)  # what residents say is not what they are told
    if note and told and step.one.action != "ask":  # a question is nobody else's
        changes["public_note"] = note
    return changes, details


def step_clocks(step: Step) -> Changes:
    """What a step does to clocks beside entering a state."""
    if step.one.action == "finish_step":
        number = step.incident.step + 1
        return timing.begin_stage(step.connection, step.office, step.incident, "handle", number, step.now)
    if step.one.action in ("extend", "approve_extension"):
        return timing.extended(step.connection, step.office, step.incident, _limit(step), step.now)
    return {}


def _nothing(_step: Step) -> tuple[Changes, Mapping[str, Any]]:
    return {}, {}


def _accept(step: Step) -> tuple[Changes, Mapping[str, Any]]:
    return {"accepted_at": step.now}, {}


def _end(step: Step) -> tuple[Changes, Mapping[str, Any]]:
    code = step.evidence.reason_code
    return {"closed_at": step.now, "asked": None}, {"reason_code": code} if code else {}


def _auto_close(step: Step) -> tuple[Changes, Mapping[str, Any]]:
    silent = step.incident.satisfied is None
    return {"closed_at": step.now, "no_reply": silent}, {"no_reply": silent}


def _close_on_spot(step: Step) -> tuple[Changes, Mapping[str, Any]]:
    sampled = is_sampled(step.incident.id)
    times = dict.fromkeys(("resolved_at", "closed_at"), step.now)
    accepted = step.incident.accepted_at or step.now
    return {**times, "accepted_at": accepted, "handler_id": step.by.id, "recheck": sampled}, {
        "sampled": sampled
    }


def _merge(step: Step) -> tuple[Changes, Mapping[str, Any]]:
    """What was merged into this one goes along, so that its reporters hear of the one that stays."""
    target = store.read_incident(step.connection, step.evidence.target or "")
    if target.id == step.incident.id or not target.open or target.community_id != step.incident.community_id:
        raise InvalidInputError(
            f"{target.number} is this incident itself, has ended, or lies in another community: name an open one.",
            f"{target.number} 是本事件、已办结，或属于其他社区：请填写本社区正在办理的事件编号。",
        )
    step.connection.execute(
        "UPDATE incident SET merged_into = %s WHERE merged_into = %s", [target.id, step.incident.id]
    )
    return {"merged_into": target.id, "closed_at": step.now}, {"target": target.number}


def _dispatch(step: Step) -> tuple[Changes, Mapping[str, Any]]:
    department, routed = step.evidence.department, step.incident.department
    known = step.connection.execute("SELECT FROM department WHERE code = %s", [department]).fetchone()
    if known is None:
        raise InvalidInputError(
            f"There is no department {department!r}; GET /incidents/departments lists them.",
            f"没有责任单位“{department}”；GET /incidents/departments 列出全部。",
        )
    if routed not in (None, department) and not (step.evidence.reason.strip() or step.evidence.note.strip()):
        raise InvalidInputError(
            f"The routing rule names {routed}: give the reason for another department.",
            f"派遣规则指定的单位是 {routed}：改派须说明理由。",
        )
    kind = step.incident.kind
    changes = {
        "department_code": department, "dispatched_at": step.now, "assignee_id": None,
        "accepted_at": step.incident.accepted_at or step.now,
        "kind": Kind.COORDINATION if kind == Kind.GENERAL else kind,
    }  # fmt: skip
    return changes, {"department": department, "routed": routed, "reason": step.evidence.reason.strip()}


def _return(step: Step) -> tuple[Changes, Mapping[str, Any]]:
    returns = step.incident.returns + 1
    supervised = step.incident.supervised or returns >= 2
    changes = {"returns": returns, "dispatched_at": None, "supervised": supervised, "asked": None}
    return changes, {"department": step.incident.department}


def _start(step: Step) -> tuple[Changes, Mapping[str, Any]]:
    changes: Changes = {"handler_id": step.by.id, "accepted_at": step.incident.accepted_at or step.now}
    if step.incident.dispatched_at is None:
        changes["assignee_id"] = step.by.id
    return changes, {}


def _resolve(step: Step) -> tuple[Changes, Mapping[str, Any]]:
    document = step.evidence.document.strip()
    handler = {"handler_id": step.by.id} if step.one.action == "resolve" else {}
    return {"resolved_at": step.now, "asked": None, **handler}, {"document": document} if document else {}


def _verify(step: Step) -> tuple[Changes, Mapping[str, Any]]:
    return {"verified_at": step.now}, {}


def _fail(step: Step) -> tuple[Changes, Mapping[str, Any]]:
    reworks = step.incident.reworks + 1
    return {
        "reworks": reworks, "resolved_at": None, "verified_at": None,
        "supervised": step.incident.supervised or reworks >= 2,
    }, {}  # fmt: skip


def _feedback(step: Step) -> tuple[Changes, Mapping[str, Any]]:
    return {"satisfied": step.evidence.satisfied}, {"satisfied": step.evidence.satisfied}


def _reopen(step: Step) -> tuple[Changes, Mapping[str, Any]]:
    """Begun anew, in the grid that holds the place now. The clock of the whole stays what it was."""
    gone = (
        "closed_at",
        "resolved_at",
        "verified_at",
        "dispatched_at",
        "decision",
        "satisfied",
        "assignee_id",
    )
    incident = step.incident
    spot = store.spot_of(step.connection, incident.lon, incident.lat)
    return {
        **dict.fromkeys(gone), "reopens": incident.reopens + 1, "no_reply": False,
        "grid_code": spot.grid_code if spot else incident.grid_code,
    }, {}  # fmt: skip


def _forward(_step: Step) -> tuple[Changes, Mapping[str, Any]]:
    return {"dispatched_at": None, "assignee_id": None}, {}


def _ask_reporter(step: Step) -> tuple[Changes, Mapping[str, Any]]:
    """Whether or not an answer comes, somebody looks at it again."""
    due_at = step.now + REVIEW_EVERY
    timing.set_timers(step.connection, step.incident.id, [("review", "awaiting_reporter", due_at)], anew=True)
    return {}, {}


def _ask(step: Step) -> tuple[Changes, Mapping[str, Any]]:
    what = step.one.action.removeprefix("ask_")
    until = step.evidence.until.isoformat() if step.evidence.until else None
    return {"asked": {"what": what, "until": until, "by": step.by.name}}, {"until": until}


def _suspend(step: Step) -> tuple[Changes, Mapping[str, Any]]:
    until = step.evidence.until
    assert until is not None
    timing.set_timers(step.connection, step.incident.id, [("review", "suspended", until)], anew=True)
    return {"review_at": until, "asked": None}, {"until": until.isoformat()}


def _resume(step: Step) -> tuple[Changes, Mapping[str, Any]]:
    timing.cancel_timers(step.connection, step.incident.id, step.now, ("review",))
    return {"review_at": None}, {}


def _limit(step: Step) -> Limit:
    unit, value = step.evidence.limit or ("", 0.0)
    if unit not in list(Unit) or not 0 < value <= 365:
        raise InvalidInputError(
            f"limit = {unit} {value:g}: the unit is one of {', '.join(Unit)}, the value above 0 and at most 365.",
            f"limit = {unit} {value:g}：单位须为 {'、'.join(Unit)} 之一，数值大于 0 且不超过 365。",
        )
    limit = Limit(Unit(unit), value)
    if step.incident.clock is not None and limit.kind != step.incident.clock:
        same = ", ".join(one for one in Unit if Limit(one, 1).kind == step.incident.clock)
        raise InvalidInputError(
            f"limit: this stage counts {step.incident.clock} time: give one of {same}, not {unit}.",
            f"limit：本阶段按{'工作时间' if step.incident.clock == 'business' else '自然时间'}计时，"
            f"单位须为 {same.replace(', ', '、')}，不能是 {unit}。",
        )
    return limit


def _extend(step: Step) -> tuple[Changes, Mapping[str, Any]]:
    limit = _limit(step)
    details = {"unit": limit.unit, "value": limit.value}
    return {"extensions": step.incident.extensions + 1, "asked": None}, details


def _refuse(step: Step) -> tuple[Changes, Mapping[str, Any]]:
    return {"asked": None}, {"asked": dict(step.incident.asked or {})}


def _supervise(_step: Step) -> tuple[Changes, Mapping[str, Any]]:
    return {"supervised": True}, {}


def _acknowledge(step: Step) -> tuple[Changes, Mapping[str, Any]]:
    levels = [
        level
        for level, actor in (("subdistrict", Actor.SUBDISTRICT_LEADER), ("district", Actor.DISTRICT_LEADER))
        if actor in step.by.actors
    ]
    step.connection.execute(
        "UPDATE incident_timer SET cancelled_at = %s WHERE incident_id = %s AND kind = 'acknowledge'"
        " AND stage = ANY(%s) AND fired_at IS NULL AND cancelled_at IS NULL",
        [step.now, step.incident.id, levels],
    )
    step.connection.execute(
        "UPDATE message SET acknowledged_at = coalesce(acknowledged_at, %s) WHERE incident_id = %s AND account_id = %s"
        " AND template = 'emergency'",
        [step.now, step.incident.id, step.by.id],
    )
    return {}, {"levels": levels}


def _decide(step: Step) -> tuple[Changes, Mapping[str, Any]]:
    decision = "approved" if step.one.action == "approve" else "denied"
    return {"decision": decision, "resolved_at": step.now}, {"decision": decision}


def _publicise(step: Step) -> tuple[Changes, Mapping[str, Any]]:
    told = step.evidence.notice or {}
    days, texts = told.get("days"), [str(told.get(name, "")).strip() for name in ("text_zh", "text_en")]
    if (
        not isinstance(days, int)
        or not 1 <= days <= LONGEST_NOTICE_DAYS
        or not all(texts)
        or max(map(len, texts)) > 2000
    ):
        raise InvalidInputError(
            f"A notice has text_zh and text_en of 1-2000 characters and days from 1 to {LONGEST_NOTICE_DAYS}.",
            f"公示须有 text_zh、text_en（各 1–2000 个字符）和 days（1–{LONGEST_NOTICE_DAYS} 天）。",
        )
    ends = step.now + timedelta(days=int(days or 0))
    areas = {level: code for code, level in people.areas_above(step.connection, step.incident.community_id)}
    for level in NOTICE_LEVELS:
        step.connection.execute(
            "INSERT INTO public_notice (incident_id, level, area_code, text_zh, text_en, begins_at, ends_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (incident_id, level) DO UPDATE SET"
            " (text_zh, text_en, begins_at, ends_at)"
            " = (excluded.text_zh, excluded.text_en, excluded.begins_at, excluded.ends_at)",
            [step.incident.id, level, areas.get(level), *texts, step.now, ends],
        )
    timing.set_timers(step.connection, step.incident.id, [("notice_end", "notice", ends)], anew=True)
    return {"verified_at": step.now}, {"days": days}


def _assign(step: Step) -> tuple[Changes, Mapping[str, Any]]:
    name = step.evidence.assignee
    workers = {one: account for account, one, _ in people.workers_of(step.connection, step.incident)}
    if name not in workers:
        there = ", ".join(workers) or "none"
        raise InvalidInputError(
            f"{name!r} is no grid worker of this place; there are: {there}.",
            f"“{name}”不是此处的网格员；可指派：{'、'.join(workers) or '无'}。",
        )
    return {"assignee_id": workers[name]}, {"assignee": name}


def _amend(step: Step) -> tuple[Changes, Mapping[str, Any]]:
    return amended(step.connection, step.incident, step.evidence.change)


_EFFECTS: dict[str, Callable[[Step], tuple[Changes, Mapping[str, Any]]]] = {
    "accept": _accept, "collect": _accept, "reject": _end, "merge": _merge, "cancel": _end, "close": _end,
    "close_notice": _end, "end_notice": _end, "auto_close": _auto_close, "close_on_spot": _close_on_spot,
    "dispatch": _dispatch, "call_in": _dispatch, "return": _return, "approve_return": _return, "start": _start,
    "respond": _start, "resolve": _resolve, "answered": _resolve, "verify": _verify, "fail": _fail,
    "feedback": _feedback, "reopen": _reopen, "reopen_case": _reopen,
    "reopen_papers": _reopen, "forward": _forward, "ask": _ask_reporter, "ask_suspend": _ask, "ask_extend": _ask,
    "suspend": _suspend, "resume": _resume, "extend": _extend, "approve_extension": _extend, "refuse": _refuse,
    "supervise": _supervise, "acknowledge": _acknowledge, "approve": _decide, "deny": _decide,
    "publicise": _publicise, "assign": _assign, "amend": _amend,
    "recheck": lambda _step: ({"recheck": False}, {}),
}  # fmt: skip
