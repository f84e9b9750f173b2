"""Unreadable: why a file is no picture, from its first bytes, in words that say what to do."""

from __future__ import annotations

from pathlib import Path

HEAD = 512
KNOWN = {
    b"\x89PNG": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"BM": "BMP",
    b"GIF8": "GIF",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"RIFF": "WebP",
}
OTHERS = {
    b"%PDF": "it is a PDF",
    b"%!PS": "it is PostScript",
    b"8BPS": "it is a file of Photoshop",
    b"PK\3\4": "it is a zip archive",
    b"\x1f\x8b": "it is packed by gzip",
    b"version https://git-lfs": "it is a pointer of Git LFS, fetched by `git lfs pull`",
}
AVIF = "it is an AVIF picture, which is not read: save it as PNG or JPEG"
HEIC = "it is a HEIC picture or a film of a phone, which is not read: save it as PNG or JPEG"
MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<svg")


def reason_of(path: Path | str) -> str:
    """Why this file cannot be read as a picture; it was tried already."""
    with open(path, "rb") as file:
        head = file.read(HEAD)
    if not head:
        return "it is empty"
    if head[4:8] == b"ftyp":
        return AVIF if head[8:11] == b"avi" else HEIC
    for start, words in OTHERS.items():
        if head.startswith(start):
            return words
    for start, name in KNOWN.items():
        if head.startswith(start):
            return f"it begins as {name}, but is cut short or damaged"
    return _without_a_format(head)


def _without_a_format(head: bytes) -> str:
    if head.lstrip().lower().startswith(MARKUP):
        return "it is a page or a drawing in markup (HTML, XML, SVG)"
    if not head.strip(b"\0"):
        return "it holds zeros only"
    return "it is text" if _is_text(head) else "its content is of no known format"


def _is_text(head: bytes) -> bool:
    """Whether these bytes are UTF-8; the last character may be cut."""
    text = head.decode("utf-8", "ignore")
    return len(head) - len(text.encode()) < 4 and all(letter.isprintable() or letter.isspace() for letter in text)
