// A form whose answer takes seconds: says so while it is on its way, and is not sent twice.

for (const form of document.querySelectorAll("form[data-busy]")) {
  const button = form.querySelector("button");
  const told = document.createElement("p");
  told.className = "hint";
  told.setAttribute("role", "status");
  form.append(told);

  form.addEventListener("submit", () => {
    button.disabled = true;
    told.replaceChildren(document.createElement("progress"), ` ${form.dataset.busy}`);
  });
  addEventListener("pageshow", () => {
    // Back from the next page, the form is as it was.
    button.disabled = false;
    told.replaceChildren();
  });
}
