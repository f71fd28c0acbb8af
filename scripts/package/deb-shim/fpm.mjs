// Makes a .deb as fpm does for electron-builder, by dpkg-deb. fpm itself is a download from GitHub.
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { controlOf } from './control.mjs'
import { readFpmArguments } from './fpm-arguments.mjs'

const SCRIPTS = { 'after-install': 'postinst', 'after-remove': 'postrm' }

const { options, sources } = readFpmArguments(process.argv.slice(2))
const root = mkdtempSync(path.join(tmpdir(), 'jira-tpm-deb-'))
try {
  // It is the package's own `/`: a temporary folder is closed to others.
  chmodSync(root, 0o755)
  for (const { from, to } of sources) copy(from, path.join(root, to))
  const { size } = measure(root)
  const control = path.join(root, 'DEBIAN')
  mkdirSync(control)
  writeFileSync(path.join(control, 'control'), controlOf(options, size))
  for (const [option, script] of Object.entries(SCRIPTS)) {
    if (options[option] === undefined) continue
    cpSync(options[option], path.join(control, script))
    chmodSync(path.join(control, script), 0o755)
  }
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zxz', '-z1', '--build', root, options.package], {
    stdio: 'inherit',
  })
} finally {
  rmSync(root, { recursive: true, force: true })
}

/** A folder's content, or one file; what nobody else could read is opened for all. */
function copy(from, to) {
  mkdirSync(path.dirname(to), { recursive: true })
  cpSync(from, to, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true })
  execFileSync('chmod', ['-R', 'u+rwX,go+rX,go-w', to])
  if (!from.endsWith('/')) chmodSync(to, 0o644)
}

/** Bytes on disk, as Debian counts them: in whole KiB, each file rounded up. */
function measure(folder) {
  const listed = execFileSync('find', [folder, '-type', 'f', '-print0'], { encoding: 'utf8' })
  const files = listed.split('\0').filter((file) => file !== '')
  return { size: files.reduce((sum, file) => sum + Math.ceil(statSync(file).size / 1024), 0) }
}
