# Two images of one build: `server` (the dashboard's server and the command line) and `front` (Caddy with the dashboard's
# files, before it). Bases are pinned by version. Pin them by digest too where your registry can be asked for it:
#   docker buildx imagetools inspect node:24.21.0-bookworm-slim

FROM node:24.21.0-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
COPY scripts/exec-on-windows scripts/exec-on-windows
COPY packages/jira-sandbox/package.json packages/jira-sandbox/package.json
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run package:npm && mv dist/npm/jira-tpm-*.tgz /jira-tpm.tgz

# What a user installs, and nothing that it took to make it.
FROM node:24.21.0-bookworm-slim AS installed
COPY --from=build /jira-tpm.tgz /tmp/jira-tpm.tgz
RUN npm install --global --prefix /opt/jira-tpm --ignore-scripts --no-audit --no-fund /tmp/jira-tpm.tgz

FROM node:24.21.0-bookworm-slim AS server
RUN groupadd --gid 10001 jira-tpm \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin jira-tpm \
 && install -d -o jira-tpm -g jira-tpm -m 0700 /data
COPY --from=installed /opt/jira-tpm /opt/jira-tpm
COPY deploy/health-check.mjs /opt/jira-tpm/health-check.mjs
# Only /data and /tmp are written to. The server refuses to start at 0.0.0.0 until it is told what does TLS.
# Young objects take at most 32 MB instead of 128: a first fetch would leave those behind (docs/decisions/0072).
ENV NODE_ENV=production \
    NODE_OPTIONS=--max-semi-space-size=16 \
    PATH=/opt/jira-tpm/bin:$PATH \
    JIRA_TPM_DATA_DIR=/data \
    JIRA_TPM_HOST=0.0.0.0 \
    JIRA_TPM_PORT=8050 \
    JIRA_TPM_ACCESS_LOG_STDOUT=true
WORKDIR /opt/jira-tpm
VOLUME /data
EXPOSE 8050
USER 10001:10001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 CMD ["node", "/opt/jira-tpm/health-check.mjs"]
ENTRYPOINT ["jira-tpm"]
CMD ["serve"]
ARG VERSION=unknown
LABEL org.opencontainers.image.title="Jira TPM server" \
      org.opencontainers.image.description="A live minute chart of Jira's urgent tickets, and a generator that rehearses them" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}"

FROM caddy:2.11.2-alpine AS front
# The base lets Caddy open ports below 1024 by a capability of the file, and the kernel does not start such a file where
# all capabilities are dropped. Ours are above.
RUN setcap -r /usr/bin/caddy && mkdir -p /data/caddy && chown -R 10002:10002 /data/caddy && chmod 0700 /data/caddy
COPY deploy/caddy /etc/caddy
COPY --from=build /src/out/renderer /srv/dashboard
# What Caddy remembers of its configuration is of no use here: it may go to the temporary folder.
ENV JIRA_TPM_UPSTREAM=app:8050 \
    JIRA_TPM_FETCHERS=app:8050 \
    JIRA_TPM_DASHBOARD=/srv/dashboard \
    XDG_CONFIG_HOME=/tmp
EXPOSE 8080 8443
USER 10002:10002
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --retries=3 CMD ["wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8081/"]
ENTRYPOINT ["caddy"]
CMD ["run", "--adapter", "caddyfile", "--config", "/etc/caddy/plain.Caddyfile"]
ARG VERSION=unknown
LABEL org.opencontainers.image.title="Jira TPM front end" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="${VERSION}"
