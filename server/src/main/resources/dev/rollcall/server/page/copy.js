// Lines to copy.

// Browsers give the clipboard to secure pages alone: over plain http the text is selected and copied as by hand.
async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement("textarea");
  area.className = "quiet";
  area.value = text;
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
    button.textContent = "Copy";
    if (example.id || example.getAttribute("aria-labelledby")) {
      button.setAttribute("aria-describedby", example.getAttribute("aria-labelledby") || example.id);
    }
    button.onclick = async () => {
      try {
        await copy(example.textContent.trimEnd());
        button.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(example);
        button.textContent = "Selected, copy it with Ctrl+C";
      }
      button.focus({ preventScroll: true });
    };
    example.after(button);
  }
}
