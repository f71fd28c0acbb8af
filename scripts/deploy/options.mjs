import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { Command, CommanderError } from 'commander'
import { DeployFailure, EXIT } from './failure.mjs'

/** Never in an .env, which every `docker compose config` prints: they are files. */
const SECRET_NAMES = [
  'JIRA_API_KEY',
  'PSQL_PW',
  'DATABASE_URL',
  'DATABASE_REPLICA_URL',
  'DATABASE_DIRECT_URL',
  'VAULT_TOKEN',
  'VAULT_SECRET_ID',
  'POSTGRES_PASSWORD',
]

/**
 * What was asked for: flags over `env`, checked. Null where help was asked for and printed. Throws a DeployFailure whose
 * sentence says what is wrong; nothing was done then.
 */
export function readOptions(argv, env, root) {
  const program = commands(env)
  try {
    program.parse(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return null
    throw new DeployFailure(EXIT.usage, error.message.replace(/^error: /, ''))
  }
  const given = program.opts()
  return {
    ...given,
    target: checkTarget(program.args[0] ?? env.DEPLOY_HOST),
    sshPort: checkNumber('--ssh-port', given.sshPort, 65_535),
    timeoutMs: checkNumber('--timeout', given.timeout, 3_600) * 1_000,
    folder: checkFolder(given.folder),
    hostKey: given.hostKey === undefined ? null : checkHostKey(given.hostKey),
    key: checkFile('--key', given.key),
    knownHosts: checkFile('--known-hosts', given.knownHosts),
    composeFiles: [given.compose, ...given.also].map((file) =>
      checkFile('--compose', path.resolve(root, file)),
    ),
    envText: given.envFile === undefined ? '' : readEnvFile(given.envFile),
  }
}

function commands(env) {
  return new Command('npm run deploy --')
    .description(
      'builds the images, sends them to a server by ssh, starts them there, and goes back where they fail',
    )
    .argument('[user@host]', 'the server (or DEPLOY_HOST)')
    .option(
      '--key <file>',
      'private key for ssh (or DEPLOY_KEY); without it what ssh itself would use',
      env.DEPLOY_KEY,
    )
    .option('--ssh-port <n>', 'where sshd listens (or DEPLOY_PORT)', env.DEPLOY_PORT ?? '22')
    .option('--known-hosts <file>', 'file of known hosts (or DEPLOY_KNOWN_HOSTS)', env.DEPLOY_KNOWN_HOSTS)
    .option(
      '--host-key <key>',
      "the server's key, as `ssh-ed25519 AAAA…` (or DEPLOY_HOST_KEY)",
      env.DEPLOY_HOST_KEY,
    )
    .option('--folder <path>', 'where on the server, from its home', env.DEPLOY_FOLDER ?? 'jira-tpm')
    .option('--compose <file>', 'the compose file', 'compose.production.yaml')
    .option(
      '--also <file>',
      'another compose file over it; may be repeated',
      (file, files) => [...files, file],
      [],
    )
    .option(
      '--env-file <file>',
      'what the compose file asks for: JIRA_TPM_DOMAIN, JIRA_URL … (or DEPLOY_ENV_FILE)',
      env.DEPLOY_ENV_FILE,
    )
    .option('--secrets <folder>', 'files to put into the secrets folder of the server', 'deploy/secrets')
    .option('--timeout <seconds>', 'how long the new version may take until it is healthy', '180')
    .option('--dry-run', 'say each step, do none', false)
    .exitOverride()
    .configureOutput({ writeErr: () => {} })
}

/** No option of ssh's, no second word, nothing that a shell would read. Throws a DeployFailure. */
function checkTarget(target) {
  if (target === undefined || target === '') {
    throw new DeployFailure(
      EXIT.usage,
      'No server was named.',
      'npm run deploy -- user@host, or DEPLOY_HOST.',
    )
  }
  if (/^(?:[A-Za-z_][\w.-]*@)?(?:[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])$/.test(target))
    return target
  throw new DeployFailure(
    EXIT.usage,
    `${JSON.stringify(target)} is no server's name. Nothing was done.`,
    'It takes user@host; a port goes into --ssh-port.',
  )
}

function checkFolder(folder) {
  if (/^[\w.][\w./-]*$|^\/[\w./-]+$/.test(folder) && !folder.split('/').includes('..')) return folder
  throw new DeployFailure(
    EXIT.usage,
    `--folder takes a path of letters, digits, dots, dashes and slashes, not ${JSON.stringify(folder)}. Nothing was done.`,
  )
}

function checkNumber(flag, text, max) {
  if (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= max) return Number(text)
  throw new DeployFailure(EXIT.usage, `${flag} takes a number from 1 to ${max}, not ${JSON.stringify(text)}.`)
}

function checkHostKey(key) {
  if (/^(?:ssh-ed25519|ssh-rsa|ecdsa-sha2-\S+|sk-\S+) [A-Za-z0-9+/=]+(?: [^\r\n]*)?$/.test(key)) return key
  throw new DeployFailure(
    EXIT.usage,
    '--host-key is not of the form "ssh-ed25519 AAAA…". Nothing was done.',
    'On the server: cat /etc/ssh/ssh_host_ed25519_key.pub',
  )
}

function checkFile(flag, file) {
  if (file === undefined || existsSync(file)) return file
  throw new DeployFailure(EXIT.usage, `${flag} names ${file}, which is not there. Nothing was done.`)
}

function readEnvFile(file) {
  checkFile('--env-file', file)
  const text = readFileSync(file, 'utf8')
  const secret = SECRET_NAMES.find((name) => parseEnv(text)[name])
  if (secret === undefined) return text
  throw new DeployFailure(
    EXIT.usage,
    `${file} holds ${secret}. Nothing was sent.`,
    'Secrets go as files: put it into deploy/secrets (docs/containers.md says by which name).',
  )
}
