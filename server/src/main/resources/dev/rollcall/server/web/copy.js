// Lines to copy.
import { text } from "./texts.js";

// Browsers give the clipboard to secure pages alone: over plain http the text is selected and copied as by hand.
async function copy(line) {
  if (navigator.clipboard) return navigator.clipboard.writeText(line);
  const area = document.createElement("textarea");
  area.className = "quiet";
  area.value = line;
  area.readOnly = true;
  document.body.append(area);
  area.select();
  const copied = document.execCommand("copy");
  area.remove();
  if (!copied) throw new Error("the browser does not copy");
}

// Examples name this server as the browser reached it, and have a button that copies them.
export function copyable() {
  for (const place of document.querySelectorAll("[data-origin]")) {
    if (place.textContent !== location.origin) place.textContent = location.origin;
  }
  for (const example of document.querySelectorAll("pre.copy")) {
    if (example.nextElementSibling?.matches("button.copying")) continue;
    const button = document.createElement("button");
    button.className = "copying";
    button.textContent = text("copy");
    if (example.id || example.getAttribute("aria-labelledby")) {
      button.setAttribute("aria-describedby", example.getAttribute("aria-labelledby") || example.id);
    }
    button.onclick = async () => {
      try {
        await copy(example.textContent.trimEnd());
        button.textContent = text("copied");
      } catch {
        getSelection().selectAllChildren(example);
        button.textContent = text("selected");
      }
      button.focus({ preventScroll: true });
    };
    example.after(button);
  }
}
