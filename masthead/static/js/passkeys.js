// Passkeys: a form with data-passkey asks the browser for a credential (Web Authentication, level 3) and sends what
// it answers. Such forms are hidden until this script knows that the browser can do it.

const ways = {
  create: (options) => navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  get: (options) => navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
};
const canDoIt = Boolean(window.PublicKeyCredential?.parseRequestOptionsFromJSON);

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const trouble = form.querySelector("[data-trouble]");
  const show = (sentence) => {
    trouble.textContent = sentence;
    trouble.hidden = false;
  };
  form.hidden = false;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!canDoIt) {
      show("This browser cannot use passkeys. Use another way, or a newer browser.");
      return;
    }
    trouble.hidden = true;
    try {
      const credential = await ways[form.dataset.passkey](JSON.parse(form.dataset.options));
      form.elements.credential.value = JSON.stringify(credential);
    } catch (error) {
      show(error.name === "InvalidStateError"
        ? "This device has a passkey for your account already."
        : "No passkey was used. Try again, or use another way.");
      return;
    }
    // Unlike a click on its button, this does not ask again.
    form.submit();
  });
}
