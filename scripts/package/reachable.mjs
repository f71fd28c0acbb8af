import { readdir, readFile } from 'node:fs/promises'
import path from 'node:path'

/** What the command line starts, by file: itself, its sandbox's thread, and the process that asks the keychain. */
const ENTRIES = ['cli.js', 'sandbox-worker.js', 'keyring-process.js']

/**
 * The files of a bundle that are reached from `entries`, by whatever imports them. Throws where an entry is missing, or
 * where one of them imports Electron, which is not there without a window.
 *
 * @param {string} folder
 * @param {readonly string[]} entries
 */
export async function reachable(folder, entries = ENTRIES) {
  const there = new Set(await readdir(folder))
  const found = new Set()
  const open = [...entries]
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (found.has(file)) continue
    found.add(file)
    const text = await readFile(path.join(folder, file), 'utf8')
    if (/(from|import)\s*\(?\s*["']electron["']/.test(text)) {
      throw new Error(`${file} imports Electron, and the command line would need it`)
    }
    // A name that is none of a file's stands in a remark of what was bundled.
    open.push(...importsOf(text).filter((name) => there.has(name)))
  }
  return [...found]
}

/** `import … from "./x.js"`, `import "./x.js"`, `export … from "./x.js"`, `import("./x.js")`. */
function importsOf(text) {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*["'`]\.\/([\w.-]+\.js)["'`]/g)].map(([, file]) => file)
}
