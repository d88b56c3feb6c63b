// Texts of the city page in Chinese and English; both dictionaries have the same keys (a test compares them).

import { filled } from "../lang.js";

/** @typedef {import("../lang.js").Lang} Lang */

/** @type {Record<Lang, Record<string, string>>} */
export const CITY_TEXTS = {
  zh: {
    title: "网格",
    subtitle: "全市社区",
    skipToList: "跳到社区列表",
    toMap: "社区地图",
    area: "区域",
    allAreas: "全部（{n}）",
    areaOption: "{name}（{n}）",
    search: "搜索社区名称或代码",
    signOut: "退出",
    signedInAs: "当前账号：{name}",
    otherLanguage: "English",
    switchLanguage: "Switch to English",
    mapLabel: "全市地图：社区按方案状态着色。用方向键移动，加减号缩放，回车打开地图中央的社区；下方或右侧的列表内容相同。",
    zoomIn: "放大",
    zoomOut: "缩小",
    whole: "全部社区",
    states: "方案状态",
    statesHint: "点选一个或多个状态，地图和列表只突出这些社区。",
    none: "尚无方案",
    draft: "草案",
    proposed: "拟定",
    adopted: "已采用",
    broken: "已采用，现不符合规则",
    stateCount: "{state}：{n} 个社区",
    unchecked: "楼栋或道路变化后，还有 {n} 个社区的网格正在核对是否连片。",
    list: "社区列表",
    listCaption: "社区及其方案状态、户数和网格数",
    community: "社区",
    state: "状态",
    households: "户数",
    grids: "网格",
    found: "共 {n} 个社区，列出 {shown} 个",
    nothing: "没有符合条件的社区。",
    more: "再列 {n} 个",
    underwayDraft: "另有草案",
    underwayProposed: "另有拟定方案",
    brokenBand: "网格 {grid}：{value} {what}，规则 {low}–{high}",
    brokenHouseholds: "户",
    brokenPersons: "人",
    brokenContiguity: "网格 {grid} 分成 {value} 块",
    brokenGrids: "网格数 {value}，规则 {low}–{high}",
    brokenBalance: "与平均户数偏差 {value}，规则 ≤ {high}",
    brokenEstates: "小区拆分 {value} 次，规则 ≤ {high}",
    brokenUnassigned: "{value} 栋楼未分配网格",
    andMore: "等 {n} 项",
    loading: "正在加载…",
    emptyTitle: "还没有可看的社区",
    emptyHint: "先导入楼栋数据（wangge import 文件.gpkg），或请管理员授予区域的角色。",
    failed: "没能读取数据",
    retry: "重试",
    atMiddle: "{name}，{state}，{households} 户。按回车打开。",
    hint: "{state} · {households} 户",
    hintGrids: "{state} · {households} 户 · {grids} 个网格",
  },
  en: {
    title: "Wangge",
    subtitle: "All communities",
    skipToList: "Skip to the list of communities",
    toMap: "Community map",
    area: "Area",
    allAreas: "All ({n})",
    areaOption: "{name} ({n})",
    search: "Search by name or code",
    signOut: "Sign out",
    signedInAs: "Signed in as {name}",
    otherLanguage: "中文",
    switchLanguage: "切换到中文",
    mapLabel:
      "Map of the city: communities coloured by the state of their plans. Arrow keys move it, plus and minus zoom, Enter opens the community in the middle; the list beside or below holds the same.",
    zoomIn: "Zoom in",
    zoomOut: "Zoom out",
    whole: "All communities",
    states: "State of plans",
    statesHint: "Choose one state or several: map and list bring out those.",
    none: "no plan",
    draft: "draft",
    proposed: "proposed",
    adopted: "adopted",
    broken: "adopted, rules broken now",
    stateCount: "{state}: {n} {n|community|communities}",
    unchecked: "Buildings or roads have changed: in {n} {n|community|communities} the grids are still being checked for being in one piece.",
    list: "List of communities",
    listCaption: "Communities with the state of their plans, households and grids",
    community: "Community",
    state: "State",
    households: "Households",
    grids: "Grids",
    found: "{n} {n|community|communities}, {shown} listed",
    nothing: "No community matches.",
    more: "List {n} more",
    underwayDraft: "a draft beside it",
    underwayProposed: "a proposal beside it",
    brokenBand: "grid {grid}: {value} {what}, rule {low}–{high}",
    brokenHouseholds: "households",
    brokenPersons: "persons",
    brokenContiguity: "grid {grid} is in {value} {value|piece|pieces}",
    brokenGrids: "{value} {value|grid|grids}, rule {low}–{high}",
    brokenBalance: "deviation from the mean {value}, rule ≤ {high}",
    brokenEstates: "estates split {value} times, rule ≤ {high}",
    brokenUnassigned: "buildings without a grid: {value}",
    andMore: "and {n} more",
    loading: "Loading…",
    emptyTitle: "No community to look at yet",
    emptyHint: "Import buildings first (wangge import FILE.gpkg), or ask an administrator for a role in an area.",
    failed: "The data could not be read",
    retry: "Try again",
    atMiddle: "{name}, {state}, {households} {households|household|households}. Enter opens it.",
    hint: "{state} · {households} {households|household|households}",
    hintGrids: "{state} · {households} {households|household|households} · {grids} {grids|grid|grids}",
  },
};

/** @param {Lang} lang @param {string} key @param {Record<string, string | number>} [values] */
export function text(lang, key, values = {}) {
  const template = CITY_TEXTS[lang][key];
  if (template === undefined) throw new Error(`No text for ${key}`);
  return filled(template, values);
}

/** What a rule that is broken says, in words. @param {Lang} lang @param {import("./state.js").Broken} one */
export function brokenText(lang, one) {
  const values = { ...one, grid: one.grid ?? "" };
  const rule = one.rule[0].toUpperCase() + one.rule.slice(1);
  if (one.rule === "households" || one.rule === "persons") {
    return text(lang, "brokenBand", { ...values, what: text(lang, `broken${rule}`) });
  }
  const share = (/** @type {number} */ value) => `${Math.round(value * 1000) / 10} %`;
  if (one.rule === "balance") return text(lang, "brokenBalance", { value: share(one.value), high: share(one.high) });
  return text(lang, `broken${rule}`, values);
}
