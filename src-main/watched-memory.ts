import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Type, type Static } from 'typebox'
import { Check } from 'typebox/value'
import { Priority as PrioritySchema } from '../src-shared/contract/models.ts'
import type { Priority } from '../src-shared/domain/ticket.ts'
import { AppError } from '../src-shared/errors/app-error.ts'
import { watchedPriorities } from './jira/watched.ts'
import type { Log } from './log.ts'
import type { Site } from './site.ts'

const Memory = Type.Record(Type.String(), Type.Array(PrioritySchema))

/**
 * The site's watched priorities, asked of Jira. While it does not answer, those it had the last time: what is stored
 * can then be shown, and the fetches say what is wrong. Throws Jira's own AppError where there was no last time.
 */
export async function watchedOf(
  site: Site,
  { dataDir, log, signal }: { dataDir: string; log: Log; signal: AbortSignal },
): Promise<Priority[]> {
  const file = path.join(dataDir, 'watched.json')
  const memory = await readMemory(file)
  try {
    const watched = await watchedPriorities(site.jira, signal)
    if (JSON.stringify(memory[site.id]) !== JSON.stringify(watched)) {
      await remember(file, { ...memory, [site.id]: watched }, log)
    }
    return watched
  } catch (error) {
    const last = memory[site.id]
    if (last === undefined || !(error instanceof AppError) || error.code === 'not-configured') throw error
    log.warn({ code: error.code }, `the priorities of the last session are watched: ${error.message}`)
    return last
  }
}

/** Without it the next session needs Jira's answer, nothing more. */
async function remember(file: string, memory: Static<typeof Memory>, log: Log): Promise<void> {
  try {
    await writeFile(file, `${JSON.stringify(memory, null, 2)}\n`)
  } catch (error) {
    log.warn({ err: error }, 'the watched priorities could not be remembered')
  }
}

/** What is not there, or was spoilt, is asked of Jira again: it is a copy of Jira's own. */
async function readMemory(file: string): Promise<Static<typeof Memory>> {
  try {
    const content: unknown = JSON.parse(await readFile(file, 'utf8'))
    return Check(Memory, content) ? content : {}
  } catch {
    return {}
  }
}
