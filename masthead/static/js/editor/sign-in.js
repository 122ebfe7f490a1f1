// Signing in again beside the text: the form of the sign-in page, and of the second step if there is one, in a box that
// takes no focus by itself.

const formOf = (found) => found?.document.querySelector("main form:has(input[name=password]), main form:has(input[name=code]), main form:has(input[autocomplete=one-time-code])");

const withOwnIds = (form) => {
  for (const part of form.querySelectorAll("[id], [for], [aria-describedby]")) {
    if (part.id) part.id = `sign-in-${part.id}`;
    if (part.htmlFor) part.htmlFor = `sign-in-${part.htmlFor}`;
    const described = part.getAttribute("aria-describedby");
    if (described) part.setAttribute("aria-describedby", described.split(" ").map((id) => `sign-in-${id}`).join(" "));
    part.removeAttribute("autofocus");
  }
};

export const createSignIn = (box, server, { onDone }) => {
  const place = box.querySelector("[data-form]");
  const trouble = box.querySelector("[data-trouble]");

  const say = (sentence) => {
    trouble.textContent = sentence;
    trouble.hidden = sentence === "";
  };

  const finish = async () => {
    const { isSignedIn, isSame } = await server.renewToken();
    if (isSame) {
      const hadFocus = box.contains(document.activeElement);
      box.hidden = true;
      place.replaceChildren();
      onDone(hadFocus);
    } else if (isSignedIn) {
      say("You are signed in as somebody else. Sign in as before to save this text.");
    }
    return isSame;
  };

  const fill = (found) => {
    const form = formOf(found);
    if (!form) return false;
    const own = document.adoptNode(form);
    withOwnIds(own);
    own.addEventListener("submit", (event) => {
      event.preventDefault();
      send(own, found.url);
    });
    place.replaceChildren(own);
    return true;
  };

  const send = async (form, address) => {
    const url = new URL(form.getAttribute("action") || address, address);
    const button = form.querySelector("button");
    button.disabled = true;
    say("");
    const found = await server.page(url, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    button.disabled = false;
    if (!found) {
      say("The server does not answer. The text stays here: try again.");
      return;
    }
    const again = formOf(found);
    if (!again) {
      await finish();
      return;
    }
    fill(found);
    say(place.querySelector(".form-summary li, .field-error")?.textContent.trim() ?? "");
    place.querySelector("input:not([type=hidden])")?.focus();
  };

  return {
    open: async () => {
      if (!box.hidden) return;
      box.hidden = false;
      // Another tab may have signed in meanwhile.
      if (await finish()) return;
      if (!fill(await server.page(server.urls.signIn))) say("The server does not answer. The text stays here: try again.");
    },
    // Somebody who signed in in another tab comes back to this one.
    check: () => box.hidden || finish(),
  };
};
