"""The API's own document."""

from openapi_spec_validator import validate


def test_the_document_is_valid_and_names_every_endpoint(api):
    document = api.anonymously("GET", "/openapi.json").json

    validate(document)
    paths = {path.removeprefix("/api/identity/v1") for path in document["paths"]}
    assert {"/sessions", "/tokens", "/jwks.json", "/me", "/people", "/groups/{group_id}/roster"} <= paths
    upload = document["paths"]["/api/identity/v1/imports/oneroster"]["post"]["requestBody"]
    assert upload["content"]["multipart/form-data"]["schema"]["properties"]["file"]["format"] == "binary"
