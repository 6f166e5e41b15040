"""`python -m bench.NAME`: one figure alone, with options to make it shorter."""

import argparse
import json
from collections.abc import Callable, Iterable
from typing import Any

from bench.machines import SIZES, in_folder


def alone(name: str, measure: Callable[..., Iterable[dict[str, Any]]], **options: float) -> None:
    """Print the figures of `measure`. Each of `options` can be given, its value is used without; and `--size`."""
    asked = argparse.ArgumentParser(prog=f"python -m bench.{name}", description=measure.__doc__)
    for option, value in options.items():
        asked.add_argument(f"--{option}", type=type(value), default=value)
    asked.add_argument("--size", choices=SIZES, help="one of them; both without")
    said = vars(asked.parse_args())
    size = said.pop("size")
    with in_folder() as folder:
        for figure in measure(folder, sizes=(size,) if size else SIZES, **said):
            print(json.dumps(figure), flush=True)
