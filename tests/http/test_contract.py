"""The OpenAPI document is valid, stable and tells the truth about refusals."""

import json
import re
from string import Formatter
from uuid import UUID

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from case_api.app import FEATURES
from case_api.docs.contract import operation_id
from tests.slices import some


@pytest.fixture
def document(client):
    return client.get("/api/openapi.json").json


def operations(document):
    return {
        operation["operationId"]: operation
        for path in document["paths"].values()
        for method, operation in path.items()
        if method != "parameters"
    }


def test_it_is_valid_openapi_3_1(document):
    assert document["openapi"].startswith("3.1")
    asked = some(sorted(document["paths"]), 10)
    paths = {path: document["paths"][path] for path in asked}
    OpenAPIV31SpecValidator(document | {"paths": paths}).validate()


def test_operation_ids_are_one_each(document):
    ids = [
        operation["operationId"]
        for path in document["paths"].values()
        for method, operation in path.items()
        if method != "parameters"
    ]
    assert len(ids) == len(set(ids))


def test_operation_ids_follow_the_functions():
    assert operation_id("write_note") == "writeNote"
    assert operation_id("me") == "me"


def test_the_ids_of_this_part_do_not_change(document):
    assert {"whoAmI", "listMySessions", "endMySession"} <= set(operations(document))


def test_every_operation_documents_its_problems(document):
    for name, operation in operations(document).items():
        responses = operation["responses"]
        assert responses["default"] == {"$ref": "#/components/responses/Problem"}, name
        assert {"400", "500"} <= set(responses), name
        assert operation["summary"], name
        assert operation["tags"], name
    problem = document["components"]["responses"]["Problem"]
    assert set(problem["content"]) == {"application/problem+json"}


def test_versions_keys_and_pages_are_documented(document):
    change = operations(document)["changeThing"]
    assert {"412", "428"} <= set(change["responses"])
    assert [p["name"] for p in change["parameters"] if p["in"] == "header"] == ["If-Match"]
    assert "ETag" in change["responses"]["200"]["headers"]
    echo = operations(document)["echoValue"]
    assert [p["name"] for p in echo["parameters"]] == ["Idempotency-Key"]
    assert {"413", "415"} <= set(echo["responses"])
    numbers = operations(document)["listNumbers"]
    named = {p["name"]: p["schema"] for p in numbers["parameters"]}
    assert (named["limit"]["minimum"], named["limit"]["maximum"], named["limit"]["default"]) == (
        1,
        100,
        50,
    )
    assert {"cursor", "kind", "odd"} <= set(named)
    assert "Link" in numbers["responses"]["200"]["headers"]
    body = numbers["responses"]["200"]["content"]["application/json"]["schema"]
    assert body["properties"]["items"]["items"] == {"$ref": "#/components/schemas/ItemOut"}


# Their answers stand nowhere again; what they are about does.
ABOUT = {
    "give_own_consent",
    "oppose_own_welfare_centre",
    "register_webhook",
    "copy_minutes_to_case",
    "split_household",
}


def test_what_is_made_and_can_be_read_again_says_where(document):
    """That each answer is sent with what is documented, `tests.watching` sees in every test."""
    declared = [each for feature in FEATURES for each in feature.operations]
    read = {type(each.gives) for each in declared if each.method == "GET" and not each.listing}
    made = [each for each in declared if each.status == 201]
    placed = {each.name for each in made if each.location is not None}
    again = {each.name for each in made if type(each.gives) in read and not each.listing}
    assert placed == again | ABOUT
    for each in made:
        answer = operations(document)[operation_id(each.name)]["responses"]["201"]
        assert ("Location" in answer.get("headers", {})) == (each.name in placed), each.name


def test_a_location_is_of_known_names_and_leads_somewhere(app):
    addresses = app.url_map.bind("localhost")
    for each in (each for feature in FEATURES for each in feature.operations if each.location):
        names = {name.split("[")[0] for _, name, _, _ in Formatter().parse(each.location) if name}
        assert names <= set(each.gives.fields) | set(re.findall(r"(\w+)>", each.rule)), each.name
        path = re.sub("{[^}]+}", str(UUID(int=0)), each.location.partition("?")[0])
        assert addresses.test(path, method="GET"), each.name


def test_two_ways_to_sign_in_and_open_operations(document):
    # And a third for the household's own view, which opens nothing else.
    assert set(document["components"]["securitySchemes"]) == {"bearer", "cookie", "household"}
    assert document["security"] == [{"bearer": []}, {"cookie": []}]
    assert operations(document)["openDoor"]["security"] == []
    assert "401" not in operations(document)["openDoor"]["responses"]
    assert "401" in operations(document)["listFew"]["responses"]


def test_every_text_that_is_taken_has_a_maximum(document):
    schema = document["components"]["schemas"]["EchoIn"]
    assert schema["additionalProperties"] is False
    for name, field in schema["properties"].items():
        if field.get("type") == "string" and "format" not in field:
            assert field["maxLength"] > 0, name


def test_the_document_is_for_everybody_and_holds_no_template(client):
    answer = client.get("/api/openapi.json")
    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert "__" not in json.dumps(list(answer.json["paths"]))


def test_the_reader_loads_only_from_here(client):
    page = client.get("/api/docs")
    assert page.status_code == 200
    assert "//" not in page.text.replace("<!doctype html>", "").replace("data:,", "")
    for name in ("swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"):
        assert f"/api/docs/assets/{name}" in page.text
        assert client.get(f"/api/docs/assets/{name}", buffered=True).status_code == 200
    for name in ("index.css", "oauth2-redirect.html", "..%2f__init__.py", "swagger-ui.js"):
        assert client.get(f"/api/docs/assets/{name}").status_code == 404
