// The texts of the scripts, in the language of the page.
const texts = JSON.parse(document.body.dataset.texts);

export const text = (key, value = "") => texts[key].replace("{0}", () => value);
