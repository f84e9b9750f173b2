"""Reader: a YAML file or text -> a tree of nodes with line numbers, or a sentence that says why not."""

from __future__ import annotations

from pathlib import Path

import yaml

from nnfs_cli.config.yaml.parser import Parser
from nnfs_cli.config.yaml.problems import Problems
from nnfs_cli.config.yaml.suggestions import closest
from nnfs_cli.config.yaml.tree import Location, Node
from nnfs_cli.errors import ConfigError, MachineError

LARGEST_FILE = 1 << 20


def read_file(path: Path, problems: Problems) -> Node:
    """The tree of a configuration file, its top level a mapping; mistakes that can be passed over become problems.

    Raises:
        ConfigError: no such file, or one that cannot be read to its end: size, encoding, syntax.
        MachineError: the system refuses to read it.
    """
    root = read_text(_text(path), Location(str(path), 1), problems)
    if not isinstance(root.value, dict):
        found = "nothing" if root.value is None else root.brief()
        raise ConfigError(f"{path}: expected sections such as dataset and model, got {found}.{_table_hint(path)}")
    return root


def read_text(text: str, first: Location, problems: Problems) -> Node:
    """The tree of a YAML text that begins at the location `first`; without a line, everything is at that location.

    Raises:
        ConfigError: the text cannot be read to its end.
    """
    parser = Parser(yaml.parse(text, Loader=yaml.SafeLoader), first, problems)
    try:
        return parser.document()
    except yaml.MarkedYAMLError as error:
        raise ConfigError(f"{parser.location(error.problem_mark)}: {_sentence(error, parser)}") from error
    except yaml.reader.ReaderError as error:
        line = first.line and first.line + text.count("\n", 0, error.position)
        location = Location(first.source, line)
        raise ConfigError(
            f"{location}: a character that cannot be shown (code {error.character}). Remove it."
        ) from error
    except (ValueError, OverflowError) as error:
        raise ConfigError(f"{first.source}: not valid YAML: a number or an escape is too large. Correct it.") from error


def _text(path: Path) -> str:
    content = _content(path)
    refuse_large(content, path)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line}: not UTF-8 text. Save the file with UTF-8 encoding.") from error


def refuse_large(content: bytes, path: Path) -> None:
    """Refuse a file that no configuration is as large as.

    Raises:
        ConfigError: it is larger than 1 MiB.
    """
    if len(content) > LARGEST_FILE:
        raise ConfigError(
            f"{path}: larger than 1 MiB, too large for a configuration. Shorten it, or name another file."
        )


def _content(path: Path) -> bytes:
    try:
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise ConfigError(f"{path}: is a pipe or a device, expected a YAML file. Copy its content into one.")
        with open(path, "rb") as file:
            return file.read(LARGEST_FILE + 1)
    except FileNotFoundError as error:
        raise ConfigError(f"{path}: no such file.{_neighbour(path)}") from error
    except IsADirectoryError as error:
        raise ConfigError(f"{path}: is a directory, expected a YAML file.{_inside(path)}") from error
    except OSError as error:
        raise MachineError(f"{path}: cannot be read: {error.strerror}.") from error


def _table_hint(path: Path) -> str:
    """What to do with a table, if the name is that of one."""
    if path.suffix.lower() not in (".csv", ".tsv"):
        return ""
    return " Name the table in a YAML file: dataset: {type: csv, train: TABLE, target: COLUMN}; see configs/."


def _inside(path: Path) -> str:
    """The configuration that a run left in its directory."""
    config = path / "config.yaml"
    return f" Did you mean {config}, or --resume {path}?" if config.is_file() else ""


def _neighbour(path: Path) -> str:
    """What to do about a missing configuration; the one beside it whose name is most like it, if there is one."""
    guess = closest(path.name, sorted(file.name for file in path.parent.glob("*.yaml")))
    return f" Did you mean {path.parent / guess}?" if guess else " Correct the path."


def _sentence(error: yaml.MarkedYAMLError, parser: Parser) -> str:
    if "'\\t'" in (error.problem or ""):
        return "a tab stands where YAML wants spaces. Indent with spaces."
    if error.problem == "mapping values are not allowed here":
        return "a colon is not expected here: one above may lack the space after it, or the indentation is wrong."
    line = error.context_mark and parser.location(error.context_mark).line
    known = _known(error.problem or "", f" in line {line}" if line else "")
    start = f" that begins in line {line}" if line else ""
    context = f"{error.context}{start}, " if error.context else ""
    return f"not valid YAML: {known or f'{context}{error.problem}.'}"


def _known(problem: str, begin: str) -> str:
    """What a common problem is in plain words; nothing for a rare one.

    Args:
        begin: where that begins in which the problem is.
    """
    for opening, closing in ("[]", "{}"):
        if problem.startswith(f"expected ',' or '{closing}'"):
            return f"the {opening}{begin} is not closed, or a comma is missing. Add {closing} or the comma."
    if problem.startswith("expected <block end>"):
        return f"this does not continue what begins{begin}. Check the indentation, the quotes and the brackets."
    found = problem.partition(" that ")[0].rpartition("character ")[2]
    return {
        "sequence entries are not allowed here": "a list cannot begin here. Begin it with - in a line of its own.",
        "found unexpected end of stream": f"the quote{begin} is not closed. Add the second one.",
        "could not find expected ':'": f"expected a colon and a space after the key{begin}. Add them.",
        f"found character {found} that cannot start any token": f"a value cannot begin with {found}. Put it in quotes.",
        f"found unknown escape character {found}": (
            f"in double quotes, \\ before {found} has no meaning. Write \\\\, or use single quotes."
        ),
    }.get(problem, "")
