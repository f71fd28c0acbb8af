import { STORE_STEPS, type StoreCheck } from '../../src-shared/contract/store.ts'
import { type AppError, nothingChanged } from '../../src-shared/errors/app-error.ts'
import type { Clock } from '../runtime/clock.ts'
import type { PostgresConfig } from '../config/config.ts'
import { toStoreError } from '../store/postgres/connection/errors.ts'
import { fromPg, NoAnswerError } from '../store/postgres/connection/failure.ts'
import { serverNames } from '../store/postgres/connection/connection-errors.ts'
import { createSockets, type Sockets } from '../store/postgres/connection/client.ts'
import { createSteps, type StepOutcome } from '../runtime/steps.ts'
import { checkHost, checkPort, checkTls } from './network-steps.ts'
import { inTime, type WaitParts } from './in-time.ts'
import { checkDatabase, checkVersion, leave, logIn, type LoginResult } from './login-steps.ts'
import { checkRights, checkTables } from './table-steps.ts'

interface CheckParts {
  /** Asked for once the server is reached; null: none is sent. */
  readonly password: () => Promise<string | null>
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Hears of each step as it begins and ends. */
  readonly onChange?: (check: StoreCheck) => void
}

type StoreStep = (typeof STORE_STEPS)[number]
type RunStep = <T>(id: StoreStep, work: () => Promise<StepOutcome<T>>) => Promise<T | null>

/**
 * Goes through everything that a PostgreSQL server must be and allow, a step at a time. A step that fails says what to
 * do; those after it are not tried. Nothing is written. Throws `cancelled`, and bugs.
 */
export async function checkStore(config: PostgresConfig, parts: CheckParts): Promise<StoreCheck> {
  const { signal, onChange = () => {} } = parts
  const steps = createSteps(STORE_STEPS, () => onChange(snapshot('running')))
  const snapshot = (state: StoreCheck['state']): StoreCheck => ({ state, steps: steps.all() })
  const sockets = createSockets()
  const stop = (): void => sockets.cut(cancelled())
  signal.addEventListener('abort', stop, { once: true })
  const runStep: RunStep = (id, work) =>
    steps.step(id, async () => {
      const outcome = await work().catch((error: unknown) => {
        throw signal.aborted ? cancelled() : toStoreError(ofKind(error), serverNames(config))
      })
      if (signal.aborted) throw cancelled() // a connection that we cut ourselves says nothing of the server
      return outcome
    })
  try {
    await walk(runStep, config, sockets, parts)
  } finally {
    signal.removeEventListener('abort', stop)
    sockets.cut(new Error('The check is over'))
  }
  const check = snapshot(steps.finish())
  onChange(check)
  return check
}

async function walk(
  step: RunStep,
  config: PostgresConfig,
  sockets: Sockets,
  { password, ...patience }: CheckParts,
): Promise<void> {
  if ((await step('host', () => checkHost(config, patience))) === null) return
  const reached = await step('port', () => checkPort(config, sockets.make(), patience))
  if (reached === null) return
  if ((await step('tls', () => checkTls(config, reached, patience))) === null) return
  const login = await step('password', async () => logIn({ ...config, password: await password() }, sockets))
  if (login === null) return
  try {
    await look(step, config, login, patience)
  } finally {
    await leave(login, patience)
  }
}

/** What a server tells only to whom it has let in. */
async function look(
  step: RunStep,
  config: PostgresConfig,
  login: LoginResult,
  patience: WaitParts,
): Promise<void> {
  const { client } = login
  const state = await step('database', () => inTime(checkDatabase(config, login), patience))
  if (state === null) return
  if ((await step('version', async () => checkVersion(config, state))) === null) return
  const rights = await step('rights', () => inTime(checkRights(config, client), patience))
  if (rights === null) return
  await step('tables', () => inTime(checkTables(config, client, rights), patience))
}

function ofKind(error: unknown): unknown {
  return error instanceof NoAnswerError ? error : fromPg(error)
}

function cancelled(): AppError {
  return nothingChanged('cancelled', 'The check of the store was ended.')
}
