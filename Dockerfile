# One image; the command chooses the process: web, relay, jobs, migrate.
ARG PYTHON=python:3.13-slim

FROM ${PYTHON} AS environment
COPY requirements.lock ./
RUN python -m venv /opt/yuntiao \
 && /opt/yuntiao/bin/pip install --no-cache-dir --require-hashes -r requirements.lock

FROM ${PYTHON} AS browser-files
COPY requirements-node.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements-node.lock
WORKDIR /app/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM ${PYTHON}
RUN useradd --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin yuntiao \
 && install -d -o yuntiao -g yuntiao -m 0700 /data /keys /second /backup
COPY --from=environment /opt/yuntiao /opt/yuntiao
WORKDIR /app
COPY --from=browser-files /app/web/node_modules web/node_modules
COPY signaling signaling
COPY recordings recordings
COPY server server
COPY web web
ENV PATH=/opt/yuntiao/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    YUNTIAO_DATA=/data
USER yuntiao
VOLUME /data /keys /second /backup
ENTRYPOINT ["python", "-m", "server"]
CMD ["web"]
