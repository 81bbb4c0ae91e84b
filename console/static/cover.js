// Draw black boxes on a picture. The numbers in the form are what counts; this fills them in and shows them.
"use strict";

(() => {
  const picture = document.querySelector("[data-covers]");
  const table = document.querySelector("#cover-boxes tbody");
  if (!picture || !table) return;
  const [, , width, height] = picture.getAttribute("viewBox").split(" ").map(Number);
  const most = Number(table.dataset.most);
  const sides = ["x", "y", "width", "height"];
  const fields = (row) => sides.map((side) => row.querySelector(`[name=${side}]`));
  const values = (row) => fields(row).map((field) => (field.value === "" ? NaN : Number(field.value)));
  const rect = ([x, y, across, down]) => {
    const box = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const placed = { x: (x * width) / 100, y: (y * height) / 100, width: (across * width) / 100, height: (down * height) / 100 };
    for (const [name, value] of Object.entries(placed)) box.setAttribute(name, value);
    return box;
  };
  const show = (drawing) => {
    const boxes = [...table.rows].map(values).filter((box) => box.every((value) => value >= 0));
    if (drawing) boxes.push(drawing);
    for (const old of picture.querySelectorAll("rect")) old.remove();
    picture.append(...boxes.map(rect));
    picture.setAttribute("aria-label", `照片，上面有 ${boxes.length} 个黑框`);
  };
  const emptyRow = () => {
    const free = [...table.rows].find((row) => fields(row).every((field) => field.value === ""));
    if (free || table.rows.length >= most) return free;
    const row = table.rows[0].cloneNode(true);
    row.cells[0].textContent = table.rows.length + 1;
    for (const field of fields(row)) {
      field.value = "";
      field.setAttribute("aria-label", field.getAttribute("aria-label").replace(/\d+/, table.rows.length + 1));
    }
    table.append(row);
    return row;
  };

  let from = null;
  const at = (event) => {
    const edge = picture.getBoundingClientRect();
    const part = (value) => Math.round(Math.min(100, Math.max(0, value * 100)) * 10) / 10;
    return [part((event.clientX - edge.left) / edge.width), part((event.clientY - edge.top) / edge.height)];
  };
  const box = (to) => [Math.min(from[0], to[0]), Math.min(from[1], to[1]), Math.abs(from[0] - to[0]), Math.abs(from[1] - to[1])];
  picture.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    picture.setPointerCapture(event.pointerId);
    from = at(event);
  });
  picture.addEventListener("pointermove", (event) => { if (from) show(box(at(event))); });
  picture.addEventListener("pointercancel", () => { from = null; show(); });
  picture.addEventListener("pointerup", (event) => {
    if (!from) return;
    const drawn = box(at(event));
    from = null;
    const row = drawn[2] >= 0.5 && drawn[3] >= 0.5 ? emptyRow() : null;
    if (row) fields(row).forEach((field, place) => { field.value = Math.round(drawn[place] * 10) / 10; });
    show();
  });
  table.addEventListener("input", () => show());
})();
