// --- the matrix: cells are made when they come into sight ---

const MOST_WORDS = 26;
const [HEIGHT, WIDTH] = [22, 22];
const SPARE = 12;

class Matrix {
  constructor(frame, table) {
    this.table = table;
    this.all = [...table.ends.keys()];
    this.rows = this.columns = this.all;
    this.at = [0, 0];
    this.hit = () => true;
    this.frame = make("div", { class: "matrix-frame" });
    this.readout = make("p", { class: "readout" });
    const used = new Set(table.grid.looks.map(([standing]) => standing));
    used.add(table.none.standing);
    const key = make("ul", { class: "key", "aria-label": "Legend" }, ...[...used].map((standing) =>
      make("li", {}, `${KEY[standing]} ${WORDS[standing]}`)));
    frame.append(this.frame, this.readout, key);
    frame.hidden = false;
    this.frame.addEventListener("scroll", () => {
      cancelAnimationFrame(this.pending);
      this.pending = requestAnimationFrame(() => this.fill());
    }, { passive: true });
    this.frame.addEventListener("keydown", (event) => this.move(event));
    this.frame.addEventListener("click", (event) => {
      const cell = event.target.closest("td[data-row]");
      if (cell) { this.enter(cell); this.open(); }
    });
    this.frame.addEventListener("focusin", (event) => {
      const cell = event.target.closest("td[data-row]");
      if (cell) this.enter(cell);
    });
    this.frame.addEventListener("mouseover", (event) => {
      const cell = event.target.closest("td[data-row]");
      if (cell) this.say(Number(cell.dataset.row), Number(cell.dataset.column));
    });
  }

  show(rows, columns, hit) {
    [this.rows, this.columns, this.hit] = [rows, columns, hit];
    const within = (number, length) => Math.max(0, Math.min(number, length - 1));
    this.at = [within(this.at[0], rows.length), within(this.at[1], columns.length)];
    this.words = columns.length <= MOST_WORDS && rows.length * columns.length <= 900;
    this.head = make("thead");
    this.body = make("tbody");
    this.element = make("table", {
      class: `matrix ${this.words ? "words" : "marks"}`, role: "grid", "aria-readonly": "true",
      "aria-label": "Who may connect to whom: rows connect to columns",
      "aria-rowcount": rows.length + 1, "aria-colcount": columns.length + 1,
    }, this.head, this.body);
    // With a width, a table that is fixed is laid out by its first row alone.
    const title = innerWidth < 700 ? 120 : 200;
    if (!this.words) this.element.style.width = `${title + columns.length * WIDTH}px`;
    this.made = null;
    this.frame.replaceChildren(this.element);
    this.frame.scrollTo(0, 0);
    this.readout.textContent = rows.length && columns.length
      ? "Click a cell, or press Enter in it, for what decides it. Arrow keys move, Esc closes." : "No cell is left by the filters.";
    this.fill();
  }

  // What is in sight: the first row and the one after the last, and so for columns.
  sight() {
    const size = [this.rows.length, this.columns.length];
    if (this.words) return [0, size[0], 0, size[1]];
    // Empty, it has no height yet.
    const height = Math.max(this.frame.clientHeight, innerHeight);
    const [top, left] = [Math.floor(this.frame.scrollTop / HEIGHT), Math.floor(this.frame.scrollLeft / WIDTH)];
    return [top, Math.min(size[0], top + Math.ceil(height / HEIGHT)),
      left, Math.min(size[1], left + Math.ceil(innerWidth / WIDTH))];
  }

  // Makes the cells that are in sight, and some around them, unless all of them are there.
  fill() {
    const [top, bottom, left, right] = this.sight();
    const made = this.made;
    if (made && made[0] <= top && made[1] >= bottom && made[2] <= left && made[3] >= right) return;
    const held = this.body.contains(document.activeElement);
    const [first, last] = [Math.max(0, top - SPARE), Math.min(this.rows.length, bottom + SPARE)];
    const [start, end] = [Math.max(0, left - SPARE), Math.min(this.columns.length, right + SPARE)];
    this.made = [first, last, start, end];
    this.head.replaceChildren(this.titles(start, end));
    const lines = [];
    if (first) lines.push(this.space(first));
    for (let place = first; place < last; place++) lines.push(this.row(place, start, end));
    if (last < this.rows.length) lines.push(this.space(this.rows.length - last));
    this.body.replaceChildren(...lines);
    if (held) this.cell(...this.at)?.focus({ preventScroll: true });
  }

  // In place of rows, or of columns, that are not made.
  space(rows) {
    const cell = this.gap("td", this.columns.length + 1);
    cell.style.height = `${rows * HEIGHT}px`;
    return make("tr", { class: "space", "aria-hidden": "true" }, cell);
  }

  gap(tag, columns) {
    return make(tag, { colspan: columns, class: "gap", "aria-hidden": "true" });
  }

  titles(start, end) {
    const { ends } = this.table;
    const line = make("tr", { "aria-rowindex": "1" },
      make("th", { scope: "col", class: "corner" }, make("span", {}, "from ↓ to →")));
    if (start) line.append(this.gap("td", start));
    this.columns.slice(start, end).forEach((column, n) => line.append(make("th",
      { scope: "col", title: ends[column].title, "aria-colindex": start + n + 2 },
      make("span", {}, ...breakable(ends[column].title)))));
    if (end < this.columns.length) line.append(this.gap("td", this.columns.length - end));
    for (const cell of line.querySelectorAll(".gap")) cell.style.width = `${cell.colSpan * WIDTH}px`;
    return line;
  }

  row(place, start, end) {
    const row = this.rows[place];
    const { ends } = this.table;
    const line = make("tr", { "aria-rowindex": place + 2 },
      make("th", { scope: "row", title: ends[row].title }, ...breakable(ends[row].title)));
    if (start) line.append(this.gap("td", start));
    for (let across = start; across < end; across++) {
      const column = this.columns[across];
      const look = this.table.look(row, column);
      const cell = document.createElement("td");
      cell.className = look.standing.replaceAll(" ", "-");
      if (!this.hit(row, column)) cell.classList.add("dim");
      cell.dataset.row = place;
      cell.dataset.column = across;
      cell.tabIndex = place === this.at[0] && across === this.at[1] ? 0 : -1;
      cell.setAttribute("aria-colindex", across + 2);
      cell.setAttribute("aria-label", describe(this.table, row, column));
      if (this.words) look.lines.forEach(([text]) => cell.append(make("span", {}, text)));
      else cell.textContent = KEY[look.standing] || "";
      line.append(cell);
    }
    if (end < this.columns.length) line.append(this.gap("td", this.columns.length - end));
    return line;
  }

  cell(place, across) {
    return this.body.querySelector(`td[data-row="${place}"][data-column="${across}"]`);
  }

  // The cell that has, or gets, the focus is the one that Tab leads to.
  enter(cell) {
    const before = this.cell(...this.at);
    if (before) before.tabIndex = -1;
    this.at = [Number(cell.dataset.row), Number(cell.dataset.column)];
    cell.tabIndex = 0;
    this.say(...this.at);
  }

  say(place, across) {
    this.readout.textContent = describe(this.table, this.rows[place], this.columns[across]);
    this.element.querySelectorAll(".here").forEach((each) => each.classList.remove("here"));
    this.head.querySelector(`[aria-colindex="${across + 2}"]`)?.classList.add("here");
    this.cell(place, across)?.parentElement.cells[0].classList.add("here");
  }

  move(event) {
    const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
      Home: [0, -Infinity], End: [0, Infinity], PageUp: [-10, 0], PageDown: [10, 0] };
    if (!event.target.closest("td[data-row]")) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.open();
    } else if (steps[event.key] && !event.altKey && !event.metaKey) {
      event.preventDefault();
      const within = (number, length) => Math.max(0, Math.min(number, length - 1));
      const [down, right] = steps[event.key];
      const isFar = event.ctrlKey && Math.abs(right) === Infinity;
      const place = within(this.at[0] + (isFar ? right : down), this.rows.length);
      this.focus(place, within(this.at[1] + right, this.columns.length));
    }
  }

  focus(place, across) {
    const [first, last, start, end] = this.made;
    if (place < first || place >= last || across < start || across >= end) {
      this.frame.scrollTop = place * HEIGHT - this.frame.clientHeight / 2;
      this.frame.scrollLeft = across * WIDTH - this.frame.clientWidth / 2;
      this.fill();
    }
    const cell = this.cell(place, across);
    if (!cell) return;
    this.enter(cell);
    cell.focus({ preventScroll: true });
    // Sticky titles would cover it.
    const box = cell.getBoundingClientRect(), frame = this.frame.getBoundingClientRect();
    const left = frame.left + this.head.rows[0].cells[0].offsetWidth;
    const top = frame.top + this.head.offsetHeight;
    if (box.left < left) this.frame.scrollLeft -= left - box.left;
    else if (box.right > frame.right - 16) this.frame.scrollLeft += box.right - frame.right + 16;
    if (box.top < top) this.frame.scrollTop -= top - box.top;
    else if (box.bottom > frame.bottom - 16) this.frame.scrollTop += box.bottom - frame.bottom + 16;
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  open() {
    explain(this.table, this.rows[this.at[0]], this.columns[this.at[1]], () => this.focus(...this.at));
  }
}
