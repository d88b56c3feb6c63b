"""What is kept about incidents, column by column: who may see it, what for and how long; docs/data-inventory.md.

`python -m gis_core.incidents.inventory > docs/data-inventory.md` writes the page anew.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Table

from gis_core import tables_accounts, tables_catalogue, tables_incidents, tables_messages
from gis_core.keeping import periods, variable_of
from gis_core.tables import Base

CLASSES = {
    "public": (
        "公开",
        "public: everybody may see it, as the pages and interfaces without an account show it",
    ),
    "staff": ("内部", "staff: whoever works there may see it, within their area"),
    "sensitive": (
        "敏感",
        "sensitive: personal or secret; sealed or hashed, or free text that may hold something personal. The public "
        "never sees it, or only after what looks personal was masked",
    ),
}
"""{class: (Chinese, English)}."""


@dataclass(frozen=True)
class Kept:
    """What a table is for, and its columns by class. keep: {column: class of `gis_core.keeping`}, where it goes."""

    zh: str
    en: str
    public: str = ""
    staff: str = ""
    sensitive: str = ""
    keep: dict[str, str] = field(default_factory=dict)

    def classes(self) -> dict[str, str]:
        """{column: class}."""
        return {column: name for name in CLASSES for column in getattr(self, name).split()}


KEPT: dict[str, Kept] = {
    "incident": Kept(
        "一个事件：地点、类别、状态、时限", "an incident: place, category, state, time limits",
        public="id number community_id grid_code place category_code condition_code kind level state open "
        "department_code decision public_note merged_into due_at reported_at accepted_at dispatched_at resolved_at "
        "verified_at closed_at updated_at anonymised_at",
        staff="source resume_state assignee_id handler_id reported_by stage step clock limit_s used_s running_since "
        "stage_due_at review_at escalation overdue supervised recheck no_reply returns reworks reopens extensions "
        "asked satisfied revision",
        sensitive="description address attributes accuracy_m",
        keep=dict.fromkeys(("description", "address", "attributes", "accuracy_m"), "contacts"),
    ),
    "incident_event": Kept(
        "办理过程，只增不改，逐条带哈希", "what was done, entry by entry; it only grows, and hashes show changes",
        public="id incident_id seq at actor action before after public", staff="by details text_hash hash",
    ),
    "incident_text": Kept(
        "办理过程中的文字；上报人所写或经程序提交的可删除",
        "the words of an entry; those of a reporter, or that came by a program, can be erased",
        staff="event_id", sensitive="text", keep={"text": "contacts"},
    ),
    "incident_reporter": Kept(
        "上报人：回访和告知结果", "who reported: to ask back and to tell the outcome",
        staff="incident_id lang consent_at anonymised_at", sensitive="link_hash sealed",
        keep=dict.fromkeys(("link_hash", "sealed"), "contacts"),
    ),
    "incident_follower": Kept(
        "关注同一事件的人：告知结果", "who follows an incident: to tell the outcome",
        staff="id incident_id lang consent_at at", sensitive="link_hash sealed",
        keep=dict.fromkeys(("id", "incident_id", "lang", "consent_at", "at", "link_hash", "sealed"), "contacts"),
    ),
    "incident_photo": Kept(
        "去除元数据的照片；经审核方可公开", "photos without metadata; public only after somebody looked at them",
        public="id incident_id kind width height at public", staff="event_id moderated_at moderated_by",
        sensitive="content url", keep={"content": "photos", "url": "photos"},
    ),
    "incident_timer": Kept(
        "到时要做的事", "what is to happen at a time",
        staff="id incident_id kind stage round due_at fired_at cancelled_at",
    ),
    "public_notice": Kept(
        "审批公示", "the public notice of an approval",
        public="id incident_id level area_code text_zh text_en begins_at ends_at",
    ),
    "incident_request": Kept(
        "防止重复提交", "so that what is sent twice is stored once",
        staff="incident_id at", sensitive="key body_hash answer",
        keep=dict.fromkeys(("incident_id", "at", "key", "body_hash", "answer"), "answers"),
    ),
    "message": Kept(
        "要发出的消息", "messages to be sent",
        staff="id key channel template lang account_id incident_id values urgent status attempts made_at due_at "
        "sent_at read_at acknowledged_at failure",
        sensitive="receiver", keep={"receiver": "receivers"},
    ),
    "notice_subscription": Kept(
        "同意接收通知的居民；本人退订即删除", "residents who agreed to notices; gone when they withdraw",
        staff="id building_id channel lang consent_at", sensitive="link_hash sealed",
    ),
    "building_visit": Kept(
        "巡查走访，只到楼栋", "patrols and visits, of buildings and not of persons",
        staff="id building_id kind outcome by at key", keep={"by": "visits", "key": "visits"},
    ),
    "service_key": Kept(
        "Open311 密钥；只存哈希", "keys of Open311; only their hashes are kept",
        staff="id name jurisdiction created_at revoked_at", sensitive="key_hash",
    ),
    "frozen_measure": Kept(
        "已结束时段的统计", "measures of periods that ended",
        staff="period scope code measure numerator denominator frozen_at",
    ),
    "department": Kept("责任单位", "departments", public="code name_zh name_en area_code"),
    "incident_category": Kept(
        "事件分类", "categories",
        public="code position group_code group_zh group_en name_zh name_en description_zh description_en keywords kind "
        "contact std_code duplicate_m duplicate_days active",
    ),
    "category_attribute": Kept(
        "上报时的问题", "questions to a report",
        public="category_code code position datatype required description_zh description_en values",
    ),
    "category_condition": Kept("立案条件", "conditions", public="category_code code position name_zh name_en"),
    "time_limit": Kept(
        "时限", "time limits", public="id category_code condition_code stage step step_zh step_en unit value"
    ),
    "department_member": Kept("谁代表哪个单位", "who acts for a department", staff="department_code account_id"),
    "grid_duty": Kept("谁负责哪个网格", "who answers for a grid", staff="grid_code account_id community_id post"),
    "routing_rule": Kept(
        "派遣规则", "routing",
        staff="id position name group_code category_code condition_code area_code community_id grid_code "
        "department_code level then_condition",
    ),
    "calendar_day": Kept("工作日历", "the calendar", public="day working name"),
}  # fmt: skip
"""{table: what it keeps}. A test fails where a column is missing, or named without being there."""

_HEAD = """# Data inventory · 数据清单

What is kept about incidents, column by column: who may see it and how long it is kept. This page is made from the
tables of `gis_core` by `python -m gis_core.incidents.inventory > docs/data-inventory.md`; a test tells when
it is stale.
[How to answer requests about personal data](howto/privacy.md).

## Classes · 等级
"""
_PERIODS = """
## Periods · 保存期限
`wangge serve` erases once a day what is over its time. A period is set in days by its variable. What is in no class of
this table is kept as long as the case; subscriptions until they are withdrawn.

| class | variable | days | what goes 到期删除的内容 |
| --- | --- | --- | --- |
"""
_COLUMNS = "| column | type | class | goes with |\n| --- | --- | --- | --- |\n"


def kept_tables() -> list[Table]:
    """The tables that are declared beside incidents."""
    assert tables_accounts.Base is Base  # columns that refer to accounts have the type of what they refer to
    modules = {module.__name__ for module in (tables_catalogue, tables_incidents, tables_messages)}
    mappers = [one for one in Base.registry.mappers if one.class_.__module__ in modules]
    tables = [one.local_table for one in mappers if isinstance(one.local_table, Table)]
    return sorted(tables, key=lambda table: table.name)


def inventory_page() -> str:
    """The page in Markdown."""
    classes = "".join(f"- **{zh}** · {en}\n" for zh, en in CLASSES.values())
    rows = "".join(
        f"| {name} | `{variable_of(name)}` | {days} | {zh} · {en} |\n"
        for name, (days, zh, en) in periods().items()
    )
    return _HEAD + classes + _PERIODS + rows + "".join(_section(table) for table in kept_tables())


def _section(table: Table) -> str:
    kept = KEPT[table.name]
    head = f"\n## {table.name}\n{kept.zh} · {kept.en}\n\n{_COLUMNS}"
    return head + "".join(_lines(table, kept))


def _lines(table: Table, kept: Kept) -> Iterator[str]:
    classes = kept.classes()
    for column in table.columns:
        name = classes[column.name]
        shown = (
            column.name,
            _type_of(column.type),
            f"{CLASSES[name][0]} {name}",
            kept.keep.get(column.name, ""),
        )
        yield f"| {' | '.join(shown)} |\n"


def _type_of(kind: object) -> str:
    told = str(kind).lower()
    return "geometry" if told.startswith("geometry") else told


if __name__ == "__main__":
    print(inventory_page(), end="")
