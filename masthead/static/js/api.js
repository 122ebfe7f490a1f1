// Swagger UI on the publication's own description of its API. It asks no validator elsewhere, and forgets tokens when
// the page is left.

const place = document.getElementById("try");

window.SwaggerUIBundle({
  url: place.dataset.document,
  domNode: place,
  validatorUrl: null,
  persistAuthorization: false,
  tryItOutEnabled: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
});
