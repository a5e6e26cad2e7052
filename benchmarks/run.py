"""What each stage of the engine takes: processor time, and the memory at its peak.

python benchmarks/run.py                         all shapes, all stages
python benchmarks/run.py fleet list idle         one shape, some stages
python benchmarks/run.py growth                  exponents: 1k to 100k pods, 100 to 10k policies

Each shape and stage runs alone in a process of its own, which is ended after ``LIMIT`` seconds
of processor time.  Memory is the most that this process ever held, its input included.
"""

from __future__ import annotations

import gc
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import pairwise
from math import log10

import shapes

LIMIT = 120
GOALS = {
    ("fleet", "build"): 1.2,
    ("fleet", "list"): 2.0,
    ("fleet", "near"): 0.000_050,
    ("fleet", "diff"): 3.0,
    ("strict", "list"): 1.0,
    ("strict", "idle"): 5.0,
    ("strict", "check"): 5.0,
    ("crowded", "list"): 2.0,
    ("crowded", "idle"): 5.0,
    ("apart", "list"): 10.0,
    ("guarded", "list"): 3.0,
    ("guarded", "idle"): 10.0,
    ("blocks", "diff"): 1.0,
    ("closed", "diff"): 3.0,
}
"""Seconds of processor time."""


class Stopwatch:
    """Measures calls: of processor time the last one, without what came before."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self, call: Callable[..., object], *given: object) -> object:
        gc.collect()
        before = time.process_time()
        found = call(*given)
        self.seconds = time.process_time() - before
        return found


def build(made: object, watch: Stopwatch) -> str:
    """Compile the policies."""
    from netsim.engine.evaluator import Evaluator

    evaluator = watch(Evaluator.of, made)
    return f"{evaluator.universe.size} classes"


def list_(made: object, watch: Stopwatch) -> str:
    """List all pairs of a compiled cluster."""
    from netsim.engine.evaluator import Evaluator
    from netsim.engine.matrix.listing import pairs

    found = watch(pairs, Evaluator.of(made))
    return f"{len(found)} rows"


def near(made: object, watch: Stopwatch) -> str:
    """Ask for the nearest: who reaches one pod, once the index is there."""
    from netsim.engine.reachability import Reachability

    reachability = Reachability.of(made)
    pods = made.pods[100::997]
    for pod in pods[:2]:
        reachability.reaching(pod)
    watch(lambda: [reachability.reaching(pod) for pod in pods])
    watch.seconds /= len(pods)
    return f"{len(pods)} pods, each"


def idle(made: object, watch: Stopwatch) -> str:
    """Find policies and rules without effect."""
    from netsim.engine.evaluator import Evaluator
    from netsim.engine.query.idle import idle as find

    return f"{len(watch(find, Evaluator.of(made)))} found"


def check(made: object, watch: Stopwatch) -> str:
    """Judge a scenario, and run all rules."""
    from netsim.judge.case import build_case
    from netsim.model.conventions import Conventions
    from netsim.rules.registry import run_rules

    described = shapes.documentation(shapes.SHAPES[sys.argv[1]])

    def run() -> list[object]:
        return list(run_rules(build_case(made, Conventions(), described)))

    return f"{len(watch(run))} findings"


def diff(made: object, watch: Stopwatch) -> str:
    """Compare with a cluster in which one policy differs, and find the causes."""
    from netsim.engine.matrix.diff import Side
    from netsim.engine.matrix.diff import diff as compare
    from netsim.engine.matrix.diff_causes import Causes
    from netsim.engine.naming.controller import Controller
    from netsim.model.conventions import Conventions

    sides = made if isinstance(made, tuple) else (made, shapes.change_one(made))

    def run() -> tuple[object, ...]:
        old, new = (Side.of(each, Conventions(), Controller()) for each in sides)
        found, causes = compare(old, new), Causes(old, new)
        return tuple((each, causes.of(each)) for each in found.differences)

    return f"{len(watch(run))} differences"


STAGES = {
    "build": build,
    "list": list_,
    "near": near,
    "idle": idle,
    "check": check,
    "diff": diff,
}
CHANGES = {"blocks": shapes.open_blocks, "closed": shapes.close_all}


def measure(name: str, stage: str) -> None:
    """Measures in this process, and prints seconds, mebibytes and what was found."""
    made = CHANGES[name]() if name in CHANGES else shapes.make(_shape(name))
    gc.collect()
    gc.freeze()
    used = int(time.process_time())
    resource.setrlimit(resource.RLIMIT_CPU, (used + LIMIT, used + LIMIT))
    watch = Stopwatch()
    found = STAGES[stage](made, watch)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(f"{watch.seconds:.6f} {peak:.0f} {found}\n")


def _shape(name: str) -> shapes.Shape:
    """A shape by its name, or by its numbers: ``1000x100x10``."""
    if name in shapes.SHAPES:
        return shapes.SHAPES[name]
    return shapes.Shape(*map(int, name.split("x")))


def run(name: str, stage: str) -> tuple[float, str]:
    """Seconds and a line to print; infinite where it was ended."""
    command = [sys.executable, __file__, name, stage, "--here"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    goal = GOALS.get((name, stage))
    wanted = f"{goal:g}" if goal else ""
    if done.returncode:
        why = done.stderr.strip().splitlines()[-1:] or ["ended"]
        return float("inf"), f"{name:10} {stage:6} > {LIMIT:8} s {wanted:>8}  {why[0]}"
    seconds, peak, found = done.stdout.split(" ", 2)
    line = f"{name:10} {stage:6} {float(seconds):10.6f} s {wanted:>8}  {peak:>6} MiB  {found}"
    return float(seconds), line.rstrip()


def growth() -> Iterator[str]:
    """Exponents between each size and the next: 1 is in proportion."""
    for what, sizes in (
        ("pods", [(n, n // 10, n // 100) for n in (1_000, 10_000, 100_000)]),
        ("policies", [(10_000, n, 100) for n in (100, 1_000, 10_000)]),
    ):
        for stage in ("build", "list", "near", "diff"):
            times = [run("x".join(map(str, size)), stage)[0] for size in sizes]
            steps = [log10(after / before) for before, after in pairwise(times)]
            shown = " -> ".join(f"{each:.4f}" for each in times)
            yield f"{what:9} {stage:6} {shown} s: {' '.join(f'{step:.2f}' for step in steps)}"


def main(arguments: list[str]) -> None:
    """Prints a line for each measurement."""
    if arguments == ["growth"]:
        for line in growth():
            sys.stdout.write(f"{line}\n")
            sys.stdout.flush()
        return
    names = [each for each in arguments if each not in STAGES] or [*shapes.SHAPES, *CHANGES]
    for name in names:
        chosen = [each for each in arguments if each in STAGES]
        for stage in ("diff",) if name in CHANGES else chosen or STAGES:
            sys.stdout.write(f"{run(name, stage)[1]}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[-1] == "--here":
        measure(sys.argv[1], sys.argv[2])
    else:
        main(sys.argv[1:])
