// What pages do beyond links and forms: ask before, send once, move through lists by keyboard. Nothing needs it to work.
"use strict";

(() => {
  const ask = document.getElementById("ask");
  let sending = null;

  // Forms with data-confirm ask in a dialog; every form is sent once per page.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "dialog") return;
    const button = event.submitter;
    const question = (button && button.dataset.confirm) || form.dataset.confirm;
    if (question && form.dataset.confirmed !== "yes" && ask && ask.showModal) {
      event.preventDefault();
      document.getElementById("ask-text").textContent = question;
      sending = { form, button };
      ask.returnValue = "";
      ask.showModal();
      return;
    }
    if (form.method === "post" && !form.hasAttribute("hx-post")) {
      if (form.dataset.sent === "yes") return event.preventDefault();
      form.dataset.sent = "yes";
      if (button) button.setAttribute("aria-busy", "true");
    }
  });
  if (ask) ask.addEventListener("close", () => {
    const { form, button } = sending || {};
    sending = null;
    if (!form) return;
    if (ask.returnValue !== "yes") { if (button) button.focus(); return; }
    form.dataset.confirmed = "yes";
    form.requestSubmit(button || undefined);
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) { delete form.dataset.sent; delete form.dataset.confirmed; }
    for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
  });

  // A refused form opens with its sentence in sight.
  const refusal = document.querySelector(".notice.bad[role=alert]");
  if (refusal) refusal.scrollIntoView({ block: "center" });
  // "请填写这一项" three times over says nothing: each is named as its field is.
  for (const link of document.querySelectorAll(".notice.bad li a[href^='#']")) {
    const field = document.getElementById(link.hash.slice(1));
    const name = field && (field.labels && field.labels[0] || field.querySelector("legend"));
    if (name) link.prepend(`${name.firstChild.textContent.trim() || name.textContent.trim()}：`);
  }

  // The way back from an issue leads to the list one came from, with its filters, as long as the same person sits there.
  if (!document.body.dataset.who) sessionStorage.removeItem("list");
  else if (document.getElementById("list")) sessionStorage.setItem("list", location.pathname + location.search);
  const list = sessionStorage.getItem("list");
  for (const back of document.querySelectorAll("a[data-back]")) {
    if (list && list.split("?")[0] === back.getAttribute("href")) back.href = list;
  }

  document.addEventListener("change", (event) => {
    const field = event.target;
    if (field.type === "file") {
      const sizes = [...field.files].map((file) => file.size / 1048576);
      const large = sizes.some((size) => size > 10) ? "每个文件请控制在 10 MB 以内。" : sizes.reduce((sum, size) => sum + size, 0) > 12 ? "一次合计请控制在 12 MB 以内，请分几次。" : "";
      field.setCustomValidity(large);
      if (large) field.reportValidity();
    }
    if (field.hasAttribute("data-submit-on-change")) field.form.requestSubmit();
    if (field.hasAttribute("data-ticks-all")) {
      for (const box of document.querySelectorAll(`input[name="${field.dataset.ticksAll}"]`)) box.checked = field.checked;
    }
    if (field.dataset.fills && field.value) {
      const target = document.getElementById(field.dataset.fills);
      target.value = target.value ? `${target.value}\n${field.value}` : field.value;
      target.focus();
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-prints]")) window.print();
  });
  // A piece of the page that did not come: said, unless the page asks by itself, which it will again.
  const tell = (sentence) => {
    const line = document.createElement("p");
    line.className = "notice bad";
    line.textContent = sentence;
    document.getElementById("notices").replaceChildren(line);
    line.scrollIntoView({ block: "center" });
  };
  const byItself = (event) => ["list", "counts", "run"].includes(event.detail.elt.id) || event.detail.xhr.status === 401;
  document.addEventListener("htmx:responseError", (event) => {
    const piece = new DOMParser().parseFromString(event.detail.xhr.responseText, "text/html").body.textContent.trim();
    if (!byItself(event)) tell(piece || "没有成功，请稍后再试。");
  });
  document.addEventListener("htmx:sendError", (event) => { if (!byItself(event)) tell("网络没有连上，没有发出。请检查网络后再试一次。"); });

  // A search among boxes keeps those that are ticked.
  let ticked = [];
  document.addEventListener("htmx:beforeSwap", (event) => {
    const place = event.detail.target;
    if (place && place.hasAttribute("data-picks")) ticked = [...place.querySelectorAll("label")].filter((label) => label.control.checked);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (!event.target.hasAttribute("data-picks")) return;
    for (const label of ticked.reverse()) {
      event.target.querySelector(`input[value="${label.control.value}"]`)?.closest("label").remove();
      event.target.prepend(label);
    }
    ticked = [];
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const form = event.target.querySelector("[data-submit-now]");
    if (form) form.requestSubmit();
  });

  // j and k go down and up a list, Enter opens, x ticks, / goes to the search field.
  const rows = () => [...document.querySelectorAll("[data-keys] tbody tr")];
  const here = () => document.querySelector("tr[data-here]");
  const go = (step) => {
    const all = rows();
    if (!all.length) return;
    const at = all.indexOf(here());
    const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
    for (const row of all) row.removeAttribute("data-here");
    next.setAttribute("data-here", "");
    const link = next.querySelector("a");
    if (link) link.focus();
    next.scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog")) return;
    if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === "x" && here()) { const box = here().querySelector("input[type=checkbox]"); if (box) box.click(); }
    else if (event.key === "/") {
      const field = document.querySelector("[data-search]");
      if (field) { event.preventDefault(); const box = field.closest("details"); if (box) box.open = true; field.focus(); }
    }
  });
})();

// News of a list: swapped in, unless somebody is choosing rows; then only said.
document.addEventListener("htmx:beforeSwap", (event) => {
  const list = event.detail.target;
  if (!list || list.id !== "list" || !event.detail.shouldSwap) return;
  if (list.querySelector("input[name=id]:checked") || list.contains(document.activeElement)) {
    event.detail.shouldSwap = false;
    const news = list.querySelector("#news");
    if (news) news.hidden = false;
  }
});
