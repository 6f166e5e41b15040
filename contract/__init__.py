"""What browser, server and database agree on: words, shapes, refusals. Imports nothing of ours."""
