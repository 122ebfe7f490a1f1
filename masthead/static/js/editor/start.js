// The editor of a post. Without this script the page is a plain form.

import { createAutosave } from "./autosave.js";
import * as checks from "./checks.js";
import * as counts from "./counts.js";
import { createDraft } from "./draft.js";
import * as find from "./find.js";
import * as lists from "./lists.js";
import { createLocalCopies } from "./local-copies.js";
import * as panel from "./panel.js";
import * as paste from "./paste.js";
import { createPresence } from "./presence.js";
import { createPreview } from "./preview.js";
import * as restore from "./restore.js";
import { createServer } from "./server.js";
import { createSignIn } from "./sign-in.js";
import { createStatus } from "./status.js";
import * as snippets from "./snippets.js";
import * as suggestions from "./suggestions.js";
import * as toolbar from "./toolbar.js";
import { init as initLeaving } from "./leaving.js";

const form = document.querySelector("form[data-editor]");
const part = (name) => form.querySelector(`[data-part=${name}]`) ?? document.querySelector(`[data-part=${name}]`);

const newClient = () => (crypto.randomUUID
  ? crypto.randomUUID()
  // Only pages by HTTPS have the function above.
  : Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(""));

const start = () => {
  const field = form.elements.body;
  const client = newClient();
  const server = createServer(form);
  const draft = createDraft(form);
  const copies = createLocalCopies(form.dataset.user, client);
  const status = createStatus(form.querySelector("[data-save-state]"), part("notice"));
  const leaving = initLeaving(form);
  let presence = null;

  const autosave = createAutosave({
    client, draft, form, server, copies,
    show: status.show,
    page: {
      storageFailed: status.warn,
      signedOut: () => signIn.open(),
      merged: () => status.warn("Somebody else’s change is now in the text."),
      created: async (data) => {
        await leaving.adopt(server, data);
        history.replaceState(history.state, "", data.edit_url);
      },
      saved: (data) => {
        if (data.others) presence?.show(data.others);
        const changes = part("changes");
        if (changes && typeof data.has_working_copy === "boolean") changes.hidden = !data.has_working_copy;
      },
    },
  });
  const signIn = createSignIn(part("sign-in"), server, {
    onDone: (hadFocus) => {
      if (hadFocus) field.focus();
      autosave.resume();
    },
  });
  window.addEventListener("focus", () => signIn.check());
  leaving.guard(autosave);

  presence = createPresence({ client, form, server, place: part("others"), autosave });
  const preview = createPreview({ form, field, pane: part("preview"), button: part("preview-button"), server, draft });
  checks.init({ form, dialog: part("checks"), button: part("checks-button"), preview, draft });
  toolbar.init(field, form.querySelector("[role=toolbar]"));
  lists.init(field);
  paste.init(field, server, status.warn);
  find.init(field, part("find"), part("find-button"));
  snippets.init({ field, form, dialog: part("snippets"), button: part("snippets-button"), server });
  counts.init(field, part("words"));
  suggestions.init(form.querySelector("[data-role=authors]"));
  panel.init({
    form, panel: part("panel"), button: part("panel-button"), closer: part("panel-closer"), focusButton: part("focus-button"),
  });
  restore.offer(part("left"), { copies, draft, autosave });
  form.setAttribute("data-ready", "");
  for (const hidden of form.querySelectorAll("[data-scripted]")) hidden.hidden = false;
};

if (form) start();
