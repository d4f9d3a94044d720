// The teacher's class page. Follow one mark: a key (typing.js) changes a cell (edits.js), the change
// waits in the queue (queue.js, kept in store.js), and sendMark carries it to the journal.

import { carry } from "./carry.js";
import { listenToClipboard } from "./clipboard.js";
import { CellPanel } from "./cell-panel.js";
import { Edits } from "./edits.js";
import { Keypad } from "./keypad.js";
import { LessonPanel } from "./lesson.js";
import { Outcomes } from "./outcomes.js";
import { ATTENDANCE, Page } from "./page.js";
import { PlanPanel } from "./plan.js";
import { Queue } from "./queue.js";
import { Refresh } from "./refresh.js";
import { Selection } from "./selection.js";
import { comeBack, signInAgain } from "./sign-in.js";
import { State } from "./state.js";
import { Store } from "./store.js";
import { Table } from "./table.js";
import { Typing } from "./typing.js";

const element = document.getElementById("grid");
const data = JSON.parse(element.dataset.grid);
const page = new Page(data);
const table = new Table(element, page);
const state = new State(page);
const session = { seq: data.page.seq, csrf: document.querySelector("meta[name=csrf-token]").content };

/** Carry one batch of one lesson's marks to the journal; tell what became of it. */
export async function sendMark(batch) {
  return carry(batch, data.urls.page, session.csrf);
}

const queue = new Queue({
  store: new Store(data.person, page.id),
  session,
  send: sendMark,
  newWork: (lessonId, slot) => {
    const lesson = page.lesson(lessonId);
    return lesson && !lesson.works.some((work) => work.slot === slot) ? page.newWork(slot) : null;
  },
  onState: (name, waiting) => state.show(name, waiting, queue?.store.works),
  onOutcome: (batch, outcome) => outcomes.take(batch, outcome),
});
const changeOf = ({ key, value }) => {
  const [lesson, pupil, slot] = key.split("/");
  return { kind: "entry", lesson, pupil, slot: Number(slot), value };
};
const cellEdits = { add: (changes) => { queue.add(changes.map(changeOf)); outcomes.conflicts.tidy(); } };
const edits = new Edits(table, cellEdits, (text) => state.note(text));
const panel = new LessonPanel({ page, table, queue, data, note: (text) => state.note(text) });
if (page.canEdit) new PlanPanel({ panel, element, data });
const cellPanel = new CellPanel({ page, table, queue, edits });
const refresh = new Refresh({ data, session, page, table, queue, panel, cellPanel, state });
const outcomes = new Outcomes({
  data, page, table, queue, edits, session, state, panel, refresh, onSignedOut: () => signInAgain(signing),
});
const signing = { data, session, queue, state };
window.addEventListener("focus", () => comeBack(signing));
const selection = new Selection(table, (at) => {
  panel.show(at);
  cellPanel.show(at);
  keypad?.follow(at);
  outcomes.offer(at);
});
refresh.selection = selection;

/** Go to the lesson's next work; `alike`, as in «4/5», a new one is another mark for the same work. */
function second({ alike = false } = {}) {
  const { lesson, slot, work } = table.columns[selection.column];
  const next = table.columns[selection.column + 1];
  if (next?.lesson !== lesson) panel.addWork(lesson, slot, undefined, alike ? work : null);
  selection.by(0, 1);
}

let keypad = null;
if (page.canEdit) {
  const goDown = document.getElementById("go-down");
  goDown.checked = localStorage.getItem("parta:go-down") === "true";
  goDown.addEventListener("change", () => localStorage.setItem("parta:go-down", goDown.checked));
  const typing = new Typing({
    element, selection, edits, onSecond: second, onPalette: () => keypad.open(), goesDown: () => goDown.checked,
  });
  keypad = new Keypad({ table, selection, typing, onSecond: second });
  listenToClipboard({ table, selection, edits, panel, note: (text) => state.note(text) });
  document.getElementById("show-keys").addEventListener("click", () => document.getElementById("keys").showModal());
} else {
  element.addEventListener("keydown", (event) => { if (selection.key(event)) event.preventDefault(); });
  state.show("readOnly", 0, true);
}

const [linkedLesson, linkedPupil] = location.hash.slice(1).split("/"); // As links to a lesson or a cell name it.
const linked = table.columnOf(linkedLesson, ATTENDANCE);
const lastHeld = table.columns.findLastIndex((one) => one.lesson.on <= data.today && one.lesson.state !== "cancelled");
selection.to(table.rowOf(linkedPupil), linked >= 0 ? linked : lastHeld, { focus: linked >= 0 });
selection.reveal(table.cell(selection.row, selection.column));
if (page.canEdit) {
  queue.resend({ withTorn: true });
  refresh.restore();
}
