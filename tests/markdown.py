"""Markdown: the sections, code blocks, links and anchors of a page, as GitHub shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import count


def lines_of(text: str) -> Iterator[tuple[str, bool]]:
    """Every line, and whether it is outside of code blocks."""
    in_code = False
    for line in text.splitlines(keepends=True):
        in_code ^= line.startswith("```")
        yield line, not in_code and not line.startswith("```")


def heading_of(line: str) -> tuple[int, str] | None:
    """The level and the title, if the line is a heading."""
    found = re.match(r"(#+) (.*)", line)
    return (len(found[1]), found[2].strip()) if found else None


def section(text: str, title: str) -> str:
    """The text under a heading, up to the next heading of its level or above."""
    lines, level = [], 0
    for line, plain in lines_of(text):
        heading = heading_of(line) if plain else None
        if heading and heading[1] == title:
            level = heading[0]
        elif heading and heading[0] <= level:
            break
        elif level:
            lines.append(line)
    return "".join(lines)


def blocks(text: str, language: str) -> list[str]:
    """The code blocks of a language."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def commands(text: str) -> str:
    """What a reader types: the lines after a `$` in the console blocks."""
    lines = [line for block in blocks(text, "console") for line in block.splitlines()]
    return "\n".join(line[2:] for line in lines if line.startswith("$ "))


def prose(text: str) -> str:
    """The page without its code: neither blocks nor words in backticks."""
    return re.sub(r"`[^`\n]*`", "", "".join(line for line, plain in lines_of(text) if plain))


def links(text: str) -> list[str]:
    """The targets of all links and pictures."""
    text = prose(re.sub(r"\[`([^`]*)`\]", r"[\1]", text))
    return re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'\b(?:src|href)="([^"]+)"', text)


def anchors(text: str) -> set[str]:
    """What GitHub calls the headings in the address of a page: `nnfs check` is #nnfs-check."""
    found: set[str] = set()
    for heading in (heading_of(line) for line, plain in lines_of(text) if plain):
        if heading:
            title = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading[1]).lower()
            name = re.sub(r"[^\w\- ]", "", title).replace(" ", "-")
            found.add(next(slug for n in count() if (slug := f"{name}-{n}" if n else name) not in found))
    return found
