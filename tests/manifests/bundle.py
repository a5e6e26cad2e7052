"""The objects of the folder ``manifests/``."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import yaml

Object = dict[str, Any]

NAMESPACE = "production"
FOLDER = Path(__file__).parents[2] / "manifests"
WARM_POOL = FOLDER / "warm-pool.yaml"
POD_TEMPLATE = FOLDER / "pod-template.yaml"


def files() -> list[Path]:
    """Every file that ``kubectl apply`` would read."""
    return sorted(FOLDER.rglob("*.yaml"))


def objects(file: Path) -> list[Object]:
    """Those of a file, for the caller to change."""
    return deepcopy(_read(file))


@cache
def _read(file: Path) -> list[Object]:
    with file.open(encoding="utf-8") as text:
        return [found for found in yaml.safe_load_all(text) if found is not None]


def every_object() -> Iterator[tuple[Path, Object]]:
    for file in files():
        for found in objects(file):
            yield file, found


def one(kind: str, file: Path = WARM_POOL) -> Object:
    """The only object of a kind in a file."""
    (found,) = [found for found in objects(file) if found["kind"] == kind]
    return found


def job_spec() -> Object:
    """The spec of the Jobs that the CronJob makes."""
    spec: Object = one("CronJob")["spec"]["jobTemplate"]["spec"]
    return spec


def pod_spec() -> Object:
    """The spec of their pods."""
    spec: Object = job_spec()["template"]["spec"]
    return spec


def script() -> str:
    """What the pods run."""
    (text,) = one("ConfigMap")["data"].values()
    return str(text)
