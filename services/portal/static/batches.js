// Drafts into batches: one request each, with a body and a key that never change again.

let last = 0;

/** Freeze a draft: per lesson its works, its marks, what is said of them, its topic and homework.
 * These two apart: what had been seen when one was typed is perhaps not what had been when the other was. */
export function freeze(draft, newWork) {
  const lessons = [...new Set(draft.map((change) => change.lesson))];
  return lessons.flatMap((lesson) => {
    const mine = draft.filter((change) => change.lesson === lesson);
    const entries = mine.filter((change) => change.kind === "entry");
    return [
      ...mine.filter((change) => change.kind === "work").map((change) => workBatch(lesson, change)),
      ...(entries.length ? [entriesBatch(lesson, entries, newWork)] : []),
      ...mine.filter((change) => change.kind === "comment").map((change) => commentBatch(lesson, change)),
      ...mine.filter((change) => change.kind === "due").map((change) => dueBatch(lesson, change)),
      ...mine.filter((change) => change.kind === "description").flatMap((change) => descriptionBatch(lesson, [change])),
    ];
  });
}

/** `newWork(lesson, slot)` names the work a first mark in an empty slot makes, or null. */
export function entriesBatch(lesson, changes, newWork) {
  const slots = [...new Set(changes.filter((one) => one.slot && one.value !== null).map((one) => one.slot))];
  // Without a weight: the one of its type on the lesson's day, which may be another than today's.
  const works = slots.map((slot) => newWork(lesson, slot)).filter(Boolean).map((work) => ({ ...work, weight: undefined }));
  const entries = changes.map(({ pupil, slot, value }) => ({ pupil_id: pupil, slot, value }));
  const body = works.length ? { entries, works } : { entries };
  return made("entry", lesson, changes, "POST", `lessons/${lesson}/entries`, body);
}

/** A work without a type is taken back. */
function workBatch(lesson, change) {
  const { slot, type, weight, title, is_monitoring, counts } = change;
  const path = `lessons/${lesson}/works/${slot}`;
  if (type === null) return made("work", lesson, [change], "DELETE", path, {});
  return made("work", lesson, [change], "PUT", path, { type, weight, title, is_monitoring, counts });
}

function commentBatch(lesson, change) {
  const { pupil, slot, comment } = change;
  return made("comment", lesson, [change], "PUT", `lessons/${lesson}/entries/${slot}/${pupil}/comment`, { comment });
}

function dueBatch(lesson, change) {
  const { pupil, slot, due_on } = change;
  return made("due", lesson, [change], "PUT", `lessons/${lesson}/entries/${slot}/${pupil}/due`, { due_on });
}

/** Topic and homework are two cells: JSON leaves out what nobody wrote, and another may have. */
export function descriptionBatch(lesson, changes) {
  const { topic, homework, topic_id } = Object.assign({}, ...changes);
  const body = { topic, homework, topic_id };
  return changes.length ? [made("description", lesson, changes, "PUT", `lessons/${lesson}/description`, body)] : [];
}

export function made(kind, lesson, changes, method, path, body) {
  last = Math.max(last + 1, Date.now());
  return { key: newKey(), at: last, kind, lesson, changes, seq: seenBy(changes), method, path, body };
}

/** The state of the page in which all of these changes had been seen. */
export function seenBy(changes) {
  return Math.min(...changes.map((one) => one.seq));
}

// crypto.randomUUID is missing where a school serves by plain http.
function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
