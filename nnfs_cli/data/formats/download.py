"""Download: fetch a file once, from the first mirror that has it whole."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from nnfs_cli.data.formats.files import published
from nnfs_cli.errors import DataError, MachineError

CONNECT_SECONDS = 5
READ_SECONDS = 30
LARGEST = 1 << 30
_REASONS = {
    "ConnectTimeout": "no answer",
    "ConnectionError": "cannot be reached",
    "ProxyError": "the proxy refuses",
    "ReadTimeout": "stopped answering",
    "SSLError": "its certificate is not trusted",
}


class DataUnavailable(DataError):
    """Neither on disk nor downloadable; the one error that `fallback` is for.

    Args:
        reason: why it could not be downloaded, in a few words.
        names: the files that are to be put where it was looked for.
    """

    def __init__(self, text: str, reason: str, names: str):
        self.reason, self.names = reason, names
        super().__init__(text)


def fetch(
    mirrors: Sequence[str],
    path: Path,
    *,
    names: str,
    otherwise: str = "",
    verify: Callable[[Path], None],
    progress: Callable[[str], Any] | None,
) -> None:
    """Make `path` from the first mirror that serves its name; it appears complete and verified, or not at all.

    Args:
        mirrors: addresses of folders, tried in this order; none is when NNFS_OFFLINE is set.
        names: the files that do without a download, in the folder of `path`.
        otherwise: the end of the sentence that says so: another way.
        verify: raises DataError for a file that is not the one expected.
        progress: makes a progress bar from the address of the file.

    Raises:
        DataUnavailable: no mirror served it; the text says why.
        MachineError: the folder cannot be written.
    """
    failures: list[tuple[str, str]] = []
    for mirror in _reachable(mirrors):
        try:
            with published(path, advice="Choose another --data-dir.") as temporary:
                _download(mirror + path.name, temporary, progress(mirror + path.name) if progress else None)
                verify(temporary)
            return
        except DataError as error:
            failures.append((mirror, str(error).replace(str(temporary), path.name)))
    offline = "NNFS_OFFLINE is set"
    reasons = "; ".join(f"{mirror}: {reason}" for mirror, reason in failures) or offline
    short = "; ".join(f"{urlsplit(mirror).hostname}: {reason}" for mirror, reason in failures) or offline
    advice = f"Put {names} into {path.parent}{otherwise}."
    raise DataUnavailable(f"{path}: is not there and cannot be downloaded ({reasons}). {advice}", short, names)


def _reachable(mirrors: Sequence[str]) -> Sequence[str]:
    return () if os.environ.get("NNFS_OFFLINE", "0") not in ("", "0") else mirrors


def _download(address: str, target: Path, bar: Any | None) -> None:
    import pooch
    import requests

    load = pooch.HTTPDownloader(progressbar=_Meter(bar), chunk_size=1 << 16, timeout=(CONNECT_SECONDS, READ_SECONDS))
    try:
        load(url=address, output_file=str(target), pooch=None)
    except (requests.RequestException, ValueError) as error:
        raise DataError(_reason(error)) from error
    except OSError as error:
        raise MachineError(f"{target.parent}: cannot be written ({error.strerror}). Make room there.") from error


def _reason(error: Any) -> str:
    """Why a request failed, in a few words instead of the library's nested ones."""
    if getattr(error, "response", None) is not None:
        return f"status {error.response.status_code}"
    return _REASONS.get(type(error).__name__, "was cut off")


class _Meter:
    """The progress bar that pooch reports to: hands on to a bar for people, and stops a body without end."""

    def __init__(self, bar: Any | None):
        self.bar = bar
        self.total = 0
        self.received = 0

    def update(self, count: int) -> None:
        self.received += count
        if self.received > LARGEST:
            raise DataError(f"sends more than {LARGEST:,} bytes")
        if self.bar is not None:
            self.bar.total = self.total
            self.bar.update(count)

    def reset(self) -> None:
        self.received = 0
        if self.bar is not None:
            self.bar.reset()

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()
