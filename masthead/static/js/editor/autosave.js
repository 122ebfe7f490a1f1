// Brings what is typed to the server: first into the storage of this browser, then, one request at a time, into the
// working copy. The state says "saved" only once the server has acknowledged the text that stands in the page.

import { isEmpty, isSame } from "./draft.js";

const QUIET_MS = 700;
// Whoever types without a pause is saved as well.
const LONGEST_MS = 2000;
const LOCAL_MS = 250;
const LONGEST_RETRY_MS = 30_000;

export const createAutosave = ({ client, draft, form, server, copies, show, page }) => {
  let acknowledged = form.querySelector("[aria-invalid], .form-summary") ? null : draft.read();
  let version = Number(form.elements.version.value) || 0;
  let postId = form.dataset.post || null;
  let sequence = 0;
  let attempt = null;
  let running = null;
  let timer = 0;
  let localTimer = 0;
  let firstChange = 0;
  let lastChange = 0;
  let failures = 0;
  let isSignedOut = false;
  // What the server refused is sent again once it is changed.
  let refused = null;

  const hasUnsaved = () => !isSame(draft.read(), acknowledged) && !(postId === null && isEmpty(draft.read()));

  const keepLocally = async () => {
    localTimer = 0;
    const fields = draft.read();
    try {
      if (isSame(fields, acknowledged)) await copies.remove();
      else await copies.keep({ post: postId, fields, version });
    } catch {
      page.storageFailed("This browser cannot keep a copy of the text (its storage is full or switched off). Keep this page open until the text is saved.");
    }
  };

  const schedule = (inMs) => {
    clearTimeout(timer);
    timer = setTimeout(flush, inMs);
  };

  const due = () => {
    const now = performance.now();
    return Math.max(0, Math.min(lastChange + QUIET_MS, firstChange + LONGEST_MS) - now);
  };

  const changed = () => {
    const now = performance.now();
    lastChange = now;
    if (!localTimer) localTimer = setTimeout(keepLocally, LOCAL_MS);
    if (firstChange) return;
    firstChange = now;
    if (!failures && !isSignedOut && !refused) show("saving", "Saving…");
    if (!running && !failures) waitAndFlush();
  };

  // One timer for all keys of a burst.
  const waitAndFlush = () => {
    const left = due();
    if (left > 0) schedule(left);
    else flush();
  };

  const acknowledge = (fields, data) => {
    acknowledged = fields;
    failures = 0;
    refused = null;
    isSignedOut = false;
    firstChange = 0;
    // Somebody else's change goes into the page unless the writer has typed on. Then the page still shows the older version,
    // and names that one: the server would take the missing words for deleted ones otherwise. The next save brings both together.
    const isMerged = Boolean(data.merged && data.text);
    const canTakeOver = isSame(draft.read(), fields) && !draft.isComposing();
    if (isMerged && canTakeOver) {
      draft.write(data.text);
      acknowledged = draft.read();
      page.merged();
    }
    if (!isMerged || canTakeOver) {
      version = data.version ?? version;
      form.elements.version.value = String(version);
    }
    if (hasUnsaved()) {
      firstChange = performance.now();
      lastChange ||= firstChange;
    } else {
      show("saved", "Saved");
    }
    page.saved({ ...data, postId });
    keepLocally();
  };

  const adopt = async (data) => {
    postId = String(data.id);
    await page.created(data);
  };

  const fail = (message, retryAfter = 0) => {
    failures += 1;
    show("offline", message);
    schedule(retryAfter ? retryAfter * 1000 : Math.min(LONGEST_RETRY_MS, 1000 * 2 ** (failures - 1)));
  };

  const firstError = (data) => Object.values(data.errors ?? {}).flat()[0] ?? data.detail ?? "The server refused this text.";

  const handle = async (fields, { status, data, retryAfter }) => {
    if (status === 200 || status === 201) {
      if (data.id && postId === null) await adopt(data);
      acknowledge(fields, data);
    } else if (status === 401) {
      isSignedOut = true;
      show("signed-out", "Not saved: you are signed out");
      page.signedOut();
    } else if (status === 409) {
      refused = fields;
      failures = 0;
      firstChange = 0;
      show("conflict", "Somebody else changed the same words. Your text is kept.", { link: data.merge_url, label: "Compare and merge" });
    } else if (status === 403 || status === 404) {
      refused = fields;
      firstChange = 0;
      const message = status === 404 ? "This post does not exist any more. Copy your text before you leave." : firstError(data);
      show("conflict", message, { link: data.copy_url, label: "Copy your text" });
    } else if (status === 413 || status === 422) {
      refused = fields;
      firstChange = 0;
      show("offline", `Not saved: ${firstError(data)}`);
    } else if (status === 429) {
      fail("Not saved yet: the server asks to wait a moment", retryAfter || 5);
    } else if (status === 507) {
      fail("Not saved: the server’s disk is full. The text stays in this page.", 15);
    } else if (status) {
      fail("Not saved: the server has a problem. Trying again…", retryAfter);
    } else {
      fail("Offline: the text is kept in this browser");
    }
  };

  const transmit = async (fields) => {
    // A repeated request has the number of the first one, so that it counts once.
    if (!attempt || !isSame(attempt.fields, fields)) attempt = { fields, sequence: (sequence += 1) };
    const body = { ...fields, client, sequence: attempt.sequence };
    if (!body.slug.trim()) delete body.slug;
    const send = () => (postId === null
      ? server.post(server.urls.create, body)
      : server.put(form.dataset.workingCopy, { ...body, base_version: version }));
    const answer = await send();
    // The form token is older than it may be.
    if (answer.status === 400 && (await server.renewToken()).isSame) return send();
    return answer;
  };

  const flush = () => {
    clearTimeout(timer);
    timer = 0;
    if (running) return running;
    const fields = draft.read();
    if (!hasUnsaved() || isSame(fields, refused)) {
      firstChange = 0;
      if (!hasUnsaved()) {
        failures = 0;
        show("saved", postId === null ? "Nothing to save yet" : "Saved");
      }
      return Promise.resolve();
    }
    if (!failures && !isSignedOut && !refused) show("saving", "Saving…");
    running = (async () => {
      await keepLocally();
      await handle(fields, await transmit(fields));
      running = null;
      if (firstChange && !failures && !isSignedOut) waitAndFlush();
    })();
    return running;
  };

  const retry = () => {
    if (!failures && !isSignedOut) return;
    failures = Math.min(failures, 1);
    flush();
  };

  draft.onChange(changed);
  window.addEventListener("online", retry);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") flush();
    else retry();
  });
  if (acknowledged === null && !isEmpty(draft.read())) changed();

  return {
    flush,
    hasUnsaved,
    isCreating: () => postId === null && running !== null,
    postId: () => postId,
    // After signing in again in the page.
    resume: () => {
      isSignedOut = false;
      failures = 0;
      return flush();
    },
    // A text that the browser had kept: it belongs to an older version, from which the server merges.
    restore: (entry) => {
      if (entry.version && entry.post === postId) version = entry.version;
      draft.write(entry.fields);
    },
    // A newer text of the server, while nothing is typed here.
    replaceBy: (data) => {
      if (hasUnsaved() || running || draft.isComposing()) return;
      draft.write(data);
      acknowledged = draft.read();
      version = data.version;
      form.elements.version.value = String(version);
    },
    version: () => version,
    // What a form that is sent now has to say, so that autosaves under way are not taken for later changes.
    stamp: () => {
      form.elements.version.value = String(version);
      if (form.elements.client) form.elements.client.value = client;
      if (form.elements.sequence) form.elements.sequence.value = String(sequence);
    },
  };
};
