"""The connection URL as libpq takes it. The other apps accept a few forms that it does not know."""

import os
import ssl
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote, unquote

#: Where distributions keep the authorities that the machine trusts.
_SYSTEM_AUTHORITIES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
_MODES_OF_SSL = {"true": "require", "1": "require", "false": "disable", "0": "disable", "no-verify": "no-verify"}


def libpq_url(url: str, env: Mapping[str, str] = os.environ) -> str:
    """The URL with parameters that mean the same to libpq.

    `no-verify` and `ssl` are forms of pg, the driver of the other apps. The public authorities are named by their file,
    because psycopg's own OpenSSL does not know where the machine keeps them.
    """
    address, _, query = url.partition("?")
    parameters = dict(_decoded(pair) for pair in query.split("&") if pair)
    parameters.pop("uselibpqcompat", None)
    mode = parameters.pop("ssl", None)
    if mode is not None:
        parameters.setdefault("sslmode", _MODES_OF_SSL.get(mode, mode))
    if parameters.get("sslmode") == "no-verify":
        # With an authority, libpq would check the certificate. It takes a file that does not exist as none.
        parameters["sslmode"], parameters["sslrootcert"] = "require", "/dev/null/none"
    root = parameters.get("sslrootcert") or env.get("PGSSLROOTCERT")
    if root == "system" or (parameters.get("sslmode") == "verify-full" and not root and not _has_own_root(env)):
        parameters.setdefault("sslmode", "verify-full")
        parameters["sslrootcert"] = _system_authorities(env)
    pairs = [f"{name}={quote(value, safe='/')}" for name, value in parameters.items()]
    return "?".join([address, *(["&".join(pairs)] if pairs else [])])


def _decoded(pair: str) -> tuple[str, str]:
    name, _, value = pair.partition("=")
    return unquote(name), unquote(value)


def _has_own_root(env: Mapping[str, str]) -> bool:
    home = env.get("HOME")
    return bool(home) and Path(home or "", ".postgresql", "root.crt").exists()


def _system_authorities(env: Mapping[str, str]) -> str:
    paths = [env.get("SSL_CERT_FILE"), *_SYSTEM_AUTHORITIES, ssl.get_default_verify_paths().cafile]
    return next((path for path in paths if path and Path(path).exists()), "system")
