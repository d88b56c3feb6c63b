"""The measures computed the slow way: each case replayed entry by entry, with clocks of its own."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg

from gis_core.incidents import store
from gis_core.incidents.calendar import Calendar
from gis_core.incidents.clocks import StageClock
from gis_core.incidents.life import life
from gis_core.incidents.measures import Facts, Place
from gis_core.incidents.periods import Period
from gis_core.incidents.store import Incident
from gis_core.incidents.timing import steps_of

STATES = life().states
SENDING, RETURNING, REOPENING = (
    ("dispatch", "call_in"),
    ("return", "approve_return"),
    ("reopen", "reopen_papers"),
)
EXTENDING = ("extend", "approve_extension")


@dataclass
class Task:
    """Something owed: until when, when it ended, whether by being done. stood: since when its clock stands."""

    stage: str
    due: datetime
    ended: datetime | None = None
    done: bool = False
    stood: datetime | None = None


@dataclass
class Replay:
    """A case's clocks, driven by its history."""

    pg: psycopg.Connection
    incident: Incident
    calendar: Calendar
    tasks: list[Task]
    stage: str | None = None
    step: int = 1
    clock: StageClock | None = None

    def begin(self, stage: str, step: int, now: datetime) -> None:
        steps = [
            one
            for one in steps_of(self.pg, self.incident.category, self.incident.condition, stage)
            if one.step == step
        ]
        self.stage, self.step, self.clock = stage, step, None
        if steps:
            limit = steps[0].limit
            self.clock = StageClock(limit.kind, limit.seconds(now, self.calendar), 0.0, now)
            self.owe()

    def owe(self) -> None:
        moment = self.clock.moment(1.0, self.calendar)
        self.tasks.append(Task(self.stage, moment))

    def end(self, now: datetime, *, done: bool) -> None:
        if self.clock is not None and self.tasks and self.tasks[-1].ended is None:
            self.tasks[-1].ended, self.tasks[-1].done = now, done

    def take(self, event: dict[str, Any]) -> None:
        now, action, after = event["at"], event["action"], STATES[event["after"]]
        if action == "finish_step":
            self.end(now, done=True)
            self.begin("handle", self.step + 1, now)
        elif action in EXTENDING and self.clock is not None:
            self.end(now, done=False)
            step = event["details"]
            unit, value = step["unit"], step["value"]
            day = self.calendar.day_seconds if unit == "work_day" else 86400.0
            self.clock = self.clock.extended(value * day)
            self.owe()
        elif event["before"] != event["after"] or action in (*SENDING, "fail"):
            self.move(event, after, now)

    def move(self, event: dict[str, Any], after: Any, now: datetime) -> None:
        done = after.name not in ("merged", "cancelled")
        task = self.tasks[-1] if self.tasks else None
        if after.clock == "stop":
            self.end(now, done=done)
            self.stage, self.clock = None, None
        elif after.clock == "pause":
            if self.clock is not None:
                self.clock = self.clock.pause(now, self.calendar)
                if task.ended is None and task.due > now:
                    task.stood = now
        elif after.stage == self.stage and event["action"] not in (*SENDING, "fail"):
            if self.clock is not None and self.clock.running_since is None:
                self.clock = self.clock.resume(now)
                if task.stood is not None:
                    task.stood, task.due = None, self.clock.moment(1.0, self.calendar)
        else:
            self.end(now, done=done and not (self.stage == "handle" and event["action"] in SENDING))
            self.begin(after.stage, 1, now)


def slow_facts(pg: psycopg.Connection, period: Period, now: datetime, calendar: Calendar) -> Facts:
    """As `measures_store.read_facts` without visits."""
    facts = Facts()
    ids = [row[0] for row in pg.execute("SELECT id FROM incident ORDER BY id").fetchall()]
    for one in ids:
        incident = store.incident_of_id(pg, one)
        _count(facts, pg, incident, store.read_events(pg, one), period, period.until(now), calendar)
    return facts


def _count(
    facts: Facts,
    pg: Any,
    incident: Incident,
    events: list[dict],
    period: Period,
    end: datetime,
    calendar: Calendar,
) -> None:
    def inside(at: datetime) -> bool:
        return period.begin <= at < end

    def department(before: datetime) -> str | None:
        sent = [
            one["details"]["department"] for one in events if one["action"] in SENDING and one["at"] < before
        ]
        return sent[-1] if sent else None

    moves = [one for one in events if one["action"] == "move" and one["at"] >= end]
    grid = moves[0]["details"]["before"] if moves else incident.grid_code

    def add(measure: str, above: object, *, at: datetime | None = None, to: str | None = None) -> None:
        place = Place(incident.community, grid, to or (department(at) if at else None))
        facts.add(place, measure, float(bool(above)), 1.0)

    past = [one for one in events if one["at"] < end]
    for measure, above, at in _owed(pg, incident, events, inside, end, calendar):
        add(measure, above, at=at)
    if events and inside(events[0]["at"]):
        add("self_found", incident.source in ("patrol", "staff"))
        left = next((one["after"] for one in past if STATES[one["after"]].stage != "accept"
                     and STATES[one["after"]].clock != "pause"), None)  # fmt: skip
        if left not in ("merged", "cancelled"):
            add("accept", left not in (None, "rejected"))
    checked = [one for one in past if one["action"] in ("verify", "fail") and inside(one["at"])]
    if checked:
        add("rework", any(one["action"] == "fail" for one in checked), at=checked[-1]["at"])
    for number, one in enumerate(past):
        if one["action"] in SENDING and inside(one["at"]):
            turns = [two for two in past[number + 1 :] if two["action"] in SENDING + RETURNING]
            back = bool(turns) and turns[0]["action"] in RETURNING
            again = [two for two in turns[1:] if two["action"] in SENDING] if back else []
            own = one["details"]["department"]
            add("return", back, to=own)
            add("accurate_dispatch", not (again and again[0]["details"]["department"] != own), to=own)
    _closings(facts, incident, past, period, end, calendar, grid, department, add)
    _handlings(facts, incident, past, inside, calendar, grid, department)
    if past and STATES[past[-1]["after"]].open:
        facts.add(Place(incident.community, grid, department(end)), "open", 1.0, 0.0)


def _owed(
    pg: Any, incident: Incident, events: list[dict], inside: Any, end: datetime, calendar: Calendar
) -> Iterator[tuple]:
    replay = Replay(pg, incident, calendar, [])
    replay.begin("accept", 1, events[0]["at"])
    for one in events[1:]:
        replay.take(one)
    names = {"accept": ("", "accept_on_time"), "handle": ("handle", "handle_on_time")}
    for task in replay.tasks:
        void = not task.done and task.ended is not None and task.ended <= task.due
        if not inside(task.due) or void or task.stood is not None:
            continue
        late = task.ended is None or task.ended > task.due
        at = min(task.ended or task.due, task.due)
        every, in_time = names.get(task.stage, ("", ""))
        if every:
            yield every, task.done and task.ended < end, at
        if in_time:
            yield in_time, task.done and not late, at if every else None
    [limit] = [one.limit for one in steps_of(pg, incident.category, incident.condition, "whole")]
    due = limit.due(events[0]["at"], calendar)
    ended = next((one for one in events if not STATES[one["after"]].open), None)
    if not inside(due):
        return
    at_due = [one["after"] for one in events if one["at"] <= due][-1]
    gone = ended is not None and ended["after"] in ("merged", "cancelled")
    if at_due == "suspended" or (gone and ended["at"] <= due):
        return
    done = ended is not None and not gone
    at = min(ended["at"] if ended else due, due)
    yield "close", done and ended["at"] < end, at
    yield "close_on_time", done and ended["at"] <= due, at
    if incident.kind == "emergency":
        yield "close_urgent", done and ended["at"] < end, at


def _is_closing(one: dict) -> bool:
    return one["after"] == "closed" and one["before"] != "closed" and one["action"] != "refuse_reopen"


def _closings(facts: Facts, incident: Incident, past: list[dict], period: Period, end: datetime, calendar: Calendar,
              grid: str, department: Any, add: Any) -> None:  # fmt: skip
    closings = [(number, one) for number, one in enumerate(past) if _is_closing(one)]
    for number, one in closings:
        if period.begin - timedelta(days=15) <= one["at"] < end - timedelta(days=15):
            after = [two for two in past[number + 1 :] if _is_closing(two) or two["action"] in REOPENING]
            add("reopen", bool(after) and after[0]["action"] in REOPENING, at=one["at"])
    recent = [one for _, one in closings if one["at"] >= period.begin]
    if recent:
        words = [one for one in past if one["action"] in (*REOPENING, "feedback")]
        answered = bool(words) and words[-1]["action"] == "feedback"
        add("answered", answered, at=recent[-1]["at"])
        if answered:
            add("satisfied", words[-1]["details"]["satisfied"], at=recent[-1]["at"])
    if closings and closings[0][1]["at"] >= period.begin:
        first = closings[0][1]["at"]
        place = Place(incident.community, grid, department(first))
        facts.seconds[place, "whole"].append(calendar.working_seconds(past[0]["at"], first))


def _handlings(
    facts: Facts,
    incident: Incident,
    past: list[dict],
    inside: Any,
    calendar: Calendar,
    grid: str,
    department: Any,
) -> None:
    used, since = None, None
    for one in past:
        after = STATES[one["after"]]
        if since is not None:
            used += calendar.working_seconds(since, one["at"])
            since = None
        if after.clock == "pause":
            continue
        if after.stage == "handle":
            if used is None or one["action"] in SENDING:
                used = 0.0
            since = one["at"]
        elif used is not None:
            if inside(one["at"]) and one["after"] not in ("merged", "cancelled"):
                facts.seconds[Place(incident.community, grid, department(one["at"])), "handle"].append(used)
            used = None
