"""How folders of images are laid out: plain, in parts, and four public data sets.

Nothing is read here: a layout is told by the paths alone. The data sets are told as
their sites ship them: Lensless (Pastore et al. 2020), WHOI15-2007 (Ciranni et al.
2024), Vacuoles (Pastore et al. 2023), SIPaKMeD (Plissiti et al. 2018).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import PurePosixPath
    from typing import TypeAlias

    _Test: TypeAlias = "Callable[[PurePosixPath, str], bool]"
    _Reader: TypeAlias = "Callable[[Sequence[PurePosixPath], str], list[Entry]]"

IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff"})

OUTLINE_SUFFIX = ".dat"
"""Text files of SIPaKMeD, one vertex ``x,y`` a line."""

WHOI15 = frozenset(
    {
        *("asterionellopsis", "chaetoceros", "cylindrotheca", "dactyliosolen"),
        *("detritus", "dinobryon", "ditylum", "licmophora", "pennate", "phaeocystis"),
        *("pleurosigma", "pseudonitzschia", "rhizosolenia", "skeletonema"),
        "thalassiosira",
    }
)
"""Classes of WHOI15, lower case."""

PARTS = frozenset({"train", "training", "val", "valid", "validation", "test"})
"""Folders that part a data set, not its classes."""

_IMAGE_FOLDERS = frozenset({"image", "images"})
_MASK_FOLDERS = frozenset({"mask", "masks"})
_MASK_STEM = re.compile(r"(.+)[-_ ]mask", re.IGNORECASE)
_LENSLESS = re.compile(r"(?:TRAIN|TEST)_IMAGE(BIN)?")


@dataclass(frozen=True, slots=True)
class Entry:
    """An image of a folder.

    Attributes
    ----------
    path : PurePosixPath
        Path relative to the folder.
    annotation : str
        Its class; empty where it is in no class folder.
    mask : PurePosixPath or None
        Path of its mask.
    origin : str
        What must not be parted by a split: the larger image it was cut from.
    skip : str
        Why it is left out; empty for those to use.
    """

    path: PurePosixPath
    annotation: str = ""
    mask: PurePosixPath | None = None
    origin: str = ""
    skip: str = ""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a folder is laid out.

    Attributes
    ----------
    name : str
        ``class folders``, ``images`` (without classes), ``lensless``, ``whoi15-2007``,
        ``vacuoles`` or ``sipakmed``.
    entries : tuple of Entry
        One an image, sorted by path; masks are not among them.
    """

    name: str
    entries: tuple[Entry, ...]


def find_layout(paths: Iterable[PurePosixPath], root: str = "") -> Layout:
    """Return the layout of a folder.

    Parameters
    ----------
    paths : iterable of PurePosixPath
        Images and outlines in the folder, relative to it.
    root : str
        The folder's own name, which may tell a year or a class of files.
    """
    paths = sorted(paths)
    images = [path for path in paths if path.suffix.lower() in IMAGE_SUFFIXES]
    for name, (belongs, read) in _DATA_SETS.items():
        if any(belongs(path, root) for path in images):
            return Layout(name, tuple(read(paths, root)))
    return Layout("class folders", tuple(_plain(images)))


def _plain(images: Sequence[PurePosixPath]) -> list[Entry]:
    masks: dict[tuple[tuple[str, ...], str], PurePosixPath] = {}
    pictures = []
    for path in images:
        stem, is_mask = _stem(path)
        if is_mask:
            masks[_folders(path), stem] = path
        else:
            pictures.append(path)
    classes = _class_of([_folders(path) for path in pictures])
    return [
        Entry(
            path,
            annotation,
            masks.get((_folders(path), path.stem)),
            origin=str(path),
            skip="" if annotation else "not in a class folder",
        )
        for path, annotation in zip(pictures, classes, strict=True)
    ]


def _class_of(folders: Sequence[tuple[str, ...]]) -> list[str]:
    """Return the outermost folder of each image, train and test put together."""
    first = {names[0].lower() for names in folders if names}
    depth = 1 if first and first <= PARTS else 0
    return [names[depth] if len(names) > depth else "" for names in folders]


def _folders(path: PurePosixPath) -> tuple[str, ...]:
    """Return the folders of a path without those that only part images from masks."""
    neutral = _IMAGE_FOLDERS | _MASK_FOLDERS
    return tuple(part for part in path.parts[:-1] if part.lower() not in neutral)


def _stem(path: PurePosixPath) -> tuple[str, bool]:
    """Return the stem of the image that a file belongs to, and whether it is a mask."""
    in_masks = any(part.lower() in _MASK_FOLDERS for part in path.parts[:-1])
    named = _MASK_STEM.fullmatch(path.stem)
    return named[1] if named else path.stem, in_masks or named is not None


def _is_lensless(path: PurePosixPath, root: str) -> bool:
    return any(_LENSLESS.fullmatch(part) for part in path.parts[:-2])


def _lensless(paths: Sequence[PurePosixPath], root: str) -> list[Entry]:
    """``TRAIN_IMAGE/TRAIN_IMAGE/CLASS/x.jpg``, masks in ``TRAIN_IMAGEBIN``."""
    known = set(paths)
    entries = []
    for path in paths:
        found = [i for i, part in enumerate(path.parts) if _LENSLESS.fullmatch(part)]
        if not found or len(path.parts) < found[-1] + 3:
            entries.append(_left_out(path, "not in a class folder of Lensless"))
        elif not path.parts[found[-1]].endswith("BIN"):
            parts = list(path.parts)
            parts[found[-1]] += "BIN"
            mask = type(path)(*parts)
            annotation = " ".join(path.parts[found[-1] + 1].split())
            entries.append(
                Entry(path, annotation, mask if mask in known else None, str(path))
            )
    return entries


def _is_whoi15(path: PurePosixPath, root: str) -> bool:
    parts = (root, *path.parts)
    return (
        len(parts) >= 4
        and parts[-4:-2] == ("2007", "train")
        and parts[-2].lower() in WHOI15
    )


def _whoi15(paths: Sequence[PurePosixPath], root: str) -> list[Entry]:
    """``2007/train/CLASS/x.png``; other years are left out."""
    return [
        Entry(path, path.parts[-2], None, str(path))
        if _is_whoi15(path, root)
        else _left_out(path, "not in 2007/train of WHOI15")
        for path in paths
    ]


def _is_vacuoles(path: PurePosixPath, root: str) -> bool:
    return "train_annotated" in (root, *path.parts)[:-2]


def _vacuoles(paths: Sequence[PurePosixPath], root: str) -> list[Entry]:
    """``images/train_annotated/CLASS/x.png`` and ``images/test/CLASS/x.png``."""
    return [
        Entry(path, path.parts[-2], None, str(path))
        if {"train_annotated", "test"} & set((root, *path.parts)[:-2])
        else _left_out(path, "not in train_annotated or test of Vacuoles")
        for path in paths
    ]


def _is_sipakmed(path: PurePosixPath, root: str) -> bool:
    parts = (root, *path.parts)[:-1]
    return parts[-1] == "CROPPED" and any(part.startswith("im_") for part in parts)


def _sipakmed(paths: Sequence[PurePosixPath], root: str) -> list[Entry]:
    """``im_CLASS/im_CLASS/CROPPED/001_02.bmp``: cell 2 of the cluster image 001."""
    known = set(paths)
    entries = []
    for path in paths:
        if path.suffix.lower() == OUTLINE_SUFFIX:
            continue
        if not _is_sipakmed(path, root):
            entries.append(_left_out(path, "cluster image of SIPaKMeD, not one cell"))
            continue
        parts = (root, *path.parts)
        annotation = next(part for part in parts if part.startswith("im_"))[3:]
        outline = path.with_name(f"{path.stem}_cyt{OUTLINE_SUFFIX}")
        cluster = f"{annotation}/{path.stem.partition('_')[0]}"
        mask = outline if outline in known else None
        entries.append(Entry(path, annotation, mask, cluster))
    return entries


def _left_out(path: PurePosixPath, reason: str) -> Entry:
    return Entry(path, origin=str(path), skip=reason)


_DATA_SETS: dict[str, tuple[_Test, _Reader]] = {
    "lensless": (_is_lensless, _lensless),
    "whoi15-2007": (_is_whoi15, _whoi15),
    "vacuoles": (_is_vacuoles, _vacuoles),
    "sipakmed": (_is_sipakmed, _sipakmed),
}
