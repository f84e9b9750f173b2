"""nnfs check: is a configuration valid, and what does it stand for?"""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from nnfs_cli.cli import options, terminal
from nnfs_cli.cli.tables.inspection import inspection_lines
from nnfs_cli.errors import MachineError
from nnfs_cli.text import counted, harmless

if TYPE_CHECKING:
    from nnfs_cli.nn.shapes import Shape
    from nnfs_cli.sessions.check import Checked, LayerSize
    from nnfs_cli.sessions.preview import Preview
    from nnfs_cli.sessions.profile import PassTimes


@click.command(cls=options.Helpful, short_help="Check a configuration and show its layers.")
@options.CONFIG
@options.OVERRIDES
@options.DATA_DIR
@click.option("--profile", "timed", is_flag=True, help="Time the passes of every layer in a training step.")
@click.option("--data", "inspected", is_flag=True, help="Read all data and tell what there is to learn from.")
@click.option(
    "--preview", "picture", type=options.PathType(new=True), help="Draw augmented examples into a new PNG file."
)
@options.JSON
def command(
    config: Path,
    overrides: tuple[str, ...],
    data_dir: Path,
    timed: bool,
    inspected: bool,
    picture: Path | None,
    as_json: bool,
) -> None:
    """Check CONFIG and the tables it names, and print every layer with its output shape and its cost.

    Of data in other formats no more is read than tells their shape and classes. With --data all of them are read: each
    column of a table is told with its kind, missing cells, range and what becomes of it, each class with its examples,
    and what is suspicious, such as rows in two splits or a column that gives the answer away.

    With --preview some training images are drawn as they are, and beside each what dataset.augment makes of it in the
    first epochs, exactly as a training sees it.

    Every mistake is reported, with its line and how to fix it. The receptive field is the stretch of an image
    (height x width) or a sequence that one place of the output of a layer depends on, far from all edges. Multiply-adds
    are those of the forward pass of one example; memory is that of a training at its peak, all its processes together.

    \b
    Example:
      nnfs check configs/mnist_cnn.yaml --set model.layers.0.filters=32
      nnfs check configs/digits_cnn.yaml --preview augmented.png
    """
    if picture is not None:
        _refuse_picture(picture)
    from nnfs_cli.config import load, read_threads

    options.fix_blas_threads(read_threads(config, overrides))
    from nnfs_cli.sessions.check import check
    from nnfs_cli.sessions.preview import preview

    loaded = load(config, overrides)
    locator = options.locator(data_dir)
    checked = check(loaded, locator, timed=timed, inspected=inspected)
    shown = preview(loaded, locator) if picture is not None else None
    if as_json:
        terminal.answer_json({"valid": True, **dataclasses.asdict(checked), "preview": picture and str(picture)})
    else:
        terminal.answer("\n".join(_lines(checked)))
    suspicious = checked.data.warnings if checked.data is not None else ()
    notes = dict.fromkeys((*checked.notes, *(shown.notes if shown is not None else ())))
    for warning in (*loaded.warnings(), *notes, *suspicious):
        terminal.warn(warning)
    if shown is not None:
        _draw(shown, picture, loaded.name)


def _refuse_picture(path: Path) -> None:
    """Refuse to draw where something is already, where no folder is, or what the name does not say.

    Raises:
        UsageError: the file exists, or is not called .png.
        MachineError: its folder does not exist.
    """
    if os.path.lexists(path):
        raise _taken(path)
    if path.suffix.lower() != ".png":
        raise click.UsageError(f"--preview {path}: a PNG file is written. Choose a name that ends with .png.")
    if _is_missing(path.parent):
        raise MachineError(f"{path}: cannot be written: the folder {path.parent} does not exist. Create it first.")


def _is_missing(folder: Path) -> bool:
    """Whether it is known that nothing is there."""
    try:
        folder.stat()
    except OSError as error:
        return isinstance(error, FileNotFoundError)
    return False


def _taken(path: Path) -> click.UsageError:
    return click.UsageError(f"--preview {path}: exists. Choose another name.")


def _draw(shown: Preview, path: Path, name: str) -> None:
    """Leave the picture.

    Raises:
        UsageError: something has its name by now.
        MachineError: it cannot be drawn or written.
    """
    from nnfs_cli.sessions import pictures

    def draw() -> bytes:
        from nnfs_cli import plots

        return plots.versions(shown.images, shown.limits, shown.names, f"{name}, training examples and their versions")

    try:
        reasons = pictures.leave(path, draw, new=True)
    except FileExistsError:
        raise _taken(path) from None
    if reasons:
        raise MachineError(*reasons)
    terminal.say(f"drawn: {harmless(str(path))}")


def _lines(checked: Checked) -> list[str]:
    from nnfs_cli.text import readable_bytes

    memory = checked.memory
    parts = ", ".join(f"{name} {readable_bytes(count)}" for name, count in dataclasses.asdict(memory).items() if count)
    classes = f", {counted(len(checked.classes), 'class')}" if checked.classes else ""
    frozen = checked.parameters - checked.learned
    return [
        f"{harmless(checked.config)}: valid; examples of shape {checked.input_shape}{classes}",
        "",
        _layer_table(checked),
        "",
        *([f"{checked.learned:,} parameters learn, {frozen:,} are frozen"] if frozen else []),
        f"training takes about {readable_bytes(memory.total)} at its peak: {parts}",
        *(f"{key}: auto, which nnfs train finds with a range test first" for key in checked.open_rates),
        *_profile_lines(checked.profile or ()),
        *(inspection_lines(checked.data) if checked.data is not None else ()),
    ]


def _layer_table(checked: Checked) -> str:
    """A row for each layer; the receptive field has a column where any layer sees a part of the example alone."""
    tells = any(row.receptive_field for row in checked.layers)
    rows = [
        (row.name, _layer(row), f"{row.output}", *[_field(row.receptive_field)] * tells, *_costs(row))
        for row in checked.layers
    ]
    head = ("#", "layer", "output", *["receptive field"] * tells, "parameters", "multiply-adds")
    return terminal.table(head, [*rows, ("", "total", "", *[""] * tells, *_costs(checked))], left=3)


def _layer(row: LayerSize) -> str:
    return _within(row.name) + row.layer + ", frozen" * row.frozen


def _costs(of: LayerSize | Checked) -> tuple[str, str]:
    return f"{of.parameters:,}", f"{of.multiply_adds:,}"


def _field(size: Shape | None) -> str:
    return "all" if size is None else " x ".join(map(str, size))


def _profile_lines(profile: tuple[PassTimes, ...]) -> list[str]:
    """A table of the times of a step, if they were measured."""
    if not profile:
        return []
    total = sum(part.forward + part.backward for part in profile)
    rows = [
        (_within(part.layer) + part.name, _micros(part.forward), _micros(part.backward), _share(part, total))
        for part in profile
    ]
    head = ("a step of one process", "forward, µs", "backward, µs", "share")
    return ["", terminal.table(head, [*rows, ("total", "", _micros(total), "100 %")])]


def _within(name: str) -> str:
    """Two blanks for every block around the layer with this name."""
    return "  " * (name.count(".") // 2)


def _micros(seconds: float) -> str:
    return f"{1e6 * seconds:,.0f}"


def _share(part: PassTimes, total: float) -> str:
    return f"{100 * (part.forward + part.backward) / total:.0f} %"
