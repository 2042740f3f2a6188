"""The contract of the API: the OpenAPI document, its reading page, and the list of problems."""
