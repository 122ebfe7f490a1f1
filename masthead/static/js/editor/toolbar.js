// The toolbar and its shortcuts. The arrow keys go from button to button, so that Tab passes the toolbar in one step.

import * as formatting from "./formatting.js";
import { apply } from "./text-field.js";

const COMMANDS = {
  bold: (...chosen) => formatting.toggleMark(...chosen, "**"),
  italic: (...chosen) => formatting.toggleMark(...chosen, "*"),
  link: formatting.link,
  heading: formatting.heading,
  quotation: formatting.quotation,
  bullet: (...chosen) => formatting.list(...chosen, "bullet"),
  ordered: (...chosen) => formatting.list(...chosen, "ordered"),
  task: (...chosen) => formatting.list(...chosen, "task"),
  code: formatting.code,
  table: formatting.table,
  footnote: formatting.footnote,
};

// By the place of the key where a shifted key writes different characters on different keyboards.
const SHORTCUTS = [
  { command: "bold", key: "b" },
  { command: "italic", key: "i" },
  { command: "link", key: "k" },
  { command: "code", key: "e" },
  { command: "heading", code: "Digit2", alt: true },
  { command: "ordered", code: "Digit7", shift: true },
  { command: "bullet", code: "Digit8", shift: true },
  { command: "task", code: "Digit9", shift: true },
  { command: "quotation", code: "Period", shift: true },
];

export const run = (field, command) => {
  const edits = [COMMANDS[command](field.value, field.selectionStart, field.selectionEnd)].flat();
  field.focus({ preventScroll: true });
  for (const edit of edits) apply(field, edit);
};

const isPressed = (event, { key, code, shift = false, alt = false }) => (
  (event.ctrlKey || event.metaKey) && event.shiftKey === shift && event.altKey === alt
  && (code ? event.code === code : event.key.toLowerCase() === key)
  // AltGr, which writes characters, is Ctrl and Alt for Windows.
  && !event.getModifierState("AltGraph")
);

const roving = (toolbar) => {
  const buttons = () => [...toolbar.querySelectorAll("button:not([hidden])")];
  const choose = (chosen) => {
    for (const button of buttons()) button.tabIndex = button === chosen ? 0 : -1;
  };
  choose(buttons()[0]);
  toolbar.addEventListener("focusin", (event) => {
    const button = event.target.closest("button");
    if (button) choose(button);
  });
  toolbar.addEventListener("keydown", (event) => {
    const all = buttons();
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const back = getComputedStyle(toolbar).direction === "rtl" ? -1 : 1;
    const at = all.indexOf(document.activeElement);
    const next = { Home: all[0], End: all.at(-1) }[event.key] ?? (step && all[(at + step * back + all.length) % all.length]);
    if (!next || at < 0) return;
    event.preventDefault();
    choose(next);
    next.focus();
  });
};

export const init = (field, toolbar) => {
  toolbar.hidden = false;
  roving(toolbar);
  // Pressing a button with the mouse leaves the selection of the text in sight.
  toolbar.addEventListener("mousedown", (event) => event.preventDefault());
  toolbar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.command) run(field, button.dataset.command);
    // The script for uploads has its buttons below the text, which a long text takes out of sight.
    if (button && "mediaInsert" in button.dataset) field.form.querySelector(".media-bar button")?.click();
  });
  field.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const found = SHORTCUTS.find((shortcut) => isPressed(event, shortcut));
    if (!found) return;
    event.preventDefault();
    run(field, found.command);
  });
};
