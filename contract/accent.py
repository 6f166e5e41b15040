"""Pure: a site's colour made readable. Whatever a site wishes, text in it, on it and beside it has at least 4.5:1.

The rule is WCAG 2's contrast of relative luminances (success criterion 1.4.3). Hue and saturation stay; the lightness
moves until the contrast is there.
"""

import colorsys

import msgspec

#: The least contrast of text (WCAG 2, level AA).
ENOUGH = 4.5
#: The surface of `widget/look/tokens.css` on which the accent is hardest to read, in a light and in a dark chat.
LIGHT_GROUND, DARK_GROUND = "#e9efed", "#2a3334"
_LIGHT_SOFT, _DARK_SOFT = "#ffffff", "#1a2021"
_WHITE, _BLACK = "#ffffff", "#0b0f10"
_STEP = 0.01

Rgb = tuple[float, float, float]


class Accent(msgspec.Struct, frozen=True, kw_only=True):
    """The colours of one scheme, as `#rrggbb`: on the accent stands `ink`, on `soft` stands `soft_ink`."""

    accent: str
    hover: str
    ink: str
    soft: str
    soft_ink: str


class Palette(msgspec.Struct, frozen=True, kw_only=True):
    light: Accent
    dark: Accent


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black and white)."""
    darker, lighter = sorted((_luminance(_rgb(one)), _luminance(_rgb(other))))
    return (lighter + 0.05) / (darker + 0.05)


def palette(accent: str) -> Palette:
    """Both schemes of a colour `#rrggbb`."""
    light = _readable(accent, LIGHT_GROUND, -_STEP)
    dark = _readable(accent, DARK_GROUND, _STEP)
    light_soft, dark_soft = _mixed(light, _LIGHT_SOFT, 0.14), _mixed(dark, _DARK_SOFT, 0.2)
    return Palette(
        light=Accent(
            accent=light,
            hover=_moved(light, -6 * _STEP),
            ink=_WHITE,
            soft=light_soft,
            soft_ink=_readable(light, light_soft, -_STEP),
        ),
        dark=Accent(
            accent=dark,
            hover=_moved(dark, 6 * _STEP),
            ink=_BLACK,
            soft=dark_soft,
            soft_ink=_readable(dark, dark_soft, _STEP),
        ),
    )


def _readable(colour: str, ground: str, step: float) -> str:
    """`colour`, darker or lighter by steps until it can be read on `ground`."""
    while contrast(colour, ground) < ENOUGH:
        colour = _moved(colour, step)
    return colour


def _moved(colour: str, by: float) -> str:
    """Lighter by that share of the way from black to white, or darker."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_rgb(colour))
    return _hex(colorsys.hls_to_rgb(hue, min(1.0, max(0.0, lightness + by)), saturation))


def _mixed(colour: str, ground: str, share: float) -> str:
    red, green, blue = (share * a + (1 - share) * b for a, b in zip(_rgb(colour), _rgb(ground), strict=True))
    return _hex((red, green, blue))


def _rgb(colour: str) -> Rgb:
    return int(colour[1:3], 16) / 255, int(colour[3:5], 16) / 255, int(colour[5:7], 16) / 255


def _hex(colour: Rgb) -> str:
    return "#" + "".join(f"{round(part * 255):02x}" for part in colour)


def _luminance(colour: Rgb) -> float:
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
