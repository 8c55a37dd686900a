"""Reading the sources of the program: what calls what, in which order."""

import ast
import copy
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from markdown_table import first_sentence

from sxsim.explain import rules

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "sxsim"


@cache
def functions(file: str) -> dict[str, ast.FunctionDef]:
    """Functions and methods of a source file, methods as `Class.method`."""
    found = {}
    for node in ast.parse((PACKAGE / file).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = node
        elif isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{part.name}": part for part in node.body if isinstance(part, ast.FunctionDef)}
    return found


def steps(file: str) -> dict[str, ast.FunctionDef]:
    """The steps of an engine file."""
    return _decorated(file, "step")


def _decorated(file: str, decorator: str) -> dict[str, ast.FunctionDef]:
    return {
        name: node
        for name, node in functions(file).items()
        if any(getattr(each, "id", "") == decorator for each in node.decorator_list)
    }


class _WithParts(ast.NodeTransformer):
    """Puts what the parts of a step do behind the statements that call them."""

    def __init__(self, file: str) -> None:
        self._parts = _decorated(file, "part_of_step")

    def visit(self, node: ast.AST) -> Any:
        """A statement, with the bodies of the parts that it calls."""
        node = self.generic_visit(node)
        if not isinstance(node, ast.Expr | ast.Assign):
            return node
        found: list[ast.AST] = [node]
        for call in ast.walk(node):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in self._parts:
                body = ast.Module(_copy(self._parts[call.func.id]), [])
                found += self.visit(body).body
        return found


def _copy(function: ast.FunctionDef) -> list[ast.stmt]:
    return list(copy.deepcopy(function).body[1:])


def with_parts(file: str, node: ast.FunctionDef) -> list[Any]:
    """The body of a step, what its parts do among it."""
    return list(_WithParts(file).visit(copy.deepcopy(node)).body)


MONTH, VISIT, CONTACT, SHIFT = (f"engines/order_of_a_{part}.py" for part in ("month", "visit", "contact", "shift"))
CUSTOMERS, EMPLOYEES, ORGANISATION = (
    f"engines/steps_of_{part}.py" for part in ("customers", "employees", "the_organisation")
)
#: The files of the steps of a month.
MONTHLY = (MONTH, CUSTOMERS, EMPLOYEES, ORGANISATION)
AGENTS, FLOOR = (f"engines/reference/{name}.py" for name in ("agents", "floor"))
#: Steps that only shorten others.
PLUMBING = ("happens", "drawn_minutes", "count_wait")
#: A line of an outline: how deep it stands, and its text.
Line = tuple[int, str]
#: What a call is called in an outline, if it stands there at all.
Named = Callable[[ast.AST], str | None]


def outline(nodes: list[Any], named: Named, depth: int = 0) -> Iterator[Line]:
    """Walk the named calls below some nodes in the order in which they are executed, conditions and loops around them."""
    ways_out: list[Line] = []
    for node in nodes:
        way_out: list[Line] = []
        if isinstance(node, ast.If | ast.While):
            test, word = ast.unparse(node.test), "if" if isinstance(node, ast.If) else "while"
            lines = list(outline([node.test], named, depth))
            body = list(under(f"{word} `{test}`:", node.body, named, depth))
            if isinstance(node.body[-1], ast.Return | ast.Continue):
                body += [(depth + 1, "and that is all")] if body else []
                way_out = [] if body else [(depth, f"that is all if `{test}`")]
            lines += [*body, *under("otherwise:" if body else f"unless `{test}`:", node.orelse, named, depth)]
        elif isinstance(node, ast.For):
            lines = list(outline([node.iter], named, depth))
            what = ast.unparse(node.target).strip("_").replace("_", " ") or f"of `{ast.unparse(node.iter)}`"
            lines += under(f"for each {what}:", node.body, named, depth)
        else:
            lines = list(outline(list(ast.iter_child_nodes(node)), named, depth))
            text = named(node)
            lines += [(depth, text)] if text is not None else []
        if lines:
            yield from ways_out
            ways_out = []
        yield from lines
        ways_out += way_out


def under(head: str, nodes: list[Any], named: Named, depth: int) -> Iterator[Line]:
    """Yield an outline under a head, nothing when it is empty."""
    lines = list(outline(nodes, named, depth + 1))
    if lines:
        yield depth, head
        yield from lines


def bullets(lines: list[Line]) -> str:
    """Write an outline as a nested list; a line that repeats the one before is left out."""
    kept = [line for place, line in enumerate(lines) if place == 0 or line != lines[place - 1]]
    return "\n".join(f"{'  ' * depth}- {text}" for depth, text in kept)


def rule_or_step(file: str) -> Named:
    """Name the rules, steps and draws that a step of a file uses."""
    local = steps(file)

    def named(node: ast.AST) -> str | None:
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "draws":
            return f"draw `{node.attr}`"
        if not isinstance(node, ast.Call):
            return None
        name = ast.unparse(node.func)
        if name in rules():
            return f"[`{name}`](#{anchor(name)}): {first_sentence(rules()[name].says)}"
        return f"step `{name}`" if name in local and name not in PLUMBING else None

    return named


def engine_calls(kind: str | None) -> Named:
    """Name the steps that agents and floor call; `kind` is the class to which `self` belongs."""
    orders = {"month": functions(MONTH), "order": functions(CONTACT), "visits": functions(VISIT)}
    orders |= {"shift": functions(SHIFT)}
    orders |= {"steps_of_customers": functions(CUSTOMERS), "steps_of_employees": functions(EMPLOYEES)}
    orders |= {"steps_of_the_organisation": functions(ORGANISATION)}
    methods = functions(AGENTS) | functions(FLOOR)

    def named(node: ast.AST) -> str | None:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            return None
        name, owner = node.func.attr, ast.unparse(node.func.value)
        if name in orders.get(owner, {}):
            return f"`{name}`: {first_sentence(ast.get_docstring(orders[owner][name]) or '')}"
        known = {
            "self": kind,
            "employee": "Employee",
            "customer": "Customer",
            "touchpoint": "Touchpoint",
            "floor": "Floor",
        }
        method = methods.get(f"{known.get(owner)}.{name}")
        if method is None or not list(outline(method.body, engine_calls(known[owner]))):
            return None
        return f"*{known[owner]}.{name}*: {first_sentence(ast.get_docstring(method) or '')}"

    return named


def anchor(rule: str) -> str:
    """The place of a rule in model.md."""
    return "rule-" + rule.replace(".", "-").replace("_", "-")
