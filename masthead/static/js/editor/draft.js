// The typed fields of the form, as autosaves send them.

import { normalised, setText } from "./text-field.js";

const NAMES = ["title", "summary", "body", "tags", "slug"];

export const isSame = (one, other) => one !== null && other !== null && NAMES.every((name) => one[name] === other[name]);
export const isEmpty = (fields) => !fields.title.trim() && !fields.body.trim() && !fields.summary.trim();

// The server trims short fields and tidies tags; a caret in one of them is not disturbed for that.
const meant = (name, value) => {
  if (name === "body") return normalised(value);
  if (name === "tags") return value.split(",").map((tag) => tag.trim()).filter(Boolean).join(", ");
  return normalised(value).trim();
};
export const saysTheSame = (one, other) => NAMES.every((name) => meant(name, one[name] ?? "") === meant(name, other[name] ?? ""));

export const createDraft = (form) => {
  const fields = Object.fromEntries(NAMES.map((name) => [name, form.elements[name]]));
  let composing = false;
  form.addEventListener("compositionstart", () => { composing = true; });
  form.addEventListener("compositionend", () => { composing = false; });

  return {
    read: () => Object.fromEntries(NAMES.map((name) => [name, fields[name].value])),
    // An input method holds the text until its word is finished.
    isComposing: () => composing,
    write: (text) => {
      for (const name of NAMES) {
        const value = text[name];
        if (typeof value !== "string" || meant(name, value) === meant(name, fields[name].value)) continue;
        if (name === "body") setText(fields.body, value);
        else {
          fields[name].value = value;
          fields[name].dispatchEvent(new InputEvent("input", { bubbles: true }));
        }
      }
    },
    onChange: (run) => {
      for (const field of Object.values(fields)) field.addEventListener("input", run);
    },
  };
};
