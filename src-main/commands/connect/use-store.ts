import type { Client } from '../../../src-shared/contract/client.ts'
import type { StoreCheck, StoreDraft, StoreSettings } from '../../../src-shared/contract/store.ts'
import { AppError, nothingChanged, errorText } from '../../../src-shared/errors/app-error.ts'
import type { PostgresConfig } from '../../config/config.ts'
import { isPostgresAddress } from '../../config/postgres-config.ts'
import { storeConfig, storeLabel, storeText } from '../../config/store-config.ts'
import { failedStep } from '../../runtime/steps.ts'
import { hostFields, storeOfDraft } from '../../settings/store-settings.ts'
import { codeOfStoreStep } from '../../store-check/failed-step.ts'
import type { CommandCall, Values } from '../cli/define-command.ts'
import { orCancelled } from '../cli/interrupt.ts'
import { say, type CliIo } from '../cli/io.ts'
import { askPassword } from './connect-questions.ts'
import { createStepChanges, sayStep } from '../cli/progress.ts'
import { refuseFixed } from '../cli/settings.ts'
import type { USE_STORE } from '../workspace-commands.ts'

export async function useStore(call: CommandCall<'own-core', typeof USE_STORE>): Promise<void> {
  const { io, options, config: readConfig, open, print } = call
  const store = options.chosen === 'sqlite' ? null : postgresStore(io, options.chosen)
  const config = readConfig()
  refuseFixed(config.storeFixedBy, 'says which store is used, so none can be chosen')
  const namedStore = store === null ? undefined : withItsPassword(call, store)
  await open(
    config,
    async ({ client }) => {
      const draft = store === null ? ({ kind: 'sqlite' } as const) : await draftOf(io, store, options)
      const check = await keepStore(io, client, draft)
      const settings = await client.call('settings.store', {})
      print(document(check, settings), sentence(check, settings))
      const { failure } = await client.call('settings.get', {})
      if (failure !== null) say(io, errorText(failure))
    },
    { mayStayClosed: true, readConfig, namedStore },
  )
}

function postgresStore(io: CliIo, text: string): PostgresConfig {
  const store = isPostgresAddress(text)
    ? storeConfig({ value: text, source: 'The store', code: 'usage', folder: io.cwd })
    : null
  if (store?.kind === 'postgres') return store
  throw nothingChanged(
    'usage',
    'use-store takes a PostgreSQL server or the word sqlite.',
    'sqlite is the file in the data folder; --store sqlite:FILE uses another one for one call.',
  )
}

/** What the environment has for it, as for any store that the command line names. */
function withItsPassword(
  { config }: CommandCall<'own-core'>,
  store: PostgresConfig,
): PostgresConfig | undefined {
  const named = config({ store: storeText(store) }).store
  return named.kind === 'postgres' ? named : undefined
}

async function draftOf(
  io: CliIo,
  store: PostgresConfig,
  options: Values<typeof USE_STORE>,
): Promise<StoreDraft> {
  const { others: _, ...server } = store
  return { ...server, ...hostFields(store), password: await askPassword(io, store, options.passwordStdin) }
}

function document({ steps }: StoreCheck, { store, passwordIn }: StoreSettings): unknown {
  return { kind: store.kind, label: labelOf(store), passwordIn, steps }
}

function sentence({ steps }: StoreCheck, { store, passwordIn }: StoreSettings): string {
  if (store.kind === 'sqlite') {
    const ofPassword = steps.flatMap(({ message, hint }) => [message, hint]).filter((text) => text !== '')
    return [`Tickets are kept in ${store.label} of the data folder from now on.`, ...ofPassword].join(' ')
  }
  const where = {
    keychain: ' The password is in the keychain.',
    'safe-storage': ' The password is encrypted in the data folder.',
    environment: ' The password comes from the environment.',
    vault: ' User and password come from Vault.',
    none: '',
  }
  return `Tickets are kept in ${labelOf(store)} from now on.${where[passwordIn]} jira-tpm fetch-tickets fetches; jira-tpm plot-data shows.`
}

function labelOf(store: StoreSettings['store']): string {
  return store.kind === 'sqlite' ? store.label : storeLabel(storeOfDraft({ ...store, password: null }))
}

/**
 * Tries a store and keeps it. Each step is printed on stderr as it ends. Throws the AppError of the step that failed; then nothing was kept.
 */
export async function keepStore(io: CliIo, client: Client, draft: StoreDraft): Promise<StoreCheck> {
  const unsubscribe = client.on(
    'store-check.changed',
    createStepChanges((step) => sayStep(io, step)),
  )
  try {
    const check = await orCancelled(
      client.call('settings.useStore', draft),
      io.signal,
      'Interrupted before the store was kept.',
      'Nothing was changed.',
    )
    const step = failedStep(check)
    if (step === null) return check
    throw new AppError(codeOfStoreStep(step.id), `Not used: ${step.message}`, {
      consequence: 'Nothing was kept.',
      hint: step.hint,
    })
  } finally {
    unsubscribe()
  }
}
