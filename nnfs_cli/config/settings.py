"""Settings: the sections that are not a choice of a class, as records whose fields are their keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from annotated_types import Ge, Le, Predicate

from nnfs_cli.parameters import (
    AUTO,
    InnerFraction,
    Means,
    NonNegativeFloat,
    NonNegativeInt,
    PositiveFloat,
    PositiveInt,
    ProperFraction,
)
from nnfs_cli.registry import AUGMENTATIONS, METRICS, Members, checked

RECONSTRUCTION = "reconstruction"
"""The task whose answers are the examples themselves."""

MEASURED = (*(name for name in METRICS.files if name != "base"),)
MONITORED = ("loss", *MEASURED)
Monitor = Annotated[
    Literal[(*(f"val_{name}" for name in MONITORED), *(f"train_{name}" for name in MONITORED))],
    Means(f"val_ or train_ with one of {', '.join(MONITORED)}"),
]
Measured = Annotated[tuple[Literal[MEASURED], ...], Means(f"a list of metrics ({', '.join(MEASURED)})")]
Standardize = Annotated[bool | Literal["robust"], Means("true, false or 'robust'")]
Ties = Literal["first", "last"]
Transform = Literal["standardize", "log", "none"]
Sampling = Literal["uniform", "balanced"]
Workers = Annotated[int, Ge(1), Le(256), Means("a whole number from 1 to 256")]
Accumulate = Annotated[int, Ge(1), Le(10_000), Means("a whole number from 1 to 10,000")]
Augment = Annotated[tuple[Any, ...], Members(AUGMENTATIONS), Means("a list of augmentations")]
Split = Literal["random", "ordered", "group"]
Folds = Annotated[int, Ge(2), Le(100), Means("a whole number from 2 to 100")]
Found = Annotated[dict[str, str], Means("paths, and the files that they stand for")]
LayerName = Annotated[str, Predicate(lambda name: name[:1].isalnum())]
Frozen = Annotated[tuple[NonNegativeInt | LayerName, ...], Means("a list of layers, such as [0, 3.layers.1]")]
Held = Annotated[NonNegativeInt | ProperFraction, Means("a share, at least 0 and below 1, or a count of examples")]


@checked("dataset")
@dataclass(frozen=True)
class DataSettings:
    """The keys of `dataset` that every source has.

    Args:
        task: reconstruction makes each example its own answer, as the network gets it, for an autoencoder; auto leaves
            it to the data.
        validation: examples held out of the training split: a count (whole number) or a share (below 1).
        split: what is held out of the training split: random examples of every class; ordered, the last ones, so that a
            time series is not measured with what came before; group, whole groups.
        standardize: bring every feature, of images every channel, to mean 0 and deviation 1 over the training split;
            "robust", for tables with outliers: to median 0 and quartiles 1 apart, and smoothly between -3 and 3.
        target_transform: the same for every value to predict while the network learns, or, if log, for its logarithm;
            answers come in its own units.
        limit: use the first so many training examples.
        fallback: the source to use when the data cannot be had.
        augment: random changes of the training examples in every epoch, one after the other, such as [shift].
        fold: hold out this one of `folds` as the test split; nnfs train --folds sets both.
        folds: how many there are.
        found: written by a training into the configuration that it leaves: where each relative path led. It is looked
            there first, so that a run finds its data from any directory.
    """

    task: Literal["auto", "reconstruction"] = AUTO
    validation: Held = 0.1
    split: Split = "random"
    standardize: Standardize = True
    target_transform: Transform = "standardize"
    limit: PositiveInt | None = None
    fallback: Literal["digits"] | None = None
    augment: Augment = ()
    fold: PositiveInt | None = None
    folds: Folds | None = None
    found: Found | None = None

    @property
    def reconstructs(self) -> bool:
        """Whether each example is its own answer."""
        return self.task == RECONSTRUCTION


@checked("early_stopping")
@dataclass(frozen=True)
class EarlyStopping:
    """Stop when the monitored metric has not improved by more than `min_delta` in `patience` epochs."""

    monitor: Monitor = "val_loss"
    patience: PositiveInt = 5
    min_delta: NonNegativeFloat = 0.0


@checked("checkpoint_every")
@dataclass(frozen=True)
class EverySteps:
    """A period counted in optimizer steps instead of epochs."""

    steps: PositiveInt


@checked("ema")
@dataclass(frozen=True)
class MovingAverage:
    """Average the weights of all steps, late ones more: a = d a + (1 - d) w, d = min(decay, (1 + t) / (10 + t)).

    t counts the steps made before this one.
    """

    decay: ProperFraction = 0.999


@checked("training")
@dataclass(frozen=True)
class Training:
    """The keys of `training`.

    Args:
        epochs: passes over the training split; auto for as many as make 3,000 steps, but from 5 to 100.
        batch_size: examples that pass the network together, over all workers; all of them if there are fewer.
        accumulate: batches of one optimizer step, whose gradients are added up, for steps of more examples than the
            memory holds; max_steps, the schedule and the tables count optimizer steps.
        max_steps: stop after so many optimizer steps.
        shuffle: a new order in every epoch.
        sampling: balanced draws as many examples as there are in every epoch, with replacement, each class as often; so
            examples of rare classes come several times.
        drop_last: leave out a last batch that is not full, unless it is the only one.
        mixup: mix each example of a batch with another one, and their losses, in a share that is drawn for each batch
            from the distribution Beta(mixup, mixup): with 0.2 mostly a little of one of them, with 1 any share.
        gradient_clip_norm: scale the gradient of all weights down to this Euclidean norm.
        gradient_clip_value: limit every number of the gradient to so much above and below 0, before its norm.
        ema: average the weights of all steps, with a decay such as 0.999; then it is the average that is measured,
            judged and saved, and that answers. The weights of the last step are saved beside it as raw.
        early_stopping: when to stop before the last epoch.
        metrics: what metrics.csv tells beside the loss; the usual figures of the task if left out. What is monitored is
            measured too.
        threshold: the probability above which the second of two classes is the answer of predict and evaluate; auto for
            the one with the best balanced accuracy on the validation split, which lies in every checkpoint.
        monitor: the metric by which a checkpoint is the best; of the training split where no example is held out.
        ties: which one of several epochs that are equally good by it: a figure such as val_accuracy has few values, and
            late epochs with a low rate are less a matter of chance.
        checkpoint_every: epochs, or steps, between two checkpoints.
        workers: processes that share a batch; "auto" lets the program choose.
        threads: BLAS threads of each worker.
        dtype: of weights, activations and gradients.
    """

    epochs: PositiveInt | Literal["auto"] = "auto"
    batch_size: PositiveInt = 32
    accumulate: Accumulate = 1
    max_steps: PositiveInt | None = None
    shuffle: bool = True
    sampling: Sampling = "uniform"
    drop_last: bool = False
    mixup: PositiveFloat | None = None
    gradient_clip_norm: PositiveFloat | None = None
    gradient_clip_value: PositiveFloat | None = None
    ema: Annotated[MovingAverage, Means("keys such as {decay: 0.999}")] | None = None
    early_stopping: Annotated[EarlyStopping, Means("keys such as {patience: 5}")] | None = None
    metrics: Measured | None = None
    threshold: InnerFraction | Literal["auto"] = 0.5
    monitor: Monitor = "val_loss"
    ties: Ties = "first"
    checkpoint_every: PositiveInt | Annotated[EverySteps, Means("{steps: N}")] = 1
    workers: Workers | Literal["auto"] = "auto"
    threads: Workers = 1
    dtype: Literal["float32", "float64"] = "float32"

    @property
    def step_size(self) -> int:
        """Examples of a full optimizer step."""
        return self.batch_size * self.accumulate

    @property
    def steps_between_saves(self) -> int | None:
        """How often a checkpoint is written, if that is counted in steps."""
        return getattr(self.checkpoint_every, "steps", None)

    @property
    def epochs_between_saves(self) -> int | None:
        """How often a checkpoint is written, if that is counted in epochs."""
        return self.checkpoint_every if self.steps_between_saves is None else None
