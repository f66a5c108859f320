"""Whether OpenGL has all that a draw reads: vispy's programs looked at before each.

What such a draw does is undefined. Mesa's driver in software bears one that reads
beyond a buffer; one whose attribute was never set, after another program's buffer at
its place was deleted, ends the process.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
from vispy.gloo import gl
from vispy.gloo.glir import (
    GlirBuffer,
    GlirIndexBuffer,
    GlirProgram,
    GlirTexture,
    as_enum,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SIZES = {gl.GL_FLOAT: 4, gl.GL_INT: 4, gl.GL_BOOL: 4}
INDICES = {
    gl.GL_UNSIGNED_BYTE: np.uint8,
    gl.GL_UNSIGNED_SHORT: np.uint16,
    gl.GL_UNSIGNED_INT: np.uint32,
}


@contextmanager
def checked_draws(tell: Callable[[str], object]) -> Iterator[None]:
    """Tell meanwhile, in a sentence, what a draw reads that is not there."""
    draw, set_data = GlirProgram.draw, GlirIndexBuffer.set_data

    def checked(program: Any, mode: Any, selection: Any, instances: int = 1) -> None:
        for sentence in missing(program, selection, instances):
            tell(f"Drawing {sorted(program._attributes)}: {sentence}")
        draw(program, mode, selection, instances)

    def kept(buffer: Any, offset: int, data: Any) -> None:
        held = getattr(buffer, "_held", np.zeros(0, np.uint8))
        new = np.ascontiguousarray(data).view(np.uint8).ravel()
        whole = np.zeros(max(len(held), offset + len(new)), np.uint8)
        whole[: len(held)] = held
        whole[offset : offset + len(new)] = new
        buffer._held = whole
        set_data(buffer, offset, data)

    GlirProgram.draw, GlirIndexBuffer.set_data = checked, kept
    try:
        yield
    finally:
        GlirProgram.draw, GlirIndexBuffer.set_data = draw, set_data


def missing(program: Any, selection: Any, instances: int) -> Iterator[str]:
    """Yield a sentence for all that a draw would read in vain."""
    there = list(program._parser._objects.values())
    buffers = {each.handle: each for each in there if isinstance(each, GlirBuffer)}
    textures = {each.handle for each in there if isinstance(each, GlirTexture)}
    if len(selection) == 3:
        found = program._parser.get_object(selection[0])
        if not isinstance(found, GlirIndexBuffer):
            yield "its index buffer is gone."
            return
        n_vertices, n_there = vertices_of(found, *selection[1:])
        if n_there < selection[2]:
            yield f"{selection[2]} indices are read, {n_there} are there."
    else:
        n_vertices = sum(selection) if selection[1] else 0
    for name in active_attributes(program):
        if name not in program._attributes:
            yield f"attribute {name} was never set."
    for name, (handle, _, _, args, divisor) in program._attributes.items():
        last = -(-instances // divisor) if divisor else n_vertices
        if handle and handle not in buffers:
            yield f"the buffer of {name} is gone."
        elif handle and last:
            n_there = room_for(buffers[handle], *args)
            if n_there < last:
                yield f"{last} of {name} are read, {n_there} are there."
    for name, (_, handle, _) in program._samplers.items():
        if handle not in textures:
            yield f"the texture of {name} is gone."


def vertices_of(indices: Any, gtype: Any, count: int) -> tuple[int, int]:
    """Return how many vertices the first `count` indices span, and how many are there.

    Parameters
    ----------
    indices : GlirIndexBuffer
        Whose data was kept.
    gtype : str
        Type of an index, as OpenGL names it.
    count : int
        How many are drawn.
    """
    kept = getattr(indices, "_held", np.zeros(0, np.uint8))[: indices._buffer_size]
    values = kept.view(INDICES[as_enum(gtype)])
    last = max(values[:count].tolist(), default=-1)
    return last + 1, len(values)


def room_for(buffer: Any, size: int, gtype: Any, _: Any, *place: Any) -> int:
    """Return how many values of an attribute, by stride and start, are in a buffer."""
    stride, start = place
    nbytes = size * SIZES[gtype]
    room = buffer._buffer_size - int(getattr(start, "value", start) or 0) - nbytes
    return 0 if room < 0 else room // (stride or nbytes) + 1


def active_attributes(program: Any) -> list[str]:
    """Return the attributes that the shaders of a program read."""
    number = gl.glGetProgramParameter(program.handle, gl.GL_ACTIVE_ATTRIBUTES)
    names = (gl.glGetActiveAttrib(program.handle, i)[0] for i in range(number))
    return [name for name in names if not name.startswith("gl_")]
