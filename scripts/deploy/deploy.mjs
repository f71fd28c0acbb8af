import { DeployFailure, EXIT } from './failure.mjs'
import { waitUntilHealthy } from './health.mjs'
import { buildCommands, docker, imageNames, ownArchitecture, sendImages } from './images.mjs'
import { compose, filesOf, keepScript, look, placing, secretNames, secretsScript } from './release.mjs'

const START = ['up', '-d', '--no-build', '--remove-orphans']
/** What is said of a new version that did not become healthy. */
const LOG = ['logs', '--no-color', '--tail', '40']

/**
 * Build, send, start, check; where that fails the former version is started again. `say` is called with each step. Throws a
 * DeployFailure with the exit code that says what runs on the server now.
 */
export async function deploy(ssh, options, { tag, version, root, say }) {
  const { folder, target } = options
  say(`Asking ${target}`)
  const server = await look(ssh, folder)
  say(server.current === null ? 'Nothing of ours runs there yet.' : `Version ${server.current} runs there.`)

  const platform = server.architecture === (await ownArchitecture()) ? null : `linux/${server.architecture}`
  for (const args of buildCommands(tag, version, platform)) {
    say(`docker ${args.join(' ')}`)
    await docker(args, root)
  }
  say('Sending the images')
  await sendImages(ssh, imageNames(tag), (bytes) => say(`  ${(bytes / 1_000_000).toFixed(0)} MB sent`))
  say('Writing the files')
  for (const file of filesOf(options, tag, root)) {
    await must(ssh, placing(folder, file), { input: file.content, what: `${file.file} could not be written` })
  }
  await prepareSecrets(ssh, options, say)

  say(`Starting version ${tag}`)
  const wrong = await startAndCheck(ssh, options, tag)
  if (wrong !== null) return goBack(ssh, options, { tag, former: server.current, wrong, say })
  await must(ssh, keepScript(folder, tag, imageNames(tag)), {
    what: 'It runs, but could not be noted as current',
  })
  say(
    `Version ${tag} runs and is healthy. The link for a browser: ssh ${target} ${folder}/current/compose.sh exec -T app jira-tpm token link`,
  )
}

async function prepareSecrets(ssh, { folder, composeFiles }, say) {
  const { code, stdout, stderr } = await ssh.run(secretsScript(folder, secretNames(composeFiles)))
  if (stdout.includes('made'))
    say('A password for the database was made on the server (secrets/db_password).')
  if (code === 0) return
  const missing = stderr.trim()
  throw new DeployFailure(
    EXIT.failed,
    code === 13
      ? `The server has no secret ${missing}. Nothing was started.`
      : `The secrets could not be looked at: ${missing}`,
    code === 13 ? `Put it into the folder of --secrets as the file ${missing}.` : '',
  )
}

/** Null, or what is wrong: that the server is not reached any more, too. */
async function startAndCheck(ssh, { folder, timeoutMs }, tag) {
  try {
    const { code, stderr, isLate } = await ssh.run(`${compose(folder, tag, ...START)} </dev/null`, {
      timeoutMs,
    })
    if (isLate) return `docker compose up did not end within ${timeoutMs / 1_000} s`
    if (code !== 0) return `docker compose up ended with ${code}: ${lastLines(stderr, 5)}`
    return await waitUntilHealthy(ssh, { folder, tag, timeoutMs })
  } catch (error) {
    if (error instanceof DeployFailure) return error.message
    throw error
  }
}

async function goBack(ssh, options, { tag, former, wrong, say }) {
  const { folder } = options
  say(`Version ${tag} did not become healthy: ${wrong}`)
  say(`Its last words:\n${await lastWords(ssh, folder, tag)}`)
  if (former === null) {
    await must(ssh, `${compose(folder, tag, 'down')} </dev/null`, {
      what: `Version ${tag} is ill (${wrong}) and could not be stopped`,
    })
    throw new DeployFailure(
      EXIT.rolledBack,
      `Version ${tag} was stopped again: ${wrong}.`,
      'There was none before it. Volumes and files were kept.',
    )
  }
  say(`Going back to version ${former}`)
  const worse = await startAndCheck(ssh, options, former)
  if (worse === null) {
    throw new DeployFailure(
      EXIT.rolledBack,
      `Version ${tag} did not become healthy: ${wrong}.`,
      `Version ${former} runs again, and is healthy.`,
    )
  }
  throw new DeployFailure(
    EXIT.broken,
    `Version ${tag} did not become healthy (${wrong}), and neither did ${former} after it (${worse}).`,
    `Nothing can be relied on there now. Look: ssh ${options.target} ${folder}/releases/${former}/compose.sh ps`,
  )
}

async function lastWords(ssh, folder, tag) {
  try {
    const { stdout } = await ssh.run(`${compose(folder, tag, ...LOG)} 2>&1 || true`, { timeoutMs: 30_000 })
    return lastLines(stdout, 40)
  } catch (error) {
    return error.message
  }
}

async function must(ssh, script, { input, what }) {
  const { code, stderr } = await ssh.run(script, { input })
  if (code !== 0) throw new DeployFailure(EXIT.failed, `${what}: ${stderr.trim() || `code ${code}`}`)
}

function lastLines(text, count) {
  return text.trim().split('\n').slice(-count).join('\n')
}

/** Each step as it would be done. Nothing is asked of the server. */
export function plan(ssh, options, { tag, version, root }) {
  const { folder } = options
  return [
    `ssh: ${ssh.shown('docker compose version')}`,
    ...buildCommands(tag, version, null).map((args) => `docker ${args.join(' ')}`),
    `docker save ${imageNames(tag).join(' ')} | gzip | ${ssh.shown('gzip -d | docker load')}`,
    ...filesOf(options, tag, root).map(({ file, mode }) => `write ${folder}/${file} (${mode})`),
    `look for the secrets ${secretNames(options.composeFiles).join(', ')}`,
    ssh.shown(compose(folder, tag, ...START)),
    `wait up to ${options.timeoutMs / 1_000} s until every container is healthy; else go back to the former version`,
    `point ${folder}/current to releases/${tag}`,
  ]
}
