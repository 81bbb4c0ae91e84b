// Nobody there for long: said two minutes before the session ends; when it ends, the page and the names on it go away.
"use strict";

(() => {
  const line = document.getElementById("idle"), { left, stay, over } = line.dataset;
  const WARN = 130, AGAIN = 15, FIRST = 60;
  let timer = 0;

  const later = (seconds) => { clearTimeout(timer); timer = setTimeout(look, seconds * 1000); };
  const leave = () => {
    document.dispatchEvent(new CustomEvent("session-over"));
    location.assign(`${over}?over=1&next=${encodeURIComponent(location.pathname + location.search)}`);
  };
  // The server knows best: other tabs of the same session count, and a laptop that slept has missed its timers.
  async function look() {
    let answer;
    try { answer = await fetch(left, { redirect: "manual", cache: "no-store" }); } catch { return later(AGAIN); } // no network: ask again
    if (answer.type === "opaqueredirect") return leave();
    if (!answer.ok) return later(FIRST);
    const seconds = Number(await answer.text());
    line.setAttribute("role", "alert"); // only now: it is read aloud when it appears
    line.hidden = seconds > WARN;
    later(line.hidden ? seconds - WARN + 1 : Math.min(AGAIN, seconds + 1));
  }
  line.querySelector("button").addEventListener("click", async () => {
    line.hidden = true;
    try { await fetch(stay, { redirect: "manual", cache: "no-store" }); } catch { /* said again by the next look */ }
    look();
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
  later(FIRST);
})();
