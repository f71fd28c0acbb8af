import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { readTokenFile, tokenFilePath } from '../tokens/token-file.ts'
import type { Finding } from './doctor-finding.ts'

/** What must be its owner's alone, whoever may open the folder: addresses and tokens, or what signs them. */
const SECRET = ['tokens.json', 'config.json', 'credentials.json', 'instance.json']

const OTHERS = 0o077

/** Where the workspace is, and whether other accounts of the machine may look into it. */
export function checkFolder(dataDir: string): Finding {
  // Windows has lists of rights; those of a profile's folder are its owner's alone.
  if (process.platform === 'win32') return { message: dataDir }
  const folderIsOpen = isOpen(dataDir)
  const names = folderIsOpen ? readdirSync(dataDir) : SECRET
  const open = names.filter((name) => isOpen(path.join(dataDir, name))).toSorted()
  if (!folderIsOpen && open.length === 0) return { message: dataDir }
  const folder = folderIsOpen ? `${dataDir} is open to other accounts of this machine` : dataDir
  const files =
    open.length === 0 ? '' : `${folderIsOpen ? ', and in it' : ': open to others are'} ${open.join(', ')}`
  return { message: `${folder}${files}.`, hint: `Keep it to yourself: chmod -R go= "${dataDir}"` }
}

/** Whether tokens and links can be made and taken. Throws `not-configured` where their file is broken. */
export function checkTokens(dataDir: string, nowMs: number): Finding {
  const tokens = readTokenFile(tokenFilePath(dataDir))?.tokens ?? []
  const good = tokens.filter(({ expiresMs, revokedMs }) => expiresMs > nowMs && revokedMs === null).length
  return {
    message: good === 0 ? 'No token and no link is in use.' : `Tokens and links that are good: ${good}.`,
  }
}

function isOpen(file: string): boolean {
  return ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & OTHERS) !== 0
}
