// The panel before publishing: what is missing, and how the post will look in a search result and as a social card. A
// check that blocks opens it by itself in place of publishing.

const SHOWN_DESCRIPTION = 160;

const shortened = (text, most) => (text.length > most ? `${text.slice(0, most).replace(/\s+\S*$/, "")}…` : text);

const itemOf = ({ level, message }) => {
  const item = document.createElement("li");
  item.dataset.level = level;
  const kind = document.createElement("strong");
  kind.textContent = level === "blocking" ? "Must be changed: " : "Advice: ";
  item.append(kind, message);
  return item;
};

const firstWords = (html) => {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content.textContent.replace(/\s+/g, " ").trim();
};

export const createChecks = ({ form, dialog, button, preview, draft }) => {
  const part = (name) => dialog.querySelector(`[data-look=${name}]`);

  const showLooks = (html) => {
    const { title, summary, slug } = draft.read();
    const description = shortened(summary.trim() || firstWords(html), SHOWN_DESCRIPTION);
    for (const place of dialog.querySelectorAll("[data-look=title]")) place.textContent = title.trim() || "Untitled";
    for (const place of dialog.querySelectorAll("[data-look=description]")) place.textContent = description;
    part("address").textContent = `${form.dataset.postUrl}${slug.trim() || "…"}`;
    part("host").textContent = new URL(form.dataset.postUrl).host;
    const picture = part("picture");
    const address = form.elements.lead_image?.value.trim() ?? "";
    picture.hidden = address === "";
    if (address) picture.src = address;
  };

  const fill = (data) => {
    const found = [...(data.checks ?? []), ...(data.warnings ?? []).map((message) => ({ level: "advice", message }))];
    const said = found.filter((one, index) => found.findIndex((other) => other.message === one.message) === index);
    dialog.querySelector("[data-checks]").replaceChildren(...said.map(itemOf));
    dialog.querySelector("[data-clear]").hidden = said.length > 0;
    dialog.querySelector("[data-unchecked]").hidden = true;
    showLooks(data.html ?? "");
    return said.some(({ level }) => level === "blocking");
  };

  const open = async () => {
    const data = await preview.ask();
    if (data) fill(data);
    else {
      dialog.querySelector("[data-checks]").replaceChildren();
      dialog.querySelector("[data-clear]").hidden = true;
      dialog.querySelector("[data-unchecked]").hidden = false;
      showLooks("");
    }
    if (!dialog.open) dialog.showModal();
  };

  button.addEventListener("click", open);
  dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  return { open };
};
