// Talks to the server: JSON with the form token of the page. An answer that does not come has the status 0.

const TIMEOUT_MS = 20_000;

const parsed = async (response) => {
  try {
    return await response.json();
  } catch {
    return {};
  }
};

export const createServer = (form) => {
  const { previewUrl, pasteUrl, createUrl, signInUrl } = form.dataset;
  const urls = { preview: previewUrl, paste: pasteUrl, create: createUrl, signIn: signInUrl };

  const send = async (method, url, body, { keepalive = false, timeoutMs = TIMEOUT_MS } = {}) => {
    try {
      const response = await fetch(url, {
        method,
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": form.elements.csrf_token.value },
        body: body === undefined ? undefined : JSON.stringify(body),
        credentials: "same-origin",
        // A sign-in page in place of an answer is no answer.
        redirect: "manual",
        keepalive,
        signal: AbortSignal.timeout(timeoutMs),
      });
      const status = response.type === "opaqueredirect" ? 401 : response.status;
      return { status, data: await parsed(response), retryAfter: Number(response.headers.get("Retry-After")) || 0 };
    } catch {
      return { status: 0, data: {}, retryAfter: 0 };
    }
  };

  // A page of this site as a document; null if it does not come.
  const page = async (url, options = {}) => {
    try {
      const response = await fetch(url, { credentials: "same-origin", headers: { Accept: "text/html" }, ...options });
      const document = new DOMParser().parseFromString(await response.text(), "text/html");
      return { status: response.status, url: response.url, document };
    } catch {
      return null;
    }
  };

  // Takes a new form token, as after signing in; says whose session it is.
  const renewToken = async () => {
    const found = await page(form.dataset.edit || urls.create);
    const fresh = found?.document.querySelector("form[data-editor]");
    const token = fresh?.elements.csrf_token?.value;
    if (!token) return { isSignedIn: false, isSame: false };
    const isSame = fresh.dataset.user === form.dataset.user;
    if (isSame) form.elements.csrf_token.value = token;
    return { isSignedIn: true, isSame, form: fresh };
  };

  return {
    urls,
    page,
    renewToken,
    post: (url, body, options) => send("POST", url, body, options),
    put: (url, body, options) => send("PUT", url, body, options),
    get: (url) => send("GET", url),
  };
};
