"""One battery for all layers: a new layer is tested by adding its cases to `layer_cases`."""

from __future__ import annotations

import numpy as np
import pytest

from nnfs_cli.errors import ShapeError
from nnfs_cli.nn.network import Network
from nnfs_cli.registry import LAYERS, describe_object, members
from tests.nn.gradients import assert_gradient
from tests.nn.layer_cases import (
    CASES,
    IMAGE,
    TRAINING,
    make,
    random_batch,
    random_gradient,
    ready_case,
    run,
    train_forward,
    variables_of,
)

each_case = pytest.mark.parametrize("case", CASES, ids=str)


def test_every_layer_has_a_case():
    assert {case.config["type"] for case in CASES} == set(LAYERS)


@each_case
def test_promises_the_shape_of_its_output(case):
    promised = make(case.config).build(case.input_shape)
    assert ready_case(case).forward(random_batch(case.input_shape, 3)).shape == (*promised, 3)


@each_case
def test_gradient_of_the_input(case):
    layer, x = ready_case(case), random_batch(case.input_shape, 3)
    dy = random_gradient(train_forward(layer, x))
    assert_gradient(lambda: (train_forward(layer, x) * dy).sum(), x, layer.backward(dy))


@each_case
def test_gradient_of_every_variable(case):
    layer, x = ready_case(case), random_batch(case.input_shape, 3)
    dy = random_gradient(train_forward(layer, x))
    layer.backward(dy)
    for variable in variables_of(layer).values():
        assert_gradient(lambda: (train_forward(layer, x) * dy).sum(), variable.value, variable.grad)


@each_case
def test_gradient_of_variables_alone(case):
    layer, x = ready_case(case), random_batch(case.input_shape, 3)
    whole = run(layer, x)
    layer.backward(random_gradient(whole["y"]), TRAINING, need_dx=False)
    for name, variable in variables_of(layer).items():
        np.testing.assert_array_equal(variable.grad, whole[name])


@each_case
def test_keeps_float32(case):
    results = run(ready_case(case, np.float32), random_batch(case.input_shape, 3, np.float32))
    assert {result.dtype for result in results.values()} == {np.dtype(np.float32)}


@each_case
def test_computes_in_float32_what_it_does_in_float64(case):
    single = run(ready_case(case, np.float32), random_batch(case.input_shape, 3, np.float32))
    double = run(ready_case(case), random_batch(case.input_shape, 3))
    for name in double:
        np.testing.assert_allclose(single[name], double[name], rtol=1e-4, atol=1e-4)


@each_case
def test_predicts_the_same_twice(case):
    layer, x = ready_case(case), random_batch(case.input_shape, 3)
    first = layer.forward(x).copy()
    np.testing.assert_array_equal(layer.forward(x), first)


@each_case
def test_predicts_an_example_alone_as_in_a_batch(case):
    layer, x = ready_case(case), random_batch(case.input_shape, 4)
    together = layer.forward(x).copy()
    for n in range(4):
        alone = layer.forward(x[..., n : n + 1])
        np.testing.assert_allclose(alone, together[..., n : n + 1], rtol=1e-12)


@each_case
def test_trains_on_a_batch_of_one(case):
    layer, x = ready_case(case), random_batch(case.input_shape, 1)
    dy = random_gradient(train_forward(layer, x))
    assert_gradient(lambda: (train_forward(layer, x) * dy).sum(), x, layer.backward(dy))


@each_case
def test_empty_batch_gives_zeros_as_gradients(case):
    layer = ready_case(case)
    for variable in variables_of(layer).values():
        variable.grad.fill(np.nan)
    results = run(layer, random_batch(case.input_shape, 0))
    assert results["dx"].shape == (*case.input_shape, 0)
    assert not any(variable.grad.any() for variable in variables_of(layer).values())


@each_case
def test_reuses_its_buffers_across_batch_sizes(case):
    layer = ready_case(case)
    for examples in (3, 5, 2, 0, 5, 3):
        x = random_batch(case.input_shape, examples)
        fresh = run(ready_case(case), x)
        for name, result in run(layer, x).items():
            np.testing.assert_array_equal(result, fresh[name])


@each_case
def test_takes_views_with_the_batch_first_in_memory(case):
    x = random_batch(case.input_shape, 3)
    view = np.moveaxis(np.ascontiguousarray(np.moveaxis(x, -1, 0)), 0, -1)
    results, expected = run(ready_case(case), view), run(ready_case(case), x)
    for name in expected:
        np.testing.assert_allclose(results[name], expected[name], rtol=1e-12, atol=1e-12)


@each_case
def test_takes_a_gradient_that_is_a_view(case):
    layer, x = ready_case(case), random_batch(case.input_shape, 3)
    expected = run(layer, x)
    dy = random_gradient(expected["y"])
    wider = np.zeros((*dy.shape[:-1], 5))
    wider[..., 1:4] = dy
    np.testing.assert_allclose(layer.backward(wider[..., 1:4]), expected["dx"], rtol=1e-12, atol=1e-12)


@each_case
def test_leaves_its_arguments_alone(case):
    layer, x = ready_case(case), random_batch(case.input_shape, 3)
    dy = random_gradient(train_forward(layer, x))
    x.flags.writeable = dy.flags.writeable = False
    train_forward(layer, x)
    layer.backward(dy)


@each_case
def test_configuration_round_trip(case):
    described = describe_object(make(case.config))
    inner = members(type(make(case.config)))
    assert described.items() >= {name: value for name, value in case.config.items() if name not in inner}.items()
    assert describe_object(make(described)) == described


NEEDS_VECTORS = "takes vectors, got {}. Put a flatten layer before it."
NEEDS_IMAGES = "takes images (channels, height, width), got {}. " + (
    "Put it before the flatten layer; for rows of a table use dense layers."
)
TOO_LARGE = "has a window of {}, larger than the {} positions it moves over. Make it smaller."
REFUSED = [
    ({"type": "dense", "units": 4}, (1, 28, 28), NEEDS_VECTORS.format("images of shape (1, 28, 28)")),
    ({"type": "dense", "units": 4}, (3, 4), NEEDS_VECTORS.format("arrays of shape (3, 4)")),
    ({"type": "conv2d", "filters": 3, "kernel_size": 3}, (784,), NEEDS_IMAGES.format("vectors of 784 features")),
    ({"type": "conv2d", "filters": 3, "kernel_size": 3}, (28, 28), NEEDS_IMAGES.format("arrays of shape (28, 28)")),
    ({"type": "conv2d", "filters": 3, "kernel_size": (6, 6)}, IMAGE, TOO_LARGE.format(6, 5)),
    ({"type": "conv2d", "filters": 3, "kernel_size": (9, 1), "padding": 1}, IMAGE, TOO_LARGE.format(9, 8)),
    ({"type": "max_pool2d"}, (784,), NEEDS_IMAGES.format("vectors of 784 features")),
    ({"type": "max_pool2d"}, (1, 1, 4), TOO_LARGE.format(2, 1)),
]


@pytest.mark.parametrize(("config", "shape", "sentence"), REFUSED)
def test_refuses_a_shape_it_cannot_take(config, shape, sentence):
    with pytest.raises(ShapeError) as refused:
        Network([make(config)], shape)
    assert str(refused.value) == f"layers[0] ({config['type']}): {sentence}"
