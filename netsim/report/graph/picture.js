
"use strict";
(() => {
  const frame = document.querySelector(".picture");
  const svg = frame.querySelector("svg");
  const [, , width, height] = svg.getAttribute("viewBox").split(" ").map(Number);
  const points = 96 / 72;
  let scale = 1;

  // Keeps the point that is under (x, y) of the frame where it is.
  function zoom(wanted, x, y) {
    const next = Math.min(Math.max(wanted, 0.05), 8);
    const left = (frame.scrollLeft + x) / scale, top = (frame.scrollTop + y) / scale;
    scale = next;
    svg.setAttribute("width", width * points * scale);
    svg.setAttribute("height", height * points * scale);
    frame.scrollLeft = left * scale - x;
    frame.scrollTop = top * scale - y;
  }
  function fit() {
    const across = frame.clientWidth / (width * points);
    zoom(Math.min(across, 0.75 * innerHeight / (height * points)), 0, 0);
  }
  document.body.classList.add("movable");
  const tools = document.querySelector(".tools");
  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const wanted = event.target.dataset.zoom;
    if (wanted === "fit") fit();
    else if (wanted === "1") zoom(1, 0, 0);
    else if (wanted) zoom(scale * Number(wanted), frame.clientWidth / 2, frame.clientHeight / 2);
  });
  frame.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    const box = frame.getBoundingClientRect();
    zoom(scale * (event.deltaY < 0 ? 1.15 : 0.87), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });
  frame.addEventListener("keydown", (event) => {
    if (event.key === "+" || event.key === "=") zoom(scale * 1.25, 0, 0);
    else if (event.key === "-") zoom(scale * 0.8, 0, 0);
    else if (event.key === "0") fit();
    else if (event.key === "Escape") narrow(null);
  });

  let start = null;
  frame.addEventListener("pointerdown", (event) => {
    if (event.button || event.pointerType === "touch") return;
    start = { x: event.clientX, y: event.clientY, left: frame.scrollLeft, top: frame.scrollTop };
  });
  addEventListener("pointermove", (event) => {
    if (!start) return;
    frame.classList.add("moving");
    frame.scrollLeft = start.left + start.x - event.clientX;
    frame.scrollTop = start.top + start.y - event.clientY;
  });
  let moved = false;
  addEventListener("pointerup", (event) => {
    moved = Boolean(start) && Math.hypot(event.clientX - start.x, event.clientY - start.y) > 4;
    start = null;
    frame.classList.remove("moving");
  });

  // Only what touches a node, until another or none is clicked.
  function narrow(node) {
    svg.querySelectorAll(".near").forEach((each) => each.classList.remove("near"));
    svg.classList.toggle("narrowed", Boolean(node));
    if (!node) return;
    node.classList.add("near");
    svg.querySelectorAll(".edge").forEach((edge) => {
      const ends = [edge.dataset.source, edge.dataset.destination];
      if (!ends.includes(node.dataset.node)) return;
      edge.classList.add("near");
      ends.forEach((end) => svg.querySelector(`[data-node="${end}"]`).classList.add("near"));
    });
  }
  svg.addEventListener("click", (event) => {
    if (!moved) narrow(event.target.closest(".node"));
  });
  // Text that cannot be read says less than a part of the picture that can.
  if (frame.scrollWidth > frame.clientWidth || frame.scrollHeight > frame.clientHeight) {
    fit();
    if (scale < 0.5) zoom(0.5, 0, 0);
  }
})();
