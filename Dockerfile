# Three stages: the pages (Node), the packages (pip with hashes), and what runs.
FROM node:24-bookworm-slim AS pages
WORKDIR /build
COPY package.json package-lock.json .npmrc tsconfig.json ./
RUN npm ci --ignore-scripts
COPY contract contract
COPY widget widget
COPY console console
RUN npm run build

FROM python:3.12-slim-bookworm AS packages
WORKDIR /build
RUN python -m venv /venv
ENV PATH=/venv/bin:$PATH PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock
# The build tools get an environment of their own: they do not belong into what runs.
COPY requirements-build.lock ./
RUN python -m venv /tools && /tools/bin/pip install --require-hashes -r requirements-build.lock
COPY . .
COPY --from=pages /build/service/assets service/assets
RUN /tools/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . && pip install --no-deps /wheels/*.whl

FROM python:3.12-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data shopbell && install -d -o shopbell -m 0750 /data
COPY --from=packages /venv /venv
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 SHOPBELL_DATA_DIR=/data SHOPBELL_HOST=0.0.0.0 SHOPBELL_PORT=8000
USER shopbell
WORKDIR /data
VOLUME /data
EXPOSE 8000
# Alive, not ready: a process that is still judging what the last one stored must not be restarted.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 CMD ["python", "-c", \
    "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
# The graceful stop takes up to 10 s.
STOPSIGNAL SIGTERM
CMD ["sh", "-c", "shopbell migrate && exec shopbell serve"]
