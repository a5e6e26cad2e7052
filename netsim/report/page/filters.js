// --- findings ---

const articles = new Map();
const listed = [...document.querySelectorAll("article[data-findings]")].map((element) => {
  const numbers = element.dataset.findings.split(" ").map(Number);
  numbers.forEach((number) => articles.set(number, element));
  return { element, numbers, text: element.textContent.toLowerCase() };
});

// --- filters ---

const form = $("filters");
const tables = data.grids.map(unfold);
const frames = document.querySelectorAll(".grid[data-grid]");
const matrices = tables.map((table, n) => new Matrix(frames[n], table));
// Beside the matrix, the list is for paper, which shows no matrix of marks.
const lists = document.querySelectorAll(".pairs");
const unfoldLists = (open) => lists.forEach((each) => { each.open = open; });
unfoldLists(false);
addEventListener("beforeprint", () => unfoldLists(true));
addEventListener("afterprint", () => unfoldLists(false));

function offer(id, values) {
  $(id).append(...[...values].map((value) => make("option", { value }, value)));
  if (!values.size) $(id).parentElement.hidden = true;
}
const sorted = (values) => new Set([...new Set(values)].sort());
offer("namespace", sorted(tables.flatMap((t) => t.ends.flatMap((end) => [...end.namespaces]))));
offer("endpoint", new Set(tables.flatMap((t) => t.ends.map((end) => end.title))));
offer("rule", sorted(data.findings.map((each) => each.rule)));
$("differing").parentElement.hidden = !tables.some((table) => table.grid.documented);
offer("severity", new Set(data.findings.map((each) => each.severity)));

function filter() {
  const wanted = Object.fromEntries(["namespace", "endpoint", "rule", "severity"].map((id) => [id, $(id).value]));
  wanted.text = $("search").value.trim().toLowerCase();
  wanted.differing = $("differing").checked;
  const about = new Set();
  let [shown, total] = [0, 0];
  matrices.forEach((matrix) => {
    const [hits, size] = narrow(matrix, wanted, about);
    shown += hits;
    total += size;
  });
  const seen = listed.filter(({ element, numbers, text }) => {
    const isSeen = isWanted(numbers, text, wanted, about);
    element.hidden = !isSeen;
    return isSeen;
  });
  const cells = total ? `${shown} of ${count(total, "connection")}, ` : "";
  const sum = (articles) => articles.reduce((number, each) => number + each.numbers.length, 0);
  $("count").textContent = `${cells}${sum(seen)} of ${count(sum(listed), "finding")}`;
}

// Rows and columns with a cell that is wanted; counts the cells where there is anything.
function narrow(matrix, wanted, about) {
  const { table } = matrix;
  const isOf = (end) => (!wanted.namespace || end.namespaces.has(wanted.namespace));
  const ofSpace = table.ends.map(isOf);
  const ofName = table.ends.map((end) => !wanted.endpoint || end.title === wanted.endpoint);
  const ofText = table.ends.map((end) => !wanted.text || end.text.includes(wanted.text));
  const suits = new Map();
  const isSuiting = (look) => {
    if (!suits.has(look)) {
      suits.set(look, (!wanted.differing || look.differs) && (!wanted.rule || look.rules.has(wanted.rule))
        && (!wanted.severity || look.severities.has(wanted.severity)));
    }
    return suits.get(look);
  };
  const hit = (row, column) => {
    const look = table.look(row, column);
    return isSuiting(look) && (ofSpace[row] || ofSpace[column]) && (ofName[row] || ofName[column])
      && (ofText[row] || ofText[column] || look.text.includes(wanted.text));
  };
  const isFree = !(wanted.namespace || wanted.endpoint || wanted.text || wanted.differing || wanted.rule || wanted.severity);
  const rows = new Set(), columns = new Set();
  let [shown, total] = [0, 0];
  for (let row = 0; row < table.size; row++) {
    for (let column = 0; column < table.size; column++) {
      const look = table.look(row, column);
      const isBusy = !EMPTY.has(look.standing);
      if (isBusy) total++;
      if (isFree) { if (isBusy) shown++; continue; }
      if (!hit(row, column)) continue;
      look.findings.forEach((number) => about.add(number));
      if (!isBusy) continue;
      shown++;
      rows.add(row);
      columns.add(column);
    }
  }
  // An end that is asked for is there, though nothing may connect.
  const isNamed = wanted.namespace || wanted.endpoint || wanted.text;
  if (isNamed && !wanted.differing && !wanted.rule && !wanted.severity) {
    matrix.all.filter((n) => ofSpace[n] && ofName[n] && (ofText[n])).forEach((n) => { rows.add(n); columns.add(n); });
  }
  const inOrder = (chosen) => matrix.all.filter((n) => isFree || chosen.has(n));
  matrix.show(inOrder(rows), inOrder(columns), isFree ? () => true : hit);
  return [shown, total];
}

function isWanted(numbers, text, wanted, about) {
  const own = numbers.map((number) => data.findings[number]);
  if (wanted.rule && !own.some((each) => each.rule === wanted.rule)) return false;
  if (wanted.severity && !own.some((each) => each.severity === wanted.severity)) return false;
  if (wanted.text && !text.includes(wanted.text)) return false;
  const named = [wanted.namespace, wanted.endpoint].filter(Boolean);
  return named.every((name) => text.includes(name.toLowerCase())) || numbers.some((number) => about.has(number));
}

let pending = 0;
form.addEventListener("input", () => {
  cancelAnimationFrame(pending);
  pending = requestAnimationFrame(filter);
});
form.addEventListener("reset", () => requestAnimationFrame(filter));
form.addEventListener("submit", (event) => event.preventDefault());
form.hidden = false;
filter();
