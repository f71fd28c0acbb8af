import path from 'node:path'
import type { EventHub } from '../../src-shared/contract/client.ts'
import type { Handlers } from '../../src-shared/contract/methods.ts'
import {
  TLS_MODES,
  type PostgresDraft,
  type StoreCheck,
  type StoreDraft,
  type StoreSettings,
  type StoreStatus,
} from '../../src-shared/contract/store.ts'
import { AppError, nothingChanged } from '../../src-shared/errors/app-error.ts'
import type { Clock } from '../runtime/clock.ts'
import type { PostgresConfig, StoreConfig } from '../config/config.ts'
import { DEFAULT_POSTGRES_PORT, isLocal, partsOfHosts, postgresConfig } from '../config/postgres-config.ts'
import { saveStoreSettings } from '../config/config-file.ts'
import { accountName, refusal, serversLabel, storeLabel, workspaceStore } from '../config/store-config.ts'
import type { CurrentEngine } from '../app/current-engine.ts'
import { resolvePassword, whereSecretIs, type Secrets } from '../secrets/secrets.ts'

export interface StoreSettingsParts {
  readonly engine: Pick<CurrentEngine, 'config' | 'openNow' | 'failure' | 'reopen'>
  /** The next engine opens the store anew, with the password that it has then. */
  readonly renewStore: () => void
  /** Why the store that is set cannot be used now; null where it can. */
  readonly storeFailure: () => Promise<StoreStatus['failure']>
  /** See `AppOptions`. */
  readonly namedStore?: PostgresConfig | undefined
  readonly dataDir: string
  readonly secrets: Secrets
  readonly clock: Clock
  readonly hub: Pick<EventHub, 'publish'>
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>
}

/** Where tickets are kept, as a person sets it from a window or the command line. */
export function createStoreSettings(
  parts: StoreSettingsParts,
  signal: AbortSignal,
): Pick<Handlers, 'settings.store' | 'settings.checkStore' | 'settings.useStore'> {
  const { inTurn } = parts
  return {
    'settings.store': () => view(parts, signal),
    'settings.checkStore': (draft) => inTurn(async () => (await tryOut(parts, draft, signal)).check),
    'settings.useStore': (draft) => inTurn(() => use(parts, draft, signal)),
  }
}

async function view({ engine, secrets }: StoreSettingsParts, signal: AbortSignal): Promise<StoreSettings> {
  const { store, storeFixedBy: fixedBy } = engine.config()
  if (store.kind === 'sqlite') {
    return { store: { kind: 'sqlite', label: storeLabel(store) }, passwordIn: 'none', fixedBy }
  }
  const { password, credentials, role: _, others: __, ...server } = store
  const shown = { ...server, ...hostFields(store) }
  if (credentials === 'vault') return { store: shown, passwordIn: 'vault', fixedBy }
  const kept = { secrets, store: await secrets.store(signal) }
  return { store: shown, passwordIn: await whereSecretIs(store, password, kept, signal), fixedBy }
}

async function use(parts: StoreSettingsParts, draft: StoreDraft, signal: AbortSignal): Promise<StoreCheck> {
  const { engine, dataDir, secrets } = parts
  await refuseChange(engine, 'store')
  if (draft.kind === 'sqlite') {
    const former = engine.config().store
    await goOver(parts, workspaceStore(dataDir))
    // There is nothing to try about a file: opening it shows.
    return { state: 'green', steps: await forgetPassword(secrets, former, signal) }
  }
  const { store, check } = await tryOut(parts, draft, signal)
  if (check.state !== 'green') return check
  if (draft.password !== null) await secrets.keep(store, draft.password, signal)
  await goOver(parts, store)
  return check
}

/** Of a server that is not used any more; nothing where none was kept. What was asked for has been done by now. */
async function forgetPassword(
  secrets: Secrets,
  former: StoreConfig,
  signal: AbortSignal,
): Promise<StoreCheck['steps']> {
  if (former.kind === 'sqlite') return []
  const whose = `The password that was kept for ${former.user} at ${storeLabel(former)}`
  try {
    if (!(await secrets.forget(former, signal))) return []
    return [{ id: 'password', state: 'ok', message: `${whose} is forgotten.`, hint: '' }]
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'cancelled') throw error
    const message = `${whose} could not be deleted: ${error.message}`
    return [{ id: 'password', state: 'warning', message, hint: error.hint }]
  }
}

async function goOver(
  { engine, renewStore, storeFailure, dataDir }: StoreSettingsParts,
  store: StoreConfig,
): Promise<void> {
  await saveStoreSettings(dataDir, store)
  renewStore()
  try {
    await engine.reopen()
  } catch (error) {
    // A Jira that does not open is reported with the Jira; the store is in use as was asked for.
    const isJiras = engine.failure() !== null && (await storeFailure()) === null
    if (!isJiras) throw error
  }
}

/** Goes through a server step by step. Throws `usage` where it cannot be tried at all. */
async function tryOut(
  { engine, namedStore, secrets, clock, hub }: StoreSettingsParts,
  draft: PostgresDraft,
  signal: AbortSignal,
) {
  const store = storeOfDraft(draft)
  const { store: current } = engine.config()
  const isSame = (one: StoreConfig | undefined): one is PostgresConfig =>
    one?.kind === 'postgres' && accountName(one) === accountName(store)
  /** The environment's is for these servers, as the same account, and goes to no other that is filled in. */
  const itsStore = [namedStore, current].find((one) => isSame(one) && one.password !== null)
  const password = async (): Promise<string | null> => {
    if (store.password !== null) return resolvePassword(store, secrets, signal)
    const trusted = isSame(itsStore) ? itsStore : isSame(current) ? current : null
    const found = await resolvePassword({ ...store, password: trusted?.password ?? null }, secrets, signal)
    if (found !== null) refuseWeaker(store, trusted)
    return found
  }
  const { checkStore } = await import('../store-check/check-store.ts')
  const { check } = await checkStore(store, {
    password,
    clock,
    signal,
    onChange: (progress) => hub.publish('store-check.changed', progress),
  })
  return { store, check }
}

/**
 * A password that somebody else filled in is tried as it was meant to be sent, or more safely. Of a server that is not
 * set now it is not known how: then to no server that does not prove its name, unless it is on this machine.
 */
function refuseWeaker(store: PostgresConfig, trusted: PostgresConfig | null): void {
  const least = trusted?.tls ?? (isLocal(store) ? 'disable' : 'verify-ca')
  if (TLS_MODES.indexOf(store.tls) <= TLS_MODES.indexOf(least)) return
  throw new AppError(
    'usage',
    `The password that is kept is sent with sslmode ${least} or stricter, and this is ${store.tls}.`,
    { consequence: 'It was not sent.', hint: `Give the password again, or take ${least}.` },
  )
}

/** Where a server is, as a person fills it in: several hosts are in one field, with their ports. */
export function hostFields(servers: Pick<PostgresConfig, 'host' | 'port' | 'others'>) {
  const { host, port, others } = servers
  return others === undefined ? { host, port } : { host: serversLabel(servers), port: DEFAULT_POSTGRES_PORT }
}

/** Checks a PostgreSQL server that a person filled in, as far as it is not needed for that. Throws `usage`. */
export function storeOfDraft(draft: PostgresDraft): PostgresConfig {
  const { password, caFile } = draft
  const refuse = refusal({ source: 'The server', code: 'usage' })
  if (caFile !== null && !path.isAbsolute(caFile)) {
    throw refuse(
      'has a CA file that is not a whole path',
      'Give it from the root on, as /etc/ssl/company.pem.',
    )
  }
  const parts = {
    ...partsOfHosts(draft.host, draft.port),
    database: draft.database.trim(),
    user: draft.user.trim(),
    sslmode: draft.tls,
    ...(password === null ? {} : { password }),
    ...(caFile === null ? {} : { sslrootcert: caFile }),
  }
  const empty = (['host', 'database', 'user'] as const).find((name) => parts[name] === '')
  if (empty !== undefined) throw refuse(`has no ${empty}`, 'Fill it in.')
  return postgresConfig(parts, '/', refuse)
}

/**
 * Throws `usage` where a flag or the environment says what is used, and `busy` while a run is under way in a real Jira:
 * it is ended by its person. The sandbox's own is only paused, and goes on when it is watched again, with the same store.
 */
export async function refuseChange(
  engine: Pick<CurrentEngine, 'config' | 'openNow'>,
  what: 'Jira' | 'store',
): Promise<void> {
  const { jira, jiraFixedBy, storeFixedBy } = engine.config()
  const fixedBy = what === 'Jira' ? jiraFixedBy : storeFixedBy
  if (fixedBy !== null) {
    const hint = `Start Jira TPM without ${fixedBy} to choose it here.`
    throw nothingChanged('usage', `The ${what} is fixed by ${fixedBy}.`, hint)
  }
  if (jira.kind === 'sandbox') return
  // Where nothing is open, nothing of ours runs; and one that is still opening may wait for minutes.
  const run = await engine.openNow()?.handlers['runs.current']({})
  if (run?.state !== 'running') return
  throw nothingChanged('busy', 'A run is under way in the present Jira.', 'Pause or stop it first.')
}
