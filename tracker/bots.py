"""Pure: who counts as a program: by its own words, by its rhythm, or because a person of the house said so."""


def marked(bot: bool, said: bool | None) -> bool:
    """What a visitor is held for. `bot`: by its agents or behaviour; `said`: by hand, None for nobody; a hand wins."""
    return bot if said is None else bool(said)
