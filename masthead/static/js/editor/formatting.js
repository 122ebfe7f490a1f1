// Computes what a button of the toolbar changes: pure functions of a text and its selection, which return
// {start, end, text, selection}.

import { lineAt } from "./text-field.js";

const WORD = /[\p{L}\p{N}\p{M}_'’-]/u;

const edit = (start, end, text, from, to) => ({ start, end, text, selection: [from, to] });

const wordAround = (value, position) => {
  let start = position;
  let end = position;
  while (start > 0 && WORD.test(value[start - 1])) start -= 1;
  while (end < value.length && WORD.test(value[end])) end += 1;
  return start < position && end > position ? [start, end] : [position, position];
};

const isMarked = (before, after, mark) => {
  const ends = (text, count) => text.endsWith(mark[0].repeat(count));
  const begins = (text, count) => text.startsWith(mark[0].repeat(count));
  if (!before.endsWith(mark) || !after.startsWith(mark)) return false;
  // One asterisk beside another is a part of a bold mark.
  return mark !== "*" || (ends(before, 2) === false && begins(after, 2) === false) || (ends(before, 3) && begins(after, 3));
};

// Bold and italic: sets the mark around the selection or the word, or takes it away.
export const toggleMark = (value, from, to, mark) => {
  let [start, end] = from === to ? wordAround(value, from) : [from, to];
  while (start < end && /\s/.test(value[start])) start += 1;
  while (end > start && /\s/.test(value[end - 1])) end -= 1;
  const size = mark.length;
  if (isMarked(value.slice(Math.max(0, start - 3), start), value.slice(end, end + 3), mark)) {
    return edit(start - size, end + size, value.slice(start, end), Math.max(start, from) - size, Math.min(end, to) - size);
  }
  const inner = value.slice(start, end);
  if (inner.length > 2 * size && isMarked(inner.slice(0, size), inner.slice(-size), mark) && !(mark === "*" && inner.startsWith("**"))) {
    return edit(start, end, inner.slice(size, -size), start, end - 2 * size);
  }
  // A mark cannot reach over the end of a paragraph.
  const marked = inner.split(/(\n[ \t]*\n\s*)/).map((part) => (part.trim() ? mark + part + mark : part)).join("");
  if (inner === "") return edit(start, end, mark + mark, start + size, start + size);
  const isWord = from === to;
  return edit(start, end, marked, isWord ? from + size : start + size, isWord ? from + size : start + marked.length - size);
};

export const link = (value, from, to) => {
  const chosen = value.slice(from, to);
  if (/^(https?:\/\/|mailto:|\/)\S+$/.test(chosen)) return edit(from, to, `[](${chosen})`, from + 1, from + 1);
  const text = `[${chosen}](https://)`;
  if (chosen === "") return edit(from, to, text, from + 1, from + 1);
  return edit(from, to, text, from + chosen.length + 3, from + text.length - 1);
};

export const linkTo = (value, from, to, address) => {
  const safe = address.replace(/[()<>\s]/g, encodeURIComponent);
  const closed = safe.replaceAll("(", "%28").replaceAll(")", "%29");
  const text = `[${value.slice(from, to)}](${closed})`;
  return edit(from, to, text, from + text.length, from + text.length);
};

const PREFIX = /^(\s*)(?:[-*+]\s+\[[ xX]\]\s+|[-*+]\s+|\d{1,9}[.)]\s+)?/;
const LISTS = {
  bullet: { has: /^\s*[-*+]\s+(?!\[[ xX]\]\s)/, mark: () => "- " },
  ordered: { has: /^\s*\d{1,9}[.)]\s+/, mark: (number) => `${number}. ` },
  task: { has: /^\s*[-*+]\s+\[[ xX]\]\s+/, mark: () => "- [ ] " },
};

const onLines = (value, from, to, change) => {
  const start = lineAt(value, from).start;
  // A selection that ends at the start of a line does not mean that line.
  const last = to > from && value[to - 1] === "\n" ? to - 1 : to;
  const { end } = lineAt(value, last);
  const lines = value.slice(start, end).split("\n");
  const text = change(lines).join("\n");
  if (from !== to) return edit(start, end, text, start, start + text.length);
  const caret = Math.max(start, from + text.length - (end - start));
  return edit(start, end, text, caret, caret);
};

export const list = (value, from, to, kind) => onLines(value, from, to, (lines) => {
  const { has, mark } = LISTS[kind];
  const isBlank = (line) => line.trim() === "" && lines.length > 1;
  if (lines.every((line) => isBlank(line) || has.test(line))) return lines.map((line) => line.replace(PREFIX, "$1"));
  let number = 0;
  return lines.map((line) => {
    if (isBlank(line)) return line;
    number += 1;
    return line.replace(PREFIX, (_, indent) => indent + mark(number));
  });
});

export const quotation = (value, from, to) => onLines(value, from, to, (lines) => (
  lines.every((line) => /^>/.test(line)) ? lines.map((line) => line.replace(/^> ?/, "")) : lines.map((line) => `> ${line}`)
));

// One press makes a heading, the next one a smaller one, the third takes it away.
export const heading = (value, from, to) => onLines(value, from, to, (lines) => lines.map((line) => {
  if (line.trim() === "" && lines.length > 1) return line;
  const [mark] = /^#{1,6}\s+/.exec(line) ?? [""];
  const bare = line.slice(mark.length);
  const level = mark.trim().length;
  if (level === 2) return `### ${bare}`;
  return level > 2 ? bare : `## ${bare}`;
}));

const longestRun = (text, mark) => Math.max(0, ...[...text.matchAll(new RegExp(`${mark}+`, "g"))].map(([run]) => run.length));

// Lines of their own need an empty line before and after them.
const asBlock = (value, from, to, text, selectFrom, selectTo) => {
  const before = value.slice(0, from);
  const after = value.slice(to);
  const lead = before === "" || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  const end = after === "" || after.startsWith("\n\n") ? "" : after.startsWith("\n") ? "\n" : "\n\n";
  const at = from + lead.length;
  return edit(from, to, lead + text + end, at + selectFrom, at + selectTo);
};

export const code = (value, from, to) => {
  const chosen = value.slice(from, to);
  if (chosen.includes("\n")) {
    const inner = chosen.replace(/^\n+|\n+$/g, "");
    const fence = "`".repeat(Math.max(3, longestRun(inner, "`") + 1));
    return asBlock(value, from, to, `${fence}\n${inner}\n${fence}`, fence.length, fence.length);
  }
  if (chosen === "" && value.slice(lineAt(value, from).start, lineAt(value, from).end).trim() === "") {
    return asBlock(value, from, to, "```\n\n```", 4, 4);
  }
  const before = value.slice(0, from);
  if (before.endsWith("`") && value[to] === "`") return edit(from - 1, to + 1, chosen, from - 1, to - 1);
  const mark = "`".repeat(longestRun(chosen, "`") + 1);
  const space = chosen.startsWith("`") || chosen.endsWith("`") ? " " : "";
  const text = mark + space + chosen + space + mark;
  const inner = from + mark.length + space.length;
  return edit(from, to, text, inner, inner + chosen.length);
};

export const table = (value, from, to) => {
  const first = value.slice(from, to).replace(/\s+/g, " ").replaceAll("|", "\\|") || "Column";
  const text = `| ${first} | Column |\n| --- | --- |\n|  |  |`;
  return asBlock(value, from, to, text, 2, 2 + first.length);
};

// The mark at the caret and the note at the end of the text, as two edits that each begin where the other does not reach.
export const footnote = (value, from, to) => {
  const used = [...value.matchAll(/\[\^(\d{1,6})\]/g)].map(([, number]) => Number(number));
  const label = `[^${Math.max(0, ...used) + 1}]`;
  const mark = edit(to, to, label, to + label.length, to + label.length);
  const end = value.length + label.length;
  const note = `${value.endsWith("\n") ? "\n" : "\n\n"}${label}: `;
  return [mark, edit(end, end, note, end + note.length, end + note.length)];
};
