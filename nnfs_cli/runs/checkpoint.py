"""Checkpoint: one safetensors file with everything that it takes to predict and to go on.

Arrays are tensors; all else is one JSON text in the metadata, beside a SHA-256 of both, because the format by itself
does not see a flipped bit.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nnfs_cli.errors import CheckpointError, MachineError, lacks_memory
from nnfs_cli.nn.shapes import Array
from nnfs_cli.runs import durable, files
from nnfs_cli.runs.tensor_file import DTYPES, Pieces, as_bytes, pieces, plain, read_tensors
from nnfs_cli.text import counted, quoted, shown

FORMAT = 1
MAX_HEADER = 4 * 2**20
MAX_TENSORS = 10_000
LONGEST_REASON = 200
FIX = "Use another checkpoint, or a fresh copy of this one."


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint holds.

    Attributes:
        path: the file, for messages.
        tensors: arrays by name.
        state: everything else, as JSON.
    """

    path: Path
    tensors: Mapping[str, Array]
    state: Mapping[str, Any]


def encode(tensors: Mapping[str, Array], state: Mapping[str, Any]) -> Pieces:
    """The bytes of a checkpoint file in pieces, views of the tensors that are valid until these change.

    They are held against every limit that `read` has.

    Raises:
        MachineError: `read` would refuse them.
    """
    try:
        _check_names(list(tensors))
        text = json.dumps({"format": FORMAT, **state}, allow_nan=False)
        _parsed(text)
        arrays = {name: plain(array) for name, array in tensors.items()}
        data = pieces(arrays, {"nnfs": text, "sha256": _digest(arrays, text)})
        _check_header(bytes(data[0][:8]))
    except (ValueError, RecursionError) as error:
        raise MachineError(
            f"the checkpoint cannot be saved, because it could not be read again: {error}. Train a network with fewer "
            "layers, features or classes."
        ) from None
    return data


def write(path: Path, tensors: Mapping[str, Array], state: Mapping[str, Any]) -> None:
    """Write a checkpoint so that the file is always whole.

    Raises:
        MachineError: it cannot be written, or could not be read; the file that was there is as it was.
    """
    durable.replace(path, encode(tensors, state))


def read(path: Path) -> Checkpoint:
    """Read a checkpoint; a link is not followed.

    Raises:
        CheckpointError: the file is missing, no plain file, damaged, or not a checkpoint of this program.
    """
    from safetensors import SafetensorError, safe_open

    require_checkpoint(path)
    try:
        with safe_open(path, framework="numpy") as file:
            metadata, names = file.metadata() or {}, list(file.keys())
            _check_tensors(path, names)
            _check_dtypes({file.get_slice(name).get_dtype() for name in names})
        tensors = read_tensors(path)
    except (SafetensorError, TypeError, AttributeError, ValueError, EOFError) as error:
        raise CheckpointError(f"{path}: is not a whole safetensors file: {_flaw(path, str(error))}. {FIX}") from None
    return Checkpoint(path, tensors, _state(path, metadata, tensors))


def require_checkpoint(path: Path) -> None:
    """Refuse a file that does not even begin as a checkpoint does; a link is not followed.

    Raises:
        CheckpointError: it is none, or cannot be read.
    """
    try:
        with open(path, "rb", opener=files.opener) as file:
            start = file.read(9)
    except files.NotPlain as error:
        raise CheckpointError(f"{path}: {error.strerror}.") from None
    except OSError as error:
        if lacks_memory(error):
            raise
        raise CheckpointError(f"{path}: cannot be read: {error.strerror}.") from None
    try:
        _check_header(start[:8])
    except ValueError as error:
        raise CheckpointError(f"{path}: is not a checkpoint: {_what_else(path, start) or f'{error}. {FIX}'}") from None


def _what_else(path: Path, start: bytes) -> str:
    """What a file is that begins with these bytes and is no checkpoint, and what to give; nothing if it is damaged."""
    if path.suffix in (".yaml", ".yml"):
        own = path.name == "config.yaml" and (path.parent / "checkpoints").is_dir()
        run = str(path.parent) if own else f"the run that nnfs train {path} prints"
        return f"it is a configuration. Give {run}, or a .safetensors file of a run."
    if start[8:] not in (b"", b"{"):
        return "it is no safetensors file. Give a run, by its directory or its name, or a .safetensors file of a run."
    return ""


def _check_tensors(path: Path, names: list[str]) -> None:
    try:
        _check_names(names)
    except ValueError as error:
        raise CheckpointError(f"{path}: {str(error).removeprefix('it ')}.") from None


def _check_dtypes(names: set[str]) -> None:
    unknown = sorted(names - set(DTYPES))
    if unknown:
        raise ValueError(f"it holds numbers of type {unknown[0]}, which NumPy lacks")


def _check_header(start: bytes) -> None:
    """Check the first eight bytes of a file.

    Raises:
        ValueError: they are no size of a header, or one beyond the limit.
    """
    if len(start) < 8:
        raise ValueError(f"it has {counted(len(start), 'byte')}" if start else "it is empty")
    size = int.from_bytes(start, "little")
    if size > MAX_HEADER:
        raise ValueError(f"its header claims {size:,} bytes, at most {MAX_HEADER:,} are allowed")


def _check_names(names: list[str]) -> None:
    """Check the names of all tensors.

    Raises:
        ValueError: there are too many, or one cannot be shown.
    """
    if len(names) > MAX_TENSORS:
        raise ValueError(f"it has {len(names)} tensors, more than the {MAX_TENSORS} that are allowed")
    if not all(name.isprintable() and name != "__metadata__" for name in names):
        raise ValueError("it has a tensor whose name cannot be shown")


def _flaw(path: Path, reason: str) -> str:
    """Why the format refuses a file: it is too short or too long for its header, or else what the library says."""
    held, promised = path.stat().st_size, _promised_size(path)
    if promised is not None and held < promised:
        return f"it is cut off, {held:,} of {promised:,} bytes are there"
    if promised is not None and held > promised:
        return f"{counted(held - promised, 'byte')} follow{'s' * (held - promised == 1)} its end"
    return shown(reason, LONGEST_REASON)


def _promised_size(path: Path) -> int | None:
    """The size that a file should have by its header; None if the header makes no sense."""
    with open(path, "rb", opener=files.opener) as file:
        size = int.from_bytes(file.read(8), "little")
        header = file.read(size)
    if len(header) < size:
        return 8 + size
    try:
        entries = json.loads(header)
        ends = [int(entry["data_offsets"][1]) for name, entry in entries.items() if name != "__metadata__"]
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError):
        return None
    promised = 8 + size + max(ends, default=0)
    return promised if promised < 1 << 63 else None


def _state(path: Path, metadata: Mapping[str, str], tensors: Mapping[str, Array]) -> dict[str, Any]:
    if "nnfs" not in metadata:
        raise CheckpointError(
            f"{path}: is a safetensors file, but nnfs did not write it: its metadata has no 'nnfs'. {FIX}"
        )
    text = metadata["nnfs"]
    if metadata.get("sha256") != _digest(tensors, text):
        raise CheckpointError(
            f"{path}: is damaged: its bytes do not match the SHA-256 that was stored with them. {FIX}"
        )
    try:
        state = _parsed(text)
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path}: its metadata is not JSON ({error}). {FIX}") from None
    if not isinstance(state, dict) or state.get("format") != FORMAT:
        found = quoted(state.get("format") if isinstance(state, dict) else None)
        raise CheckpointError(f"{path}: has format {found}, this version of nnfs reads format {FORMAT}. Upgrade nnfs.")
    return state


def _parsed(text: str) -> Any:
    return json.loads(text, parse_constant=_refuse_constant)


def _refuse_constant(word: str) -> None:
    raise ValueError(f"it holds {word}")


def _digest(tensors: Mapping[str, Array], text: str) -> str:
    digest = hashlib.sha256(text.encode())
    for name in sorted(tensors):
        array = tensors[name]
        digest.update(f"{name} {array.dtype.str} {array.shape}".encode())
        digest.update(as_bytes(array))
    return digest.hexdigest()
