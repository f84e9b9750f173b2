"""Report: what each column of a training table is, how much of it is missing, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from nnfs_cli.data.cells.dates import seconds
from nnfs_cli.data.columns.base import Column
from nnfs_cli.data.spec import ColumnReport
from nnfs_cli.data.survey.kinds import Found
from nnfs_cli.data.survey.rules import rule_for
from nnfs_cli.data.survey.seen import Seen
from nnfs_cli.data.tables.targets import twins
from nnfs_cli.text import listed, quoted, shown

NEARLY = 0.99
LONGEST_NOTE = 6


def report_of(seen: Seen, found: Found, becomes: str, words: Sequence[str] = ()) -> ColumnReport:
    """The report of a column.

    Args:
        words: that it is taken for, in their order, if it is.
    """
    low, high = (words[0], words[-1]) if words else _limits(seen, found)
    return ColumnReport(seen.name, found.kind, seen.rows - seen.present, seen.distinct, low, high, becomes)


def notes_on(seen: Seen, found: Found, column: Column | None) -> Iterator[str]:
    """What people should know of a column."""
    if found.doubt:
        yield found.doubt
    if column is None:
        return
    if found.kind == "category":
        for names in twins(list(seen.words))[:1]:
            same = ", ".join(map(quoted, names))
            yield f"{seen.where}: column '{shown(seen.name)}': {same} are different words, as written"


def nearly_constant(features: Sequence[Seen], columns: Mapping[str, Column]) -> str:
    """The columns that are the same in nearly all rows and are learned from; empty if there is none."""
    learned = [seen for seen in features if seen.name in columns]
    same = [seen for seen in learned if seen.present > seen.most_frequent >= NEARLY * seen.rows]
    if not same:
        return ""
    some = ", ".join(f"{shown(seen.name)} in {seen.most_frequent:,}" for seen in same[:LONGEST_NOTE])
    more = f" and {len(same) - LONGEST_NOTE:,} more columns" if len(same) > LONGEST_NOTE else ""
    return f"the same in nearly all of {same[0].rows:,} rows: {some}{more}. Little is learned from them"


def missing_words(features: Sequence[Seen], columns: Mapping[str, Column]) -> str:
    """Which words are taken for missing cells, and in which columns; empty if only blank cells are."""
    found = dict[str, list[str]]()
    for seen in features:
        for text, count in seen.missing.items():
            if text.strip() and seen.name in columns:
                found.setdefault(text.strip(), []).append(f"{shown(seen.name)} ({count:,})")
    words = [f"{quoted(word)} in {listed(names)}" for word, names in found.items()]
    return f"taken for missing cells: {'; '.join(words[:LONGEST_NOTE])}" if words else ""


def left_out(features: Sequence[Seen], found: Sequence[Found]) -> str:
    """The columns from which nothing is learned though nobody said so, and how to take one in; empty if there is none.

    Args:
        found: the kind of each of the features.
    """
    pairs = zip(features, found, strict=True)
    unsaid = [(seen, one.why) for seen, one in pairs if one.is_left_out and not one.is_said]
    if not unsaid:
        return ""
    some = [f"{shown(seen.name)} ({why})" for seen, why in unsaid]
    more = f" and {len(some) - LONGEST_NOTE:,} more" if len(some) > LONGEST_NOTE else ""
    first, kind = unsaid[0][0], "number" if unsaid[0][0].is_numeric else "category"
    return f"left out: {', '.join(some[:LONGEST_NOTE])}{more}. {rule_for(first.name, 'kind', kind)} takes one in"


def _limits(seen: Seen, found: Found) -> tuple[float | str | None, float | str | None]:
    """The smallest and the largest number, in whatever notation; the first and the last date or word, as it is written.

    Args:
        found: the kind of the column.
    """
    texts = [*seen.texts]
    if found.kind == "date" and texts:
        since = seconds(found.form)
        texts.sort(key=lambda text: since(text) or 0.0)
        return texts[0], texts[-1]
    read = [value for text in texts if (value := found.notation.number(text)) is not None]
    if texts and len(read) < len(texts):
        return min(seen.words), max(seen.words)
    values = [*seen.values[[seen.values.argmin(), seen.values.argmax()]], *read] if len(seen.values) else read
    return (float(min(values)), float(max(values))) if values else (None, None)
