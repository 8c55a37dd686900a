"""Reading what others wrote: text, YAML and tables, within limits. Whatever a file holds, it is read, or refused with its line."""

import json
import stat
import warnings
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any, NoReturn

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, ScalarEvent
from ruamel.yaml.nodes import MappingNode, ScalarNode
from ruamel.yaml.reader import ReaderError

from sxsim.scenario import limits
from sxsim.scenario.problems import InvalidInput, Path, Problem, did_you_mean, steering

_TAG = "tag:yaml.org,2002:"
#: Keys are text; `<<` takes in another mapping.
_KEYS = (f"{_TAG}str", f"{_TAG}merge")


def refused(path: FilePath, message: str, hint: str = "", line: int | None = None) -> InvalidInput:
    """The refusal of a whole file, with its line where there is one."""
    return InvalidInput([Problem((), message, hint, str(path), line)])


def read_bytes(path: FilePath, most: int, advice: str = "") -> bytes:
    """What a file holds, if it is a plain file and not too large. Raises InvalidInput, with advice where there is no such file."""
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise InvalidInput([Problem((), f" {path} cannot be read: Is a directory", "name a file in it")])
        if not stat.S_ISREG(found.st_mode):
            said = f" {path} cannot be read: it is no plain file, but a pipe or a device"
            raise InvalidInput([Problem((), said, "copy what it gives to a file")])
        if found.st_size > most:
            said = f" {path} holds {found.st_size:,} bytes, must be ≤ {most:,}"
            raise refused(path, said, "take out what is not needed; docs/scenario.md has the limits", 1)
        with path.open("rb") as file:
            return file.read(most)
    except FileNotFoundError:
        known = [p.name for p in path.parent.glob(f"*{path.suffix}")] if path.parent.is_dir() else []
        raise InvalidInput([Problem((), f" {path} does not exist", did_you_mean(path.name, known) or advice)]) from None
    except OSError as error:
        raise InvalidInput([Problem((), f" {path} cannot be read: {error.strerror}", advice)]) from None
    except ValueError as error:  # a name that no file can have
        raise InvalidInput([Problem((), f" {str(path)!r} cannot be read: {error}", advice)]) from None


def read_text(path: FilePath, advice: str, most: int = limits.TABLE_BYTES) -> str:
    """The text of a file, its line ends as they are. Raises InvalidInput, with advice where there is no such file."""
    content = read_bytes(path, most, advice)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        hint = "save it as UTF-8 text; of a workbook, save the sheet as CSV"
        raise refused(path, f" {path} cannot be read: it is no UTF-8 text", hint, line) from None
    place = text.find("\0")
    if place >= 0:
        line = text.count("\n", 0, place) + 1
        raise refused(path, "the character '\\x00' is not allowed", "this is no text; save it as text", line)
    return text


class _RefusedError(MarkedYAMLError):
    """What the rules of this file do not allow, at its place. `hint` says what to do."""

    def __init__(self, message: str, mark: Any, hint: str) -> None:
        super().__init__(None, None, message, mark)
        self.hint = hint


class _Composer(Composer):
    """Reads a text within limits: no value is made before all are counted, aliases written out."""

    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader)
        self._values = self._aliases = self._deep = 0
        self._sizes: dict[int, int] = {}

    def compose_node(self, parent: Any, index: Any) -> Any:
        """One value with all it holds."""
        event = self.parser.peek_event()
        if self._deep >= limits.YAML_DEPTH:
            said = f"values lie more than {limits.YAML_DEPTH} deep within each other"
            raise _RefusedError(said, event.start_mark, "write them flatter")
        if isinstance(event, AliasEvent):
            return self._alias(event, parent, index)
        self._look_at(event)
        before = self._values
        self._values += 1
        self._within_limits(event)
        self._deep += 1
        node = super().compose_node(parent, index)
        self._deep -= 1
        self._sizes[id(node)] = self._values - before
        if isinstance(node, MappingNode):
            self._look_at_keys(node)
        if isinstance(node, ScalarNode):
            _look_at_number(node)
        return node

    def _alias(self, event: Any, parent: Any, index: Any) -> Any:
        node = super().compose_node(parent, index)
        if id(node) not in self._sizes:
            raise _RefusedError(f"*{event.anchor} stands within itself", event.start_mark, "write it out")
        self._aliases += 1
        self._values += self._sizes[id(node)]
        if self._aliases > limits.YAML_ALIASES:
            said = f"the file has more than {limits.YAML_ALIASES:,} aliases (*name)"
            raise _RefusedError(said, event.start_mark, "write them out, or take some out")
        self._within_limits(event)
        return node

    def _within_limits(self, event: Any) -> None:
        if self._values > limits.YAML_VALUES:
            said = f"the file holds more than {limits.YAML_VALUES:,} values, aliases written out"
            raise _RefusedError(said, event.start_mark, "take out what is not needed")

    @staticmethod
    def _look_at(event: Any) -> None:
        if event.ctag is not None:
            said = f"the tag {str(event.ctag)!r} is not allowed"
            raise _RefusedError(said, event.start_mark, "leave out ! and what follows: what a value is, its field says")
        if isinstance(event, ScalarEvent):
            if len(event.value) > limits.TEXT_CHARACTERS:
                said = f"a text of {len(event.value):,} characters must be ≤ {limits.TEXT_CHARACTERS:,}"
                raise _RefusedError(said, event.start_mark, "shorten it")
            # Within a folded text the reader itself marks where a line was folded.
            found = steering(event.value.replace("\a", "") if event.style == ">" else event.value)
            if found is not None:
                said = f"the character {found!a} is not allowed in a text"
                raise _RefusedError(said, event.start_mark, "take it out: it would steer the screen, not be shown")

    @staticmethod
    def _look_at_keys(node: Any) -> None:
        for key, _ in node.value:
            if not isinstance(key, ScalarNode) or str(key.ctag) not in _KEYS:
                said = f"(={key.value})" if isinstance(key, ScalarNode) else ""
                hint = "put it in quotes" if said else "write key: value, and after it a blank for each colon"
                raise _RefusedError(f"a key{said} must be text", key.start_mark, hint)


def _look_at_number(node: Any) -> None:
    """Refuse a number that no field can hold."""
    kind, text = str(node.ctag).removeprefix(_TAG), node.value
    if kind not in ("int", "float"):
        return
    if len(text) > limits.NUMBER_CHARACTERS:
        said = f"a number of {len(text)} characters must have ≤ {limits.NUMBER_CHARACTERS}"
        raise _RefusedError(said, node.start_mark, "write it shorter")


class _Constructor(RoundTripConstructor):
    """Leaves dates as text: the schema knows where one must stand, and which days exist."""


_Constructor.add_constructor(f"{_TAG}timestamp", RoundTripConstructor.construct_yaml_str)


def parsed(text: str) -> Any:
    """What a text says in YAML. Raises YAMLError or ValueError."""
    yaml = YAML(typ="rt", pure=True)
    yaml.Composer = _Composer
    yaml.Constructor = _Constructor
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return yaml.load(text)


def read_yaml(path: FilePath, advice: str = "sxsim new NAME makes one to start from") -> Any:
    """Parse a YAML file, keeping line numbers. Raises InvalidInput when it cannot be read or parsed."""
    text = read_text(path, advice, limits.YAML_BYTES)
    try:
        return parsed(text)
    except _RefusedError as error:
        raise refused(path, str(error.problem), error.hint, _line(error)) from None
    except (YAMLError, ValueError, RecursionError, NotImplementedError, AttributeError, AssertionError) as error:
        line, said = None, str(error) or "it cannot be parsed"
        if isinstance(error, MarkedYAMLError):
            line = _line(error)
            said = error.problem or error.context or "it cannot be parsed"
        elif isinstance(error, ReaderError):
            line = text.count("\n", 0, error.position) + 1
            said = f"the character {chr(error.character)!a} is not allowed"
        hint = "check indentation, colons and quotes near this line" if line else ""
        raise refused(path, f"the file is no valid YAML: {said}", hint, line or 1) from None


def _line(error: MarkedYAMLError) -> int | None:
    mark = error.problem_mark or error.context_mark
    return mark.line + 1 if mark else None


def read_json(path: FilePath, advice: str) -> Any:
    """What a JSON file says. Raises InvalidInput."""
    text = read_text(path, advice, limits.DESCRIPTION_BYTES)
    try:
        return json.loads(text, parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise refused(path, f" {path} cannot be read: it is no JSON ({error.msg})", advice, error.lineno) from None
    except (ValueError, RecursionError) as error:
        said = "it is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise refused(path, f" {path} cannot be read: it is no JSON ({said})", advice, 1) from None


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def line_of(data: Any, path: Path) -> int | None:
    """Line of a path in parsed YAML, counted from 1; of its nearest parent where the path itself is not there."""
    line = 1 if isinstance(data, dict | list) else None
    for part in path:
        try:
            if isinstance(data, dict) and part in data:
                line = data.lc.key(part)[0] + 1  # type: ignore[attr-defined]
                data = data[part]
            elif isinstance(data, list) and isinstance(part, int):
                line = data.lc.item(part)[0] + 1  # type: ignore[attr-defined]
                data = data[part]
            else:
                break
        except (KeyError, AttributeError, IndexError, TypeError):
            break
    return line


def plain(data: Any) -> Any:
    """Parsed YAML as plain dicts, lists and scalars."""
    if isinstance(data, Mapping):
        return {str(key): plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [plain(value) for value in data]
    if isinstance(data, bool) or type(data).__name__ == "ScalarBoolean":
        return bool(data)
    for base in (int, float, str):
        if isinstance(data, base) and type(data) is not base:
            return base(data)
    return data


def like_thousands(data: Any) -> str:
    """How a parsed number is written, where it may mean thousands, like 95.000; else nothing."""
    width, point = getattr(data, "_width", None), getattr(data, "_prec", None)
    if not isinstance(data, float) or width is None or point is None or getattr(data, "_exp", None):
        return ""
    decimals = width - point - 1
    text = f"{float(data):.{max(decimals, 0)}f}"
    return text if decimals == 3 and 1.0 <= abs(data) < 1000.0 else ""
