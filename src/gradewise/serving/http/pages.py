"""The pages of the service: how to begin, and what may be asked. No script, nothing fetched."""

import json
from collections.abc import Iterator, Mapping
from html import escape
from itertools import groupby
from typing import Any

from gradewise import __version__

_STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem;
color:#1d2430;background:#fff}
h1{font-size:1.6rem}
h2{font-size:1.2rem;margin-top:2rem}
h3{font:600 1rem ui-monospace,monospace;margin:1.5rem 0 .25rem}
pre,code{font-family:ui-monospace,monospace;background:#f2f4f7;border-radius:4px}
code{padding:.1em .3em}
pre{padding:.75rem;overflow-x:auto}
table{border-collapse:collapse;width:100%}
td,th{text-align:left;vertical-align:top;padding:.25rem .75rem .25rem 0;border-bottom:1px solid #e3e7ee}
th{font-weight:600}
@media(prefers-color-scheme:dark){body{background:#14181f;color:#dde3ec}
pre,code{background:#222936}
td,th{border-color:#2c3442}
a{color:#8ab8ff}}"""


def start_page(*, asks_for_tokens: bool) -> str:
    """What stands at the service's address."""
    tokens = (
        "<p>It asks for tokens: send the header <code>Authorization: Bearer TOKEN</code>.</p>"
        if asks_for_tokens
        else "<p>It asks for no token, and so listens on this machine alone.</p>"
    )
    return _page(
        "Gradewise",
        f"<p>This service grades essays (gradewise {escape(__version__)}).</p>{tokens}"
        f"{_example(asks_for_tokens=asks_for_tokens)}"
        "<ul><li><a href='/docs'>What may be asked</a>, and the same for machines: "
        "<a href='/openapi.json'>OpenAPI</a></li>"
        "<li><a href='/healthz'>How it fares</a>, whether it can <a href='/readyz'>grade now</a>, whether it "
        "is <a href='/livez'>alive</a></li>"
        "<li><a href='/metrics'>Metrics</a> for Prometheus</li></ul>",
    )


def _example(*, asks_for_tokens: bool) -> str:
    header = " -H 'Authorization: Bearer TOKEN'" if asks_for_tokens else ""
    return (
        "<pre>curl -s THIS-ADDRESS/v1/score -H 'Content-Type: application/json'"
        f'{header} \\\n  -d \'{{"text": "A text."}}\'</pre>'
    )


def description_page(description: Mapping[str, Any]) -> str:
    """An OpenAPI description for people."""
    operations = [
        (operation["tags"][0], f"{method.upper()} {path}", operation)
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    ]
    parts = [f"<p>{escape(description['info']['description']).replace(chr(10) * 2, '</p><p>')}</p>"]
    parts.append(_example(asks_for_tokens=bool(description["components"]["securitySchemes"])))
    for group, rows in groupby(operations, key=lambda row: row[0]):
        parts.append(f"<h2>{escape(group)}</h2>")
        parts += [_operation(name, operation) for _, name, operation in rows]
    parts.append("<h2>What goes in and out</h2>")
    schemas = description["components"]["schemas"]
    parts += [_schema(name, schema) for name, schema in schemas.items()]
    return _page("What may be asked", "".join(parts))


def _operation(name: str, operation: Mapping[str, Any]) -> str:
    said = [
        ("<code>" + escape(each["name"]) + "</code>", escape(f"{each['in']}: {each['description']}"))
        for each in operation["parameters"]
    ]
    if "requestBody" in operation:
        body = operation["requestBody"]["content"]["application/json"]
        said.append(("body", _kind(body["schema"])))
        if "example" in body:
            shown = json.dumps(body["example"], ensure_ascii=False, indent=2)
            said.append(("for example", f"<pre>{escape(shown)}</pre>"))
    for status, response in operation["responses"].items():
        schema = next(iter(response["content"].values()))["schema"]
        said.append((status, f"{escape(response['description'])} {_kind(schema)}"))
    return f"<h3>{escape(name)}</h3><p>{escape(operation['description'])}</p>{_table(said)}"


def _schema(name: str, schema: Mapping[str, Any]) -> str:
    required = schema.get("required", ())
    rows = [
        (
            f"<code>{escape(field)}</code>{'' if field in required else ' (optional)'}",
            f"{_kind(each)} {escape(each.get('description', ''))}",
        )
        for field, each in schema.get("properties", {}).items()
    ]
    described = escape(schema.get("description", ""))
    return f"<h3 id='{escape(name)}'>{escape(name)}</h3><p>{described}</p>{_table(rows)}"


def _kind(schema: Mapping[str, Any]) -> str:
    """A JSON schema in a few words."""
    if "$ref" in schema:
        name = escape(schema["$ref"].rpartition("/")[2])
        return f"<a href='#{name}'>{name}</a>"
    if "anyOf" in schema:
        return " or ".join(_kind(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(f"<code>{escape(str(each))}</code>" for each in schema["enum"])
    match schema.get("type"):
        case "array":
            return f"list of {_kind(schema['items'])}"
        case "object" if isinstance(schema.get("additionalProperties"), Mapping):
            return f"object of {_kind(schema['additionalProperties'])}"
        case kind:
            return " ".join([escape(str(kind or "anything")), *_bounds(schema)])


def _bounds(schema: Mapping[str, Any]) -> Iterator[str]:
    words = {
        "minimum": "from {}", "maximum": "to {}", "minLength": "of at least {} characters",
        "maxLength": "of at most {} characters",
    }  # fmt: skip
    return (words[key].format(f"{schema[key]:,}") for key in words if key in schema)


def _table(rows: list[tuple[str, str]]) -> str:
    cells = "".join(f"<tr><th>{name}</th><td>{said}</td></tr>" for name, said in rows)
    return f"<table>{cells}</table>" if rows else ""


def _page(title: str, body: str) -> str:
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>"
        f"{escape(title)}</title><meta name='viewport' content='width=device-width,initial-scale=1'>"
        f"<style>{_STYLE}</style></head><body><h1>{escape(title)}</h1>{body}</body></html>"
    )
