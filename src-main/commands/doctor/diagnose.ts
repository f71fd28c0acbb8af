import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Preflight } from '../../../src-shared/contract/settings.ts'
import type { ErrorCode } from '../../../src-shared/errors/app-error.ts'
import type { Config } from '../../config/config.ts'
import { blockerOfWatching, codeOfStep, createReport } from '../../preflight/report.ts'
import { machineClock } from '../../runtime/clock.ts'
import type { Log } from '../../runtime/log.ts'
import type { Step } from '../../runtime/steps.ts'
import { createSecrets, resolveAccount, type Secrets } from '../../secrets/secrets.ts'
import { readTokenFile, tokenFilePath } from '../../tokens/token-file.ts'
import type { Vault } from '../../vault/vault.ts'
import { tryJira } from './doctor-jira.ts'
import { found, openDoctorVault, tryStore, tryVault, type Finding } from './doctor-store.ts'
import { createStepChanges } from '../cli/step-lines.ts'

export interface Diagnosis {
  readonly deployment: Preflight['deployment']
  readonly steps: readonly Step<string>[]
  /** Of the first step that failed; null where none did. */
  readonly code: ErrorCode | null
}

interface DoctorParts {
  readonly log: Log
  readonly signal: AbortSignal
  /** Called with each step as it ends. */
  readonly onStep: (step: Step<string>) => void
}

/** What must be its owner's alone, whoever may open the folder: addresses and tokens, or what signs them. */
const SECRET = ['tokens.json', 'config.json', 'credentials.json', 'instance.json']
const OTHERS = 0o077

/** Goes through everything that the program stands on, from the folder to what may be done in Jira. */
export async function diagnose(config: Config, parts: DoctorParts): Promise<Diagnosis> {
  const vault = openDoctorVault(config, parts.log)
  try {
    return await goThrough(config, vault, parts)
  } finally {
    await vault?.stop() // gives back what it has leased
  }
}

async function goThrough(
  config: Config,
  vault: Vault | null,
  { log, signal, onStep }: DoctorParts,
): Promise<Diagnosis> {
  const kept = createSecrets({ dataDir: config.dataDir, safeStorage: undefined, log })
  const secrets = vault === null ? kept : { ...kept, vault }
  const codes: ErrorCode[] = []
  const own: Step<string>[] = []
  const look = async (id: string, check: () => Promise<Finding>): Promise<boolean> => {
    const { code, ...step } = await found(id, check)
    if (code !== null) codes.push(code)
    own.push(step)
    onStep(step)
    return step.state === 'ok'
  }
  await look('data-folder', async () => checkFolder(config.dataDir))
  await look('tokens', async () => checkTokens(config.dataDir, machineClock.now()))
  if (vault !== null) await tryVault(config, vault, { signal, look })
  const store = await tryStore(config, { secrets, vault, log, signal, onStep })
  if (store.code !== null) codes.push(store.code)
  own.push(...store.steps)
  await look('secrets', () => checkSecrets(config, secrets, signal))

  const changed = createStepChanges(onStep)
  const hasToken = own.at(-1)?.state !== 'failed'
  const preflight = hasToken
    ? await tryJira(config, { secrets, log, signal, onChange: changed })
    : createReport().finish()
  changed(preflight)
  const failed = blockerOfWatching(preflight)
  if (failed !== null) codes.push(codeOfStep(failed.id, preflight, config.projectKey))
  return { deployment: preflight.deployment, steps: [...own, ...preflight.steps], code: codes[0] ?? null }
}

/** Where the token is, and whether tokens can be kept here at all. */
async function checkSecrets({ jira }: Config, secrets: Secrets, signal: AbortSignal): Promise<Finding> {
  if (jira.kind === 'site') {
    const { from } = await resolveAccount(jira, secrets, signal)
    if (from === 'vault') return { message: 'The token comes from Vault.' }
    if (jira.token !== null) return { message: 'The token comes from the environment (JIRA_API_KEY).' }
  }
  const { label, problem } = await secrets.store(signal)
  if (jira.kind === 'site') return { message: `The token is in ${label}.` }
  if (problem === null) return { message: `Tokens are kept in ${label}; the sandbox needs none.` }
  return { message: 'No token can be kept on this machine now; the sandbox needs none.', hint: problem }
}

/** Where the workspace is, and whether other accounts of the machine may look into it. */
function checkFolder(dataDir: string): Finding {
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
function checkTokens(dataDir: string, nowMs: number): Finding {
  const tokens = readTokenFile(tokenFilePath(dataDir))?.tokens ?? []
  const good = tokens.filter(({ expiresMs, revokedMs }) => expiresMs > nowMs && revokedMs === null).length
  return {
    message: good === 0 ? 'No token and no link is in use.' : `Tokens and links that are good: ${good}.`,
  }
}

function isOpen(file: string): boolean {
  return ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & OTHERS) !== 0
}
