// Who put what into a cell, when, and instead of what: the journal forgets nothing.
import { h, shortDay } from "./dom.js";
import { ATTENDANCE } from "./page.js";

export function showHistory({ page, table, data, at: { row, column } }) {
  const { lesson } = table.columns[column];
  aimReport(page, table.columns[column], page.pupils[row]);
  return listRevisions(data.urls.page, { lesson_id: lesson.id, pupil_id: page.pupils[row].id }, page.texts);
}

/** Open the dialog on what was changed on a page; `asked` names the cell, `title` says whose it is. */
export async function listRevisions(url, asked, texts, title = "") {
  const list = document.getElementById("revisions");
  const about = document.getElementById("history-of");
  [about.textContent, about.hidden] = [title, !title];
  list.replaceChildren();
  document.getElementById("history").showModal();
  try {
    const answer = await fetch(`${url}/revisions?${new URLSearchParams(asked)}`, { headers: { Accept: "application/json" } });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.detail);
    list.append(...told.items.map((revision) => line(revision, texts)));
    if (!told.items.length) list.append(h("li", {}, texts.noHistory));
  } catch (wrong) {
    list.append(h("li", {}, wrong instanceof TypeError ? texts.unanswered : wrong.message));
  }
}

/** Let the link report what stands in the cell: the mark, or else the absence. */
function aimReport(page, { lesson, slot, first }, pupil) {
  const link = document.getElementById("report-error");
  if (!link) return;
  const mark = page.get(lesson, pupil, slot);
  const away = mark === null && first ? page.get(lesson, pupil, ATTENDANCE) : null;
  const cell = away === null ? { what: "mark", slot } : { what: "attendance", slot: ATTENDANCE };
  link.search = new URLSearchParams({ lesson_id: lesson.id, pupil_id: pupil.id, ...cell });
}

function line({ at, actor, what, was, value, reason }, texts) {
  const when = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));
  const about = { comment: `${texts.comment}: `, due: `${texts.due}: ` }[what] ?? "";
  const said = (one) => (one === null ? "—" : what === "due" ? shortDay(one) : one);
  return h("li", {}, about, h("b", {}, `${said(was)} → ${said(value)}`), ` ${when}, ${actor ?? ""}`, reason ? ` · ${reason}` : "");
}
