"""What every test shares."""

import os
from collections.abc import Iterator

import pytest
import torch

if not torch.cuda.is_available():
    os.environ["TRITON_INTERPRET"] = "1"  # before anything imports Triton


@pytest.fixture(scope="session", autouse=True)
def _elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Leave the root, where ``python -m gicodec`` would find the folder and not what is installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.mktemp("elsewhere"))
        yield


@pytest.fixture
def one_torch_thread() -> Iterator[None]:
    """Let torch work as it does in an encoder."""
    from gicodec.fit import one_torch_thread as one_thread

    with one_thread():
        yield
