// A file too large is refused before it is sent: a form of sixty megabytes would be cut off, and all its words lost.

const MEGABYTE = 1024 * 1024;

for (const field of document.querySelectorAll("input[type=file][data-most]")) {
  field.addEventListener("change", () => {
    const { most, mostTogether, tooLarge } = field.dataset;
    const sizes = [...field.files].map((file) => file.size / MEGABYTE);
    const isTooLarge = sizes.some((size) => size > most) || sizes.reduce((a, b) => a + b, 0) > mostTogether;
    field.setCustomValidity(isTooLarge ? tooLarge : "");
    field.reportValidity();
  });
}
