// Brings files in: by button, drop, paste and camera, several at once, each with its progress, and again after a broken
// connection. Works in the editor (textarea[name=body]), in fields for one picture (lead picture, portrait, logo, icon) and in the
// library ([data-media-library]). Every form works without it.

const UPLOADS = "/admin/media/uploads";
const AT_ONCE = 2;
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;
const TRIES = 40;
const STORED = "masthead.upload.";

const token = () => document.querySelector("input[name=csrf_token]")?.value ?? "";

class Refused extends Error {}
class Offline extends Error {}

// fetch() tells nothing of what is sent, so parts are sent by XMLHttpRequest.
const ask = (method, url, { body = null, headers = {}, onProgress = null, signal = null } = {}) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.setRequestHeader("X-CSRF-Token", token());
    request.setRequestHeader("Accept", "application/json");
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    if (onProgress) request.upload.addEventListener("progress", (event) => onProgress(event.loaded));
    request.addEventListener("load", () => resolve(request));
    request.addEventListener("error", () => reject(new Offline("The connection is broken.")));
    request.addEventListener("abort", () => reject(new DOMException("Cancelled.", "AbortError")));
    signal?.addEventListener("abort", () => request.abort());
    request.send(body);
  });

const json = (request) => {
  try {
    return JSON.parse(request.responseText);
  } catch {
    return {};
  }
};

const answered = (request) => {
  if (request.status >= 500 || request.status === 429) throw new Offline("The server does not answer.");
  if (request.status >= 400 && request.status !== 409) {
    const { detail, title, errors } = json(request);
    throw new Refused(Object.values(errors ?? {}).flat()[0] ?? detail ?? title ?? "This file was refused.");
  }
  return request;
};

const send = (method, url, data, signal) => ask(method, url, {
  body: data === null ? null : JSON.stringify(data), headers: { "Content-Type": "application/json" }, signal,
}).then(answered);

const pause = (milliseconds, signal) => new Promise((resolve, reject) => {
  const timer = setTimeout(resolve, milliseconds);
  window.addEventListener("online", resolve, { once: true });
  signal.addEventListener("abort", () => {
    clearTimeout(timer);
    reject(new DOMException("Cancelled.", "AbortError"));
  });
});

// Repeats what a broken connection interrupted, each time a little later. `step` says when it has come further.
const patiently = async (step, { signal, onWait }) => {
  let wait = FIRST_WAIT;
  let tries = 0;
  for (;;) {
    try {
      return await step(() => { tries = 0; wait = FIRST_WAIT; });
    } catch (error) {
      tries += 1;
      if (!(error instanceof Offline) || tries > TRIES) throw error;
      onWait(error.message);
      await pause(wait, signal);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    }
  }
};

const key = (file) => `${STORED}${file.name}/${file.size}/${file.lastModified}`;

// An upload of the same file that was interrupted, also by leaving the page.
const begun = async (file, signal) => {
  const known = JSON.parse(localStorage.getItem(key(file)) ?? "null");
  if (known) {
    const present = await ask("HEAD", `${UPLOADS}/${known.id}`, { signal });
    if (present.status === 200) return { ...known, offset: Number(present.getResponseHeader("Upload-Offset")) };
  }
  const made = json(await send("POST", UPLOADS, { name: file.name, bytes: file.size }, signal));
  localStorage.setItem(key(file), JSON.stringify({ id: made.id, part_bytes: made.part_bytes }));
  return made;
};

const upload = async (file, { signal, onProgress, onWait }) => {
  if (!file.size) throw new Refused("This file is empty.");
  let place = null;
  await patiently(async (forward) => {
    // After a break the server knows best what has arrived.
    place = await begun(file, signal);
    forward();
    while (place.offset < file.size) {
      const part = file.slice(place.offset, place.offset + place.part_bytes);
      const before = place.offset;
      const sent = answered(await ask("PATCH", `${UPLOADS}/${place.id}`, {
        body: part,
        headers: { "Upload-Offset": before, "Content-Type": "application/offset+octet-stream" },
        onProgress: (bytes) => onProgress((before + bytes) / file.size),
        signal,
      }));
      place.offset = Number(sent.getResponseHeader("Upload-Offset"));
      if (place.offset > before) forward();
      else if (sent.status === 409) throw new Offline("Continuing…");
      onProgress(place.offset / file.size);
    }
  }, { signal, onWait });
  onWait("Checking…");
  const done = await patiently(() => send("POST", `${UPLOADS}/${place.id}/finish`, {}, signal), { signal, onWait })
    .finally(() => localStorage.removeItem(key(file)));
  return json(done);
};

// A few at a time: a phone has one line for all.
let running = 0;
const waiting = [];
const turn = async (work) => {
  if (running >= AT_ONCE) await new Promise((resolve) => waiting.push(resolve));
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
};

const element = (name, attributes = {}, ...children) => {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
};

// The list of running uploads: name, progress, and a button that stops each.
const list = () => element("ul", { class: "uploads", "aria-label": "Uploads", "aria-live": "polite" });

const follow = (file, place, { onProgress = () => {} } = {}) => {
  const stop = new AbortController();
  const bar = element("progress", { max: "100", value: "0", "aria-label": `Upload of ${file.name}` });
  const said = element("span", { class: "upload-state" }, "Waiting…");
  const button = element("button", { type: "button", "data-weight": "least", "aria-label": `Cancel ${file.name}` }, "Cancel");
  const item = element("li", {}, element("bdi", { class: "upload-name" }, file.name), bar, said, button);
  place.append(item);
  button.addEventListener("click", () => stop.abort());
  const fail = (message) => {
    item.dataset.failed = "";
    bar.remove();
    said.textContent = message;
    said.setAttribute("role", "alert");
    button.replaceWith(element("button", { type: "button", "data-weight": "least", "aria-label": `Hide ${file.name}` }, "Hide"));
    item.querySelector("button").addEventListener("click", () => item.remove());
  };
  return turn(() => upload(file, {
    signal: stop.signal,
    onProgress: (part) => {
      bar.value = Math.round(part * 100);
      said.textContent = `${bar.value} %`;
      onProgress(bar.value);
    },
    onWait: (message) => { said.textContent = message; },
  })).then((media) => {
    item.remove();
    return media;
  }, (error) => {
    if (error.name === "AbortError") item.remove();
    else fail(error.message);
    throw error;
  });
};

const two = (number) => String(number).padStart(2, "0");

// A screenshot has no name of its own.
const named = (file) => {
  if (!/^image\.\w+$/.test(file.name)) return file;
  const now = new Date();
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  const name = `Screenshot ${day} ${two(now.getHours())}.${two(now.getMinutes())}.${two(now.getSeconds())}`;
  return new File([file], `${name}.${file.name.split(".").pop()}`, { type: file.type, lastModified: file.lastModified });
};

const holdsFiles = (transfer) => [...transfer.types].includes("Files");

const receive = (target, take) => {
  let depth = 0;
  const leave = () => {
    depth = 0;
    delete target.dataset.dropping;
  };
  target.addEventListener("dragenter", (event) => {
    if (!holdsFiles(event.dataTransfer)) return;
    event.preventDefault();
    depth += 1;
    target.dataset.dropping = "";
  });
  target.addEventListener("dragover", (event) => {
    if (holdsFiles(event.dataTransfer)) event.preventDefault();
  });
  target.addEventListener("dragleave", () => {
    depth -= 1;
    if (depth <= 0) leave();
  });
  target.addEventListener("drop", (event) => {
    leave();
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });
  target.addEventListener("paste", (event) => {
    const files = [...event.clipboardData.files];
    // Text that was copied with a picture of it, as from a word processor, is pasted as text.
    if (!files.length || event.clipboardData.getData("text/plain")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    take(files.map(named));
  }, { capture: true });
};

const picker = (label, take, attributes = {}) => {
  const input = element("input", { type: "file", hidden: "", tabindex: "-1", "aria-hidden": "true", ...attributes });
  const button = element("button", { type: "button", "data-weight": "second" }, label);
  if (attributes.capture) button.className = "for-camera";
  button.addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    if (input.files.length) take([...input.files]);
    input.value = "";
  });
  return [button, input];
};

// Forms wait for the uploads of their texts and fields.
const pending = new Map();
const hold = (form, work) => {
  if (!form) return work;
  const count = pending.get(form) ?? new Set();
  if (!pending.has(form)) {
    pending.set(form, count);
    form.addEventListener("submit", async (event) => {
      if (!count.size) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const { submitter } = event;
      submitter?.setAttribute("aria-busy", "true");
      await Promise.allSettled([...count]);
      submitter?.removeAttribute("aria-busy");
      form.requestSubmit(submitter);
    }, { capture: true });
  }
  count.add(work);
  form.dataset.uploading = "";
  const end = () => {
    count.delete(work);
    if (!count.size) delete form.dataset.uploading;
  };
  work.then(end, end);
  return work;
};

/* The editor */

let number = 0;
const escaped = (text) => text.replace(/\s+/g, " ").replace(/[\\[\]"*_`<]/g, "\\$&");

const markdownOf = (media) => {
  const alt = media.alt || (media.kind === "image" ? "" : media.name);
  return `![${escaped(alt)}](${media.address}${media.caption ? ` "${escaped(media.caption)}"` : ""})`;
};

const changed = (field) => field.dispatchEvent(new Event("input", { bubbles: true }));

const insert = (text, area) => {
  const before = area.value.slice(0, area.selectionStart);
  const after = area.value.slice(area.selectionEnd);
  const lead = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  const tail = after.startsWith("\n\n") ? "" : after.startsWith("\n") ? "\n" : "\n\n";
  area.setRangeText(`${lead}${text}${tail}`, area.selectionStart, area.selectionEnd, "end");
  changed(area);
};

// Exchanges words in the text, and leaves the cursor at what it was at.
const exchange = (area, old, text) => {
  const at = area.value.indexOf(old);
  if (at < 0) return false;
  area.setRangeText(text, at, at + old.length, "preserve");
  changed(area);
  return true;
};

const inEditor = (area) => {
  const place = list();
  const take = (files) => {
    const works = files.map((file) => {
      number += 1;
      return { file, mark: `(uploading-${number})`, shown: "" };
    });
    const placeholder = (work, percent) => `![Uploading ${escaped(work.file.name)}… ${percent} %]${work.mark}`;
    for (const work of works) work.shown = placeholder(work, 0);
    insert(works.map((work) => work.shown).join("\n"), area);
    for (const work of works) {
      const show = (text) => {
        exchange(area, work.shown, text);
        work.shown = text;
      };
      const upload = follow(work.file, place, {
        onProgress: (percent) => { if (percent % 10 === 0) show(placeholder(work, percent)); },
      }).then((media) => show(markdownOf(media)), () => {
        if (!exchange(area, `${work.shown}\n`, "")) exchange(area, work.shown, "");
      });
      hold(area.form, upload);
    }
  };
  receive(area, take);
  const bar = element("div", { class: "media-bar" },
    ...picker("Add media", take, { multiple: "" }),
    ...picker("Take photo", take, { accept: "image/*", capture: "environment" }));
  const browse = element("button", { type: "button", "data-weight": "second" }, "Library");
  browse.addEventListener("click", () => choose((tile) => insert(tile.dataset.markdown, area)));
  bar.append(browse);
  area.after(bar, place);
};

/* Fields for one picture */

const inField = (field) => {
  const place = list();
  const preview = element("img", { class: "media-field-preview", alt: "", hidden: "" });
  const show = () => {
    const isOurs = field.value.startsWith("/media/");
    preview.hidden = !isOurs;
    if (isOurs) preview.src = field.value;
  };
  const set = (address, alt) => {
    field.value = address;
    const words = field.form?.elements.namedItem(field.name.replace(/_image$/, "_alt"));
    if (words && words !== field && alt && !words.value) words.value = alt;
    changed(field);
    show();
  };
  const take = ([file]) => {
    hold(field.form, follow(file, place).then((media) => set(media.address, media.alt), () => {}));
  };
  const remove = element("button", { type: "button", "data-weight": "least" }, "Remove");
  remove.addEventListener("click", () => set("", ""));
  const browse = element("button", { type: "button", "data-weight": "second" }, "Library");
  browse.addEventListener("click", () => choose((tile) => set(tile.dataset.address, tile.dataset.alt), "image"));
  const bar = element("div", { class: "media-bar" },
    ...picker("Upload", take, { accept: "image/*" }),
    ...picker("Take photo", take, { accept: "image/*", capture: "environment" }), browse, remove);
  receive(field.closest(".field") ?? field, take);
  field.addEventListener("change", show);
  field.after(preview, bar, place);
  show();
};

/* A dialog with the library, which is the list of its page */

const choose = async (take, kind = "") => {
  const title = element("h2", { id: "media_choice" }, "Library");
  const search = element("input", { type: "search", "aria-label": "Search files", placeholder: "Search" });
  const close = element("button", { type: "button", "data-weight": "second" }, "Close");
  const results = element("div", { class: "media-choice-results", "aria-live": "polite" });
  const dialog = element("dialog", { class: "media-choice", "aria-labelledby": "media_choice" },
    element("header", {}, title, search, close), results);
  const load = async (url) => {
    const answer = await fetch(url);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const grid = page.querySelector(".media-grid");
    if (!grid) {
      results.replaceChildren(element("p", {}, "No files found."));
      return;
    }
    for (const tile of grid.querySelectorAll(".media-tile")) {
      const link = tile.querySelector("a");
      const button = element("button", { type: "button", class: "plain" }, ...link.childNodes);
      button.addEventListener("click", () => {
        dialog.close();
        take(tile);
      });
      link.replaceWith(button);
    }
    const older = page.querySelector(".pagination-older a")?.getAttribute("href");
    const more = element("p", {}, element("button", { type: "button", "data-weight": "second" }, "Older"));
    more.firstChild.addEventListener("click", () => load(older));
    results.replaceChildren(document.adoptNode(grid), ...(older ? [more] : []));
  };
  const address = () => `/admin/media?${new URLSearchParams({ q: search.value, kind })}`;
  let timer = 0;
  search.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => load(address()), 300);
  });
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  await load(address());
};

/* The library */

const inLibrary = (form) => {
  const place = list();
  form.append(place);
  const take = async (files) => {
    const done = await Promise.allSettled(files.map((file) => follow(file, place)));
    if (done.every((one) => one.status === "fulfilled")) location.assign("/admin/media");
    else if (done.some((one) => one.status === "fulfilled")) {
      const link = element("a", { href: "/admin/media" }, "Show the uploaded files");
      form.append(element("p", {}, link));
    }
  };
  form.addEventListener("submit", (event) => {
    const input = form.querySelector("input[type=file]");
    if (!input.files.length) return;
    event.preventDefault();
    take([...input.files]);
    input.value = "";
  });
  form.querySelector(".form-actions").append(
    ...picker("Take photo", take, { accept: "image/*", capture: "environment" }));
  receive(document.body, take);
};

for (const area of document.querySelectorAll("textarea[name=body]")) inEditor(area);
for (const field of document.querySelectorAll("[name=lead_image], [name=avatar], [name=logo], [name=icon]")) inField(field);
for (const form of document.querySelectorAll("[data-media-library]")) inLibrary(form);
