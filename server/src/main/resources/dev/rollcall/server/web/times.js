// Times as whoever looks would say them: durations that count on, instants in the zone of the browser.
import { text } from "./texts.js";

let ahead = 0; // ms by which the server's clock is ahead of ours

const units = [[86400, " d", 3600, " h"], [3600, " h", 60, " min"], [60, " min", 1, " s"]];

// As the server says it: 8 s, 4 min 12 s, 3 h 5 min, 12 d 4 h.
function words(seconds) {
  const unit = units.find(one => seconds >= one[0]);
  if (!unit) return Math.max(0, seconds) + " s";
  const rest = Math.floor(seconds % unit[0] / unit[2]);
  return Math.floor(seconds / unit[0]) + unit[1] + (rest ? " " + rest + unit[3] : "");
}

const exact = date => date.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "long" });

// As the server says it: in 4 min 12 s, 4 min 12 s ago.
function until(seconds) {
  return seconds < 0 ? text("ago", words(-seconds)) : text("in", words(seconds));
}

export function count() {
  for (const time of document.querySelectorAll("time[data-until]")) {
    const moment = new Date(time.dateTime);
    const shown = until(Math.floor((moment - Date.now() - ahead) / 1000));
    if (time.textContent !== shown) time.textContent = shown;
    if (time.title.endsWith("UTC")) time.title = exact(moment);
  }
  for (const time of document.querySelectorAll("time[data-exact]")) {
    if (time.textContent.endsWith("UTC")) time.textContent = exact(new Date(time.dateTime));
  }
  for (const time of document.querySelectorAll("time[data-since]")) {
    const since = new Date(time.dateTime);
    const shown = words(Math.floor((Date.now() + ahead - since) / 1000));
    if (time.textContent !== shown) time.textContent = shown;
    if (time.title.endsWith("UTC")) time.title = exact(since);
  }
}

// What the page shows is as it was at `date`, by the server's clock.
export function updated(time, date) {
  time.dateTime = date.toISOString();
  time.title = exact(date);
  time.textContent = date.toLocaleTimeString();
}

// What time it is at the server.
export function serverTime(date) {
  ahead = date - Date.now();
}

// Times in a bar are told in the viewer's zone once somebody points at them.
document.addEventListener("pointerover", event => {
  const title = event.target.closest("rect, path")?.querySelector("title");
  if (!title) return;
  const [times, words] = title.textContent.split(/(?<=UTC(?=:))/);
  const here = times.replace(/(\S+) (\S+) UTC/g, (_, day, time) => exact(new Date(day + "T" + time + "Z")));
  if (words) title.textContent = here + words;
});
