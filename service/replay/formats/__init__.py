"""The formats that `shopbell replay` reads. Pure: numbered lines in, what happened out, always the same."""
