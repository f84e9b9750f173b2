"""States: checkpoints whose description or tensors are others, under a digest that is right again."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import numpy as np

from nnfs_cli.runs import checkpoint
from nnfs_cli.runs.tensor_file import pieces
from tests.fuzz.meaning import values
from tests.fuzz.meaning.world import BASES, Base, World
from tests.fuzz.mutate import Random
from tests.fuzz.trees import damage

Tensors = dict[str, np.ndarray]
PARTS = ("network", "data", "training", "config", "digests", "loss", "machine", "notes")
COLUMNS = (
    [{"name": "x", "categories": None}],
    [{"name": "x", "categories": None}] * 5,
    [{"name": "x", "categories": ["a", "a"]}],
    [{"name": "x", "categories": ["a", "b", "c", "d"]}],
    [{"name": "", "categories": [""]}],
    [{"name": "size", "categories": ["\x1b[1m", "\n"]}],
)
DTYPES = ("f2", "f8", "i8", "i4", "u1", "?", "f4", "i1")


def make(rng: Random, world: World, folder: Path) -> list[str]:
    """A command on a run whose checkpoint is forged."""
    sound = rng.choice(BASES)
    state, tensors = copy.deepcopy(dict(world.saved(sound).state)), dict(world.saved(sound).tensors)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        rng.choice(FORGERIES)(rng, state, tensors)
    forged = folder / "run" / "checkpoints" / "last.safetensors"
    forged.parent.mkdir(parents=True)
    write(forged, tensors, state)
    for name in ("config.yaml", "metrics.csv", "steps.csv", "summary.json"):
        (folder / "run" / name).write_bytes((world.run_of(sound) / name).read_bytes())
    (forged.parent / "best.safetensors").write_bytes(forged.read_bytes())
    world.data(sound, folder)
    return command(rng, sound, world, folder)


def command(rng: Random, sound: Base, world: World, folder: Path) -> list[str]:
    """What is done with a run."""
    (folder / "stdin").write_bytes((world.folder / "table.csv").read_bytes())
    given = rng.choice((*sound.inputs, *(["pictures"] if sound.name == "digits" else [])))
    form = rng.choice(([], [], ["--format", "jsonl"], ["--output", "a.npy"], ["--top", "3"], ["--spreadsheet"]))
    split = rng.choice(("test", "train", "validation"))
    override = f"dataset.{rng.choice(('test', 'limit', 'validation', 'type'))}={rng.choice(sound.inputs)}"
    (folder / "c.yaml").write_text(json.dumps(sound.config))
    return rng.choice(
        (
            ["predict", "run", given if given != "pictures" else "one.png", *form],
            ["predict", "run", given if given != "pictures" else "one.png", *form],
            ["evaluate", "run", "--split", split, *rng.choice(([], ["--json"], ["--spreadsheet"]))],
            ["evaluate", "run", "--set", override],
            ["train", "--resume", "run", "--set", f"training.epochs={rng.choice((2, 3, 3, 3))}"],
            ["train", "--init-from", "run", "c.yaml", "--set", "training.max_steps=2"],
        )
    )  # fmt: skip


def write(path: Path, tensors: Tensors, state: Any) -> None:
    """A checkpoint that its reader finds whole, whatever it says."""
    text = json.dumps(state)
    arrays = {name: np.ascontiguousarray(array) for name, array in tensors.items()}
    path.write_bytes(b"".join(pieces(arrays, {"nnfs": text, "sha256": checkpoint._digest(arrays, text)})))


def forge_anything(rng: Random, state: Any, tensors: Tensors) -> None:
    """Any value of one part."""
    part = rng.choice([part for part in PARTS if part in state] or ["name"])
    damage(rng, state[part] if isinstance(state.get(part), (dict, list)) and state[part] else state)


def forge_number(rng: Random, state: Any, tensors: Tensors) -> None:
    """One number by another of the same type."""
    part = rng.choice(("network", "data", "training", "config"))
    places = [(holder, key) for holder, key in _leaves(state.get(part)) if isinstance(holder[key], (int, float))]
    if places:
        holder, key = rng.choice(places)
        holder[key] = rng.choice((values.size, values.number))(rng)


def forge_classes(rng: Random, state: Any, tensors: Tensors) -> None:
    """Fewer classes, doubled ones, hostile names."""
    classes = state.get("data", {}).get("classes") or state.get("data", {}).get("targets")
    if not isinstance(classes, list) or not classes:
        state.setdefault("data", {})["classes"] = rng.choice((None, ["a", "b"], [], [values.word(rng)] * 2))
        return
    position = rng.randrange(len(classes))
    match rng.randrange(4):
        case 0:
            del classes[position]
        case 1:
            classes[position] = classes[0]
        case 2:
            classes.append(values.word(rng))
        case _:
            classes[position] = values.word(rng)


def forge_data(rng: Random, state: Any, tensors: Tensors) -> None:
    """Another way to prepare examples."""
    data = state.setdefault("data", {})
    several = [rng.choice((0.0, -1.0, 1e-300, 1e300, 1e30, 1.0)) for _ in range(rng.choice((0, 1, 2, 3, 4, 5, 6)))]
    choices = {
        "standardizer": {
            "mean": several,
            "deviation": rng.choice((several, several[:1], several[::-1])),
            "bend": rng.choice((None, several, several[:1], 0.5, "bend")),
        },
        "transform": {"mean": several, "deviation": several, "centre": several[:2]},
        "ranges": {"low": several, "high": several},
        "white": rng.choice((None, 0, 0.0, 1, 1.0, 255.0, -1, 1e300, 5e-324, "white")),
        "depth": rng.choice((None, 0, 1, 8, 12, 15, 16, 17, 10**9, -1)),
        "delimiter": rng.choice((",", ";", "", ",,", "\n", "\x00", '"', "\ud800", "é", None)),
        "columns": rng.choice((None, [], *COLUMNS)),
        "reconstruction": rng.choice((True, False, None, "yes")),
        "outputs": rng.choice((0, 1, 2, 3, 4, -1, 2**63, 10**9)),
        "targets": rng.choice((None, [], ["a"], ["a", "a"], ["\x1b[1m", "\n"], ["x" * 5000, "y"])),
    }
    key = rng.choice(sorted(choices))
    data[key] = choices[key]


def forge_network(rng: Random, state: Any, tensors: Tensors) -> None:
    """Other layers and shapes."""
    from tests.fuzz.meaning.configurations import LAYERS, change_layers, layer

    network = state.setdefault("network", {})
    match rng.randrange(4):
        case 0:
            shapes = (
                [],
                [0],
                [4],
                [1, 6, 6],
                [3, 6, 6],
                [1, 8, 8],
                [10**9],
                [1, 10**5, 10**5],
                [2**63],
                [-1],
                [1] * 20,
            )
            network["input_shape"] = copy.copy(rng.choice(shapes))
        case 1:
            network["dtype"] = rng.choice(("float64", "float16", "int8", "object", "complex64", "f4", ">f4", None))
        case 2:
            network["layers"] = [layer(rng, rng.choice(LAYERS)) for _ in range(rng.choice((0, 1, 2, 200)))]
        case _:
            change_layers(rng, {"model": network}, BASES[0])


def forge_training(rng: Random, state: Any, tensors: Tensors) -> None:
    """Another place in the training."""
    progress = state.get("training", {}).get("progress")
    if isinstance(progress, dict) and progress:
        key = rng.choice(sorted(progress))
        progress[key] = rng.choice((values.size, values.number, values.anything))(rng)


def forge_tensors(rng: Random, state: Any, tensors: Tensors) -> None:
    """Tensors renamed, missing, too many, of other types and shapes, not finite."""
    if not tensors:
        return
    name = rng.choice(sorted(tensors))
    array = tensors[name]
    match rng.randrange(8):
        case 0:
            del tensors[name]
        case 1:
            tensors[rng.choice(("model.0.weight", "model.9.bias", "x", "", "é", "optimizer.steps"))] = tensors.pop(name)
        case 2:
            with np.errstate(all="ignore"):
                tensors[name] = array.astype(rng.choice(DTYPES))
        case 3:
            tensors[name] = rng.choice((array.T, array.reshape(-1), array[..., None], array[:1], np.float32(1)))
        case 4:
            tensors[name] = np.zeros((0, *array.shape[1:]), array.dtype)
        case _:
            changed = array.copy()
            changed.flat[: rng.choice((1, changed.size))] = rng.choice((np.nan, np.inf, -np.inf, 3e38, 1e-45, 0))
            tensors[name] = changed


def _leaves(tree: Any) -> list[tuple[Any, Any]]:
    keys = tree if isinstance(tree, dict) else range(len(tree)) if isinstance(tree, list) else ()
    found = []
    for key in keys:
        deeper = _leaves(tree[key])
        found += deeper if isinstance(tree[key], (dict, list)) else [(tree, key)]
    return found


FORGERIES = (
    *(forge_anything,) * 2,
    *(forge_number,) * 3,
    *(forge_classes,) * 2,
    *(forge_data,) * 3,
    *(forge_network,) * 2,
    *(forge_training,) * 2,
    *(forge_tensors,) * 3,
)
