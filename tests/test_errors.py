from __future__ import annotations

import pytest

from napari_disentangle import errors


def test_no_error_is_a_runtime_error_because_qt_workers_swallow_those() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    own = [kind for kind in kinds if issubclass(kind, errors.DisentangleError)]
    assert len(own) > 5
    assert not any(issubclass(kind, RuntimeError) for kind in own)


def test_require_returns_an_installed_module() -> None:
    assert errors.require("json", extra="none").dumps([1]) == "[1]"


def test_require_names_the_extra_of_a_missing_module() -> None:
    with pytest.raises(errors.MissingExtraError, match=r"napari-disentangle\[fast\]"):
        errors.require("no_such_module_anywhere", extra="fast")
