// Making elements without a framework.

/**
 * An element with properties and children. `data-*`, `aria-*` and `role` become attributes, `on…` listeners.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [properties]
 * @param {...(Node | string | null)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (/^(aria|data)-|^role$/.test(name)) element.setAttribute(name, String(value));
    else Object.assign(element, { [name]: value });
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

/**
 * Shows these children in an element. Those that look as before stay, so that a press or the focus on them is not lost;
 * what is listened to is listened to at the element itself.
 * @param {Element} element
 * @param {Element[]} children
 */
export function renew(element, children) {
  const before = [...element.children];
  for (const [at, child] of children.entries()) {
    if (!before[at]) element.append(child);
    else if (!before[at].isEqualNode(child)) before[at].replaceWith(child);
  }
  for (const one of before.slice(children.length)) one.remove();
}

/**
 * The element of this id, of the class expected.
 * @template {HTMLElement} Kind
 * @param {string} id
 * @param {new () => Kind} kind
 * @returns {Kind}
 */
export function byId(id, kind) {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new Error(`No ${kind.name} #${id} on the page`);
  return element;
}
