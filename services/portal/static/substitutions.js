// Of a decision about one lesson only those fields are shown that its kind asks for.
const form = document.getElementById("one");

function fit() {
  const kind = form.elements.kind.value;
  for (const label of form.querySelectorAll("[data-for]")) {
    const isAsked = label.dataset.for.split(" ").includes(kind);
    label.hidden = !isAsked;
    for (const field of label.querySelectorAll("select, input")) field.disabled = !isAsked;
  }
}

if (form) {
  form.elements.kind.addEventListener("change", fit);
  fit();
}
