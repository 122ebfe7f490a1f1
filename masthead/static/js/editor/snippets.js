// The menu of snippets: a search, and a list in which the arrow keys go up and down. The chosen one is copied to where the
// caret is, as one step of the browser's own undo.

import { replace } from "./text-field.js";

const QUIET_MS = 150;
const SHOWN_CHARACTERS = 140;

export const init = ({ field, form, dialog, button, server }) => {
  const words = dialog.querySelector("input[type=search]");
  const list = dialog.querySelector("ul");
  const told = dialog.querySelector("[data-told]");
  let timer = 0;
  let asked = 0;
  let selection = [0, 0];

  const buttons = () => [...list.querySelectorAll("button")];

  const insert = (body) => {
    dialog.close();
    field.focus({ preventScroll: true });
    const [start, end] = selection;
    replace(field, start, end, body, [start + body.length, start + body.length]);
  };

  const itemOf = ({ name, body }) => {
    const item = document.createElement("li");
    const choice = document.createElement("button");
    const title = document.createElement("strong");
    const start = document.createElement("span");
    choice.type = "button";
    title.dir = "auto";
    start.dir = "auto";
    title.textContent = name;
    start.textContent = body.length > SHOWN_CHARACTERS ? `${body.slice(0, SHOWN_CHARACTERS)}…` : body;
    choice.append(title, " ", start);
    choice.addEventListener("click", () => insert(body));
    item.append(choice);
    return item;
  };

  const sentence = (count, hasMore) => {
    if (!count) return words.value.trim() ? "No snippets found." : "No snippets yet. Editors prepare them.";
    if (hasMore) return `The first ${count} snippets. Search for the others.`;
    return count === 1 ? "1 snippet" : `${count} snippets`;
  };

  const search = async () => {
    timer = 0;
    asked += 1;
    const number = asked;
    const { status, data } = await server.get(`${form.dataset.snippetsUrl}?q=${encodeURIComponent(words.value)}`);
    // A later search has begun.
    if (number !== asked) return;
    if (status !== 200) {
      list.replaceChildren();
      told.textContent = status === 401 ? "You are signed out. Sign in again to insert snippets." : "The server does not answer. Try again.";
      return;
    }
    list.replaceChildren(...data.snippets.map(itemOf));
    told.textContent = sentence(data.snippets.length, data.has_more);
  };

  const open = () => {
    if (dialog.open) return;
    selection = [field.selectionStart, field.selectionEnd];
    words.value = "";
    told.textContent = "Loading…";
    list.replaceChildren();
    dialog.showModal();
    words.focus();
    search();
  };

  const go = (event, step) => {
    const all = [words, ...buttons()];
    const next = all[all.indexOf(document.activeElement) + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  };

  words.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, QUIET_MS);
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown") go(event, 1);
    if (event.key === "ArrowUp") go(event, -1);
    if (event.key === "Enter" && event.target === words) {
      event.preventDefault();
      // An answer to fewer words may still stand in the list.
      if (!timer) buttons()[0]?.click();
    }
  });
  dialog.addEventListener("close", () => {
    asked += 1;
    if (document.activeElement !== field) field.focus({ preventScroll: true });
  });
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  button.addEventListener("click", open);
  document.addEventListener("keydown", (event) => {
    const isCalled = (event.ctrlKey || event.metaKey) && event.altKey && !event.shiftKey && event.code === "KeyS";
    if (event.isComposing || !isCalled || event.getModifierState("AltGraph")) return;
    event.preventDefault();
    open();
  });
};
