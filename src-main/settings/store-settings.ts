import type { EventHub } from '../../src-shared/contract/hub.ts'
import type { Handlers } from '../../src-shared/contract/methods.ts'
import type { StoreStatus } from '../../src-shared/contract/models.ts'
import type {
  PostgresDraft,
  StoreCheck,
  StoreDraft,
  StoreSettings,
} from '../../src-shared/contract/settings-models.ts'
import { AppError } from '../../src-shared/errors/app-error.ts'
import type { Clock } from '../clock.ts'
import type { Config, PostgresConfig, StoreConfig } from '../config/config.ts'
import { saveStoreSettings } from '../config/save-store-settings.ts'
import { workspaceStore } from '../config/store-config.ts'
import { accountName, storeLabel } from '../config/store-name.ts'
import type { CurrentEngine } from '../current-engine.ts'
import { resolvePassword, type Secrets } from '../secrets/secrets.ts'
import { checkStore } from '../store-check/check-store.ts'
import { refuseRunning } from './refuse-running.ts'
import { storeOfDraft } from './store-draft.ts'
import { whereSecretIs } from './view.ts'

export type StoreSettingsHandlers = Pick<
  Handlers,
  'settings.store' | 'settings.checkStore' | 'settings.useStore'
>

interface StoreSettingsParts {
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
export function createStoreSettings(parts: StoreSettingsParts, signal: AbortSignal): StoreSettingsHandlers {
  const { inTurn } = parts
  return {
    'settings.store': () => view(parts, signal),
    'settings.checkStore': (draft) =>
      inTurn(async () => {
        const { check } = await tryOut(parts, draft, signal)
        return check
      }),
    'settings.useStore': (draft) => inTurn(() => use(parts, draft, signal)),
  }
}

async function view({ engine, secrets }: StoreSettingsParts, signal: AbortSignal): Promise<StoreSettings> {
  const { store, storeFixedBy: fixedBy } = engine.config()
  if (store.kind === 'sqlite') {
    return { store: { kind: 'sqlite', label: storeLabel(store) }, passwordIn: 'none', fixedBy }
  }
  const { password, credentials, role: _, ...shown } = store
  if (credentials === 'vault') return { store: shown, passwordIn: 'vault', fixedBy }
  const kept = { secrets, store: await secrets.store(signal) }
  return { store: shown, passwordIn: await whereSecretIs(store, password, kept, signal), fixedBy }
}

/** There is nothing to try about a file: opening it tells. */
const NOTHING_TO_TRY: StoreCheck = { state: 'green', steps: [] }

async function use(parts: StoreSettingsParts, draft: StoreDraft, signal: AbortSignal): Promise<StoreCheck> {
  const { engine, dataDir, secrets } = parts
  refuseFixed(engine.config())
  await refuseRunning(engine)
  if (draft.kind === 'sqlite') {
    await goOver(parts, workspaceStore(dataDir))
    return NOTHING_TO_TRY
  }
  const { store, check } = await tryOut(parts, draft, signal)
  if (check.state !== 'green') return check
  if (draft.password !== null) await secrets.keep(store, draft.password, signal)
  await goOver(parts, store)
  return check
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
    // A Jira that does not open is told where Jiras are; the store is in use as was asked for.
    const isJiras = engine.failure() !== null && (await storeFailure()) === null
    if (!isJiras) throw error
  }
}

interface TriedOut {
  readonly store: PostgresConfig
  readonly check: StoreCheck
}

/** Goes through a server step by step. Throws `usage` where it cannot be tried at all. */
async function tryOut(
  { engine, namedStore, secrets, clock, hub }: StoreSettingsParts,
  draft: PostgresDraft,
  signal: AbortSignal,
): Promise<TriedOut> {
  const filledIn = storeOfDraft(draft)
  const store = {
    ...filledIn,
    password: filledIn.password ?? passwordOfEnvironment(filledIn, [namedStore, engine.config().store]),
  }
  const check = await checkStore(store, {
    password: () => resolvePassword(store, secrets, signal),
    clock,
    signal,
    onChange: (progress) => hub.publish('store-check.changed', progress),
  })
  return { store, check }
}

/** It is for these servers, as the same account, and goes to no other that is filled in. */
function passwordOfEnvironment(
  store: PostgresConfig,
  itsStores: readonly (StoreConfig | undefined)[],
): string | null {
  const same = itsStores.find((one) => one?.kind === 'postgres' && accountName(one) === accountName(store))
  return same?.kind === 'postgres' ? same.password : null
}

function refuseFixed({ storeFixedBy }: Config): void {
  if (storeFixedBy === null) return
  throw new AppError('usage', `The store is fixed by ${storeFixedBy}. Nothing was changed.`, {
    hint: `Start Jira TPM without ${storeFixedBy} to choose it here.`,
  })
}
