// Keeps the page current: swaps in what the server sends over one event stream.
import { copyable } from "./copy.js";
import { text } from "./texts.js";
import { count, serverTime, updated } from "./times.js";

const $ = id => document.getElementById(id);
const live = document.body.dataset.live;
const SILENCE = 15000; // ms without a word, after which the connection is not believed any more
let heard = Date.now();

// Makes a change of the page; what had the focus keeps it, what was open stays open, and nothing scrolls.
function keeping(change) {
  const focus = document.activeElement;
  const place = focus.closest("[id]")?.id;
  const link = focus.getAttribute("href");
  const open = [...document.querySelectorAll("details[open][id]")].map(details => details.id);
  const [x, y] = [scrollX, scrollY];
  change();
  for (const id of open) {
    const same = $(id);
    if (same) same.open = true;
  }
  const home = place && !focus.isConnected && $(place);
  if (home) ((link && home.querySelector('a[href="' + CSS.escape(link) + '"]')) || home).focus({ preventScroll: true });
  scrollTo({ left: x, top: y, behavior: "instant" });
}

function element(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}

// Puts an element in the place of the one with its id.
function swap(html) {
  const fresh = element(html);
  const old = $(fresh.id);
  if (old) keeping(() => old.replaceWith(fresh));
}

// Takes out the rows that are gone and those that come anew, and puts the latter each in its place.
function rows(data) {
  const [gone, ...lines] = data.split("\n");
  const body = document.querySelector("#list tbody");
  if (!body) return;
  keeping(() => {
    for (const id of gone.split(" ")) $(id)?.remove();
    const fresh = lines.map(line => {
      const row = element(line.slice(line.indexOf(" ") + 1));
      const old = $(row.id);
      if (old && old.className.replace(" turned", "") !== row.className) row.classList.add("turned");
      old?.remove();
      return [parseInt(line), row];
    });
    for (const [place, row] of fresh) body.insertBefore(row, body.children[place] ?? null);
  });
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
  on("rows", rows);
  on("part", swap);
  on("list", html => { swap(html); copyable(); });
  on("totals", totals);
  on("trouble", words => connection("lost", text("lastAt", words)));
  on("now", time => {
    const date = new Date(time);
    serverTime(date);
    updated($("updated"), date);
    count();
    connection("on", text("live"));
  });
  stream.onerror = () => connection("lost", text("lost"));
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
