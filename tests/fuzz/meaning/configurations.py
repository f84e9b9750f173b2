"""Configurations: sound ones with other types, keys, numbers, layers and options."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from tests.fuzz.meaning import values
from tests.fuzz.meaning.world import BASES, Base, World, as_text
from tests.fuzz.mutate import Random
from tests.fuzz.trees import damage

KEYS: dict[str, dict[str, Any]] = {
    "dense": {
        "units": values.size,
        "bias": (True, False),
        "init": ("auto", "he_uniform", "glorot_uniform", "lecun_normal", "zeros"),
        "bias_init": ("zeros", "standard_normal", "auto"),
        "lr_factor": ("inverse_sqrt_fan_in", 6, 1e30, 1e-30),
        "bias_lr_factor": values.number,
    },
    "conv2d": {
        "filters": values.size,
        "kernel_size": values.size,
        "stride": values.size,
        "padding": (0, 1, 2, "same", "valid", [1, 2]),
    },
    "max_pool2d": {"size": values.size, "stride": values.size},
    "dropout": {"rate": values.number},
    "flatten": {},
    "relu": {},
    "selu": {},
    "mish": {},
    "scale": {"lr_factor": values.number},
    "residual": {"layers": lambda rng: layers(rng), "shortcut": lambda rng: layers(rng)},
    "cross_entropy": {"label_smoothing": values.number},
    "mse": {},
    "mae": {},
    "huber": {"delta": values.number},
    "quantile": {"q": values.number},
    "sgd": {
        "lr": values.number,
        "momentum": values.number,
        "nesterov": (True, False),
        "weight_decay": values.number,
    },
    "adam": dict.fromkeys(("lr", "beta1", "beta2", "eps", "weight_decay"), values.number)
    | {"decoupled": (True, False)},
    "constant": {},
    "cosine": dict.fromkeys(("max_lr", "min_lr"), values.number),
    "coslog4": {"max_lr": values.number},
    "step": {"max_lr": values.number, "step_size": values.size, "gamma": values.number},
    "one_cycle": {
        **dict.fromkeys(("max_lr", "pct_start", "div_factor", "final_div_factor"), values.number),
        "anneal": ("cos", "linear"),
        "three_phase": (True, False),
        "momentum": ([0.85, 0.95], [0.95, 0.85], None, [0, 0]),
        "style": ("smith", "fastai1", "fastai2", "torch"),
    },
}
NEEDED = {"units": 3, "filters": 2, "kernel_size": 2, "rate": 0.5, "max_lr": 0.1, "lr": 0.01, "pixels": 1}
NEEDED |= {"layers": ["relu"]}
LAYERS = ("dense", "conv2d", "max_pool2d", "dropout", "flatten", "relu", "selu", "mish", "scale", "residual")
CHOICES = {
    "loss": ("cross_entropy", "mse", "mae", "huber", "quantile"),
    "optimizer": ("sgd", "adam"),
    "scheduler": ("constant", "cosine", "coslog4", "step", "one_cycle"),
}
TRAINING = {
    "epochs": (1, 2, 3),
    "batch_size": values.size,
    "shuffle": (True, False),
    "drop_last": (True, False),
    "accumulate": (1, 2, 3, 10_000),
    "gradient_clip_norm": values.number,
    "gradient_clip_value": values.number,
    "ema": ({"decay": 0.9}, {"decay": 0}, {}, None),
    "mixup": values.number,
    "early_stopping": ({"patience": 1}, {"monitor": "val_accuracy", "min_delta": 1e308}, {"monitor": "train_r2"}),
    "monitor": ("val_loss", "val_accuracy", "val_rmse", "val_r2", "train_loss", "train_accuracy"),
    "checkpoint_every": (1, 7, {"steps": 1}, {"steps": 2**53}),
    "workers": (1, 1, 1, 2, "auto"),
    "dtype": ("float32", "float64"),
}
DATASET = {
    "validation": (0, 1, 3, 0.1, 0.5, 0.999, 39, 40, 41, 1e-300, "flowers.npz", 2**63),
    "test": (0, 0.25, 0.5, 0.999, 1e-300, "table.csv", "flowers.npz", "pictures", "nothing", None),
    "train": ("table.csv", "flowers.npz", "flowers.npy", "pictures", "grids-ubyte", "one.png", "nothing"),
    "standardize": (True, False, "robust"),
    "target_transform": ("standardize", "none"),
    "limit": (1, 2, 3, 10, 39, 40, 41, 2**63 - 1),
    "fallback": ("digits", None),
    "task": ("auto", "classification", "regression", "reconstruction"),
    "target": ("kind", "price", "colour", ["price", "weight"], ["kind", "price"], "nothing", [], ["price", "price"]),
    "drop": ([], ["size"], ["kind"], ["nothing"], ["size", "colour", "price", "weight"], "size"),
    "delimiter": (",", ";", "\t", "|", '"', "", ",,", "\n", " "),
    "size": (1, 2, 6, 9, [3, 5], 32),
    "channels": (1, 3),
    "augment": ([], ["shift"], [{"type": "shift", "pixels": 3}], [{"type": "shift", "pixels": 2**62}], "shift", [1],
        ["rotate", "shift", {"type": "crop", "padding": 1}, "flip"], [{"type": "noise", "deviation": 1e30}], ["cutout"],
        [{"type": "elastic", "smoothness": 0}], [{"type": "flip", "axis": "both"}, {"type": "scale", "by": 1}]),
}  # fmt: skip


def make(rng: Random, world: World, folder: Path) -> list[str]:
    """A command on a configuration that was changed in one to three places."""
    sound = rng.choice(BASES)
    tree = world.config(sound)
    for _ in range(rng.choice((1, 1, 1, 1, 2, 3))):
        rng.choice(CHANGES)(rng, tree, sound)
    world.data(sound, folder)
    path = folder / rng.choice(("c.yaml", "c.yaml", "c.yaml", "a b.yml", "é\x1b[1m.yaml", "x" * 200 + ".yaml"))
    path.write_text(as_text(tree), errors="surrogateescape")
    return [*command(rng, path.name), *options(rng)]


def command(rng: Random, path: str) -> list[str]:
    """What is done with a configuration, in a few steps."""
    short = ["--set", f"training.max_steps={rng.choice((1, 2, 3, 6))}"]
    return rng.choice(
        (
            ["check", path],
            ["check", path, "--json"],
            ["train", path, *short],
            ["train", path, *short, rng.choice(("--json", "--quiet"))],
            [
                "train",
                path,
                *short,
                "--name",
                rng.choice((*["x"] * 8, "a b", "../x", "", ".", "\x1b[1m", "é", "x" * 300)),
            ],
            ["lr-find", path, "--steps", "20", *rng.choice(([], ["--write", "new.yaml"], ["--json"]))],
        )
    )


def options(rng: Random) -> list[str]:
    """Keys that are overridden on the command line, in a third of all cases."""
    if rng.random() < 0.67:
        return []
    section, keys = rng.choice((("training", TRAINING), ("dataset", DATASET), ("optimizer", KEYS["sgd"])))
    key = rng.choice(sorted(keys))
    text = as_text(chosen(rng, keys[key]))
    odd = (
        "model.layers.9=relu",
        "model.layers.0=null",
        "x",
        "=",
        "a.b.c=1",
        "seed=-1",
        "seed",
        "dataset=1",
        "training=[",
    )
    return ["--set", rng.choice(odd) if rng.random() < 0.2 else f"{section}.{key}={text}"]


def chosen(rng: Random, choice: Any) -> Any:
    """One of some values, or what a function makes."""
    return choice(rng) if callable(choice) else rng.choice(choice)


def layer(rng: Random, name: str) -> Any:
    """A layer, an optimizer or another thing of a type, with one or two keys that are out of the ordinary."""
    keys = KEYS[name]
    made = {"type": name, **{key: copy.copy(value) for key, value in NEEDED.items() if key in keys}}
    for key in rng.sample(sorted(keys), min(len(keys), rng.choice((0, 1, 1, 2)))):
        made[key] = chosen(rng, keys[key])
    return made


def layers(rng: Random) -> list[Any]:
    """Some layers of a block, which may be blocks."""
    return [layer(rng, rng.choice(LAYERS)) for _ in range(rng.choice((0, 1, 1, 2)))]


def change_layers(rng: Random, tree: dict[str, Any], sound: Base) -> None:
    """Leave one out, double one, put one in, or change their order."""
    layers = tree.get("model", {}).get("layers") if isinstance(tree.get("model"), dict) else None
    if not isinstance(layers, list) or not layers:
        return
    position = rng.randrange(len(layers))
    match rng.randrange(6):
        case 0:
            del layers[position]
        case 1:
            layers.insert(position, layers[position])
        case 2:
            rng.shuffle(layers)
        case 3:
            layers[position] = layer(rng, rng.choice(LAYERS))
        case _:
            layers.insert(position, layer(rng, rng.choice(LAYERS)))


def change_choice(rng: Random, tree: dict[str, Any], sound: Base) -> None:
    """Another loss, optimizer or scheduler."""
    section = rng.choice(sorted(CHOICES))
    tree[section] = layer(rng, rng.choice(CHOICES[section]))


def change_settings(rng: Random, tree: dict[str, Any], sound: Base) -> None:
    """Another value of the data or of the training."""
    section, keys = rng.choice((("dataset", DATASET), ("training", TRAINING)))
    if isinstance(tree.get(section), dict):
        known = [key for key in keys if key in tree[section]] if rng.random() < 0.5 else []
        key = rng.choice(known or sorted(keys))
        tree[section][key] = chosen(rng, keys[key])


def change_source(rng: Random, tree: dict[str, Any], sound: Base) -> None:
    """The data of another one."""
    tree["dataset"] = rng.choice(BASES).config["dataset"] | {}


def change_anything(rng: Random, tree: dict[str, Any], sound: Base) -> None:
    """A value of another type, in any place."""
    damage(rng, tree)


CHANGES = (
    *(change_layers,) * 3,
    *(change_choice,) * 3,
    *(change_settings,) * 4,
    change_source,
    change_anything,
)
