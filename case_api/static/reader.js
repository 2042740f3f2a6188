// Starts Swagger UI on the document of this server. It asks no other server.
const reader = document.getElementById("reader");
window.SwaggerUIBundle({
  url: reader.dataset.document,
  dom_id: "#reader",
  deepLinking: true,
  persistAuthorization: false,
  validatorUrl: null,
});
