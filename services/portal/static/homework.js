// Homework: «не задано» by one button, the way to a lesson's tasks, and answers judged from the keyboard.

const NOBODY = "00000000-0000-0000-0000-000000000000";

function lessonPanel(box) {
  const link = document.getElementById("lesson-tasks");
  const field = document.getElementById("homework");
  const lead = () => {
    link.href = link.dataset.path.replace(NOBODY, box.dataset.lesson);
    link.hidden = false;
  };
  new MutationObserver(lead).observe(box, { attributeFilter: ["data-lesson"] });
  if (box.dataset.lesson) lead();
  document.getElementById("nothing-set")?.addEventListener("click", ({ target }) => {
    if (field.readOnly) return;
    field.value = target.dataset.text;
    field.dispatchEvent(new Event("input"));
  });
}

/**
 * Ctrl+Enter accepts, Ctrl+Shift+Enter returns: the text need not be left to judge an answer.
 * It is heard before the keys that send any form (menu.js), which know of no verdict.
 */
function replies() {
  const judge = (event) => {
    const form = event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.closest("form.reply");
    if (!form) return;
    event.preventDefault();
    form.requestSubmit(form.querySelector(`[value="${event.shiftKey ? "return" : "accept"}"]`));
  };
  document.addEventListener("keydown", judge, { capture: true });
  const next = location.hash.startsWith("#pupil-") ? document.getElementById(location.hash.slice(1)) : null;
  (next ?? document).querySelector("form.reply textarea")?.focus();
}

const box = document.getElementById("lesson");
if (box) lessonPanel(box);
else replies();
