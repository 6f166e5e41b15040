"""The promises, as tests, fastest first.

unit: values in, a value out. wired: rooms on a database. browser: people at pages. real: processes, `kill -9`, load.
newcomer: what somebody sees who has just cloned the project.
"""
