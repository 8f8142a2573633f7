"""The OpenAPI 3.1 document of the API, from the table of fields and the shapes of answers."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

import exportrules
from exportrules.answer.schema import DeterminationShape
from exportrules.serve.answers import ASKS, Ask
from exportrules.serve.ledgers import KINDS, REQUEST
from exportrules.serve.requests import FIELDS, Request
from exportrules.serve.shapes import ALWAYS, ChipsShape, HealthShape, ProblemShape, ProvisionShape

PATHS = (
    *(f"/{name}" for name in ASKS), "/chips", "/provisions/{id}", "/audit", "/healthz", "/openapi.json", "/",
)  # fmt: skip
_SHAPES: tuple[type[BaseModel], ...] = (
    *(ask.shape for ask in ASKS.values()),
    ChipsShape,
    ProvisionShape,
    HealthShape,
    ProblemShape,
)
_TAG = {
    "description": "identifies this answer of this engine and these rules: send it as If-None-Match",
    "schema": {"type": "string"},
}


@cache
def document() -> dict[str, Any]:
    """The OpenAPI document as plain data."""
    _, defined = models_json_schema(
        [(shape, "serialization") for shape in _SHAPES], ref_template="#/components/schemas/{model}"
    )
    schemas: dict[str, Any] = defined["$defs"]
    schemas["DeterminationShape"]["required"] = list(ALWAYS)
    paths: dict[str, Any] = {f"/{ask.name}": _asking(ask) for ask in ASKS.values()}
    paths["/chips"] = {"get": _get("chips", "Chips as they are encoded", Request(("name",)), ChipsShape)}
    by_id = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1},
             "description": "instrument#provision, percent-encoded", "example": "88fr73458#3A090.a"}  # fmt: skip
    one = _get("provision", "One provision as it is encoded", Request(()), ProvisionShape)
    paths["/provisions/{id}"] = {"get": {**one, "parameters": [by_id], "responses": {
        **one["responses"], "404": _problem("there is no such provision; near ones are named")}}}  # fmt: skip
    paths["/audit"] = {"post": _audit()}
    paths["/healthz"] = {"get": _plain("health", "The status of the server, and the edition of the law", HealthShape)}
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "exportrules",
            "version": exportrules.__version__,
            "summary": "Was this AI chip exportable on that day? Dated, cited US export rules, computed.",
            "description": "A computed reading of cited rules, not legal advice. Days are days in Washington, D.C.; "
            "nothing defaults to today.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _asking(ask: Ask) -> dict[str, Any]:
    post = {
        "operationId": f"{ask.name}_post",
        "summary": ask.title,
        "description": ask.says,
        "requestBody": {"required": True, "content": {"application/json": {"schema": ask.request.schema()}}},
        "responses": {
            "200": _ok(ask.shape),
            "400": _problem("the request cannot be answered as it stands, in the words of `exportrules check`"),
            "413": _problem("the body is too large"),
            "415": _problem("the body is not application/json"),
            **_anywhere(),
        },
    }
    return {"get": {**_get(ask.name, ask.title, ask.request, ask.shape), "description": ask.says}, "post": post}


def _get(name: str, title: str, request: Request, shape: type[BaseModel]) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": title,
        "parameters": [_parameter(request, field) for field in request.fields],
        "responses": {
            "200": {**_ok(shape), "headers": {"ETag": _TAG}},
            "304": {"description": "the answer is the one that If-None-Match names"},
            "400": _problem("the request cannot be answered as it stands, in the words of `exportrules check`"),
            **_anywhere(),
        },
    }


def _plain(name: str, title: str, shape: type[BaseModel]) -> dict[str, Any]:
    return {
        "operationId": name,
        "summary": title,
        "responses": {"200": _ok(shape), "400": _problem("there is a field, and none is taken"), **_anywhere()},
    }


def _parameter(request: Request, name: str) -> dict[str, Any]:
    """A field as a query parameter: lists by repeating it, tables as name[key]=value."""
    schema = dict(request.field(name))
    says = schema.pop("description")
    kind = FIELDS[name].kind
    parameter: dict[str, Any] = {"name": name, "in": "query", "required": name in request.required, "description": says}
    if kind in ("facts", "columns"):
        parameter |= {"style": "deepObject", "explode": True}
        if kind == "facts":
            schema["additionalProperties"] = {"type": "string", "minLength": 1}
            schema["examples"] = [{"tpp": "2368"}]
    elif kind == "words":
        schema = dict(schema["anyOf"][1])
        parameter |= {"style": "form", "explode": True}
    elif schema.get("type") == "array":
        parameter |= {"style": "form", "explode": True}
    return {**parameter, "schema": schema}


def _audit() -> dict[str, Any]:
    rows = {kind: {"schema": {"type": "string"}} for kind in KINDS}
    account = {"description": "rows, outcomes and problems as JSON", "schema": {"type": "string"}}
    return {
        "operationId": "audit",
        "summary": "Answer every row of a ledger under the law of its own day",
        "description": "Returns the same rows with their answers added after their own cells. Nothing is stored.",
        "parameters": [_parameter(REQUEST, name) for name in REQUEST.fields],
        "requestBody": {"required": True, "content": rows},
        "responses": {
            "200": {"description": "the rows with their answers", "content": rows,
                    "headers": {"Exportrules-Account": account, "Exportrules-Ruleset": account}},
            "400": _problem("the ledger does not say enough, in the words of `exportrules audit`"),
            "413": _problem("the ledger is too large"),
            "415": _problem("the body is of another type"),
            **_anywhere(),
        },
    }  # fmt: skip


def _ok(shape: type[BaseModel]) -> dict[str, Any]:
    schema = {"$ref": f"#/components/schemas/{shape.__name__}"}
    says = (shape.__doc__ or "").strip().split("\n")[0]
    if shape is DeterminationShape:
        says = (
            "A determination as `exportrules check --json` prints it, or the parts that `fields` names; as text/plain, "
            "where that is the first type accepted, the whole of it in sentences, one a line."
        )
    content: dict[str, Any] = {"application/json": {"schema": schema}}
    if shape is DeterminationShape:
        content["text/plain"] = {"schema": {"type": "string"}}
    return {"description": says, "content": content}


def _problem(says: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/ProblemShape"}
    return {"description": says, "content": {"application/problem+json": {"schema": schema}}}


def _anywhere() -> dict[str, Any]:
    """The errors with which any request may be refused."""
    return {
        "414": _problem("the address is too long"),
        "421": _problem("the request is for a host that this server does not go by"),
        "431": _problem("the head of the request is too large"),
        "503": _problem("too many requests are under way, or this one took too long"),
    }
