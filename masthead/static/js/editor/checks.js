// The panel before publishing: what is missing, and how the post will look in a search result and as a social card. Whoever
// is about to publish sees beside its button how much is missing. The server refuses what a check blocks, so whoever publishes
// such a text gets the panel at once, and nothing is sent.

const PUBLISHING = new Set(["publish", "schedule"]);
const SHOWN_CHARACTERS = { title: 300, description: 160 };

const shortened = (text, most) => (text.length > most ? `${text.slice(0, most).replace(/\s+\S*$/, "")}…` : text);

const itemOf = ({ level, message }) => {
  const item = document.createElement("li");
  item.dataset.level = level;
  const kind = document.createElement("strong");
  kind.textContent = level === "blocking" ? "Must be changed: " : "Advice: ";
  item.append(kind, message);
  return item;
};

const isBlocking = ({ level }) => level === "blocking";

const firstWords = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.textContent.replace(/\s+/g, " ").trim();
};

export const init = ({ form, dialog, button, preview, draft }) => {
  const part = (name) => dialog.querySelector(`[data-look=${name}]`);

  const showLooks = (html) => {
    const { title, summary, slug } = draft.read();
    const typed = (name) => form.elements[name]?.value.trim() ?? "";
    const searched = {
      title: typed("meta_title") || title.trim() || "Untitled",
      description: typed("meta_description") || summary.trim() || firstWords(html),
    };
    const shared = {
      title: typed("card_title") || searched.title, description: typed("card_description") || searched.description,
    };
    for (const [look, texts] of [[".look-search", searched], [".look-card", shared]]) {
      for (const [name, text] of Object.entries(texts)) {
        dialog.querySelector(`${look} [data-look=${name}]`).textContent = shortened(text, SHOWN_CHARACTERS[name]);
      }
    }
    part("address").textContent = `${form.dataset.postUrl}${slug.trim() || "…"}`;
    part("host").textContent = new URL(form.dataset.postUrl).host;
    const picture = part("picture");
    const address = typed("card_image") || typed("lead_image");
    picture.hidden = address === "";
    if (address) {
      const image = new Image();
      image.alt = "";
      image.src = address;
      picture.replaceChildren(image);
    }
  };

  const missingIn = (data) => {
    const found = [...(data.checks ?? []), ...(data.warnings ?? []).map((message) => ({ level: "advice", message }))];
    const once = found.filter((one, index) => found.findIndex((other) => other.message === one.message) === index);
    return [...once.filter(isBlocking), ...once.filter((one) => !isBlocking(one))];
  };

  const count = (missing) => {
    button.textContent = missing.length ? `Check (${missing.length})` : "Check";
  };

  const fill = (data) => {
    const said = missingIn(data);
    count(said);
    dialog.querySelector("[data-checks]").replaceChildren(...said.map(itemOf));
    dialog.querySelector("[data-clear]").hidden = said.length > 0;
    dialog.querySelector("[data-unchecked]").hidden = true;
    const refused = dialog.querySelector("[data-refused]");
    refused.hidden = !said.some(isBlocking);
    showLooks(data.html ?? "");
  };

  // The text gets the focus after the panel said what must be changed in it.
  const openRefused = (data) => {
    fill(data);
    dialog.showModal();
    dialog.querySelector("[data-refused]").focus();
    dialog.addEventListener("close", () => form.elements.body.focus(), { once: true });
  };

  // Only sites with blocking checks ask the server before they publish; without an answer the server decides.
  let isPassed = false;
  form.addEventListener("submit", async (event) => {
    const { submitter } = event;
    if (!("blocks" in form.dataset) || !PUBLISHING.has(submitter?.value) || isPassed) {
      isPassed = false;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    const data = await preview.ask();
    if (data && (data.checks ?? []).some(isBlocking)) {
      openRefused(data);
      return;
    }
    isPassed = true;
    form.requestSubmit(submitter);
  }, { capture: true });

  const open = async () => {
    const data = await preview.ask();
    if (data) fill(data);
    else {
      dialog.querySelector("[data-checks]").replaceChildren();
      dialog.querySelector("[data-clear]").hidden = true;
      dialog.querySelector("[data-refused]").hidden = true;
      dialog.querySelector("[data-unchecked]").hidden = false;
      showLooks("");
    }
    if (!dialog.open) dialog.showModal();
  };

  let counted = "";
  const countOnce = async () => {
    const now = JSON.stringify(draft.read());
    if (now === counted) return;
    counted = now;
    const data = await preview.ask();
    if (data) count(missingIn(data));
  };
  for (const name of ["pointerenter", "focusin"]) form.querySelector(".editor-actions").addEventListener(name, countOnce);
  button.addEventListener("click", open);
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
};
