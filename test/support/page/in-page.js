/* global addEventListener, CSS, document, getComputedStyle, innerHeight, MutationObserver, Node */

// Runs in the browser, before the page's own scripts: what tests ask the document.

const FOCUSABLE = 'a[href], area[href], button, input, select, textarea, summary, [tabindex], [contenteditable]';

const numbers = new WeakMap();
let nextNumber = 0;

function numberOf(element) {
  if (!numbers.has(element)) numbers.set(element, nextNumber++);
  return numbers.get(element);
}

/** Short and readable, for messages of failed tests: `button.figure "17.3 %"`. */
function describe(element) {
  const name = element.getAttribute('aria-label') ?? element.textContent ?? '';
  const text = name.trim().replace(/\s+/g, ' ').slice(0, 40);
  const id = element.id === '' ? '' : `#${element.id}`;
  const [classOf = ''] = (element.getAttribute('class') ?? '').trim().split(/\s+/);
  return `${element.tagName.toLowerCase()}${id}${classOf === '' ? '' : `.${classOf}`} "${text}"`;
}

function isShown(element) {
  return (
    element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) &&
    element.getClientRects().length > 0 &&
    element.closest('[inert]') === null
  );
}

/** Of radio buttons with one name, Tab reaches the chosen one. */
function isOtherRadio(element) {
  if (element.type !== 'radio' || element.checked) return false;
  const group = document.querySelectorAll(`input[type=radio][name="${CSS.escape(element.name)}"]`);
  return [...group].some(({ checked }) => checked) || group[0] !== element;
}

/** Everything that Tab has to reach, in the order of the document. */
function tabStops() {
  return [...document.querySelectorAll(FOCUSABLE)].filter(
    (element) => element.tabIndex >= 0 && !element.matches(':disabled') && !isOtherRadio(element) && isShown(element),
  );
}

/** The element with the focus, and whether a reader sees that it has it. */
function focused() {
  const element = document.activeElement;
  if (element === null || element === document.body || element === document.documentElement) return null;
  const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
  const label = element.closest('label');
  const around = label === null ? null : getComputedStyle(label);
  const hasOutline = (style, width) => style !== 'none' && Number.parseFloat(width) >= 1;
  const { left, top, width, height } = element.getBoundingClientRect();
  const at = document.elementFromPoint(left + width / 2, Math.max(0, Math.min(innerHeight - 1, top + height / 2)));
  return {
    number: numberOf(element),
    description: describe(element),
    isMarked:
      (hasOutline(outlineStyle, outlineWidth) && !/^rgba\(.*, 0\)$/.test(outlineColor)) ||
      (around !== null && hasOutline(around.outlineStyle, around.outlineWidth)) ||
      (element.nextElementSibling !== null &&
        element.matches('input') &&
        hasOutline(
          getComputedStyle(element.nextElementSibling).outlineStyle,
          getComputedStyle(element.nextElementSibling).outlineWidth,
        )),
    coveredBy:
      at === null || at.contains(element) || element.contains(at) || label?.contains(at) === true ? null : describe(at),
  };
}

/** Stops in the order of Tab that stand before their predecessor in the document. */
function isAfter(first, second) {
  return (first.compareDocumentPosition(second) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
}

const visited = [];

globalThis.inPage = {
  violations: [],

  /** Messages of the shared stream that this tab has received. */
  messages: 0,

  /** Texts that a part of the page has shown, with the time at which each appeared; ms since the epoch. */
  shown: {},

  /** Notes each text of an element that appears from now on. */
  watch(name, selector) {
    const texts = (this.shown[name] = []);
    const note = () => {
      const text = (document.querySelector(selector)?.innerText ?? '').replace(/\s+/g, ' ').trim();
      if (text !== '' && texts.at(-1)?.text !== text) texts.push({ at: Date.now(), text });
    };
    note();
    new MutationObserver(note).observe(document, { subtree: true, childList: true, characterData: true });
  },

  tabStops: () => tabStops().map((element) => ({ number: numberOf(element), description: describe(element) })),

  /** As after a load: Tab begins at the top of the document. */
  unfocus() {
    visited.length = 0;
    document.activeElement?.blur();
    const start = document.createElement('div');
    start.tabIndex = -1;
    document.body.prepend(start);
    start.focus();
    start.remove();
  },

  /** After a Tab. @returns null at the end of the document, or where the walk has been before */
  arrive() {
    const stop = focused();
    const element = document.activeElement;
    const last = visited.at(-1);
    // A date has a stop for its day, month and year each.
    if (stop !== null && element === last && element.matches('input[type=date]')) return { ...stop, isInOrder: true };
    if (stop === null || visited.includes(element)) return null;
    visited.push(element);
    return { ...stop, isInOrder: last === undefined || !last.isConnected || isAfter(last, element) };
  },

  focused,

  /** Elements that are wider than the window, if the document scrolls sideways. */
  overflow() {
    const { scrollWidth, clientWidth } = document.documentElement;
    if (scrollWidth <= clientWidth) return [];
    const wide = [...document.querySelectorAll('body *')].filter((element) => {
      const { right, left } = element.getBoundingClientRect();
      return right > clientWidth + 1 || left < -1;
    });
    return [`${scrollWidth} px in ${clientWidth} px`, ...wide.slice(0, 8).map(describe)];
  },

  /** Figures of the page and of its tables: what they are and what they show. */
  figures() {
    return [...document.querySelectorAll('[data-column]')].filter(isShown).map((element) => {
      const row = element.closest('tr, [role=row]');
      return {
        address: element.closest('[data-address]')?.dataset.address ?? null,
        column: element.dataset.column,
        value: element.dataset.value ?? null,
        text: (element.textContent ?? '').trim(),
        row: row === null ? null : numberOf(row),
      };
    });
  },
};

addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile, lineNumber }) => {
  globalThis.inPage.violations.push(`${violatedDirective}: ${blockedURI} (${sourceFile}:${lineNumber})`);
});

const { SharedWorker } = globalThis;
globalThis.SharedWorker = class extends SharedWorker {
  constructor(...parameters) {
    super(...parameters);
    this.port.addEventListener('message', () => globalThis.inPage.messages++);
  }
};
