"""The database is the truth; the bus is a doorbell; process memory is a cache."""
