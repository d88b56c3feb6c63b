"""What the names of guards and of evidence in the table of transitions mean. No I/O."""

from collections.abc import Callable
from datetime import datetime, timedelta

from gis_core.incidents.case import Case, Evidence, Person
from gis_core.incidents.life import Actor

Words = tuple[str, str]
"""(English, Chinese)."""

LONGEST_TEXT = 4000
"""Characters of a description, as Open311 has it, and of a note."""
LONGEST_SUSPENSION = timedelta(days=90)
REOPEN_WITHIN = timedelta(days=15)
APPEAL_WITHIN = timedelta(days=7)
ON_SITE_M = 100.0
"""A grid worker this near to the place of a report is on site, metres."""
REASON_CODES: dict[str, Words] = {
    "not_here": ("not at this place", "地点不符"),
    "nothing_found": ("nothing was found", "现场未发现问题"),
    "not_ours": ("not a matter of this service", "不属于受理范围"),
    "private": ("a private dispute", "属私人纠纷"),
    "unclear": ("too unclear to act on", "描述不清，无法办理"),
    "handled": ("handled already", "已处理"),
}


def _not_handler(case: Case, person: Person, _now: datetime) -> Words | None:
    names = {person.name, case.reported_by if Actor.REPORTER in person.actors else None}
    if not names & case.handlers:
        return None
    return (
        "Whoever handled it may not verify it: leave it to somebody else.",
        "处置人不能核查自己处置的事件，请由他人核查。",
    )


def _own_work(case: Case, person: Person, _now: datetime) -> Words | None:
    if Actor.DEPARTMENT in person.actors and case.dispatched:
        return None
    free = case.assignee is None and not case.dispatched
    if Actor.GRID_WORKER in person.actors and (
        free or (case.assignee is not None and case.assignee == person.id)
    ):
        return None
    return (
        "It is with another department or grid worker, or not dispatched yet.",
        "该事件由其他单位或网格员办理，或尚未派遣。",
    )


def _within_reopening(case: Case, _person: Person, now: datetime) -> Words | None:
    within = APPEAL_WITHIN if case.state == "rejected" else REOPEN_WITHIN
    if case.closed_at is not None and now <= case.closed_at + within:
        return None
    return (
        f"It can be asked for within {within.days} days; report it anew instead.",
        f"须在 {within.days} 天内申请；请重新上报。",
    )


def _guard(
    holds: Callable[[Case], bool], en: str, zh: str
) -> Callable[[Case, Person, datetime], Words | None]:
    return lambda case, _person, _now: None if holds(case) else (en, zh)


def _not_others(case: Case, person: Person, _now: datetime) -> Words | None:
    if Actor.REPORTER not in person.actors or not case.shared:
        return None
    return (
        "Others reported the same: it goes on for them. Comment on it instead.",
        "还有其他人上报了同一件事，不能撤销；可以留言。",
    )


GUARDS: dict[str, Callable[[Case, Person, datetime], Words | None]] = {
    "not_handler": _not_handler,
    "own_work": _own_work,
    "within_reopening": _within_reopening,
    "not_others": _not_others,
    "first_return": _guard(
        lambda case: case.returns == 0,
        "It was returned once already: a second return needs a leader (approve_return).",
        "该事件已退回过一次：再次退回须经领导批准。",
    ),
    "returned_before": _guard(
        lambda case: case.returns > 0,
        "The first return is the department's own.",
        "首次退回由责任单位自行办理。",
    ),
    "first_extension": _guard(
        lambda case: case.extensions == 0,
        "It was extended once already: a second extension needs a leader (approve_extension).",
        "该事件已延期过一次：再次延期须经领导批准。",
    ),
    "asked": _guard(lambda case: case.asked, "Nothing was asked for.", "没有待批准的申请。"),
    "sampled": _guard(
        lambda case: case.sampled, "It is not in the sample to be checked again.", "该事件不在抽查样本中。"
    ),
    "next_step": _guard(
        lambda case: case.more_steps,
        "This is the last step: resolve it instead.",
        "这是最后一个阶段：请直接提交处置完成。",
    ),
    "notices_over": _guard(
        lambda case: case.notices_over, "The public notices are not over yet.", "公示期尚未结束。"
    ),
}
"""What each guard's name means: words of refusal, or None where it holds."""


_TEXTS: dict[str, Words] = {
    "note": ("The note", "备注"),
    "public_note": ("What the reporter is told", "告知上报人的说明"),
    "reason": ("The reason", "理由"),
}
"""Fields of texts, as the page calls them."""


def too_long(evidence: Evidence) -> list[tuple[str, str, str]]:
    """The texts that are too long: (field, English, Chinese)."""
    found = {"note": evidence.note, "public_note": evidence.public_note, "reason": evidence.reason}
    return [
        (
            field,
            f"{_TEXTS[field][0]} has {len(text)} characters; {LONGEST_TEXT} are allowed.",
            f"{_TEXTS[field][1]}有 {len(text)} 个字符，最多 {LONGEST_TEXT} 个。",
        )
        for field, text in found.items()
        if len(text) > LONGEST_TEXT
    ]


def _on_site(_case: Case, person: Person, evidence: Evidence, _now: datetime) -> Words | None:
    near = evidence.near_m is not None and evidence.near_m <= ON_SITE_M
    if Actor.DESK in person.actors or evidence.photos or near or evidence.note.strip():
        return None
    return (
        f"Send a photo, a position within {ON_SITE_M:.0f} m of the report, or in the note the reason why not.",
        f"请附照片、或距上报地点 {ON_SITE_M:.0f} 米以内的定位，否则请在备注中说明原因。",
    )


def _department(_case: Case, _person: Person, evidence: Evidence, _now: datetime) -> Words | None:
    if evidence.department:
        return None
    return "Name the department that is to handle it.", "请指定责任单位。"


def _until(_case: Case, _person: Person, evidence: Evidence, now: datetime) -> Words | None:
    if evidence.until is not None and now < evidence.until <= now + LONGEST_SUSPENSION:
        return None
    return (
        f"Give the date of the next review, within {LONGEST_SUSPENSION.days} days.",
        f"请填写下次复核日期，最长 {LONGEST_SUSPENSION.days} 天。",
    )


def _reason_code(_case: Case, _person: Person, evidence: Evidence, _now: datetime) -> Words | None:
    if evidence.reason_code in REASON_CODES:
        return None
    en, zh = zip(*REASON_CODES.values(), strict=True)
    return (
        f"Choose the reason for rejecting it: {', '.join(en)}.",
        f"请选择不予受理的原因：{'、'.join(zh)}。",
    )


def _needs(
    holds: Callable[[Evidence], object], en: str, zh: str
) -> Callable[[Case, Person, Evidence, datetime], Words | None]:
    return lambda _case, _person, evidence, _now: None if holds(evidence) else (en, zh)


def _after_photo(case: Case, _person: Person, evidence: Evidence, _now: datetime) -> Words | None:
    if "after" in evidence.photos or case.after_photos or evidence.document.strip():
        return None
    return (
        "Send a photo of afterwards, or the number of a paper that shows it.",
        "请附处置后照片，或填写证明文件编号。",
    )


EVIDENCE: dict[str, Callable[[Case, Person, Evidence, datetime], Words | None]] = {
    "note": _needs(lambda e: e.note.strip(), "Say in the note what was done or why.", "请在备注中说明情况。"),
    "public_note": _needs(
        lambda e: e.public_note.strip(),
        "Write what the reporter is to be told.",
        "请填写告知上报人的说明。",
    ),
    "photo_or_note": _needs(
        lambda e: e.photos or e.note.strip(), "Send a photo or a note.", "请附照片或备注。"
    ),
    "note_or_photo": _needs(
        lambda e: e.photos or e.note.strip(), "Send a note or a photo.", "请填写留言或附照片。"
    ),
    "target": _needs(
        lambda e: e.target, "Give the number of the incident that stays.", "请填写并入的事件编号。"
    ),
    "limit": _needs(
        lambda e: e.limit,
        "Say how much longer: a number and its unit of time.",
        "请填写延长多久及时限单位。",
    ),
    "satisfied": _needs(
        lambda e: e.satisfied is not None, "Choose satisfied or not satisfied.", "请选择满意或不满意。"
    ),
    "assignee": _needs(
        lambda e: e.assignee, "Choose the grid worker.", "请选择网格员。"
    ),
    "change": _needs(
        lambda e: e.change,
        "Say what is to be corrected: category, condition, kind, level or place.",
        "请给出要更正的内容：类别、立案条件、类型、等级或位置。",
    ),
    "notice": _needs(
        lambda e: e.notice,
        "Give the text of the notice in both languages and its days, without names of persons.",
        "请填写公示内容（中文、英文）和公示天数，不得含个人姓名。",
    ),
    "on_site": _on_site,
    "department": _department,
    "until": _until,
    "reason_code": _reason_code,
    "after_photo": _after_photo,
}  # fmt: skip
"""What each kind of evidence means: words that ask for it, or None where it came."""
EVIDENCE_FIELDS: dict[str, str] = {
    "photo_or_note": "note",
    "note_or_photo": "note",
    "on_site": "note",
    "after_photo": "document",
}
"""The field of a request that a kind of evidence comes in, where it has another name: of a choice, the text."""


EVIDENCE_NAMES: dict[str, str] = {
    "place": "place",
    "category": "category",
    "text_or_photo": "text or photo",
    "note": "note",
    "public_note": "note to the reporter",
    "photo_or_note": "photo or note",
    "note_or_photo": "note or photo",
    "on_site": f"of a grid worker: photo, position within {ON_SITE_M:.0f} m, or the reason why not",
    "after_photo": "photo of afterwards, or number of a paper",
    "department": "department; the reason where it is not the routed one",
    "until": f"date of the next review, within {LONGEST_SUSPENSION.days} days",
    "limit": "how much longer",
    "reason_code": "reason from the list",
    "target": "the incident that stays",
    "satisfied": "satisfied or not",
    "assignee": "account",
    "change": "what is to be corrected",
    "notice": "text of the notice in both languages, and its days",
}
"""What must come with a step, for people; the first three are checked when a report is made."""
GUARD_NAMES: dict[str, str] = {
    "not_handler": "did not handle it",
    "own_work": "it is with them",
    "not_others": "a reporter: nobody else's was merged into it",
    "within_reopening": f"within {REOPEN_WITHIN.days} days of closing, {APPEAL_WITHIN.days} of rejection",
    "first_return": "not returned before",
    "returned_before": "returned before",
    "first_extension": "not extended before",
    "asked": "something was asked for",
    "sampled": "it is in the sample",
    "next_step": "there is a further step",
    "notices_over": "the notices are over",
}
"""The further conditions, for people."""
