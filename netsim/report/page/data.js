"use strict";
// Several files are one script, this one first.

const data = JSON.parse(document.getElementById("data").textContent);
const $ = (id) => document.getElementById(id);

// All texts are of the input: they are text nodes and attributes, never markup.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}
// ``shop/web[Deployment]`` breaks after the namespace and before the kind.
const breakable = (text) => text.split(/(?<=\/)|(?=\[)/).flatMap((part, n) => (n ? [make("wbr"), part] : [part]));
const count = (number, one, more = `${one}s`) => `${number} ${number === 1 ? one : more}`;

// --- the data, unfolded: a look for each cell ---

const NOTHING = -1;
const WORDS = {
  "as documented": "allowed as documented", exposed: "allowed, not documented",
  forbidden: "allowed, but documented as denied", broken: "documented, but denied",
  undecided: "cannot be decided", denied: "denied as documented", closed: "denied",
  allowed: "allowed", unknown: "allowed or denied, which the input does not tell",
  "left open": "allowed, and left open by the scenario",
  "not judged": "not judged, as the scenario says nothing of it",
  itself: "the same, of which nothing is told",
};
const KEY = {
  "as documented": "✓", exposed: "!", forbidden: "!", broken: "✗", undecided: "?", denied: "·",
  closed: "·", allowed: "→", unknown: "?", "left open": "○", "not judged": "–", itself: "",
};
const EMPTY = new Set(["denied", "closed", "not judged", "itself"]);
const CALM = new Set(["as documented", "allowed", "left open", ...EMPTY]);

function unfold(grid) {
  const size = grid.ends.length;
  const cells = new Int32Array(size * size);
  grid.rows.forEach((runs, row) => {
    let at = row * size;
    for (let n = 0; n < runs.length; n += 2) {
      cells.fill(runs[n], at, at + runs[n + 1]);
      at += runs[n + 1];
    }
  });
  const looks = grid.looks.map(([standing, lines, findings, flows, uncounted]) => ({
    standing, lines: lines.length ? lines : [[KEY[standing], ""]], findings, flows, uncounted, differs: !CALM.has(standing),
    rules: new Set(findings.map((n) => data.findings[n].rule)),
    severities: new Set(findings.map((n) => data.findings[n].severity)),
    text: [standing, ...lines.flat(), ...findings.map((n) => data.findings[n].rule)].join(" ").toLowerCase(),
  }));
  const rest = (standing) => ({ standing, lines: [[KEY[standing], ""]], findings: [], flows: [], uncounted: [],
    differs: false, rules: new Set(), severities: new Set(), text: "denied" });
  const [none, itself] = [rest(grid.documented ? "denied" : "closed"), rest("itself")];
  const ends = grid.ends.map(([title, namespaces, classes]) => ({
    title, namespaces: new Set(namespaces), classes, text: title.toLowerCase(),
  }));
  const look = (row, column) => {
    const number = cells[row * size + column];
    if (number !== NOTHING) return looks[number];
    return row === column && !grid.documented ? itself : none;
  };
  return { grid, ends, size, look, none };
}

// Without the marks, which nobody hears.
function tell({ standing, lines }) {
  if (EMPTY.has(standing)) return WORDS[standing];
  return lines.map(([line, meaning]) => (meaning ? `${line.replace(/^\S /, "")} ${meaning}` : line)).join("; ");
}
const describe = (table, row, column) =>
  `${table.ends[row].title} to ${table.ends[column].title}: ${tell(table.look(row, column))}`;
