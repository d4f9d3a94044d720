// A thematic plan as a spreadsheet: a row for each topic, rows inserted and taken out, all saved by itself.
import { h, say } from "./dom.js";
import { Sheet } from "./sheet.js";
import { Saving } from "./sheet-saving.js";

const FIELDS = ["section", "topic", "hours", "kind", "control", "homework", "planned_on"];
const WHOLE = FIELDS.length; // In place of a column: the row itself, as when rows move.
const SPARE = 12; // Empty rows below the last topic.
const DAY = /^(\d{1,2})\.(\d{1,2})(?:\.(\d{4}))?$/;

const element = document.getElementById("sheet");
const body = element.tBodies[0];
const data = JSON.parse(element.dataset.sheet);
const { texts } = data;
// `ref` holds the id that the journal gives a topic: copies of a row, as undo keeps them, share it.
const blank = () => ({ ref: { id: null }, section: "", topic: "", hours: 1, kind: "", control: "", homework: "", planned_on: null });
const rows = [];
const heads = [...element.querySelectorAll("thead th[data-lesson]")].map((th) => ({ title: th.textContent }));
let sent = [];

const saving = new Saving({
  columns: [{ url: data.url, version: data.version, title: data.name, editable: data.editable }],
  texts,
  body() {
    sent = rows.filter((row) => row.topic);
    const said = ({ ref, ...topic }) => ({ ...topic, id: ref.id });
    return { name: data.name, topics: sent.map(said) };
  },
  onSaved(_, told) {
    sent.forEach((row, at) => { row.ref.id = told.topic_ids[at]; });
    sayOutOfOrder(told.out_of_order);
    const seen = document.getElementById("seen");
    if (seen) seen.value = `"${told.version}"`;
  },
});

/** Name the rows whose dates are out of order; the journal tells them by the numbers of their topics. */
function sayOutOfOrder(numbers) {
  const note = document.getElementById("days-note");
  const known = rows.filter((row) => row.topic);
  note.hidden = !numbers.length;
  note.textContent = say(texts.outOfOrder, { rows: numbers.map((one) => rows.indexOf(known[one - 1]) + 1).join(", ") });
}

function readHours(text) {
  const hours = Number(text);
  return /^\d{1,2}$/.test(text) && hours >= 1 && hours <= 60 ? { value: hours } : { error: say(texts.badNumber, { what: text.slice(0, 12) }) };
}

/** Empty hours are one of a row that is typed or emptied whole; of a topic that stays they are refused. */
function noHours(row, typed) {
  const isWhole = typed.some(([at, column]) => at === row && FIELDS[column] === "topic");
  return rows[row].topic && !isWhole ? { error: texts.noHours } : { value: 1 };
}

/** Read «07.09» (of the plan's year; of one gone by as in the row above, or of this one) or «07.09.2026». */
function readDay(text, row) {
  if (!text) return { value: null };
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return { value: text };
  const found = DAY.exec(text);
  const above = rows.slice(0, row).findLast((one) => one.planned_on)?.planned_on;
  const year = found?.[3] ?? guessYear(Number(found?.[2]), data.begins || above);
  const day = found && new Date(Date.UTC(year, found[2] - 1, found[1]));
  if (!day || day.getUTCMonth() !== found[2] - 1) return { error: say(texts.badDay, { what: text.slice(0, 12) }) };
  return { value: day.toISOString().slice(0, 10) };
}

function guessYear(month, known) {
  const [year, before] = known ? known.split("-").map(Number) : [new Date().getFullYear(), month];
  return String(before > 7 && month < 8 ? year + 1 : year);
}

const model = {
  editable: () => data.editable && !saving.stuck.has(0),
  value: (row, column) => (column === WHOLE ? rows[row] : rows[row][FIELDS[column]]),
  format(row, column) {
    const value = rows[row][FIELDS[column]];
    if (FIELDS[column] === "hours") return rows[row].topic ? String(value) : "";
    return FIELDS[column] === "planned_on" && value ? value.split("-").reverse().join(".") : value ?? "";
  },
  parse(text, row, column, typed) {
    if (FIELDS[column] === "hours") return text ? readHours(text) : noHours(row, typed);
    return FIELDS[column] === "planned_on" ? readDay(text, row) : { value: text };
  },
  write(row, column, value) {
    if (column === WHOLE) rows[row] = value;
    else rows[row] = { ...rows[row], [FIELDS[column]]: value };
    saving.changed(0);
    grow(row + 1 + SPARE);
  },
  draw(td, row, column) {
    if (column === WHOLE) { FIELDS.forEach((_, at) => model.draw(sheet.cell(row, at), row, at)); return; }
    td.replaceChildren(model.format(row, column));
    td.parentElement.classList.toggle("is-control", Boolean(rows[row].control));
    td.parentElement.classList.toggle("lacks-topic", !rows[row].topic && Boolean(rows[row].homework || rows[row].kind));
  },
  totals() {
    const known = rows.filter((row) => row.topic);
    const hours = known.reduce((sum, row) => sum + row.hours, 0);
    document.getElementById("sum").textContent = say(texts.hoursOf, { topics: known.length, hours });
  },
};

function line(number) {
  return h("tr", { "data-row": String(number) }, h("th", { class: "name", scope: "row" }, String(number + 1)),
    ...FIELDS.map((name) => h("td", { tabindex: "-1", class: name, "aria-readonly": data.editable ? null : "true" })));
}

/** Have at least so many rows. */
function grow(count) {
  while (rows.length < count) {
    const tr = line(rows.length);
    rows.push(blank());
    body.append(tr);
    sheet?.lines.push(tr);
  }
}

/** Move all rows from one on down by one, or up: one step to undo. */
function shift(from, isDown) {
  grow(rows.length + 1);
  const changes = [];
  for (let row = from; row < rows.length; row += 1) {
    const value = isDown ? (row === from ? blank() : rows[row - 1]) : rows[row + 1] ?? blank();
    changes.push({ row, column: WHOLE, value });
  }
  sheet.apply(changes);
  sheet.selection.to(from, sheet.selection.column);
}

let sheet = null;
for (const topic of data.topics) {
  body.append(line(rows.length));
  const { id, ...written } = topic;
  rows.push({ ...written, ref: { id } });
}
grow(rows.length + (data.editable ? SPARE : 0));

// Before the sheet's own: a longer block finds rows enough.
document.addEventListener("paste", (event) => {
  if (!sheet || sheet.input || !data.editable || !element.contains(document.activeElement)) return;
  const lines = event.clipboardData.getData("text/plain").split("\n").length;
  grow(Math.min(sheet.selection.row + lines + SPARE, 400));
});
element.addEventListener("keydown", (event) => {
  if (!data.editable || sheet.input || !(event.ctrlKey || event.metaKey)) return;
  if (event.key === "Enter") shift(sheet.selection.row, true);
  else if (event.key === "Delete" || event.key === "Backspace") shift(sheet.selection.row, false);
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
});
sheet = new Sheet(element, { rows, columns: heads, model, texts, note: (text) => saving.note(text) });
sayOutOfOrder(data.outOfOrder);
document.getElementById("insert-row")?.addEventListener("click", () => shift(sheet.selection.row, true));
document.getElementById("remove-row")?.addEventListener("click", () => shift(sheet.selection.row, false));
if (rows.length) sheet.selection.to(0, 1, { focus: false });
