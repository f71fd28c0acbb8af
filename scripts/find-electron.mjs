import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './build-if-stale.mjs'

/**
 * Where Electron's binary is, or null where it was not downloaded. Reads the package's own note of it: importing the
 * package would start a download.
 */
export function findElectron() {
  const folder = path.join(root, 'node_modules', 'electron')
  const note = path.join(folder, 'path.txt')
  const name = existsSync(note) ? readFileSync(note, 'utf8').trim() : 'electron'
  const override = process.env['ELECTRON_OVERRIDE_DIST_PATH']
  const binary = path.join(override ?? path.join(folder, 'dist'), name)
  return existsSync(binary) ? binary : null
}

/** Whether a window could be shown. */
export function hasDisplay() {
  if (process.platform !== 'linux') return true
  return Boolean(process.env['DISPLAY'] || process.env['WAYLAND_DISPLAY'])
}
