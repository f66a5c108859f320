"""Two ways to run a backbone, with the same features.

In float32 (CPU, either engine) features agree within 1e-4 of the largest feature of a
batch; in float16 (CUDA, MPS) within 2e-2.
"""

from __future__ import annotations

import importlib.util
import sys
import threading
import warnings
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
import torch

from napari_disentangle.backbones.converted import keep_converted, read_converted
from napari_disentangle.errors import ConfigError, DataError, ModelError, require

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from napari_disentangle.backbones.catalogue import BackboneInfo

Engine = Literal["auto", "torch", "openvino"]

FLOAT32_TOLERANCE = 1e-4
FLOAT16_TOLERANCE = 2e-2
"""Largest difference between engines, relative to the largest feature of a batch."""


class Backbone(Protocol):
    """A frozen network that turns images into features.

    Attributes
    ----------
    info : BackboneInfo
        What it expects and returns.
    engine : str
        What runs it: "torch" or "openvino".
    """

    info: BackboneInfo
    engine: str

    def __call__(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return features (B, D) of RGB images (B, 3, S, S) in [0, 1]."""
        ...


class TorchBackbone:
    """Run by torch: channels last; in float16 where the device is not the CPU."""

    engine = "torch"

    def __init__(
        self, info: BackboneInfo, network: torch.nn.Module, device: torch.device
    ) -> None:
        self.info = info
        self._device = device
        moved: Any = network.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._network: torch.nn.Module = moved

    def __call__(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        _check_images(images, self.info)
        batch = torch.from_numpy(np.ascontiguousarray(images, np.float32))
        batch = batch.to(self._device, memory_format=torch.channels_last)
        with torch.inference_mode(), self._precision():
            features = self._network(batch).float().cpu()
        return np.asarray(features.numpy(), np.float32)

    def _precision(self) -> Any:
        if self._device.type == "cpu":
            return nullcontext()
        return torch.autocast(self._device.type, dtype=torch.float16)


class OpenVinoBackbone:
    """Run by OpenVINO on the CPU in float32, tuned for latency.

    Batches of any size run without compiling again. Calls from several threads queue
    up, for a compiled network serves one at a time. Float32 is asked for because
    OpenVINO takes bfloat16 where the CPU has it.
    """

    engine = "openvino"

    def __init__(self, info: BackboneInfo, model: Any) -> None:
        """Compile a network that `convert` made, or that was kept."""
        hints = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32"}
        self.info = info
        self._compiled = import_openvino().Core().compile_model(model, "CPU", hints)
        self._lock = threading.Lock()

    def __call__(self, images: NDArray[np.float32]) -> NDArray[np.float32]:
        _check_images(images, self.info)
        batch = np.ascontiguousarray(images, np.float32)
        with self._lock:
            return np.array(self._compiled(batch)[0], np.float32)


def start_engine(
    engine: str,
    info: BackboneInfo,
    build: Callable[[], torch.nn.Module],
    device: torch.device,
    kept: Path | None = None,
) -> Backbone:
    """Return a network run by `engine` as chosen by `choose_engine`.

    With "auto", torch also runs what OpenVINO cannot.

    Parameters
    ----------
    engine, device
        As of `choose_engine`.
    info : BackboneInfo
        What the network expects and returns.
    build : callable
        Makes it, if it is not kept already.
    kept : Path, optional
        Folder where it is kept as converted for OpenVINO.

    Raises
    ------
    ModelError
        If OpenVINO is asked for and cannot run the network.
    """
    if choose_engine(engine, device) == "torch":
        return TorchBackbone(info, build(), device)
    import_openvino()  # before anything else imports it, with its statistics
    model = read_converted(kept) if kept else None
    if model is None:
        network = build()
        try:
            model = convert(network, info.input_size)
        except ModelError:
            if engine == "openvino":
                raise
            return TorchBackbone(info, network, device)
        if kept:
            keep_converted(model, kept)
    return OpenVinoBackbone(info, model)


def choose_engine(engine: str, device: torch.device) -> Literal["torch", "openvino"]:
    """Return the engine to use: OpenVINO on a CPU where it is installed.

    Raises
    ------
    ConfigError
        If `engine` is unknown, or OpenVINO is asked for on another device than the CPU.
    MissingExtraError
        If OpenVINO is asked for and not installed.
    """
    if engine not in ("auto", "torch", "openvino"):
        raise ConfigError(
            f"Unknown engine {engine!r}; choose one of auto, torch, openvino."
        )
    if engine == "openvino":
        import_openvino()
        if device.type != "cpu":
            raise ConfigError(
                f"Engine openvino runs on the CPU only, not on {device.type}; "
                "choose device cpu or engine torch."
            )
        return "openvino"
    installed = importlib.util.find_spec("openvino") is not None
    wanted = engine == "auto" and device.type == "cpu" and installed
    return "openvino" if wanted else "torch"


def convert(network: torch.nn.Module, size: int) -> Any:
    """Return `network` in the format of OpenVINO, for batches (?, 3, size, size).

    Tracing warns about its own deprecation and about shapes that are fixed on purpose.

    Raises
    ------
    ModelError
        If the network holds an operation that OpenVINO lacks.
    """
    openvino = import_openvino()
    failures = (
        RuntimeError,
        openvino.frontend.GeneralFailure,
        openvino.frontend.OpConversionFailure,
    )
    example = torch.zeros(2, 3, size, size)
    try:
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")
            model = openvino.convert_model(network, example_input=example)
        model.reshape({model.inputs[0]: openvino.PartialShape([-1, 3, size, size])})
    except failures as error:
        raise ModelError(
            "OpenVINO cannot run this backbone; choose engine torch."
        ) from error
    return model


def import_openvino() -> Any:
    """Import OpenVINO without its usage statistics, which it sends when imported.

    It does without them where its package `openvino_telemetry` cannot be imported, so
    that is hidden while OpenVINO is imported for the first time.
    """
    if "openvino" in sys.modules:
        return sys.modules["openvino"]
    hidden = "openvino_telemetry"
    before = sys.modules.get(hidden)
    sys.modules[hidden] = None  # type: ignore[assignment]
    try:
        return require("openvino", extra="fast")
    finally:
        del sys.modules[hidden]
        if before is not None:
            sys.modules[hidden] = before


def _check_images(images: NDArray[np.float32], info: BackboneInfo) -> None:
    side = info.input_size
    if images.ndim != 4 or images.shape[1:] != (3, side, side):
        raise DataError(
            f"Backbone {info.name} takes images of shape (B, 3, {side}, {side}); "
            f"got {images.shape}."
        )
