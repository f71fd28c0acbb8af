import { readFile } from 'node:fs/promises'

/** What comes before the fuses in Electron's binary (https://www.electronjs.org/docs/latest/tutorial/fuses). */
export const FUSE_SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'

/** The fuses of the first version of the wire in their order, by electron-builder's names. */
export const FUSES = [
  'runAsNode',
  'enableCookieEncryption',
  'enableNodeOptionsEnvironmentVariable',
  'enableNodeCliInspectArguments',
  'enableEmbeddedAsarIntegrityValidation',
  'onlyLoadAppFromAsar',
  'loadBrowserProcessSpecificV8Snapshot',
  'grantFileProtocolExtraPrivileges',
]

/**
 * The fuses of a binary: true where one is on. Throws where it has none.
 *
 * @param {string} file
 * @returns {Promise<Record<string, boolean>>}
 */
export async function readFuses(file) {
  const binary = await readFile(file)
  const sentinel = binary.indexOf(FUSE_SENTINEL)
  if (sentinel === -1) throw new Error(`${file} has no fuses`)
  const wire = sentinel + FUSE_SENTINEL.length
  if (binary[wire] !== 1) throw new Error(`${file} has fuses of version ${binary[wire]}; 1 is known`)
  const states = binary.subarray(wire + 2)
  return Object.fromEntries(FUSES.map((name, index) => [name, states[index] === '1'.charCodeAt(0)]))
}
