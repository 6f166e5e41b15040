"""Learned from the base by `shopbell learn`, in a process of its own; the server only reads what came of it."""
