import { spawnSync } from 'node:child_process'
import fs from 'node:fs' // by its default: an old Node must get as far as the message that it is old
import path from 'node:path'

export const root = path.dirname(import.meta.dirname)
const stamp = path.join(root, 'out', '.built')
const sources = [
  'src-main',
  'src-shared',
  'src-renderer',
  'packages',
  'electron.vite.config.ts',
  'package-lock.json',
]
const SOURCE = /(?<!\.test)\.(?:tsx?|css|html|svg)$/

/**
 * Builds `out/` when a source is newer than it, quietly: stdout belongs to the command that follows.
 * Ends the process with the builder's own words when the build fails.
 */
export function buildIfStale() {
  if (fs.existsSync(stamp) && newestSourceMs() <= fs.statSync(stamp).mtimeMs) return
  if (process.stderr.isTTY) process.stderr.write('Building Jira TPM (a few seconds, only after a change)…\n')
  for (const former of [stamp, path.join(root, 'out', '.compiled')]) {
    fs.rmSync(former, { recursive: true, force: true })
  }
  const startedAt = new Date()
  const electronVite = path.join(root, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
  const build = spawnSync(process.execPath, [electronVite, 'build', '--logLevel', 'warn'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, NODE_ENV: 'production' },
  })
  if (build.status !== 0) {
    process.stderr.write(
      `${build.stdout ?? ''}${build.stderr ?? ''}\nThe build failed; nothing was started.\n`,
    )
    process.exit(1)
  }
  fs.writeFileSync(stamp, `${startedAt.toISOString()}\n`)
}

/** vitest's globalSetup: programs that tests start serve the dashboard that was built last, and a fresh clone has none. */
export function setup() {
  if (!fs.existsSync(path.join(root, 'out', 'renderer', 'index.html'))) buildIfStale()
}

function newestSourceMs() {
  return Math.max(...sources.map((name) => newestMs(path.join(root, name))))
}

/** Of a file, or of the sources in a folder. By hand: every command of a checkout waits for it, and a glob takes 60 ms. */
function newestMs(file) {
  if (!fs.statSync(file).isDirectory()) return fs.statSync(file).mtimeMs
  const inside = fs
    .readdirSync(file, { withFileTypes: true })
    .filter((entry) => (entry.isDirectory() ? entry.name !== 'node_modules' : SOURCE.test(entry.name)))
  return Math.max(0, ...inside.map(({ name }) => newestMs(path.join(file, name))))
}
