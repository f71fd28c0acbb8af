import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import { AppError } from '../../src-shared/errors/app-error.ts'
import { notWritable } from '../config/data-dir.ts'
import type { Log } from '../runtime/log.ts'
import { withFolderLock } from './folder-lock.ts'
import { beganAt, isAlive } from './process-alive.ts'
import { replaceJson } from '../runtime/private-files.ts'

/** One process that runs in a workspace, and what it offers to the others. */
const Instance = Type.Object({
  pid: Type.Integer({ minimum: 1 }),
  /** See `beganAt`. Who has the id of one that died, as the first process of a container does, is not it. */
  began: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  sandbox: Type.Union([
    Type.Object({
      url: Type.String(),
      siteId: Type.String(),
      email: Type.String(),
      apiToken: Type.String(),
      /** Which Jira it plays; Cloud where it does not say. */
      deployment: Type.Optional(Type.Union([Type.Literal('cloud'), Type.Literal('data-center')])),
    }),
    Type.Null(),
  ]),
  /** Served to browsers by a one-time link, to programs by a token of the workspace (`tokens/`). */
  dashboard: Type.Union([
    Type.Object({
      /** By which this machine's programs reach it. */
      url: Type.String(),
      /** By which browsers do. */
      publicUrl: Type.String(),
    }),
    Type.Null(),
  ]),
})
type Instance = Static<typeof Instance>
export type RunningSandbox = NonNullable<Instance['sandbox']>

const InstanceFile = Type.Object({ processes: Type.Array(Instance) })

/** The processes that run in the workspace now, as `instance.json` has them; those that died are left out. */
export function runningInstances(dataDir: string): Instance[] {
  let content: unknown
  try {
    content = JSON.parse(readFileSync(instanceFile(dataDir), 'utf8'))
  } catch (error) {
    // Not there, or not ours: nothing is announced, and the next announcement writes it anew.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
  if (!Check(InstanceFile, content)) return []
  return content.processes.filter(isRunning)
}

/** The URL by which browsers reach the dashboard that was served last; null where none is. */
export function dashboardUrl(dataDir: string): string | null {
  const found = runningInstances(dataDir).findLast(({ dashboard }) => dashboard !== null)
  return found?.dashboard?.publicUrl ?? null
}

/** The same. Throws `not-found` where none is. */
export function servedUrl(dataDir: string): string {
  const url = dashboardUrl(dataDir)
  if (url !== null) return url
  throw new AppError('not-found', 'No dashboard of this data folder is served now.', {
    consequence: 'No link was made.',
    hint: 'Start it with jira-tpm serve or plot-data.',
  })
}

function isRunning({ pid, began = null }: Instance): boolean {
  if (!isAlive(pid)) return false
  const now = beganAt(pid)
  return began === null || now === null || began === now
}

/** Publishes to the other processes of the workspace what this one offers. Throws `folder-not-writable` or `busy`. */
export async function announce(
  dataDir: string,
  offer: Partial<Pick<Instance, 'sandbox' | 'dashboard'>>,
): Promise<void> {
  try {
    await announceOffer(dataDir, offer)
  } catch (error) {
    throw error instanceof AppError ? error : notWritable(dataDir, error)
  }
}

/** Takes offers back, at the end. Where that cannot be written (a full disk) they end with the process all the same. */
export async function withdraw(
  dataDir: string,
  offers: readonly ('sandbox' | 'dashboard')[],
  log: Pick<Log, 'warn'>,
): Promise<void> {
  try {
    await announceOffer(dataDir, Object.fromEntries(offers.map((offer) => [offer, null])))
  } catch (error) {
    log.warn({ err: error }, 'the end of this process could not be announced')
  }
}

async function announceOffer(
  dataDir: string,
  offer: Partial<Pick<Instance, 'sandbox' | 'dashboard'>>,
): Promise<void> {
  await withFolderLock(dataDir, () => {
    const running = runningInstances(dataDir)
    const began = beganAt(process.pid)
    const nothing: Instance = { pid: process.pid, began, sandbox: null, dashboard: null }
    const mine = { ...(running.find(({ pid }) => pid === process.pid) ?? nothing), ...offer }
    const others = running.filter(({ pid }) => pid !== process.pid)
    const offersAny = mine.sandbox !== null || mine.dashboard !== null
    write(dataDir, offersAny ? [...others, mine] : others)
  })
}

/** It holds tokens. */
function write(dataDir: string, processes: readonly Instance[]): void {
  replaceJson(instanceFile(dataDir), { processes })
}

function instanceFile(dataDir: string): string {
  return path.join(dataDir, 'instance.json')
}
