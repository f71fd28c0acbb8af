import { readdirSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Preflight } from '../../../src-shared/contract/settings.ts'
import { AppError } from '../../../src-shared/errors/app-error.ts'
import { createStoreAccess } from '../../app/store-access.ts'
import { DEFAULT_WATCH, projectOfRuns, type Config, type SiteConfig } from '../../config/config.ts'
import { createSiteJira, INTERACTIVE_POLICY } from '../../jira/open-jira.ts'
import { runPreflight } from '../../preflight/preflight.ts'
import { codeOfStep, createReport, type PreflightChoice } from '../../preflight/report.ts'
import { machineClock } from '../../runtime/clock.ts'
import { failed, failedStep, type Step } from '../../runtime/steps.ts'
import { resolveAccount } from '../../secrets/secrets.ts'
import { watchOf } from '../../sites/open-site.ts'
import { createSiteMemory } from '../../sites/site-memory.ts'
import { keyFilePath, readKeyFile } from '../../tokens/key-file.ts'
import { openSandbox } from '../../workspace/sandbox-connection.ts'
import type { CommandCall } from '../cli/define-command.ts'
import { EXIT, exitCodeOfError } from '../cli/io.ts'
import { plain } from '../cli/plain-client.ts'
import { sayStep, stepText } from '../cli/progress.ts'
import { checkHooks } from './doctor-hooks.ts'
import { createFindings, tryStore, tryVault, type DoctorParts, type LookResult } from './doctor-store.ts'

/** What must be its owner's alone, whatever the folder's mode: addresses and tokens, or what signs them. */
const SECRET = ['tokens.json', 'config.json', 'credentials.json', 'instance.json']

const OTHERS = 0o077

/** The steps come as they end: they are the result. With `--json` a person at a terminal sees them, too. */
export async function doctor(call: CommandCall<'log'>): Promise<void> {
  const { io, options, open, print, exitWith } = call
  const config = call.config()
  const onStep = (step: Step<string>): void => {
    if (options.json !== true) {
      io.stdout.write(`${stepText(plain(step), io.stdoutIsTTY ? io.columns : null)}\n`)
    } else if (io.isTTY) sayStep(io, step)
  }
  await open(config, async (log) => {
    const diagnosis = await diagnose(config, { log, signal: io.signal, onStep })
    if (options.json === true) print(doctorDocument(diagnosis), '')
    exitWith(diagnosis.code === null ? EXIT.done : exitCodeOfError(diagnosis.code))
  })
}

function doctorDocument({ code, deployment, steps }: Diagnosis): unknown {
  return {
    ok: code === null,
    deployment,
    steps: steps.map(({ id, state, message, hint }) => ({ step: id, state, message, hint })),
  }
}

type Diagnosis = Awaited<ReturnType<typeof diagnose>>

/**
 * Goes through everything that the program stands on, from the folder to what may be done in Jira. `onStep` is called with
 * each step as it ends; `code`: of the first that failed, null where none did.
 */
async function diagnose(
  config: Config,
  { onStep, ...given }: Pick<DoctorParts, 'log' | 'signal'> & { onStep: (step: Step<string>) => void },
) {
  const access = createStoreAccess(config, { clock: machineClock, log: given.log })
  try {
    return await goThrough(config, { ...given, ...access, findings: createFindings(onStep) })
  } finally {
    await access.stop()
  }
}

async function goThrough(config: Config, parts: DoctorParts) {
  const { findings, vault } = parts
  const { look, steps, codes } = findings
  await look('data-folder', () => checkFolder(config.dataDir))
  await look('tokens', () => checkTokens(config.dataDir))
  if (vault !== null) await tryVault(config, vault, parts)
  if (await tryStore(config, parts)) await checkHooks(config, parts)
  await look('secrets', () => checkSecrets(config, parts))
  const hasToken = steps.at(-1)?.state !== 'failed'
  const preflight = hasToken ? await tryJira(config, parts) : createReport().finish()
  findings.onChange(preflight)
  const blocker = failedStep(preflight)
  if (blocker !== null) codes.push(codeOfStep(blocker.id, preflight, config.projectKey))
  return { deployment: preflight.deployment, steps: [...steps, ...preflight.steps], code: codes[0] ?? null }
}

/** Where the token is, and whether tokens can be kept here at all. */
async function checkSecrets({ jira }: Config, { secrets, signal }: DoctorParts): Promise<LookResult> {
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
function checkFolder(dataDir: string): LookResult {
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

/** Whether tokens can be made. Throws `not-configured` where the file of the key that signs them is broken. */
function checkTokens(dataDir: string): LookResult {
  const { keys, former } = readKeyFile(keyFilePath(dataDir))
  const isMade = keys.length > 0 || former !== null
  return {
    message: isMade
      ? 'This data folder has a key that signs tokens; they are in the store: jira-tpm token list.'
      : 'No token was made with this data folder yet.',
  }
}

function isOpen(file: string): boolean {
  return ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & OTHERS) !== 0
}

/** The preflight of the configured Jira, whichever it is; of one that cannot be opened the first step says why. */
async function tryJira(config: Config, parts: DoctorParts): Promise<Preflight> {
  try {
    return await (config.jira.kind === 'site'
      ? trySite(config, config.jira, parts)
      : trySandbox(config, parts))
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'cancelled') throw error
    const report = createReport(parts.findings.onChange)
    await report.step('address', () => {
      throw error
    })
    return report.finish()
  }
}

async function trySite(config: Config, site: SiteConfig, parts: DoctorParts): Promise<Preflight> {
  const { network, projectKey, dataDir } = config
  const { findings, secrets, log, signal } = parts
  const account = await resolveAccount(site, secrets, signal)
  const { user, token } = account
  const memory = createSiteMemory(dataDir, log)
  const look = { network, memory, projectKey, clock: machineClock, signal }
  const watch = await watchOf(site, account, look).catch((error: unknown) => {
    if (error instanceof AppError) return error
    throw error
  })
  if (watch instanceof AppError && watch.code === 'not-configured') {
    const report = createReport(findings.onChange)
    await report.step('watched', () => failed(watch))
    return report.finish()
  }
  // What else kept the field's name from being looked up, the steps report.
  const known = watch instanceof AppError ? site.watch : watch
  const { tokenExpiresOn } = site
  const choice = { projectKey, watch: known, tokenExpiresOn, connection: { ...site, user } }
  return tryOut(choice, { ...site, user, token, watchedField: known.field.id }, { network, memory }, parts)
}

/** As any other Jira, so that what is wrong with it is said in the same words; the app itself asks it more simply. */
async function trySandbox(config: Config, parts: DoctorParts): Promise<Preflight> {
  const { network, projectKey } = config
  const sandbox = await openSandbox({ config, log: parts.log })
  const { url, email, apiToken, deployment } = sandbox
  const user = deployment === 'cloud' ? email : null
  const connection = { url, user, token: apiToken, caFile: null, watchedField: DEFAULT_WATCH.field.id }
  const choice = {
    projectKey,
    projectOfRuns: projectOfRuns(config),
    watch: DEFAULT_WATCH,
    tokenExpiresOn: null,
    connection: null,
  }
  try {
    return await tryOut(choice, connection, { network }, parts)
  } finally {
    await sandbox.stop()
  }
}

async function tryOut(
  choice: PreflightChoice,
  connection: Parameters<typeof createSiteJira>[0],
  reach: Pick<Parameters<typeof createSiteJira>[1], 'network' | 'memory'>,
  { findings: { onChange }, signal }: DoctorParts,
): Promise<Preflight> {
  const jira = createSiteJira(connection, { ...reach, clock: machineClock, ...INTERACTIVE_POLICY })
  try {
    return await runPreflight(jira, choice, { clock: machineClock, signal, onChange })
  } finally {
    await jira.close()
  }
}
