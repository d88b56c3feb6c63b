// What is sent to count or send a notice; pure.

/**
 * @typedef {{community: string, scope: string, grids: string[], whom: string, zh: string, en: string, urgent: boolean}} Filled
 * What the form holds; scope: all, grids, buildings, subscription or incident.
 */

/**
 * The body of POST /notices.
 * @param {Filled} filled @param {boolean} dryRun
 * @returns {Record<string, unknown>}
 */
export function noticeBody(filled, dryRun) {
  const { community, scope, grids, whom, urgent } = filled;
  const numbers = whom.split(/[\s,，、]+/).filter(Boolean);
  /** @type {Record<string, unknown>} */
  const to = {
    all: {},
    grids: { grids },
    buildings: { buildings: numbers.map(asNumber) },
    subscription: { subscription: asNumber(whom.trim().replace(/^#/, "")) },
    incident: { incident: whom.trim() },
  }[scope] ?? {};
  return { community, text_zh: filled.zh.trim(), text_en: filled.en.trim(), urgent, dry_run: dryRun, ...to };
}

/** A number where it is one; else as it was typed, so that the server says what is wrong. @param {string} told */
const asNumber = (told) => (/^\d{1,15}$/.test(told) ? Number(told) : told);

/**
 * Whether what was counted is still what the form holds.
 * @param {Record<string, unknown> | null} counted @param {Filled} filled
 */
export const isCounted = (counted, filled) => counted !== null && JSON.stringify(counted) === JSON.stringify(noticeBody(filled, true));
