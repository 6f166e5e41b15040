"""Is it alive, can it serve, what did it do: for supervisors and Prometheus."""

from collections import Counter

from prometheus_client import CONTENT_TYPE_LATEST, Gauge, generate_latest
from starlette.responses import Response

from contract.errors import Refused
from service.api.operation import ADMINS, Call, operation

SOCKETS = Gauge("shopbell_sockets", "Open sockets of this process by namespace", ["namespace"])


@operation("GET", "/healthz", roles=None)
async def alive(call: Call) -> Response:
    """The process answers."""
    return Response("ok\n", media_type="text/plain")


@operation("GET", "/readyz", roles=None)
async def ready(call: Call) -> Response:
    """It can serve: started, not stopping, and the database answers."""
    if not call.bell.ready:
        raise Refused("not_ready", retry_after=1)
    await call.bell.store.read(lambda conn: conn.exec_driver_sql("SELECT 1").scalar())
    return Response("ready\n", media_type="text/plain")


@operation("GET", "/metrics", roles=ADMINS, nearby=True)
async def metrics(call: Call) -> Response:
    """Figures for Prometheus; on this machine without a token."""
    open_now = Counter(connection.namespace for connection in call.bell.registry)
    for namespace in ("/visitor", "/expert", "/waiting"):
        SOCKETS.labels(namespace.strip("/")).set(open_now[namespace])
    return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


OPERATIONS = [alive, ready, metrics]
