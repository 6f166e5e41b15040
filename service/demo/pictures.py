"""Draws a picture for every product: its shelf's shape in its branch's colours, placed anew each time.

The shapes are in `drawings.json`. They stand on y = 190 around x = 160, and name their colours by letter: `a` body,
`b` its dark side, `c` its light side, `d` the one bright detail, `g` what shines through from behind; `m` metal,
`w` wood, `v` dark wood, `k` clay, `l` leaf, which are the same in every branch.
"""

import json
from functools import cache
from hashlib import sha256
from pathlib import Path
from string import Template

from service.demo.shop import Product

_STUFF = {"m": "#8b9497", "w": "#b07a47", "v": "#70482a", "k": "#b9683f", "l": "#6c8f3d"}

_SHAPES = {
    name: Template("".join(shapes))
    for name, shapes in json.loads((Path(__file__).parent / "drawings.json").read_text(encoding="utf-8")).items()
}

# ground of the picture, far shape, near shape, then the motif's a, b, c, d
_COLOURS = {
    "Garden": (
        ("#e4e8d3", "#cfd8b6", "#b5c494", "#5f7f4e", "#3d5a38", "#f1ecd6", "#c8653a"),
        ("#dfe9e2", "#c3d7c9", "#9dbfaa", "#4f8377", "#2f5a54", "#eef3e4", "#d98f3f"),
        ("#f0e6cf", "#e2d3a9", "#bfc28c", "#b7673f", "#7f4329", "#f8efd9", "#6f8f3f"),
    ),
    "Workshop": (
        ("#efe3cf", "#dfcaa6", "#c8a877", "#a9713f", "#6d4426", "#e9e4da", "#c24f2f"),
        ("#e6e2da", "#cfc7b8", "#b0a48f", "#8a6a48", "#4f4033", "#dcd9d2", "#b5842c"),
        ("#ece0d6", "#dac2b0", "#bb967b", "#936043", "#573726", "#e6ded4", "#4d7a78"),
    ),
    "Kitchen": (
        ("#f3e3d8", "#e6c8b6", "#d0a088", "#a65a45", "#703829", "#f7ecdc", "#d79a3d"),
        ("#e9e4ea", "#d2c8d8", "#aea0bb", "#77638a", "#4d3e60", "#f2ecf0", "#c9744f"),
        ("#e3e9ec", "#c4d3da", "#98b1bd", "#4e7587", "#31505f", "#eff3f0", "#cf7a4a"),
    ),
    "Hearth": (
        ("#eadfd6", "#d6bfae", "#b28f78", "#4d4744", "#2d2928", "#d9cfc4", "#e0702e"),
        ("#ecdcc8", "#dcbd95", "#bb8e5f", "#6a5142", "#3d2f28", "#e6d8c3", "#d9542b"),
        ("#dfe0e0", "#c2c4c6", "#94989c", "#565c63", "#33383e", "#d8d5cf", "#e38d33"),
    ),
}


@cache
def draw(sku: str, branch: str, motif: str) -> str:
    """An SVG of 320 x 240 units; the same product always gets the same picture."""
    seed = sha256(sku.encode()).digest()
    choices = _COLOURS[branch]
    paper, far, near, a, b, c, d = choices[seed[0] % len(choices)]
    sun_x, sun_y, sun = 60 + seed[1] % 200, 50 + seed[2] % 40, 34 + seed[3] % 34
    left, right = 150 + seed[4] % 40, 150 + seed[5] % 40
    scale = 0.92 + seed[6] % 6 * 0.03
    mirror = -1 if seed[7] % 2 else 1
    shape = _SHAPES[motif].substitute(_STUFF, a=a, b=b, c=c, d=d, g=paper)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 240" width="320" height="240">'
        f'<path d="M0 0h320v240H0z" fill="{paper}"/>'
        f'<circle cx="{sun_x}" cy="{sun_y}" r="{sun}" fill="{far}"/>'
        f'<path d="M0 {left}C90 {left - 34} 220 {right + 30} 320 {right}V240H0z" fill="{far}"/>'
        f'<path d="M0 {left + 34}C110 {left + 4} 210 {right + 44} 320 {right + 22}V240H0z" fill="{near}"/>'
        f'<ellipse cx="160" cy="204" rx="{94 * scale:.0f}" ry="8" fill="{b}" opacity=".18"/>'
        f'<g transform="translate({160 - 160 * scale * mirror:.1f} {204 - 192 * scale:.1f}) '
        f'scale({scale * mirror:.2f} {scale:.2f})">{shape}</g></svg>'
    )


def of(product: Product) -> str:
    """The picture of a product."""
    return draw(product.sku, product.path[0], product.motif)
