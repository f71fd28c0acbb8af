import { readFileSync } from 'node:fs'
import { atEnd, testFolder } from '../end.ts'
import { createMemoryKeychain, type MemoryKeychain } from '../secrets/secrets.ts'
import { keyFilePath, type OwnKey } from '../../src-main/tokens/key-file.ts'
import { openTokens, type OpenTokens } from './open-tokens.ts'

/** A workspace whose tokens a test makes, with a clock of its own. */
export interface TokenWorkspace {
  readonly dataDir: string
  readonly file: string
  readonly keychain: MemoryKeychain
  readonly clock: { ms: number; now(): number }
  readonly signal: AbortSignal
  /** As another process sees it: nothing is shared but the folder with its store, the keychain and the clock. */
  open(): Promise<OpenTokens>
  /** The keys of its file. */
  ownKeys(): OwnKey[]
}

export function createTokenWorkspace(): TokenWorkspace {
  const dataDir = testFolder()
  const keychain = createMemoryKeychain()
  const clock = { ms: 1_800_000_000_500, now: () => clock.ms }
  const file = keyFilePath(dataDir)
  return {
    dataDir,
    file,
    keychain,
    clock,
    signal: new AbortController().signal,
    async open() {
      const opened = await openTokens(dataDir, { keychain, clock })
      atEnd(() => opened.close())
      return opened
    },
    ownKeys: () => (JSON.parse(readFileSync(file, 'utf8')) as { keys: OwnKey[] }).keys,
  }
}
