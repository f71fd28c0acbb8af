import { spawnSync } from 'node:child_process'
import fs from 'node:fs' // by its default: an old Node must get as far as the message that it is old
import path from 'node:path'

export const root = path.dirname(import.meta.dirname)
const stamp = path.join(root, 'out', '.built')
const sources = [
  'src-{main,shared,renderer}/**/*.{ts,tsx,css,html,svg}',
  'packages/*/src/**/*.ts',
  'electron.vite.config.ts',
  'package-lock.json',
]

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
  const files = sources.flatMap((pattern) => fs.globSync(pattern, { cwd: root }))
  return Math.max(...files.map((file) => fs.statSync(path.join(root, file)).mtimeMs))
}
