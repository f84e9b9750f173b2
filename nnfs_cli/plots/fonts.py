"""Fonts: matplotlib is loaded without the programs that it asks for the fonts of the system.

On its first use it starts `fc-list` or `system_profiler`, whichever those are. It has the font of our pictures with it,
and finds those in the usual folders by itself.
"""

from __future__ import annotations

import importlib
import subprocess
from typing import NoReturn
from unittest import mock


def _refuse(*command: object, **options: object) -> NoReturn:
    raise FileNotFoundError("no program is started for a picture")


with mock.patch.object(subprocess, "check_output", _refuse):
    importlib.import_module("matplotlib.font_manager")
