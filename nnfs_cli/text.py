"""Text: how words out of files, names and libraries are shown, so that nothing in them is obeyed or floods a screen."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Iterable, Sequence
from itertools import chain, count, islice
from typing import Any

MOST = 20
LONGEST = 80
LONGEST_LINE = 400
MOST_LINES = 30
BEYOND_COUNTING = 1024**9
_CUT = "..."
_PLAIN = re.compile(r"[^\W\d](?:[ .-]?\w)*")


def harmless(text: str) -> str:
    """One line, as it is but for what is not printable, which is escaped.

    Control characters, line ends, marks that turn the direction of writing and lone surrogates are not printable.
    """
    return text if text.isprintable() else "".join(map(_escape, text))


def harmless_lines(text: str) -> str:
    """Text of several lines that stay lines; tabs stay too."""
    return "".join(character if character in "\n\t" else _escape(character) for character in text)


def shown(text: str, longest: int = LONGEST) -> str:
    """A name or a cell as it is: on one line, harmless, and cut where it gets long."""
    line = harmless(text[: longest + 1])
    return line if len(line) <= longest else line[:longest] + _CUT


def quoted(value: Any) -> str:
    """A value of any type as Python writes it, as `shown` shows it."""
    if isinstance(value, str):
        return shown(repr(value if len(value) <= LONGEST else value[:LONGEST] + _CUT), 2 * LONGEST)
    try:
        return shown(repr(value))
    except ValueError:  # a whole number of more than 4,300 digits
        return "a number that is too long to show"


def listed(names: Sequence[str]) -> str:
    """The first of these names, separated by commas."""
    return ", ".join([*map(shown, names[:MOST]), *([_CUT] if len(names) > MOST else [])])


def flow_list(names: Iterable[str]) -> str:
    """Names as a list of YAML, each in quotes where it would not be read as the same text without them."""
    return f"[{', '.join(shown(name) if _is_plain(name) else _in_quotes(name) for name in dict.fromkeys(names))}]"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known name that is most like `word`, whatever its case; None when none is like it."""
    spelled = {name.lower(): name for name in known}
    guesses = difflib.get_close_matches(word.lower(), spelled, n=1)
    return spelled[guesses[0]] if guesses else None


def sentence(words: str) -> str:
    """Words as a sentence begins."""
    return words[:1].upper() + words[1:]


def counted(number: int, thing: str) -> str:
    """A number of things: "1 output", "2,000 outputs", "3 classes"."""
    return f"{number:,} {thing}{'' if number == 1 else 'es' if thing.endswith('s') else 's'}"


def line_of(text: str) -> str:
    """A whole message on one line; a long one loses its middle: its start says where, its end what to do."""
    line = harmless(text[: 4 * LONGEST_LINE] + text[4 * LONGEST_LINE :][-LONGEST_LINE:])
    half = (LONGEST_LINE - len(_CUT)) // 2
    return line if len(line) <= LONGEST_LINE else f"{line[:half]} {_CUT} {line[-half:]}"


def lines_of(messages: Iterable[str]) -> list[str]:
    """A line for each message, the first 30 of them, then how many more there are."""
    rest = iter(messages)
    lines = [line_of(message) for message in islice(rest, MOST_LINES)]
    more = sum(1 for _ in rest)
    return [*lines, f"and {more:,} more"] if more else lines


def _is_plain(name: str) -> bool:
    return bool(_PLAIN.fullmatch(name)) and name.lower() not in {"true", "false", "null"}


def _in_quotes(name: str) -> str:
    doubled = name.replace("'", "''")
    return shown(f"'{doubled}'") if name.isprintable() else quoted(name)


def _escape(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode()


def readable_bytes(count: float) -> str:
    """A number of bytes with the unit that fits it, such as "29.1 TiB"."""
    units = ("bytes", "KiB", "MiB", "GiB", "TiB", "PiB")
    if count >= BEYOND_COUNTING:
        return f"over {BEYOND_COUNTING // 1024**5:,} PiB"
    power = min(int(math.log(max(count, 1), 1024)), len(units) - 1)
    return f"{count / 1024**power:.{1 if power else 0}f} {units[power]}"


def unique(names: Iterable[str]) -> list[str]:
    """Names, each of them once: the second one that is called alike gets a number."""
    taken: dict[str, None] = {}
    for name in names:
        numbered = chain([name], (f"{name}_{number}" for number in count(2)))
        taken[next(free for free in numbered if free not in taken)] = None
    return list(taken)
