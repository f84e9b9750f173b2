"""Doubts: what people should know of how a column is read, a sentence without its full stop; empty if it is plain."""

from __future__ import annotations

from nnfs_cli.data.cells.dates import ISO, are_of_several_forms, has_zone
from nnfs_cli.data.cells.notation import Notation, are_amounts, is_ambiguous, units_in
from nnfs_cli.data.survey.rules import rule_for
from nnfs_cli.data.survey.seen import Seen
from nnfs_cli.text import flow_list, listed, shown


def padded(seen: Seen) -> str:
    """A word on numbers with zeros before them."""
    if not seen.padded:
        return ""
    different = " that are nearly all different" * seen.nearly_all_different
    rule = rule_for(seen.name, "kind", "ignore" if different else "category")
    return (
        f"{seen.where}: column '{shown(seen.name)}': got '{shown(seen.padded)}', taken for the number "
        f"{float(seen.padded):.15g}. Set {rule} if these are codes{different}"
    )


def rounded(seen: Seen) -> str:
    """A word on whole numbers of more digits than are kept."""
    if not seen.has_too_many_digits:
        return ""
    rule = rule_for(seen.name, "kind", "category")
    of = f"{seen.where}: column '{shown(seen.name)}'"
    return f"{of}: a number keeps 15 digits, and it has longer ones. Set {rule} if these are codes"


def rising(seen: Seen) -> str:
    """A word on whole numbers that rise from row to row."""
    if not seen.rises:
        return ""
    leave = f"Leave it out with dataset.drop: {flow_list([seen.name])} if it only numbers the rows"
    return f"column '{shown(seen.name)}': rises from row to row. {leave}"


def as_read(seen: Seen, texts: dict[str, int], notation: Notation) -> str:
    """How numbers in another notation are read."""
    first = next(iter(texts))
    note = f"{seen.got(first)}: {notation.told(first)}"
    if is_ambiguous(texts, notation) and not seen.has_points:
        other = "," if notation.decimal == "." else "."
        note += f". Set dataset.decimal: '{other}' if that is not meant"
    if notation.unit and seen.numbers:
        note += f"; the {seen.numbers:,} without a sign are taken as they are"
    return note


def doubtful_dates(seen: Seen, texts: list[str], form: str) -> str:
    """A word on dates that may mean something else than they are taken for."""
    if "%y" in form:
        return f"{seen.got(texts[0])}: years of two digits are taken for 1969 to 2068. Write four if that is wrong"
    without = next((text for text in texts if not has_zone(text)), None)
    if form != ISO or without is None or not any(map(has_zone, texts)):
        return ""
    return f"{seen.got(without)} without a time zone beside others that have one: it is taken for UTC"


def differing(seen: Seen) -> str:
    """A word on amounts and dates that are taken for words, because they are not of one kind."""
    texts = list(seen.texts)
    if are_amounts(texts):
        units = listed(units_in(texts))
        return f"{seen.got(texts[0])}: amounts in different units ({units}) are not taken for numbers. Write all in one"
    if not seen.numbers and are_of_several_forms(texts):
        return f"{seen.got(texts[0])}: dates in different forms are not taken for dates. Write all in one"
    return ""
