"""Linden Yard, the demo shop: a customer's web site like any other, so that the bell has a door to hang over."""
