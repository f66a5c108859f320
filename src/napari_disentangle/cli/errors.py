"""How a command ends: 0 done, 1 one clear line, 2 wrong usage, 130 interrupted."""

from __future__ import annotations

import sys
from typing import Any

from typer.core import TyperGroup

from napari_disentangle.errors import DisentangleError

DEBUG = "--debug"


class ErrorGroup(TyperGroup):
    """Turns our errors into one line on stderr; `--debug` may stand anywhere.

    The context is typed `Any`: its class is click's or typer's own, by typer's version.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        debug = [DEBUG] if DEBUG in args else []
        return super().parse_args(ctx, debug + [arg for arg in args if arg != DEBUG])

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except DisentangleError as error:
            if ctx.params.get("debug"):
                raise
            sys.stderr.write(f"Error: {' '.join(str(error).split())}\n")
            ctx.exit(1)
        except KeyboardInterrupt:
            sys.stderr.write("\nInterrupted; what was finished is kept.\n")
            ctx.exit(130)
