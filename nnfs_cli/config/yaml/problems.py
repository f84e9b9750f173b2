"""Problems: the mistakes found so far, each with its location, and the spots of a tree where they are found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from nnfs_cli.config.yaml.tree import Location, Node
from nnfs_cli.errors import ConfigError
from nnfs_cli.text import harmless


class Problems:
    """A list of mistakes that become one error."""

    def __init__(self) -> None:
        self._found: list[tuple[int, str]] = []

    def __len__(self) -> int:
        return len(self._found)

    def add(self, location: Location, sentence: str) -> None:
        """Note one mistake."""
        self._found.append((location.line, harmless(f"{location}: {sentence}")))

    def extend(self, location: Location, sentences: Iterable[str]) -> None:
        """Note mistakes whose sentences already say where."""
        self._found += [(location.line, sentence) for sentence in map(harmless, sentences)]

    def raise_if_any(self) -> None:
        """Raise one ConfigError with every mistake: first those of options, then those of the file by line."""
        if self._found:
            raise ConfigError(*(sentence for _, sentence in sorted(self._found, key=lambda found: found[0])))


@dataclass(frozen=True)
class Spot:
    """A node, the dotted path to it, and where to note what is wrong with it."""

    node: Node
    path: str
    problems: Problems

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition(".")[2]

    def children(self) -> dict[str, Spot]:
        """The spots of the keys of a mapping; none for every other value."""
        nodes = self.node.value if isinstance(self.node.value, dict) else {}
        prefix = f"{self.path}." if self.path else ""
        return {key: Spot(node, prefix + key, self.problems) for key, node in nodes.items()}

    def items(self) -> list[Spot]:
        """The spots of the entries of a list; none for every other value."""
        nodes = self.node.value if isinstance(self.node.value, list) else []
        return [Spot(node, f"{self.path}[{index}]", self.problems) for index, node in enumerate(nodes)]

    def wrong(self, sentence: str, type_name: str = "") -> None:
        """Note a mistake here, unless one is known already; `type_name` is shown behind the path."""
        label = f"{self.path} ({type_name})" if type_name else self.path
        if not self.node.reported:
            self.problems.add(self.node.location, f"{label}: {sentence}")

    def expected(self, words: str, hint: str = "") -> None:
        """Note that the value is not what was expected."""
        self.wrong(f"expected {words}, got {self.node.brief()}.{hint}")
