"""Endings: what a network gives, what the answers are, and how the one comes to be the other."""

from __future__ import annotations

import math

from nnfs_cli.data.spec import DataSpec
from nnfs_cli.nn.network import Network
from nnfs_cli.nn.shapes import Shape
from nnfs_cli.text import MOST, counted, quoted, sentence


def shaped(shape: Shape, each: str) -> str:
    """So many of what is counted, or images."""
    return counted(shape[0], each) if len(shape) == 1 else f"images of shape {shape}"


def answers_of(spec: DataSpec) -> str:
    """How many classes or values there are, and the classes themselves where they are words."""
    if spec.classes is None:
        return f"{shaped(spec.output_shape, 'value')} to predict"
    numbered = spec.classes == tuple(map(str, range(len(spec.classes))))
    some = ", ".join(map(quoted, spec.classes[:MOST])) + (", ..." if len(spec.classes) > MOST else "")
    return counted(len(spec.classes), "class") + ("" if numbered else f": {some}")


def miscounted(spec: DataSpec, network: Network) -> str:
    """Why there are more classes than outputs, if that is about how they are counted."""
    fewer = len(network.output_shape) == 1 and network.output_shape[0] < spec.outputs
    return sentence(spec.miscounted) if fewer else ""


def of_examples(spec: DataSpec) -> str:
    """What a network must give that gives its examples back."""
    return f"task: reconstruction needs what examples are, {shaped(spec.input_shape, 'number')}"


def mirrored(spec: DataSpec, network: Network) -> str:
    """How a network comes to end with the shape of an example."""
    has, wanted = network.output_shape, spec.input_shape
    if len(wanted) == 1:
        return f"End with {'' if len(has) == 1 else 'flatten and '}{{type: dense, units: {wanted[0]}}}."
    if math.prod(has) == math.prod(wanted):
        return f"End with {{type: reshape, shape: {list(wanted)}}}."
    last = f"{{type: conv2d, filters: {wanted[0]}, kernel_size: 3, padding: same}}"
    if len(has) == 3 and has[1:] == wanted[1:]:
        return f"End with {last}."
    size = f"{wanted[1]} x {wanted[2]}" if len(wanted) == 3 else f"{wanted[1]}"
    if len(has) == 3:
        return f"Bring images back to {size} pixels, by upsample2d for example, and end with {last}."
    count = math.prod(wanted)
    return f"End with {{type: dense, units: {count}}} and {{type: reshape, shape: {list(wanted)}}}, or see upsample2d."


def ending(last: str, spec: DataSpec, network: Network) -> str:
    """How the network comes to end with the shape of an answer."""
    has, wanted = network.output_shape, spec.output_shape
    if last == "dense" and len(wanted) == 1:
        return f"Set its units to {wanted[0]}."
    if last == "conv2d" and has[1:] == wanted[1:]:
        return f"Set its filters to {wanted[0]}."
    if len(wanted) == 1:
        return f"End with flatten and {{type: dense, units: {wanted[0]}}}."
    if len(spec.input_shape) == 1:
        return "Examples are vectors, of which no layer makes images: save them as images, or the answers as vectors."
    size = f"{wanted[1]} x {wanted[2]} pixels"
    if len(has) == len(wanted) or spec.input_shape[1:] != wanted[1:]:
        layers = "strides, padding or pooling" if len(has) > 1 else "convolutions and pooling alone"
        return f"Bring images to {size} by {layers}, and end with {wanted[0]} filters."
    layer = f"{{type: conv2d, filters: {wanted[0]}, kernel_size: 3, padding: same}}"
    return f"Leave flatten and dense layers out, and end with {layer}, which keeps images of {size}."
