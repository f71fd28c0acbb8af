import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { root } from '../build-if-stale.mjs'

const run = promisify(execFile)

/**
 * Tries the installed command: its version, the doctor, a short demo with its audit, the server until it answers and is
 * asked to end, and an old Node. Throws where one of them is not as it should be.
 *
 * @param {{ file: string, env: Record<string, string> }} command
 * @param {string} folder
 * @param {(line: string) => void} say
 */
export async function tryCommand(command, folder, say) {
  const cwd = path.join(folder, 'another-folder')
  await mkdir(cwd)
  const call = (...args) => run(command.file, args, { cwd, env: command.env })

  const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'))
  const said = (await call('--version')).stdout.trim()
  expect(said === version, `--version says ${said}, and package.json ${version}`)
  const dataDir = path.join(folder, 'data')
  const doctor = await call('doctor', '--data-dir', dataDir)
  say(`doctor: ${doctor.stdout.trim().split('\n').at(-1)}`)

  const demo = JSON.parse((await call('demo', '--count', '12', '--minutes', '6', '--json')).stdout)
  expect(demo.audit.ok, 'the audit of the demo found a difference')
  expect(demo.file === null, `the demo drew ${demo.file}, which needs a package that is not installed`)
  say('demo: 12 tickets, nothing lost; no picture without @napi-rs/canvas, as it says')
  say(`server: ${await serve(command, cwd, dataDir)}`)
  say(`old Node: ${await refusedByOldNode(command, folder)}`)
}

/** Starts the server, asks for its page and its health, and ends it as a service manager does. */
async function serve({ file, env }, cwd, dataDir) {
  const child = spawn(file, ['serve', '--port', '0', '--json', '--data-dir', dataDir], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let errors = ''
  child.stderr.on('data', (text) => (errors += text))
  const ended = once(child, 'exit')
  try {
    const url = await urlOf(child, () => errors)
    const page = await fetch(url)
    expect(page.ok && (await page.text()).includes('<div id="root">'), `${url} answers ${page.status}`)
    const health = await fetch(new URL('/health', url))
    expect(health.ok, `/health answers ${health.status}`)
    child.kill('SIGTERM')
    const [code, signal] = await ended
    expect(code === 0, `the server ended with ${code ?? signal}: ${errors}`)
    return `its page and /health answer, SIGTERM ends it with 0`
  } finally {
    child.kill('SIGKILL')
  }
}

/** The address in the document that it prints. */
async function urlOf({ stdout }, errors) {
  for await (const line of createInterface({ input: stdout })) {
    if (line.trim() !== '') return new URL('/', JSON.parse(line).url).href
  }
  throw new Error(`The server ended without an address: ${errors()}`)
}

/** An old Node is played: it says that it is one, before anything of ours is loaded. */
async function refusedByOldNode({ file, env }, folder) {
  const older = path.join(folder, 'older.mjs')
  await writeFile(
    older,
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })\n",
  )
  const failed = await run(process.execPath, ['--import', older, file, '--version'], { env }).then(
    () => null,
    (error) => error,
  )
  expect(
    failed?.code === 1 && failed.stderr.includes('22.20'),
    `an old Node was not refused: ${failed?.stderr}`,
  )
  return failed.stderr.trim().split('\n')[0]
}

function expect(holds, problem) {
  if (!holds) throw new Error(`The installed command is not what it should be: ${problem}`)
}
