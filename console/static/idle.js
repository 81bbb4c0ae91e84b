// A session's two ends, said before they come: two minutes before nobody was there for long, ten before the longest day is over.
// When it ends, the page and the names on it go away; what was written waits in the tab (drafts.js).
"use strict";

(() => {
  const idle = document.getElementById("idle"), ending = document.getElementById("ending"), { left, stay, over } = idle.dataset;
  const WARN = 130, AGAIN = 15, FIRST = 60, LAST = 120;
  let timer = 0, sayAt = 600; // seconds before the last moment at which it is said: once, and once more after "知道了"

  const later = (seconds) => { clearTimeout(timer); timer = setTimeout(look, seconds * 1000); };
  const sessionOver = () => document.dispatchEvent(new CustomEvent("session-over"));
  const leave = () => {
    sessionOver();
    location.assign(`${over}?over=1&next=${encodeURIComponent(location.pathname + location.search)}`);
  };
  const show = (line, shown) => {
    if (shown) line.setAttribute("role", "alert"); // only now: it is read aloud when it appears
    line.hidden = !shown;
  };
  const hour = (seconds) => new Date(Date.now() + seconds * 1000).toLocaleTimeString("zh-CN", { hour: "2-digit", minute: "2-digit" });
  // The server knows best: other tabs of the same session count, and a laptop that slept has missed its timers.
  async function look() {
    let answer;
    try { answer = await fetch(left, { redirect: "manual", cache: "no-store" }); } catch { return later(AGAIN); } // no network: ask again
    if (answer.type === "opaqueredirect") return leave();
    if (!answer.ok) return later(FIRST);
    const [unused, whole] = (await answer.text()).split(" ").map(Number);
    if (ending.hidden) ending.querySelector("b").textContent = hour(whole);
    show(idle, unused <= WARN && unused < whole); // the nearer end first
    show(ending, whole <= sayAt && idle.hidden);
    const next = Math.min(unused > WARN ? unused - WARN : whole, whole - sayAt);
    later(idle.hidden && ending.hidden ? next + 1 : Math.min(AGAIN, unused + 1, whole + 1));
  }
  idle.querySelector("button").addEventListener("click", async () => {
    idle.hidden = true;
    try { await fetch(stay, { redirect: "manual", cache: "no-store" }); } catch { /* said again by the next look */ }
    look();
  });
  ending.querySelector("button[type=button]").addEventListener("click", () => {
    sayAt = sayAt > LAST ? LAST : 0;
    ending.hidden = true;
    look();
  });
  ending.querySelector("form").addEventListener("submit", sessionOver);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  later(FIRST);
})();
