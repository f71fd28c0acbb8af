import { readFileSync } from 'node:fs'
import { pino } from 'pino'
import { testFolder } from '../end.ts'
import { createMemoryKeychain, type MemoryKeychain } from '../secrets/secrets.ts'
import { tokenFilePath, type TokenFile } from '../../src-main/tokens/token-file.ts'
import { createTokens, type Tokens } from '../../src-main/tokens/tokens.ts'

/** A workspace whose tokens a test makes, with a clock of its own. */
export interface TokenWorkspace {
  readonly dataDir: string
  readonly file: string
  readonly keychain: MemoryKeychain
  readonly clock: { ms: number; now(): number }
  readonly signal: AbortSignal
  /** As another process sees it: nothing is shared but the folder, the keychain and the clock. */
  open(): Tokens
  content(): TokenFile
}

export function createTokenWorkspace(): TokenWorkspace {
  const dataDir = testFolder()
  const keychain = createMemoryKeychain()
  const clock = { ms: 1_800_000_000_500, now: () => clock.ms }
  const file = tokenFilePath(dataDir)
  return {
    dataDir,
    file,
    keychain,
    clock,
    signal: new AbortController().signal,
    open: () => createTokens({ dataDir, keychain, clock, log: pino({ level: 'silent' }) }),
    content: () => JSON.parse(readFileSync(file, 'utf8')) as TokenFile,
  }
}
