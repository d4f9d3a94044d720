// Shows the service's OpenAPI document; a file of its own, so that the page needs no inline script.
const place = document.getElementById("swagger-ui");
window.SwaggerUIBundle({ url: place.dataset.spec, domNode: place, deepLinking: true });
