// Changes a text field in ways that the browser's own undo takes back, one press for each change.

export const normalised = (text) => text.replace(/\r\n?/g, "\n");

const insert = (field, text) => {
  if (text === "") return field.selectionStart === field.selectionEnd || document.execCommand("delete");
  return document.execCommand("insertText", false, text);
};

// Chromium's command takes seconds for a thousand lines. So many are put in at once, and the keys of undo and redo are
// answered here for that change.
const MOST_LINES = 100;
const steps = new WeakMap();

const isLong = (text) => text.split("\n", MOST_LINES + 1).length > MOST_LINES;

const put = (field, text) => {
  const { scrollTop } = field;
  field.value = text;
  field.scrollTop = scrollTop;
  field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertReplacementText" }));
};

const stepsOf = (field) => {
  if (steps.has(field)) return steps.get(field);
  const own = { done: [], undone: [] };
  steps.set(field, own);
  field.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey || !(event.ctrlKey || event.metaKey)) return;
    const key = event.key.toLowerCase();
    const isRedo = (key === "z" && event.shiftKey) || key === "y";
    if (key !== "z" && !isRedo) return;
    const [from, to] = isRedo ? [own.undone, own.done] : [own.done, own.undone];
    const step = from.at(-1);
    if (!step || field.value !== (isRedo ? step.before : step.after)) return;
    event.preventDefault();
    to.push(from.pop());
    put(field, isRedo ? step.after : step.before);
    field.setSelectionRange(step.at, step.at);
  });
  return own;
};

// Puts a text in place of a part; the focus stays where it was.
export const replace = (field, start, end, text, selection = null) => {
  const before = field.value;
  const written = normalised(text);
  const expected = before.slice(0, start) + written + before.slice(end);
  const focused = document.activeElement;
  const { scrollTop } = field;
  if (expected !== before) {
    if (!isLong(written) && !isLong(before.slice(start, end))) {
      field.focus({ preventScroll: true });
      field.setSelectionRange(start, end);
      insert(field, written);
    }
    // Long texts, browsers without the command, and fields that are out of sight.
    if (field.value !== expected) {
      stepsOf(field).done.push({ before, after: expected, at: start });
      put(field, expected);
    }
  }
  if (selection) field.setSelectionRange(...selection);
  if (focused !== field) {
    field.scrollTop = scrollTop;
    if (focused instanceof HTMLElement && focused !== document.body) focused.focus({ preventScroll: true });
  }
};

// Makes an edit of one of the pure functions: {start, end, text, selection}.
export const apply = (field, edit) => {
  if (edit) replace(field, edit.start, edit.end, edit.text, edit.selection);
};

// The shortest replacement that makes one text of another.
export const difference = (before, after) => {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < most - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  return { start, end: before.length - end, text: after.slice(start, after.length - end) };
};

// Puts a whole text into a field that may be typed in, and keeps the caret at its words.
export const setText = (field, after) => {
  const before = field.value;
  const written = normalised(after);
  if (before === written) return;
  const { start, end, text } = difference(before, written);
  const shift = start + text.length - end;
  const moved = (position) => {
    if (position <= start) return position;
    if (position >= end) return position + shift;
    const context = before.slice(Math.max(start, position - 24), position);
    const found = text.indexOf(context, Math.max(0, position - start - 24 - Math.abs(shift)));
    return start + Math.min(found < 0 ? position - start : found + context.length, text.length);
  };
  const selection = [moved(field.selectionStart), moved(field.selectionEnd)];
  replace(field, start, end, text, selection);
};

// The line around a position: where it begins and ends.
export const lineAt = (text, position) => {
  const start = text.lastIndexOf("\n", position - 1) + 1;
  const next = text.indexOf("\n", position);
  return { start, end: next < 0 ? text.length : next };
};

// Whether a position is within a fenced block of code.
export const isInFence = (text, position) => {
  const { start } = lineAt(text, position);
  let fence = null;
  for (const [, mark] of text.slice(0, start).matchAll(/^ {0,3}(`{3,}|~{3,})/gm)) {
    if (fence === null) fence = mark;
    else if (mark[0] === fence[0] && mark.length >= fence.length) fence = null;
  }
  return fence !== null;
};
