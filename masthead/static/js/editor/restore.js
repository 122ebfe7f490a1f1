// Offers texts that this browser still holds after a crash, a closed browser or an old tab. Nothing is put into the page
// unless somebody asks for it.

import { saysTheSame } from "./draft.js";
import { wordsIn } from "./counts.js";

const paragraphOf = (entry) => {
  const name = entry.fields.title.trim() || "Untitled";
  const words = wordsIn(entry.fields.body);
  return `“${name}”, ${words === 1 ? "1 word" : `${words} words`}`;
};

export const offer = async (box, { copies, draft, autosave }) => {
  let entries;
  try {
    entries = await copies.left();
  } catch {
    // Without a storage nothing is left behind; the first change says so.
    return;
  }
  const shown = draft.read();
  const post = autosave.postId();
  const mine = [];
  for (const entry of entries) {
    // The page shows that text already: it has reached the server.
    if ((entry.post === post || entry.post === null) && saysTheSame(entry.fields, shown)) copies.remove(entry.client);
    else if (entry.post === post) mine.push(entry);
  }
  if (!mine.length) return;
  const list = box.querySelector("ul");
  const template = box.querySelector("template");
  for (const entry of mine) {
    const item = template.content.cloneNode(true).firstElementChild;
    item.querySelector("[data-name]").textContent = paragraphOf(entry);
    item.querySelector("textarea").value = entry.fields.body;
    const close = () => {
      item.remove();
      box.hidden = list.children.length === 0;
    };
    item.querySelector("[data-restore]").addEventListener("click", () => {
      autosave.restore(entry);
      // Kept until the server has the text.
      autosave.flush().then(() => { if (!autosave.hasUnsaved()) copies.remove(entry.client); });
      close();
      document.querySelector("textarea[name=body]").focus();
    });
    item.querySelector("[data-discard]").addEventListener("click", () => {
      copies.remove(entry.client);
      close();
      document.querySelector("textarea[name=body]").focus();
    });
    list.append(item);
  }
  box.hidden = false;
};
