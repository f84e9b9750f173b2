"""Convolution: the algorithms by which conv2d computes, and the windows of images."""
