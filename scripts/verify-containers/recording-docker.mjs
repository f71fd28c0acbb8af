// In docker's place where deployments are tried: it writes each call down, keeps images as files, and "runs" what
// `compose up` was asked to. Its folder is TPM_RECORDING. An image that was built with TPM_RECORDING_HEALTH=unhealthy
// (or starting) stays so, also on the other side.
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseEnv } from 'node:util'

const folder = process.env.TPM_RECORDING
const args = process.argv.slice(2)
const place = (name) => path.join(folder, name)
const image = (name) => place(`images/${name}`)
mkdirSync(place('images'), { recursive: true })
appendFileSync(place('calls'), `${JSON.stringify(args)}\n`)

const COMMANDS = { build, save, load, version, compose, inspect, image: remove }
const command = COMMANDS[args[0]]
if (command === undefined) fail(`no such command: ${args[0]}`)
command(args.slice(1))

function build(words) {
  writeFileSync(image(words[words.indexOf('--tag') + 1]), process.env.TPM_RECORDING_HEALTH ?? 'healthy')
}

function save(names) {
  process.stdout.write(JSON.stringify(names.map((name) => [name, readFileSync(image(name), 'utf8')])))
}

function load() {
  if (existsSync(place('full'))) fail('no space left on device')
  for (const [name, health] of JSON.parse(readFileSync(0, 'utf8'))) writeFileSync(image(name), health)
}

function version() {
  console.log('amd64')
}

function compose(words) {
  if (words[0] === 'version') return process.stdout.write('2.0.0\n')
  const variables = parseEnv(readFileSync('.env', 'utf8'))
  const { JIRA_TPM_TAG: tag = '' } = variables
  const todo = words.find((word) => ['up', 'ps', 'logs', 'down'].includes(word))
  if (todo === 'up') return up(tag, variables.JIRA_TPM_SECRETS ?? '')
  if (todo === 'ps') return process.stdout.write(existsSync(place('running')) ? 'one\n' : '\n')
  if (todo === 'logs') return process.stdout.write(`the log of ${tag}\n`)
  return rmSync(place('running'), { force: true })
}

function up(tag, secrets) {
  if (!existsSync(image(`jira-tpm-server:${tag}`))) fail(`there is no image jira-tpm-server:${tag}`)
  if (!existsSync(path.join(secrets, 'jira_api_key'))) fail('bind source path does not exist')
  writeFileSync(place('running'), tag)
  rmSync(place('asked'), { force: true })
}

/** Starting at first, as a real one is. */
function inspect() {
  const health = readFileSync(image(`jira-tpm-server:${readFileSync(place('running'), 'utf8')}`), 'utf8')
  console.log(`/jira-tpm-app-1 running ${existsSync(place('asked')) ? health : 'starting'} 0 unless-stopped`)
  console.log('/jira-tpm-password-1 exited none 0 no')
  writeFileSync(place('asked'), '')
}

function remove([, name]) {
  rmSync(image(name))
}

function fail(words) {
  console.error(words)
  process.exit(1)
}
