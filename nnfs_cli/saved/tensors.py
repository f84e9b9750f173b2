"""Tensors: the names that weights and slots have in a checkpoint, the same as in PyTorch after "model."."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nnfs_cli.errors import CheckpointError
from nnfs_cli.nn.embeddings import NAME
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.optimizers.base import Optimizer
from nnfs_cli.nn.shapes import Array
from nnfs_cli.nn.variable import State, Variable
from nnfs_cli.runs.checkpoint import FIX, Checkpoint
from nnfs_cli.text import shown

LONGEST_TABLE = 100
SLOTS, RAW, MODEL = "optimizer.", "raw.", "model."


def weights_of(network: Network) -> dict[str, Array]:
    """The values of all variables and states: model.<layer index>.<name>, embedding.<column>.weight."""
    return {name: saved.value for name, saved in _saved(network).items()}


def slots_of(network: Network, optimizer: Optimizer) -> dict[str, Array]:
    """What the optimizer remembers: optimizer.<slot>.<name of the variable>."""
    return {
        f"optimizer.{slot}.{_tensor(name)}": part
        for slot, vector in optimizer.slots.items()
        for name, part in network.split(vector)
    }


def raw_of(network: Network) -> dict[str, Array]:
    """The weights of the last step, where those of the model are an average: raw.<layer index>.<name>."""
    return {_raw(name): value for name, value in weights_of(network).items()}


def restore_weights(network: Network, checkpoint: Checkpoint) -> None:
    """Give a network, which need not have memory yet, the weights of a checkpoint.

    Raises:
        CheckpointError: it has other weights; a table says which. Or some are no finite numbers.
    """
    refuse_other_weights(network, checkpoint)
    network.allocate()
    copy_weights(network, checkpoint, {name: name for name in _saved(network)})


def copy_weights(network: Network, checkpoint: Checkpoint, names: Mapping[str, str]) -> None:
    """Copy some tensors of a checkpoint into a network that has memory.

    Args:
        names: what they are called in the network, and in the checkpoint.

    Raises:
        CheckpointError: some are no finite numbers.
    """
    own = _saved(network)
    for target, name in names.items():
        own[target].value[...] = _finite(checkpoint, name)


def shapes_of(network: Network) -> dict[str, tuple[int, ...]]:
    """The shapes of the tensors that a network, which need not have memory yet, has in a checkpoint."""
    return {name: saved.shape for name, saved in _saved(network).items()}


def refuse_other_weights(network: Network, checkpoint: Checkpoint) -> None:
    """Compare a network, which need not have memory yet, with a checkpoint.

    Raises:
        CheckpointError: the checkpoint has other weights; a table says which.
    """
    found = {name: array for name, array in checkpoint.tensors.items() if not name.startswith((SLOTS, RAW))}
    _refuse_differences(checkpoint, shapes_of(network), found)


def restore_raw(network: Network, checkpoint: Checkpoint, *, wanted: bool) -> None:
    """Give an allocated network the weights of the last step.

    Args:
        wanted: whether the training keeps an average beside them; nothing is there if not.

    Raises:
        CheckpointError: they are not there, not those of this network, or not finite.
    """
    own = raw_of(network) if wanted else {}
    found = {name: array for name, array in checkpoint.tensors.items() if name.startswith(RAW)}
    _refuse_differences(checkpoint, {name: array.shape for name, array in own.items()}, found)
    for name, array in own.items():
        array[...] = _finite(checkpoint, name)


def restore_slots(network: Network, optimizer: Optimizer, checkpoint: Checkpoint) -> None:
    """Give an allocated optimizer the memory of a checkpoint.

    Raises:
        CheckpointError: it is of another optimizer or another network.
    """
    own = slots_of(network, optimizer)
    found = {name: array for name, array in checkpoint.tensors.items() if name.startswith(SLOTS)}
    _refuse_differences(checkpoint, {name: array.shape for name, array in own.items()}, found)
    for name, array in own.items():
        array[...] = found[name]


def _finite(checkpoint: Checkpoint, name: str) -> Array:
    """A tensor of a checkpoint.

    Raises:
        CheckpointError: one of its numbers is not finite.
    """
    array = checkpoint.tensors[name]
    if array.dtype.kind != "f" or not np.isfinite([array.min(initial=0), array.max(initial=0)]).all():
        raise CheckpointError(f"{checkpoint.path}: {name} holds something else than finite numbers. {FIX}")
    return array


def _raw(tensor: str) -> str:
    """What the weights of the last step are called, by the name of those that are used."""
    return f"{RAW}{tensor.removeprefix(MODEL)}"


def _saved(network: Network) -> dict[str, Variable | State]:
    """Variables and states by the names of their tensors."""
    return {_tensor(name): saved for name, saved in {**network.variables(), **network.states()}.items()}


def _tensor(name: str) -> str:
    """What a variable or a state of a network is called in a checkpoint: embeddings stand beside the model."""
    return name if name.startswith(f"{NAME}.") else f"{MODEL}{name}"


def _refuse_differences(
    checkpoint: Checkpoint, wanted: Mapping[str, tuple[int, ...]], found: Mapping[str, Array]
) -> None:
    """Compare names and shapes before anything is changed, so that nothing is half loaded."""
    lines = [f"  missing     {name} {wanted[name]}" for name in wanted if name not in found]
    lines += [f"  unexpected  {shown(name)} {found[name].shape}" for name in found if name not in wanted]
    lines += [
        f"  mismatched  {name}: the network has {shape}, the file {found[name].shape}"
        for name, shape in wanted.items()
        if name in found and found[name].shape != shape
    ]
    if lines:
        table = lines[:LONGEST_TABLE] + [f"  and {len(lines) - LONGEST_TABLE:,} more"] * (len(lines) > LONGEST_TABLE)
        raise CheckpointError(
            f"{checkpoint.path}: is of another network, its tensors differ. Use a checkpoint of the same layers:",
            *table,
        )
