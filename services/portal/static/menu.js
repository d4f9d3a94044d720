// The head: the present page is in view; an open list closes when one looks elsewhere: by a click beside it, or Escape.
const close = (but) => {
  for (const open of document.querySelectorAll("header details[open]")) if (open !== but) open.open = false;
};
// On a phone the menu is one line, longer than the screen.
document.querySelector(".menu > [aria-current], .menu > [data-here]")?.scrollIntoView({ block: "nearest", inline: "center" });
document.addEventListener("click", (event) => close(event.target.closest("header details")));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("header details[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});
