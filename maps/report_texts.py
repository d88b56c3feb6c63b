"""Texts of the report of a plan, in Chinese and English."""

TEXTS: dict[str, dict[str, str]] = {
    "zh": {
        "lang": "zh-CN",
        "title": "{community_name}网格方案 第{version}版",
        "made": "生成于 {created_at}",
        "draft": "草案", "proposed": "公示", "adopted": "已采用", "retired": "已停用",
        "optimal": "已证明最优", "feasible": "可行", "infeasible": "无解", "unknown": "未找到",
        "grid": "网格", "code": "代码", "households": "户数", "persons": "人口", "buildings": "楼栋",
        "area": "面积（公顷）", "total": "合计", "unassigned": "未分配", "no_grid": "未分配", "source_id": "编号",
        "held": "符合", "under": "少 {by}", "over": "多 {by}", "rule_off": "不限",
        "rule_grids": "网格数 {value}（规则 {low}–{high}）",
        "reasons": "原因", "known": "数据来源", "real": "实数", "estimated": "估计", "none": "没有数据",
        "known_line": "{count}：{real} 栋为实数，{estimated} 栋为估计，{none} 栋没有",
        "seed": "随机种子", "grids_caption": "各网格的户数、人口、楼栋、面积和规则",
    },
    "en": {
        "lang": "en",
        "title": "Grids of {community_name}, version {version}",
        "made": "made {created_at}",
        "draft": "draft", "proposed": "proposed", "adopted": "adopted", "retired": "retired",
        "optimal": "proven optimal", "feasible": "feasible", "infeasible": "no plan exists", "unknown": "none found",
        "grid": "Grid", "code": "Code", "households": "Households", "persons": "Persons", "buildings": "Buildings",
        "area": "Area (ha)", "total": "Total", "unassigned": "Unassigned", "no_grid": "unassigned", "source_id": "Id",
        "held": "held", "under": "{by} too few", "over": "{by} too many", "rule_off": "no limit",
        "rule_grids": "{value} grids (rule {low}–{high})",
        "reasons": "Reasons", "known": "How counts are known", "real": "real", "estimated": "estimated",
        "none": "unknown",
        "known_line": "{count}: real in {real} buildings, estimated in {estimated}, unknown in {none}",
        "seed": "Seed", "grids_caption": "Households, persons, buildings, area and rules of each grid",
    },
}  # fmt: skip
