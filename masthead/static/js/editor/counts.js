// Words and reading time, counted while nobody types.

import { whenIdle } from "./idle.js";

const WORD = /[\p{L}\p{N}][\p{L}\p{N}\p{M}'’-]*/gu;
const WORDS_PER_MINUTE = 230;

export const wordsIn = (text) => {
  let words = 0;
  WORD.lastIndex = 0;
  while (WORD.test(text)) words += 1;
  return words;
};

export const init = (field, place) => {
  const show = () => {
    const words = wordsIn(field.value);
    const minutes = Math.max(1, Math.round(words / WORDS_PER_MINUTE));
    const counted = words === 1 ? "1 word" : `${words.toLocaleString(document.documentElement.lang || "en")} words`;
    place.textContent = words ? `${counted}, ${minutes} min read` : counted;
  };
  field.addEventListener("input", whenIdle(show, 300));
  show();
};
