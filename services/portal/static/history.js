// Who put what into a cell, when, and instead of what: the journal forgets nothing.
import { h } from "./dom.js";

export async function showHistory({ page, table, data, row, column }) {
  const dialog = document.getElementById("history");
  const list = document.getElementById("revisions");
  const { lesson } = table.columns[column];
  const asked = new URLSearchParams({ lesson_id: lesson.id, pupil_id: page.pupils[row].id });
  list.replaceChildren();
  dialog.showModal();
  try {
    const answer = await fetch(`${data.urls.page}/revisions?${asked}`, { headers: { Accept: "application/json" } });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.detail);
    list.append(...told.items.map((revision) => line(revision)));
    if (!told.items.length) list.append(h("li", {}, page.texts.noHistory));
  } catch (wrong) {
    list.append(h("li", {}, wrong instanceof TypeError ? page.texts.unanswered : wrong.message));
  }
}

function line({ at, actor, was, value, reason }) {
  const when = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }).format(new Date(at));
  return h("li", {}, h("b", {}, `${was ?? "—"} → ${value ?? "—"}`), ` ${when}, ${actor ?? ""}`, reason ? ` · ${reason}` : "");
}
