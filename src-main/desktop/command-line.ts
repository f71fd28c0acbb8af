import { parseArgs } from 'node:util'
import type { ConfigFlags } from '../config/read-config.ts'

const options = {
  jira: { type: 'string' },
  project: { type: 'string' },
  store: { type: 'string' },
  fallback: { type: 'string' },
  'data-dir': { type: 'string' },
  'env-file': { type: 'string' },
  /** Chromium's own name for it. */
  'user-data-dir': { type: 'string' },
} as const

/** What the command line asks for, by the names that `jira-tpm` has. Chromium's own switches may stand among them. */
export function desktopFlags(argv: readonly string[]): ConfigFlags {
  const { values } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true })
  const text = (name: keyof typeof options): string | undefined => {
    const value = values[name]
    return typeof value === 'string' && value !== '' ? value : undefined
  }
  return {
    jira: text('jira'),
    project: text('project'),
    store: text('store'),
    fallback: text('fallback'),
    dataDir: text('data-dir') ?? text('user-data-dir'),
    envFile: text('env-file'),
  }
}
