// A session that ended while somebody was typing: their words wait in this tab until they are back, and for nobody else.
"use strict";

(() => {
  const KEY = "console-words", who = document.body.dataset.who || "";
  const typed = (field) => field.name && !field.name.startsWith("_") && !["hidden", "password", "file", "submit", "button"].includes(field.type);
  const ticks = (field) => field.type === "checkbox" || field.type === "radio";
  let waiting = null;

  const keep = (form) => {
    if (!who || form.method !== "post" || !form.hasAttribute("id")) return;
    const words = [...form.elements].filter(typed).map((field) => [field.name, field.value, ticks(field) ? field.checked : null]);
    if (words.length) sessionStorage.setItem(KEY, JSON.stringify({ who, form: form.getAttribute("action"), words }));
  };
  document.addEventListener("submit", (event) => { if (!event.defaultPrevented) keep(event.target); });

  // The page leaves by itself: the session ended, or a piece of the page was refused. The form with the most written in it is kept.
  const written = (form) => [...form.elements].filter(typed).reduce((sum, field) => sum + (field.value !== field.defaultValue && field.tagName !== "SELECT" ? field.value.length : 0), 0);
  const keepWritten = () => {
    const [most] = [...document.querySelectorAll("form[id]")].sort((one, other) => written(other) - written(one));
    if (most && written(most)) keep(most);
  };
  document.addEventListener("session-over", keepWritten);
  document.addEventListener("htmx:beforeOnLoad", (event) => { if (event.detail.xhr.status === 401) keepWritten(); });

  const say = (sentence) => {
    const line = document.createElement("p");
    line.className = "notice good";
    line.textContent = sentence;
    document.getElementById("notices").replaceChildren(line);
  };

  const fill = () => {
    const form = waiting && [...document.querySelectorAll("form[id]")].find((one) => one.getAttribute("action") === waiting.form && one.method === "post");
    if (!form) return false;
    for (const [name, value, ticked] of waiting.words) {
      for (const field of [...form.elements].filter((one) => one.name === name && typed(one))) {
        if (ticked === null) field.value = value;
        else if (field.value === value) field.checked = ticked;
      }
    }
    for (let box = form.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
    waiting = null;
    say("您刚才填写的内容还在，没有提交。请核对后再提交；照片要重新选。");
    return true;
  };

  const refused = "refused" in document.body.dataset; // a page of an error, after a form: its words wait for the form to be opened again
  if (!who) return; // the page for signing in: the words go on waiting
  const kept = JSON.parse(sessionStorage.getItem(KEY) || "null");
  sessionStorage.removeItem(KEY);
  if (!kept || kept.who !== who) return;
  if (refused) return sessionStorage.setItem(KEY, JSON.stringify({ ...kept, refused }));
  if (!kept.refused && !document.referrer.startsWith(`${location.origin}/console/sign-in`)) return;
  waiting = kept;
  if (!fill()) say("您刚才填写的内容还在，没有提交。再打开刚才那张表单，会自动填好。");
  document.addEventListener("htmx:afterSwap", fill);
})();
