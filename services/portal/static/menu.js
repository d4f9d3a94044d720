// The head: the present page is in view; an open list closes when one looks elsewhere: by a click beside it, or Escape.
const close = (but) => {
  for (const open of document.querySelectorAll("header details[open]")) if (open !== but) open.open = false;
};
// On a phone the menu, tabs and periods are lines longer than the screen.
for (const here of document.querySelectorAll(":is(.menu, .tabs, .period-tabs) > :is([aria-current], [data-here])")) {
  const [line, own] = [here.parentElement, here].map((one) => one.getBoundingClientRect());
  here.parentElement.scrollLeft += own.left - line.left - (line.width - own.width) / 2;
}
document.addEventListener("click", (event) => close(event.target.closest("header details")));
// What is written in several lines is sent without leaving the keyboard.
document.addEventListener("keydown", (event) => {
  const isSent = event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.matches("textarea");
  if (isSent && !event.defaultPrevented && event.target.form?.method === "post") event.target.form.requestSubmit();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("header details[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
