import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { root } from '../build-if-stale.mjs'

/** Where the licences of everything that ships with our own code are written. */
export const NOTICES = path.join(root, 'out', 'THIRD-PARTY-LICENSES.md')

/** What Vite writes about the packages that it bundled (`build.license`). */
const BUNDLED = ['main', 'renderer'].map((part) => path.join(root, 'out', part, '.vite', 'license.md'))

/** What ships as it is: packages with native parts, and files. */
const SHIPPED_AS_IT_IS = [
  {
    name: 'better-sqlite3, with SQLite, which is in the public domain',
    folder: 'node_modules/better-sqlite3',
  },
  { name: '@napi-rs/keyring', folder: 'node_modules/keytar' },
  { name: 'Inter (the font)', folder: 'data/fonts' },
]

/** Writes them, from the last build. Throws where that build did not say what it bundled. */
export async function writeNotices() {
  const bundled = []
  for (const file of BUNDLED) {
    if (!existsSync(file)) {
      throw new Error(`${file} is missing: build again (npm run build). Nothing was packed.`)
    }
    bundled.push(...packagesIn(await readFile(file, 'utf8')))
  }
  const files = []
  for (const { name, folder } of SHIPPED_AS_IT_IS)
    files.push({ heading: name, text: await licenceOf(folder) })
  await writeFile(NOTICES, noticesOf([...files, ...bundled]))
}

/**
 * The packages that a license.md of Vite speaks of. Some licences have headings of their own: a package's has a version.
 *
 * @param {string} text
 */
export function packagesIn(text) {
  const parts = text.split(/^## (?=\S+ - \d\S* \(.+\)$)/m).slice(1)
  return parts.map((part) => {
    const [heading] = part.split('\n', 1)
    return { heading, text: part.slice(heading.length).trim() }
  })
}

/** @param {readonly { heading: string, text: string }[]} packages in any order, some of them twice */
export function noticesOf(packages) {
  const byHeading = new Map(packages.map(({ heading, text }) => [heading, text]))
  const chapters = [...byHeading]
    .toSorted(([one], [other]) => one.localeCompare(other, 'en'))
    .map(([heading, text]) => `## ${heading}\n\n${text || 'The package has no text of its own.'}\n`)
  return `# Licences of what Jira TPM is built from\n\n${chapters.join('\n')}`
}

/** A package's licence: its text, else its name. */
async function licenceOf(folder) {
  const file = path.join(root, folder, 'LICENSE')
  if (existsSync(file)) return (await readFile(file, 'utf8')).trim()
  const { license, repository } = JSON.parse(await readFile(path.join(root, folder, 'package.json'), 'utf8'))
  return `${license}. The package has no text of its own: ${repository?.url ?? repository}`
}
