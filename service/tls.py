"""Whether a certificate and its key can be served, said before anything else is: one sentence for each mistake."""

import ssl


class _Locked(Exception):
    """The key asks for a password."""


def check_tls(cert: str, key: str) -> None:
    """Raises ValueError with the sentence."""
    for what, name in (("certificate", cert), ("key", key)):
        try:
            with open(name, "rb") as file:
                file.read(1)
        except OSError as error:
            raise ValueError(f"The {what} file {name} cannot be read: {error.strerror}.") from error

    def ask() -> str:
        raise _Locked

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(cert, key, password=ask)
    except _Locked:
        raise ValueError(
            f"The key {key} is protected by a password. Give one without: shopbell asks nothing."
        ) from None
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise ValueError(f"The key {key} does not belong to the certificate {cert}.") from error
        raise ValueError(
            f"{cert} and {key} are not a certificate and its key in PEM form, as they begin with -----BEGIN."
        ) from error
