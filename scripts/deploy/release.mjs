import { readFileSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { DeployFailure, EXIT } from './failure.mjs'
import { commandLine, quote } from './quote.mjs'

/**
 * The folder of the server:
 *   current            a link to the release that runs
 *   secrets/           files that only root and its owner reach
 *   releases/TAG/      that version's compose files, .env, and compose.sh, which is `docker compose` with them
 */
const PROJECT = 'jira-tpm'

/** Next to the one that runs, for going back by hand. */
const KEPT_RELEASES = 2

/** Asks what the server has: `{ architecture, current }`. Throws a DeployFailure where Docker Compose is not there. */
export async function look(ssh, folder) {
  const script = `${commandLine('readlink', `${folder}/current`)} 2>/dev/null || echo
docker compose version >/dev/null 2>&1 || exit 11
docker version --format '{{.Server.Arch}}' || exit 12`
  const { code, stdout, stderr } = await ssh.run(script, { timeoutMs: 60_000 })
  if (code === 11)
    throw new DeployFailure(
      EXIT.failed,
      'The server has no `docker compose`.',
      'Install Docker there first: https://docs.docker.com/engine/install',
    )
  if (code === 12)
    throw new DeployFailure(
      EXIT.failed,
      `Docker does not answer this user on the server: ${stderr.trim()}`,
      'May the user use Docker (group docker), does the engine run?',
    )
  if (code !== 0)
    throw new DeployFailure(EXIT.failed, `The server could not be asked: ${stderr.trim() || code}`)
  const [link, architecture] = stdout.split('\n')
  return { architecture, current: /^releases\/([\w.-]+)$/.exec(link)?.[1] ?? null }
}

/** What is put onto the server: `[{ file, mode, content }]`, paths from the folder. */
export function filesOf({ composeFiles, envText, secrets }, tag, root) {
  const release = `releases/${tag}`
  const own = `JIRA_TPM_TAG=${tag}\nJIRA_TPM_SECRETS=../../secrets\n`
  return [
    ...secretFiles(path.resolve(root, secrets)),
    ...composeFiles.map((file) => ({
      file: `${release}/${path.basename(file)}`,
      mode: '0644',
      content: readFileSync(file),
    })),
    { file: `${release}/compose.sh`, mode: '0755', content: composeScript(composeFiles) },
    { file: `${release}/.env`, mode: '0600', content: `${envText.replace(/\n*$/, '\n')}${own}`.trimStart() },
  ]
}

function secretFiles(folder) {
  let names
  try {
    names = readdirSync(folder)
  } catch (error) {
    if (error.code === 'ENOENT') return []
    throw error
  }
  const odd = names.find((name) => !/^[\w.-]+$/.test(name))
  if (odd !== undefined)
    throw new DeployFailure(
      EXIT.usage,
      `${folder} holds ${JSON.stringify(odd)}, which is no name for a secret.`,
    )
  return names
    .filter((name) => !name.startsWith('.'))
    .map((name) => ({
      file: `secrets/${name}`,
      mode: '0444',
      content: readFileSync(path.join(folder, name)),
    }))
}

/** The secrets that the compose files ask for. */
export function secretNames(composeFiles) {
  const documents = composeFiles.map((file) => parse(readFileSync(file, 'utf8'), { merge: true }))
  return [...new Set(documents.flatMap(({ secrets }) => Object.keys(secrets ?? {})))]
}

/** The script that puts one file there, whole or not at all; its content comes by stdin. */
export function placing(folder, { file, mode }) {
  const place = `${folder}/${file}`
  return [
    'set -eu',
    'umask 077',
    commandLine('mkdir', '-p', path.posix.dirname(place)),
    `cat > ${quote(`${place}.new`)}`,
    // The folder keeps others out. The file itself is read by the container's own user.
    commandLine('chmod', mode, `${place}.new`),
    commandLine('mv', `${place}.new`, place),
  ].join('\n')
}

/** Makes the database's password where there is none, and says (code 13) which secret is missing. */
export function secretsScript(folder, names) {
  const own = names.includes('db_password')
    ? `[ -s db_password ] || { head -c 24 /dev/urandom | base64 > db_password; chmod 0444 db_password; echo made; }\n`
    : ''
  return `set -eu
umask 077
${commandLine('mkdir', '-p', `${folder}/secrets`)}
cd ${quote(`${folder}/secrets`)}
${own}for name in ${names.map(quote).join(' ')}; do [ -s "$name" ] || { echo "$name" >&2; exit 13; }; done`
}

/** `docker compose` of a release, with the files that it was made of. */
export function compose(folder, tag, ...words) {
  return commandLine('sh', `${folder}/releases/${tag}/compose.sh`, ...words)
}

/** What compose.sh holds. The real path: the secrets are found from it, and `current` is a link. */
function composeScript(composeFiles) {
  const files = composeFiles.flatMap((file) => ['-f', path.basename(file)])
  return `#!/bin/sh
set -eu
cd -P "$(dirname "$0")"
exec ${commandLine('docker', 'compose', '-p', PROJECT, ...files)} "$@"
`
}

/** Remembers that this one runs, and clears away the oldest others with their images. */
export function keepScript(folder, tag, images) {
  const names = images.map((name) => name.slice(0, name.lastIndexOf(':')))
  return `set -eu
cd ${quote(folder)}
ln -sfn ${quote(`releases/${tag}`)} current
ls -1t releases | grep -vxF ${quote(tag)} | tail -n +${KEPT_RELEASES + 1} | while read -r old; do
  for name in ${names.join(' ')}; do docker image rm "$name:$old" >/dev/null 2>&1 </dev/null || true; done
  rm -rf "releases/$old"
done`
}
