"""Other names: what PyTorch, Keras and people call the things that a configuration names."""

from __future__ import annotations

from collections.abc import Iterable

_NAMES = {
    # keys
    "filters": "channels outchannels",
    "lr": "alpha eta learningrate",
    "max_lr": "maxlearningrate",
    "min_lr": "etamin minlearningrate",
    "units": "neurons outfeatures",
    "rate": "p",
    "size": "poolsize",
    # layers
    "avg_pool1d": "averagepooling1d averagepool1d",
    "avg_pool2d": "averagepooling2d averagepool2d averagepooling averagepool avgpool avgpooling",
    "batch_norm": "batchnorm1d batchnorm2d batchnormalization bn",
    "conv1d": "convolution1d",
    "conv2d": "convolution2d convolution conv",
    "dense": "linear fullyconnected fc",
    "elu": "exponentiallinearunit",
    "global_avg_pool1d": "globalaveragepooling1d globalaveragepool1d adaptiveavgpool1d",
    "global_avg_pool2d": (
        "globalaveragepooling2d globalaveragepool2d globalaveragepooling globalavgpool adaptiveavgpool2d gap"
    ),
    "group_norm": "groupnormalization",
    "layer_norm": "layernormalization",
    "leaky_relu": "lrelu",
    "max_pool1d": "maxpooling1d",
    "max_pool2d": "maxpooling2d maxpooling maxpool",
    "relu": "rectifier rectifiedlinearunit",
    "reshape": "unflatten view",
    "residual": "skip shortcut resblock residualblock",
    "sigmoid": "logistic",
    "silu": "swish",
    "spatial_dropout": "dropout1d dropout2d spatialdropout1d spatialdropout2d",
    "tanh": "hyperbolictangent",
    "upsample2d": "upsample upsampling upsampling2d upsamplingnearest2d",
    # losses
    "cross_entropy": ("crossentropyloss categoricalcrossentropy sparsecategoricalcrossentropy softmaxcrossentropy"),
    "binary_cross_entropy": "bce bceloss bcewithlogitsloss binarycrossentropyloss",
    "huber": "smoothl1 smoothl1loss huberloss",
    "mae": "l1 l1loss meanabsoluteerror",
    "mse": "l2 l2loss meansquarederror mseloss",
    "quantile": "pinball pinballloss",
    # optimizers
    "sgd": "momentum nesterov gradientdescent",
    # schedulers
    "constant": "fixed constantlr",
    "cosine": "cosineannealing cosineannealinglr cosinedecay cosinelr",
    "cosine_restarts": (
        "cosineannealingwarmrestarts cosinewarmrestarts cosinedecayrestarts cosineannealingrestarts warmrestarts sgdr"
    ),
    "cyclical": "cyclic cycliclr cyclicallearningrate clr triangular",
    "one_cycle": "onecyclelr 1cycle superconvergence",
    "plateau": "reducelronplateau reduceonplateau",
    "polynomial": "poly polynomiallr polynomialdecay linear lineardecay",
    "sequential": "sequentiallr chained chainedscheduler",
    "step": "steplr stepdecay",
    # augmentations
    "crop": "randomcrop",
    "cutout": "erasing randomerasing",
    "elastic": "elastictransform",
    "flip": "horizontalflip randomhorizontalflip hflip randomflip",
    "noise": "gaussiannoise",
    "rotate": "rotation randomrotation",
    "shift": "translate translation randomtranslation",
    # metrics
    "average_precision": "ap prauc aucpr",
    "macro_f1": "f1 f1score",
    "matthews": "mcc",
    "r2": "r2score",
    "roc_auc": "auc auroc",
}
_MEANT: dict[str, list[str]] = {}
for _name, _others in _NAMES.items():
    for _other in _others.split():
        _MEANT.setdefault(_other, []).append(_name)


def known_as(word: str, known: Iterable[str]) -> str | None:
    """The known name of what is called `word` elsewhere, whatever its case, dashes and blanks; None where it is not."""
    plain = "".join(character for character in word.lower() if character not in "_- ")
    known = set(known)
    return next((name for name in _MEANT.get(plain, ()) if name in known), None)
