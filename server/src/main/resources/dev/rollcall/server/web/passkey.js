// Passkeys: asks the browser for one, and sends what it answers with the form.
import { text } from "./texts.js";

const known = window.PublicKeyCredential?.parseRequestOptionsFromJSON;

async function ask(way, options) {
  if (way === "create") {
    return navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) });
  }
  return navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}

function offer(place) {
  const form = place.querySelector("form");
  const words = place.querySelector("[role=alert]");
  place.hidden = false;
  form.addEventListener("submit", async event => {
    event.preventDefault();
    words.textContent = "";
    try {
      const credential = await ask(place.dataset.passkey, JSON.parse(place.dataset.options));
      form.elements.credential.value = JSON.stringify(credential.toJSON());
      form.submit();
    } catch (error) {
      words.textContent = error.name === "InvalidStateError" ? text("passkey.known") : text("passkey.failed");
    }
  });
}

if (known) {
  const places = document.querySelectorAll("[data-passkey]");
  places.forEach(offer);
  if (places.length) document.querySelectorAll("[data-without-passkeys]").forEach(words => (words.hidden = true));
}
