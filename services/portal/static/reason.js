// Why a mark is changed after its time: asked where the school wants to know.

/** Ask for the reason; null when the teacher would rather not change it. */
export function askReason(why) {
  const dialog = document.getElementById("why");
  const field = document.getElementById("why-reason");
  document.getElementById("why-detail").textContent = why;
  field.value = "";
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((done) => {
    dialog.addEventListener("close", () => done(dialog.returnValue === "yes" ? field.value.trim() : null), { once: true });
  });
}
