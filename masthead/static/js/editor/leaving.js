// Leaving the page: asked about only while something is not on the server. And what changes in the page once its first
// autosave has made a draft.

// Fields that autosaves do not hold, such as the date: the buttons alone store them.
const AUTOSAVED = new Set(["title", "summary", "body", "tags", "slug", "csrf_token", "version", "client", "sequence", "merged_with", "resolves"]);

const detailsOf = (form) => JSON.stringify(
  [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !AUTOSAVED.has(name)),
);

// Takes over what the server decided for the fields that nobody touched, such as the author.
const synchronise = (form, fresh) => {
  for (const field of form.elements) {
    const other = field.name && fresh.elements[field.name];
    if (!other || AUTOSAVED.has(field.name) || !("defaultValue" in field) || field.type === "checkbox") continue;
    if (field.value !== field.defaultValue) continue;
    field.defaultValue = other.defaultValue;
    field.value = other.value;
  }
};

export const init = (form) => {
  let stored = detailsOf(form);
  let isSending = false;
  window.addEventListener("pageshow", () => { isSending = false; });
  // Browsers bring typed fields back by themselves when an old tab is restored, without knowing which version they were of.
  form.autocomplete = "off";

  return {
    guard: (autosave) => {
      form.addEventListener("submit", async (event) => {
        if (autosave.isCreating()) {
          event.preventDefault();
          await autosave.flush();
          form.requestSubmit(event.submitter);
          return;
        }
        autosave.stamp();
        isSending = true;
      });
      window.addEventListener("beforeunload", (event) => {
        if (!isSending && (autosave.hasUnsaved() || detailsOf(form) !== stored)) event.preventDefault();
      });
      document.addEventListener("keydown", (event) => {
        const isSave = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "s";
        if (!isSave) return;
        event.preventDefault();
        autosave.flush();
      });
    },
    adopt: async (server, { id, edit_url: url }) => {
      form.dataset.post = String(id);
      form.dataset.edit = url;
      form.dataset.workingCopy = `${url}/working-copy`;
      form.dataset.presence = `${url}/presence`;
      form.action = url;
      const state = form.querySelector(".writing-state");
      state.textContent = "Draft";
      const found = await server.page(url);
      const fresh = found?.document.querySelector("form[data-editor]");
      if (!fresh) return;
      const wasChanged = detailsOf(form) !== stored;
      synchronise(form, fresh);
      if (!wasChanged) stored = detailsOf(form);
      state.replaceChildren(...fresh.querySelector(".writing-state").childNodes);
      const links = form.querySelector("[data-part=post-links]");
      links?.replaceChildren(...(fresh.querySelector("[data-part=post-links]")?.childNodes ?? []));
    },
  };
};
