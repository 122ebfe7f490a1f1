// The Enter and the Tab key: lists and quotations go on by themselves, Tab indents in lists and code. Escape and then Tab
// leaves the field, so that nobody who uses the keyboard is held in it (WCAG 2.1.2).

import { apply, isInFence, lineAt } from "./text-field.js";

const ITEM = /^([ \t]*(?:>[ \t]?)*[ \t]*)([-*+]|\d{1,9}[.)])([ \t]+)(\[[ xX]\][ \t]+)?/;
const QUOTATION = /^[ \t]*(?:>[ \t]?)+/;
const MOST_INDENT = 8;

const nextMark = (mark) => (/\d/.test(mark) ? mark.replace(/\d+/, (number) => String(Number(number) + 1)) : mark);

// What Enter writes at the caret; null for a plain line break.
export const nextLine = (value, caret) => {
  const { start, end } = lineAt(value, caret);
  const line = value.slice(start, end);
  if (isInFence(value, caret)) {
    const [indent] = /^[ \t]*/.exec(line.slice(0, caret - start));
    return indent ? { start: caret, end: caret, text: `\n${indent}`, selection: null } : null;
  }
  const item = ITEM.exec(line);
  const found = item?.[0] ?? QUOTATION.exec(line)?.[0];
  if (!found || caret < start + found.length) return null;
  if (line.slice(found.length).trim() === "") {
    // Enter on an empty item ends the list: without an empty line the next words would belong to it.
    return { start, end, text: "\n", selection: null };
  }
  const text = item ? `\n${item[1]}${nextMark(item[2])}${item[3]}${item[4] ? "[ ] " : ""}` : `\n${found}`;
  return { start: caret, end: caret, text, selection: null };
};

// What Tab writes; null where it means the next field.
export const indented = (value, from, to, isBack) => {
  const { start } = lineAt(value, from);
  const { end } = lineAt(value, to > from && value[to - 1] === "\n" ? to - 1 : to);
  const lines = value.slice(start, end).split("\n");
  const isCode = isInFence(value, from);
  const item = ITEM.exec(lines[0]);
  if (!isCode && !item) return null;
  const width = isCode ? 4 : item[2].length + 1;
  if (isCode && !isBack && from === to) return { start: from, end: to, text: " ".repeat(width), selection: [from + width, from + width] };
  const outer = new RegExp(`^(?:\\t| {1,${width}})`);
  const changed = lines.map((line) => {
    if (isBack) return line.replace(outer, "");
    return line.trim() === "" || /^\s*/.exec(line)[0].length > MOST_INDENT * 4 ? line : " ".repeat(width) + line;
  });
  const text = changed.join("\n");
  if (text === lines.join("\n")) return isBack ? null : { start, end, text, selection: [from, to] };
  const first = changed[0].length - lines[0].length;
  const selection = from === to
    ? [Math.max(start, from + first), Math.max(start, from + first)]
    : [Math.max(start, from + first), Math.max(start, to + text.length - (end - start))];
  return { start, end, text, selection };
};

export const init = (field) => {
  let isLeaving = false;
  let isPlain = false;

  field.addEventListener("keydown", (event) => {
    isPlain = event.shiftKey;
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === "Tab" && !event.ctrlKey && !event.altKey && !event.metaKey && !isLeaving) {
      const edit = indented(field.value, field.selectionStart, field.selectionEnd, event.shiftKey);
      if (edit) {
        event.preventDefault();
        apply(field, edit);
      }
    }
    if (event.key !== "Shift") isLeaving = event.key === "Escape";
  });
  field.addEventListener("blur", () => { isLeaving = false; });

  // Phones send no key, so the change itself is what tells of the Enter key.
  field.addEventListener("beforeinput", (event) => {
    if (event.inputType !== "insertLineBreak" || event.isComposing || isPlain) return;
    if (field.selectionStart !== field.selectionEnd) return;
    const edit = nextLine(field.value, field.selectionStart);
    if (!edit) return;
    event.preventDefault();
    apply(field, edit);
  });
};
