// Find and replace in the text. The words around the present place stand in the bar, where the focus stays.

import { replace, setText } from "./text-field.js";

const AROUND = 30;

const literal = (words) => words.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

export const placesOf = (text, words, isExact) => (
  words === "" ? [] : [...text.matchAll(new RegExp(literal(words), isExact ? "gu" : "giu"))].map((found) => ({
    start: found.index, end: found.index + found[0].length,
  }))
);

export const init = (field, bar, opener) => {
  const [words, substitute] = bar.querySelectorAll("input[type=text]");
  const exact = bar.querySelector("input[type=checkbox]");
  const place = bar.querySelector("[data-place]");
  let places = [];
  let at = -1;

  const show = () => {
    if (words.value === "") {
      place.textContent = "";
      return;
    }
    if (!places.length) {
      place.textContent = "Not found";
      return;
    }
    const { start, end } = places[at];
    const text = field.value;
    const mark = document.createElement("mark");
    mark.textContent = text.slice(start, end);
    place.replaceChildren(
      `${at + 1} of ${places.length}: …${text.slice(Math.max(0, start - AROUND), start)}`, mark, `${text.slice(end, end + AROUND)}…`,
    );
  };
  const select = () => {
    if (at >= 0) field.setSelectionRange(places[at].start, places[at].end);
    show();
  };
  const search = () => {
    places = placesOf(field.value, words.value, exact.checked);
    const from = Math.min(field.selectionStart, field.selectionEnd);
    at = places.findIndex(({ start }) => start >= from);
    if (at < 0) at = places.length ? 0 : -1;
    select();
  };
  const go = (step) => {
    places = placesOf(field.value, words.value, exact.checked);
    at = places.length ? (at + step + places.length) % places.length : -1;
    select();
  };
  const close = () => {
    bar.hidden = true;
    field.focus();
    // The browser scrolls to the selection of a field that gets the focus.
    if (at >= 0 && places[at]) field.setSelectionRange(places[at].start, places[at].end);
  };
  const open = () => {
    const chosen = field.value.slice(field.selectionStart, field.selectionEnd);
    if (chosen && !chosen.includes("\n")) words.value = chosen;
    bar.hidden = false;
    words.focus();
    words.select();
    search();
  };
  const replaceOne = () => {
    const found = places[at];
    if (!found) return;
    replace(field, found.start, found.end, substitute.value, [found.start + substitute.value.length, found.start + substitute.value.length]);
    search();
  };
  // One change, so that one press of undo takes all of it back.
  const replaceAll = () => {
    const { value } = field;
    const found = placesOf(value, words.value, exact.checked);
    if (!found.length) return;
    let text = "";
    let position = 0;
    for (const { start, end } of found) {
      text += value.slice(position, start) + substitute.value;
      position = end;
    }
    setText(field, text + value.slice(position));
    search();
    place.textContent = found.length === 1 ? "1 replaced" : `${found.length} replaced`;
  };

  words.addEventListener("input", search);
  exact.addEventListener("change", search);
  bar.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault();
      close();
    }
    // The bar stands in the form of the post, which Enter would send.
    if (event.key === "Enter" && event.target.matches("input")) {
      event.preventDefault();
      if (event.target === substitute) replaceOne();
      else go(event.shiftKey ? -1 : 1);
    }
  });
  const actions = { next: () => go(1), previous: () => go(-1), one: replaceOne, all: replaceAll, close };
  bar.addEventListener("click", (event) => actions[event.target.closest("button")?.dataset.find]?.());
  opener.addEventListener("click", open);
  document.addEventListener("keydown", (event) => {
    const isMac = event.metaKey && event.altKey && event.code === "KeyF";
    const isOther = event.ctrlKey && !event.altKey && !event.shiftKey && !event.metaKey && event.key.toLowerCase() === "h";
    if (event.isComposing || !(isMac || isOther)) return;
    event.preventDefault();
    open();
  });
};
