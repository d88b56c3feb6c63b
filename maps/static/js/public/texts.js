// Texts of the public map in Chinese and English; both dictionaries have the same keys (a test compares them).

import { filled } from "../lang.js";

/** @typedef {import("../lang.js").Lang} Lang */

/** @type {Record<Lang, Record<string, string>>} */
export const PUBLIC_TEXTS = {
  zh: {
    title: "网格",
    subtitle: "公共事件",
    skipToList: "跳到事件列表",
    toReport: "我要上报",
    otherLanguage: "English",
    switchLanguage: "Switch to English",
    mapLabel: "事件地图：每个圆点是一件事件。用方向键移动，加减号缩放；旁边或下方的列表内容相同。",
    zoomIn: "放大",
    zoomOut: "缩小",
    whole: "全部",
    category: "类别",
    allCategories: "全部类别",
    state: "状态",
    allStates: "全部",
    open: "办理中",
    closed: "近 90 天办结",
    density: "显示每个网格的事件密度",
    list: "事件列表",
    notices: "审批公示",
    noticeOf: "{area} · 至 {date}",
    privacy: "位置精确到约 10 米，时间精确到日；不显示上报人和上报内容。审批和需要本人联系方式的事项不在此列。供其他程序使用的 Open311 接口另按其标准给出位置、地址和遮盖后的内容。",
    found: "列出 {n} 件，最新的在前",
    foundMore: "列出最新的 {n} 件，还有更多",
    nothing: "没有符合条件的事件。",
    more: "再列一些",
    reported: "{date} 上报",
    ended: "{date} 办结",
    photo: "{number} 的照片 {n}",
    legend: "每个网格的事件数",
    few: "少于 5 件",
    atLeast: "{low} 件及以上",
    between: "{low}–{high} 件",
    gridCount: "{community} 网格 {number}：{count}",
    failed: "没能读取数据：{words}",
  },
  en: {
    title: "Wangge",
    subtitle: "Public incidents",
    skipToList: "Skip to the list of incidents",
    toReport: "Report something",
    otherLanguage: "中文",
    switchLanguage: "切换到中文",
    mapLabel:
      "Map of incidents: a dot each. Arrow keys move it, plus and minus zoom; the list beside or below holds the same.",
    zoomIn: "Zoom in",
    zoomOut: "Zoom out",
    whole: "All of it",
    category: "Category",
    allCategories: "All categories",
    state: "State",
    allStates: "All",
    open: "being handled",
    closed: "ended in the last 90 days",
    density: "Show how many there are in each grid",
    list: "List of incidents",
    notices: "Public notices of approvals",
    noticeOf: "{area} · until {date}",
    privacy:
      "Places are told to about ten metres, times to the day; neither who reported nor their words. Applications and matters that need one's contact are not listed. Open311, for other programs, gives place, address and masked words as its standard has it.",
    found: "{n} listed, the newest first",
    foundMore: "The newest {n} are listed, there are more",
    nothing: "No incident matches.",
    more: "List more",
    reported: "reported {date}",
    ended: "ended {date}",
    photo: "Photo {n} of {number}",
    legend: "Incidents in each grid",
    few: "fewer than 5",
    atLeast: "{low} and more",
    between: "{low}–{high}",
    gridCount: "{community} grid {number}: {count}",
    failed: "The data could not be read: {words}",
  },
};

/** @param {Lang} lang @param {string} key @param {Record<string, string | number>} [values] */
export function text(lang, key, values = {}) {
  const template = PUBLIC_TEXTS[lang][key];
  if (template === undefined) throw new Error(`No text for ${key}`);
  return filled(template, values);
}
