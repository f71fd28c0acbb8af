import './require-node.mjs'
import { spawn } from 'node:child_process'
import { buildIfStale, root } from './build-if-stale.mjs'
import { findElectron, hasDisplay } from './find-electron.mjs'

buildIfStale()
const electron = findElectron()

if (electron !== null && hasDisplay()) {
  startDesktop(electron)
} else {
  console.error(
    electron === null
      ? "No desktop window: Electron's binary is not here yet. Get it with `npx install-electron`. Serving the dashboard to your browser instead."
      : 'No desktop window: there is no display (DISPLAY and WAYLAND_DISPLAY are empty). Serving the dashboard to your browser instead.',
  )
  const given = process.argv.slice(2).filter((argument) => argument !== '--no-open')
  const opens = given.length === process.argv.length - 2
  process.argv.splice(2, Infinity, 'plot-data', ...(opens ? ['--open'] : []), ...given)
  await import('../out/main/cli.js')
}

/** The window lives in its own process; its end is ours, and Ctrl-C reaches both. */
function startDesktop(binary) {
  const child = spawn(binary, [root, ...process.argv.slice(2)], { stdio: 'inherit' })
  const pass = (signal) => child.kill(signal)
  process.on('SIGINT', pass)
  process.on('SIGTERM', pass)
  child.on('exit', (code) => process.exit(code ?? 1))
}
