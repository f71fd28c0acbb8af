import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { FUSES, FUSE_SENTINEL } from './fuses.mjs'

/**
 * A folder in the place of Electron's own files, where they cannot be had: a program that says what it is, with fuses as
 * Electron leaves them. electron-builder packs around it, and on Linux changes its fuses, as it would do with Electron.
 *
 * @param {string} folder is made
 * @param {string} platform for which Electron would be
 */
export async function makeDummyElectron(folder, platform = 'linux') {
  const says = 'echo "This package was built without Electron, to look at the rest of it." >&2; exit 1'
  const wire = Buffer.concat([
    Buffer.from(FUSE_SENTINEL),
    Buffer.from([1, FUSES.length]),
    Buffer.from('1'.repeat(FUSES.length)),
  ])
  const program = Buffer.concat([Buffer.from(`#!/bin/sh\n${says}\n# `), wire, Buffer.from('\n')])
  for (const [file, content] of Object.entries(FILES[platform](program))) {
    await mkdir(path.dirname(path.join(folder, file)), { recursive: true })
    await writeFile(path.join(folder, file), content, { mode: 0o755 })
  }
}

/** What electron-builder looks for, by platform. */
const FILES = {
  linux: (program) => ({ electron: program, 'chrome-sandbox': program }),
  win32: (program) => ({ 'electron.exe': program }),
  darwin(program) {
    const contents = 'Electron.app/Contents'
    const helpers = ['', ' (GPU)', ' (Renderer)', ' (Plugin)'].flatMap((kind) => {
      const name = `Electron Helper${kind}`
      const helper = `${contents}/Frameworks/${name}.app/Contents`
      return [
        [`${helper}/Info.plist`, infoPlist(name)],
        [`${helper}/MacOS/${name}`, program],
      ]
    })
    return {
      [`${contents}/Info.plist`]: infoPlist('Electron'),
      [`${contents}/MacOS/Electron`]: program,
      [`${contents}/Resources/electron.icns`]: '',
      [`${contents}/Frameworks/Electron Framework.framework/Electron Framework`]: program,
      ...Object.fromEntries(helpers),
    }
  },
}

function infoPlist(program) {
  return `<?xml version="1.0" encoding="UTF-8"?>
<plist version="1.0"><dict><key>CFBundleExecutable</key><string>${program}</string></dict></plist>
`
}
