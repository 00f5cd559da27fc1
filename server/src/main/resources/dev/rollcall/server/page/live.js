// Keeps the page current: swaps in what the server sends over one event stream.
import { copyable } from "./copy.js";
import { count, serverTime, updated } from "./times.js";

const $ = id => document.getElementById(id);
const live = document.body.dataset.live;
const SILENCE = 15000; // ms without a word, after which the connection is not believed any more
let heard = Date.now();

// Puts an element in the place of the one with its id; what had the focus keeps it, and nothing scrolls.
function swap(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  const fresh = template.content.firstElementChild;
  const old = $(fresh.id);
  if (!old) return;
  const focus = old.contains(document.activeElement) ? document.activeElement : null;
  const place = focus && focus.closest("[id]").id;
  const link = focus && focus.getAttribute("href");
  const [x, y] = [scrollX, scrollY];
  for (const open of old.querySelectorAll("details[open]")) {
    const same = fresh.querySelector("#" + CSS.escape(open.id));
    if (same) same.open = true;
  }
  if (old.className !== fresh.className && fresh.matches("tr")) fresh.classList.add("turned");
  old.replaceWith(fresh);
  if (focus) {
    const home = $(place) || fresh;
    ((link && home.querySelector('a[href="' + CSS.escape(link) + '"]')) || home).focus({ preventScroll: true });
  }
  scrollTo({ left: x, top: y, behavior: "instant" });
}

function totals(html) {
  swap(html);
  const { title, icon } = $("totals").dataset;
  document.title = title;
  if ($("icon").getAttribute("href") !== icon) $("icon").href = icon;
  const headline = document.querySelector("h1").textContent;
  if ($("spoken").textContent !== headline) $("spoken").textContent = headline;
}

function connection(state, words) {
  $("live").className = "live " + state;
  if ($("connection").textContent !== words) $("connection").textContent = words;
}

function connect() {
  const stream = new EventSource(live);
  const on = (event, action) => stream.addEventListener(event, message => {
    heard = Date.now();
    action(message.data);
  });
  on("row", swap);
  on("list", html => { swap(html); copyable(); });
  on("totals", totals);
  on("trouble", words => connection("lost", words + ", last at"));
  on("now", text => {
    const date = new Date(text);
    serverTime(date);
    updated($("updated"), date);
    count();
    connection("on", "live, updated");
  });
  stream.onerror = () => connection("lost", "not connected, trying again, last at");
  // A browser does not notice every loss, and gives up after an answer that is no stream.
  const watch = setInterval(() => {
    if (Date.now() - heard < SILENCE && stream.readyState !== EventSource.CLOSED) return;
    stream.onerror();
    clearInterval(watch);
    stream.close();
    heard = Date.now();
    connect();
  }, 5000);
}

if (live) {
  updated($("updated"), new Date($("updated").dateTime));
  count();
  setInterval(count, 1000);
  copyable();
  connect();
}
