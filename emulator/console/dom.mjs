/**
 * The page is built from nodes and text alone: there is no way here from a string to HTML, since names and paths come
 * from whoever calls the emulator.
 */

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found;
}

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Readonly<Record<string, string>>} [attributes]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/**
 * Leaves a node alone that says it already: a selection in it stays, and nothing is read out again.
 * @param {HTMLElement} node
 * @param {string} [text]
 */
export function say(node, text = "") {
  if (node.textContent !== text) node.textContent = text;
  // A tag without a word is no tag.
  if (node.hidden !== (text === "")) node.hidden = text === "";
}

/**
 * @param {HTMLElement} node
 * @param {string} name
 * @param {string} value
 */
export function mark(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

/**
 * @template Item
 * @typedef {{ readonly node: HTMLElement, readonly update: (item: Item) => void }} Part
 */

/**
 * A list on the page that follows a list of items. What stands for an item is kept as long as the item's key is there,
 * and not moved without need: focus and selection outlive an update.
 * @template Item
 * @param {HTMLElement} parent
 * @param {(item: Item) => string} keyOf
 * @param {(item: Item) => Part<Item>} build
 * @returns {(items: readonly Item[]) => void}
 */
export function following(parent, keyOf, build) {
  /** @type {Map<string, Part<Item>>} */
  const parts = new Map();
  return (items) => {
    const keys = new Set(items.map(keyOf));
    for (const [key, { node }] of parts) {
      if (keys.has(key)) continue;
      remove(node);
      parts.delete(key);
    }
    for (const [index, item] of items.entries()) {
      const key = keyOf(item);
      const part = parts.get(key) ?? build(item);
      parts.set(key, part);
      part.update(item);
      const there = parent.children[index] ?? null;
      if (there !== part.node) parent.insertBefore(part.node, there);
    }
  };
}

/**
 * Focus inside of what goes away would start again at the top of the page.
 * @param {HTMLElement} node
 */
function remove(node) {
  const hadFocus = node.contains(document.activeElement);
  node.remove();
  if (hadFocus) byId("workspace").focus();
}
