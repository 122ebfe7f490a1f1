// Cells of a spreadsheet (tab-separated values, as the clipboard holds them) as a Markdown table.

const MOST_CELLS = 20_000;

// Rows of cells; a quoted cell may hold tabs, line breaks and doubled quotation marks.
export const cellsOf = (text) => {
  const rows = [[]];
  let at = 0;
  while (at <= text.length) {
    let cell;
    if (text[at] === '"') {
      const quoted = /^"((?:[^"]|"")*)"(?=[\t\n]|$)/.exec(text.slice(at));
      cell = quoted && { text: quoted[1].replaceAll('""', '"'), length: quoted[0].length };
    }
    if (!cell) {
      const [plain] = /^[^\t\n]*/.exec(text.slice(at));
      cell = { text: plain, length: plain.length };
    }
    rows.at(-1).push(cell.text);
    at += cell.length;
    if (text[at] === "\n" && at + 1 < text.length) rows.push([]);
    at += 1;
  }
  return rows;
};

const written = (cell) => cell.trim().replaceAll("\\", "\\\\").replaceAll("|", "\\|").replace(/\s*\n\s*/g, "<br>");

// The Markdown of a table; null for a text that is none.
export const tableOf = (text) => {
  if (!text.includes("\t") || text.length > 500_000) return null;
  const rows = cellsOf(text.replace(/\n+$/, ""));
  const width = rows[0].length;
  if (rows.length < 2 || width < 2 || rows.length * width > MOST_CELLS) return null;
  if (rows.some((row) => row.length !== width)) return null;
  const lines = rows.map((row) => `| ${row.map(written).join(" | ")} |`);
  lines.splice(1, 0, `|${" --- |".repeat(width)}`);
  return lines.join("\n");
};
