"""Linden Yard: the demo shop. A customer's web site as any other, so that the bell has a door to hang over."""
