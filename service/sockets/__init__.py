"""The two namespaces: what may come in (`packets`), who it is (`handshake`), what it does (`server`), what goes out
(`delivery`)."""
