"""What messages say, by template, in Chinese and English. Pure.

Each text names the work by its number and names nobody. Without its link a Chinese text is one short message of at most
70 characters as a rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Literal

Language = Literal["zh", "en"]
Value = str | int | Mapping[str, str]
"""What stands in a text: the same in both languages, or {"zh": …, "en": …}."""


@dataclass(frozen=True)
class Message:
    """A message as it goes out; the subject is for mail and lists, the body says everything."""

    subject: str
    body: str


LINK = {"zh": " 详情：{link}", "en": " More: {link}"}
"""Added where a message has the value `link`."""
TO_SUBSCRIBERS = ("notice", "subscribed")
END = {"zh": " 退订：{link}", "en": " To end these: {link}"}
"""Added instead where the link ends a subscription."""

TEXTS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    # to who reported
    "reported": {
        "zh": ("已收到上报 {number}", "您上报的“{category}”已收到，编号 {number}。"),
        "en": ("Report {number} received", 'Your report "{category}" was received as {number}.'),
    },
    "accepted": {
        "zh": ("上报 {number} 已受理", "您上报的 {number} 已受理，将安排处置。"),
        "en": ("Report {number} accepted", "Your report {number} was accepted and will be handled."),
    },
    "rejected": {
        "zh": ("上报 {number} 未予受理", "您上报的 {number} 未予受理：{reason}。如有异议可申请重开。"),
        "en": (
            "Report {number} not accepted",
            "Your report {number} was not accepted: {reason}. If you disagree, you can ask to reopen it.",
        ),
    },
    "merged": {
        "zh": (
            "上报 {number} 已并案",
            "您上报的 {number} 与 {target} 为同一问题，已并案，进展随 {target} 通知。",
        ),
        "en": (
            "Report {number} joined to {target}",
            "Your report {number} is about the same as {target}; you will be told how {target} goes on.",
        ),
    },
    "asked": {
        "zh": ("上报 {number} 请补充信息", "您上报的 {number} 需要补充信息，请打开链接补充。"),
        "en": (
            "Report {number}: a question",
            "Your report {number} needs more from you. Please open the link.",
        ),
    },
    "collected": {
        "zh": ("事项 {number} 材料已收集", "您的事项 {number} 材料已收集，进入审核。"),
        "en": ("Application {number} taken up", "The papers of {number} are collected and will be checked."),
    },
    "decided": {
        "zh": ("事项 {number} 已决定", "您的事项 {number} 区级已作出决定：{decision}。"),
        "en": ("Application {number} decided", "The district decided on {number}: {decision}."),
    },
    "publicised": {
        "zh": ("事项 {number} 公示中", "您的事项 {number} 已公示，公示至 {until}。"),
        "en": ("Application {number} on public notice", "{number} is on public notice until {until}."),
    },
    "forwarded": {
        "zh": ("上报 {number} 已转交", "您上报的 {number} 已转交{to}办理，有结果后通知您。"),
        "en": (
            "Report {number} passed on",
            "Your report {number} was passed on to {to}; you will be told the outcome.",
        ),
    },
    "suspended": {
        "zh": ("上报 {number} 暂缓办理", "您上报的 {number} 暂不具备条件，已挂账，{until} 前复查。"),
        "en": (
            "Report {number} suspended",
            "Your report {number} cannot be handled yet; it will be looked at again by {until}.",
        ),
    },
    "verified": {
        "zh": ("上报 {number} 已处置", "您上报的 {number} 已处置并核查通过，请评价是否满意。"),
        "en": (
            "Report {number} handled",
            "Your report {number} was handled and verified. Please say whether you are satisfied.",
        ),
    },
    "closed": {
        "zh": ("上报 {number} 已销号", "您上报的 {number} 已办结销号。如未解决可申请重开。"),
        "en": (
            "Report {number} closed",
            "Your report {number} is closed. If it is not solved, you can ask to reopen it.",
        ),
    },
    "reopened": {
        "zh": ("上报 {number} 已重开", "您上报的 {number} 已重开，将继续办理。"),
        "en": ("Report {number} reopened", "Your report {number} was reopened and will be taken up again."),
    },
    "reopen_refused": {
        "zh": ("上报 {number} 未予重开", "您申请重开的 {number} 未获同意，原因见详情。"),
        "en": ("Report {number} not reopened", "Your report {number} was not reopened; the link says why."),
    },
    "cancelled": {
        "zh": ("上报 {number} 已撤销", "您上报的 {number} 已撤销。"),
        "en": ("Report {number} cancelled", "Your report {number} was cancelled."),
    },
    # to who follows it, or whose own report was merged into it: they are asked for nothing
    "followed_accepted": {
        "zh": ("{number} 已受理", "您关注的 {number} 已受理，将安排处置。"),
        "en": ("Report {number} accepted", "{number}, which you follow, was accepted and will be handled."),
    },
    "followed_rejected": {
        "zh": ("{number} 未予受理", "您关注的 {number} 未予受理：{reason}。"),
        "en": ("Report {number} not accepted", "{number}, which you follow, was not accepted: {reason}."),
    },
    "followed_merged": {
        "zh": (
            "{number} 已并案",
            "您关注的 {number} 与 {target} 为同一问题，已并案，进展随 {target} 通知。",
        ),
        "en": (
            "Report {number} joined to {target}",
            "{number}, which you follow, is about the same as {target}; you will be told how {target} goes on.",
        ),
    },
    "followed_collected": {
        "zh": ("事项 {number} 材料已收集", "您关注的事项 {number} 材料已收集，进入审核。"),
        "en": (
            "Application {number} taken up",
            "The papers of {number}, which you follow, are collected and will be checked.",
        ),
    },
    "followed_decided": {
        "zh": ("事项 {number} 已决定", "您关注的事项 {number} 区级已作出决定：{decision}。"),
        "en": (
            "Application {number} decided",
            "The district decided on {number}, which you follow: {decision}.",
        ),
    },
    "followed_publicised": {
        "zh": ("事项 {number} 公示中", "您关注的事项 {number} 已公示，公示至 {until}。"),
        "en": (
            "Application {number} on public notice",
            "{number}, which you follow, is on public notice until {until}.",
        ),
    },
    "followed_forwarded": {
        "zh": ("{number} 已转交", "您关注的 {number} 已转交{to}办理，有结果后通知您。"),
        "en": (
            "Report {number} passed on",
            "{number}, which you follow, was passed on to {to}; you will be told the outcome.",
        ),
    },
    "followed_suspended": {
        "zh": ("{number} 暂缓办理", "您关注的 {number} 暂不具备条件，已挂账，{until} 前复查。"),
        "en": (
            "Report {number} suspended",
            "{number}, which you follow, cannot be handled yet; it will be looked at again by {until}.",
        ),
    },
    "followed_verified": {
        "zh": ("{number} 已处置", "您关注的 {number} 已处置并核查通过。"),
        "en": ("Report {number} handled", "{number}, which you follow, was handled and verified."),
    },
    "followed_closed": {
        "zh": ("{number} 已销号", "您关注的 {number} 已办结销号。"),
        "en": ("Report {number} closed", "{number}, which you follow, is closed."),
    },
    "followed_reopened": {
        "zh": ("{number} 已重开", "您关注的 {number} 已重开，将继续办理。"),
        "en": (
            "Report {number} reopened",
            "{number}, which you follow, was reopened and will be taken up again.",
        ),
    },
    "followed_cancelled": {
        "zh": ("{number} 已撤销", "您关注的 {number} 已撤销，不再办理。"),
        "en": ("Report {number} cancelled", "{number}, which you follow, was withdrawn; it goes no further."),
    },
    # to who works on it or leads
    "assigned_to_you": {
        "zh": ("{number} 已指派给您", "{number}“{category}”已指派给您，请于 {due} 前办理。"),
        "en": ("{number} is yours", '{number} "{category}" was assigned to you; it is due by {due}.'),
    },
    "reported_here": {
        "zh": ("{number} 新上报", "{grid} 新上报“{category}”，编号 {number}，请于 {due} 前受理。"),
        "en": ("{number} reported", '{grid}: "{category}" was reported as {number}; accept it by {due}.'),
    },
    "dispatched_to_you": {
        "zh": ("{number} 已派遣至您单位", "{number}“{category}”已派遣至您单位，请于 {due} 前处置。"),
        "en": (
            "{number} dispatched to your department",
            '{number} "{category}" was dispatched to your department; it is due by {due}.',
        ),
    },
    "returned": {
        "zh": ("{number} 已退回", "{number}“{category}”被{department}退回，请重新派遣。"),
        "en": ("{number} returned", '{number} "{category}" was returned by {department}; dispatch it again.'),
    },
    "warn": {
        "zh": ("{number} 即将超期", "{number}“{category}”将于 {due} 到期，请尽快办理。"),
        "en": ("{number} is due soon", '{number} "{category}" is due by {due}.'),
    },
    "overdue": {
        "zh": ("{number} 已超期", "{number}“{category}”已于 {due} 超期，请立即办理。"),
        "en": ("{number} is overdue", '{number} "{category}" is overdue since {due}.'),
    },
    "supervised": {
        "zh": ("{number} 督办", "{number}“{category}”已列入督办，请立即办理并反馈。"),
        "en": (
            "{number} is supervised",
            '{number} "{category}" is under supervision; act and report at once.',
        ),
    },
    "review_due": {
        "zh": ("{number} 挂账到期复查", "挂账事件 {number}“{category}”应于 {until} 前复查。"),
        "en": (
            "{number}: review of the suspension",
            'The suspension of {number} "{category}" is to be reviewed by {until}.',
        ),
    },
    "reopen_requested": {
        "zh": ("{number} 申请重开", "上报人申请重开 {number}“{category}”，请于 {due} 前决定。"),
        "en": (
            "{number}: reopening asked for",
            'The reporter asks to reopen {number} "{category}"; decide by {due}.',
        ),
    },
    "emergency": {
        "zh": ("紧急 {number}：{category}", "紧急：{grid} 发生“{category}”，编号 {number}，收到请立即确认。"),
        "en": (
            "Emergency {number}: {category}",
            'Emergency: "{category}" in {grid}, number {number}. Acknowledge at once.',
        ),
    },
    "moved": {
        "zh": ("{number} 已随网格调整移交", "{number}“{category}”随网格调整移交至 {grid}。"),
        "en": ("{number} moved with the grids", '{number} "{category}" now belongs to {grid}.'),
    },
    # to who subscribed for a building
    "notice": {
        "zh": ("{community}通知", "{community}：{text}"),
        "en": ("Notice of {community}", "{community}: {text}"),
    },
    "subscribed": {
        "zh": ("已订阅{community}通知", "您已订阅{community}的通知。如非本人操作，请退订。"),
        "en": (
            "Notices of {community}",
            "You will get notices of {community}. If you did not ask for them, end them.",
        ),
    },
}

OF_ACTION: Mapping[str, str] = {
    "report": "reported",
    "accept": "accepted",
    "reject": "rejected",
    "merge": "merged",
    "ask": "asked",
    "close_on_spot": "closed",
    "forward": "forwarded",
    "verify": "verified",
    "close": "closed",
    "auto_close": "closed",
    "reopen": "reopened",
    "reopen_case": "reopened",
    "reopen_papers": "reopened",
    "refuse_reopen": "reopen_refused",
    "suspend": "suspended",
    "collect": "collected",
    "approve": "decided",
    "deny": "decided",
    "publicise": "publicised",
    "end_notice": "closed",
    "close_notice": "closed",
    "cancel": "cancelled",
}
"""Template by which the reporter is told of a step."""


def template_of(action: str, *, own: bool) -> str | None:
    """Template by which a step is told to the reporter (own), or to who follows; None: what is the reporter's alone."""
    template = OF_ACTION[action]
    if own:
        return template
    followed = f"followed_{template}"
    return followed if followed in TEXTS else None


def wanted(template: str) -> frozenset[str]:
    """Names of the values that a template needs, beside the `link` that any may have. KeyError: no such template."""
    return frozenset(
        name
        for texts in TEXTS[template].values()
        for text in texts
        for _, name, _, _ in Formatter().parse(text)
        if name
    )


def render(template: str, lang: Language, values: Mapping[str, Value]) -> Message:
    """The message in the language. values: those of `wanted`, and `link` where there is one; others are ignored.

    Raises KeyError for an unknown template and for a value that is missing, which are faults of the program.
    """
    subject, body = TEXTS[template][lang]
    missing = sorted(wanted(template) - values.keys())
    if missing:
        raise KeyError(f"message {template} lacks {', '.join(missing)}")
    told = {name: value[lang] if isinstance(value, Mapping) else str(value) for name, value in values.items()}
    ending = END if template in TO_SUBSCRIBERS else LINK
    # A line break in a subject would end the head of a mail.
    return Message(
        " ".join(subject.format_map(told).split()),
        (body + (ending[lang] if told.get("link") else "")).format_map(told),
    )
