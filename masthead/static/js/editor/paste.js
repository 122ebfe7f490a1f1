// Pasting: an address onto a selection makes a link, cells of a spreadsheet a table, and rich text Markdown, which the
// server makes. Until it has answered, and where it cannot, the plain text stands in its place.

import { linkTo } from "./formatting.js";
import { tableOf } from "./tables.js";
import { apply, isInFence, normalised, replace } from "./text-field.js";

const ADDRESS = /^(?:https?:\/\/|mailto:)\S+$/;
const MOST_CHARACTERS = 4_000_000;
// Elements and styles without which a rich text says no more than its plain text.
const RICH = /<(?:a|b|strong|i|em|h[1-6]|ul|ol|table|blockquote|pre|code|img|del|s|sup|sub)[\s>]|font-weight:\s*(?:bold|[6-9]00)|font-style:\s*italic|class="?Mso/i;
// Code editors put the colours of the code beside it.
const SOURCE = /<(?:div|pre)[^>]*style="[^"]*(?:monospace|white-space:\s*pre\b)/i;

// What stands in the clipboard, and what to do with it.
export const read = (data) => {
  const plain = normalised(data.getData("text/plain"));
  const html = data.getData("text/html");
  const isOneTable = /^\s*(?:<meta[^>]*>|<html|<google-sheets-html-origin|<style|<table)/i.test(html) && plain.includes("\t");
  const isRich = html !== "" && html.length <= MOST_CHARACTERS && RICH.test(html) && !SOURCE.test(html);
  return { plain, html, isRich, table: isOneTable || html === "" ? tableOf(plain) : null };
};

const withLines = (value, start, end, table) => {
  const lead = start === 0 || value.slice(0, start).endsWith("\n\n") ? "" : value[start - 1] === "\n" ? "\n" : "\n\n";
  const tail = end === value.length || value.slice(end).startsWith("\n\n") ? "\n" : value[end] === "\n" ? "\n" : "\n\n";
  return lead + table + tail;
};

// Puts the Markdown where the plain text stands now, even if somebody has typed before or behind it.
const exchange = (field, start, plain, markdown) => {
  const { value } = field;
  const at = value.startsWith(plain, start) ? start : value.indexOf(plain);
  if (at < 0 || markdown === plain) return;
  const end = at + plain.length;
  const moved = (position) => {
    if (position >= end) return position + markdown.length - plain.length;
    return position > at ? at + markdown.length : position;
  };
  replace(field, at, end, markdown, [moved(field.selectionStart), moved(field.selectionEnd)]);
};

const convert = async (field, server, start, { plain, html }, say) => {
  const answer = await server.post(server.urls.paste, { html });
  if (answer.status !== 200) {
    say("The plain text was pasted: its formatting could not be read.");
    return;
  }
  const markdown = normalised(answer.data.markdown).trim();
  if (markdown) exchange(field, start, plain, markdown);
};

export const init = (field, server, say) => {
  field.addEventListener("paste", (event) => {
    if (event.defaultPrevented || !event.clipboardData) return;
    const pasted = read(event.clipboardData);
    const { selectionStart: start, selectionEnd: end, value } = field;
    // Pictures belong to the script that uploads them.
    if (pasted.plain === "" || isInFence(value, start)) return;
    const address = pasted.plain.trim();
    const chosen = value.slice(start, end);
    if (ADDRESS.test(address) && chosen.trim() !== "" && !chosen.includes("\n") && !/^\S+:\/\/\S*$/.test(chosen)) {
      event.preventDefault();
      apply(field, linkTo(value, start, end, address));
    } else if (pasted.table) {
      event.preventDefault();
      const text = withLines(value, start, end, pasted.table);
      replace(field, start, end, text, [start + text.length, start + text.length]);
    } else if (pasted.isRich) {
      event.preventDefault();
      replace(field, start, end, pasted.plain, [start + pasted.plain.length, start + pasted.plain.length]);
      convert(field, server, start, pasted, say);
    }
  });
};
