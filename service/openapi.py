"""The OpenAPI 3.1 document, written by SpecTree out of the operations and shapes that the server itself uses.

SpecTree sees a shadow application that nobody calls; its own validation is not used (docs/decisions: validator).
"""

from functools import cache
from typing import Any

import msgspec
from spectree import Response as Spoken
from spectree import SpecTree
from spectree.model_adapter import get_msgspec_model_adapter
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from contract.shapes import Problem
from service.api.operation import Call, Operation, operation

VERSION = "0.1.0"
_UNSAID = "default"


def describe(operations: list[Operation]) -> dict[str, Any]:
    """The document for these operations, as JSON-ready builtins."""
    api = SpecTree(
        "starlette",
        model_adapter=get_msgspec_model_adapter(),
        title="Shopbell",
        version=VERSION,
        path="_spec",
        naming_strategy=name,
        nested_naming_strategy=lambda _, child: child,
    )
    api.app = Starlette(routes=[Route(each.path, _stub(api, each), methods=[each.method]) for each in operations])
    spec: dict[str, Any] = msgspec.to_builtins(api.spec)
    shapes = spec["components"]["schemas"]
    shapes.pop("ValidationError", None)  # SpecTree's own; a refusal of ours is a Problem
    shapes.pop("ValidationErrorElement", None)
    shapes.update(msgspec.json.schema_components([Problem], ref_template="#/components/schemas/{name}")[1])
    spec["components"]["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    for each in operations:
        _complete(spec["paths"][each.path][each.method.lower()], each)
    return spec


def name(shape: Any) -> str:
    """`Listed[Site]` -> `ListOfSite`."""
    origin, inner = getattr(shape, "__origin__", None), getattr(shape, "__args__", ())
    return f"ListOf{name(inner[0])}" if origin is not None and inner else str(shape.__name__)


def _stub(api: SpecTree, each: Operation) -> Any:
    async def stub(request: Any) -> None:
        """Never called."""

    stub.__name__ = f"{each.tag}_{each.handler.__name__}"
    stub.__doc__ = each.handler.__doc__
    if each.gives is not None:
        spoken = Spoken(**{f"HTTP_{each.status}": each.gives})
    else:
        spoken = Spoken("HTTP_200" if each.method == "GET" else "HTTP_204")
    return api.validate(json=each.takes, resp=spoken, skip_validation=True, tags=[each.tag])(stub)


def _complete(said: dict[str, Any], each: Operation) -> None:
    """What SpecTree does not know: who may, the words of the query, how a refusal looks."""
    said["security"] = [] if each.roles is None else [{"bearer": []}]
    if each.roles is not None:
        said["description"] = f"{said.get('description', '')} For: {', '.join(sorted(each.roles))}.".strip()
    given = {parameter["name"] for parameter in said.setdefault("parameters", [])}
    said["parameters"] += [
        {"name": word, "in": "query", "required": False, "schema": {"type": "string"}}
        for word in each.query
        if word not in given
    ]
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    said["responses"] = {code: answer for code, answer in said["responses"].items() if code.startswith("2")} | {
        _UNSAID: {"description": "Refused, with a code of the closed list", "content": problem}
    }


def documented(operations: list[Operation]) -> list[Operation]:
    """These operations, and one more that describes them all."""

    @operation("GET", "/api/openapi.json", roles=None)
    async def document(call: Call) -> Response:
        """This document."""
        return Response(written(), media_type="application/json")

    @cache
    def written() -> bytes:
        return msgspec.json.encode(describe(everything))

    everything = [*operations, document]
    return everything
