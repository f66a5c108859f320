"""Names that tell images of one file name apart: those of the folders of two wells."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def name_with_key(name: str, key: str) -> str:
    """Return the name of an image that shares `name`; `key` is its own."""
    return f"{name}#{key}"


def names_apart(names: Sequence[str], keys: Sequence[str]) -> list[str]:
    """Return a name for each image, other ones for other images.

    The first image, the one shown, keeps its name; others that share one get their key
    in it. The same image twice has its name twice.

    Parameters
    ----------
    names : sequence of str, length N
        Their names, some perhaps alike.
    keys : sequence of str, length N
        What tells images of one name apart.
    """
    times, images = Counter(names), list(zip(names, keys, strict=True))
    return [
        image[0]
        if times[image[0]] == 1 or image == images[0]
        else name_with_key(*image)
        for image in images
    ]


def shared_names_text(names: Sequence[str]) -> str:
    """Return which of `names` several images have, and what it means; empty if none."""
    shared = [f"{name} ({n})" for name, n in Counter(names).items() if n > 1]
    if not shared:
        return ""
    return (
        f"Several images have one name: {', '.join(shared)}. They are of other "
        "folders, or one is what another was before its pixels were replaced; all count"
    )
