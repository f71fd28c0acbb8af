import { randomInt } from 'node:crypto'
import type { RunRequest } from '../../../src-shared/contract/models.ts'
import { MAX_SEED } from '../../../src-shared/domain/run-bounds.ts'
import { agreeOnRun } from '../real-run.ts'
import { planPreview } from './plan-preview.ts'
import { choose } from './question.ts'
import { askRun, sizeOf } from './run-questions.ts'
import { seeRun } from './see-run.ts'
import { tell, tellBlock } from './tell.ts'
import type { MenuWorld } from './world.ts'

/** Asks what to create, shows the plan, and creates it. */
export async function createItem(world: MenuWorld): Promise<void> {
  const { io, client, config } = world
  const asked = await askRun(io, { compressible: config.jira.kind === 'sandbox' })
  if (asked === null) return
  const { projectKey } = config
  const request = { ...asked, ...(projectKey === null ? {} : { projectKey }) }
  const agreed =
    config.jira.kind === 'sandbox'
      ? await agreedInSandbox(world, request)
      : await agreedForReal(world, request)
  if (agreed === null) return tell(io, 'No ticket was made.')
  await seeRun(world, () => client.call('runs.start', agreed))
}

/** The plan with a seed that the person likes; null where he goes back. */
async function agreedInSandbox({ io, config }: MenuWorld, request: RunRequest): Promise<RunRequest | null> {
  for (;;) {
    const seeded = { ...request, seed: randomInt(MAX_SEED + 1) }
    tellBlock(io, planPreview(io, seeded, config))
    const chosen = await choose(io, 'Shall it begin?', [
      { value: 'start', label: 'Start' },
      { value: 'other', label: 'Another plan', hint: 'the same numbers, another seed' },
      { value: 'back', label: 'Back' },
    ])
    if (chosen === 'start') return seeded
    if (chosen !== 'other') return null
  }
}

/** The plan, after a yes that names the site. */
async function agreedForReal(
  { io, client, config }: MenuWorld,
  request: RunRequest,
): Promise<RunRequest | null> {
  const seeded = { ...request, seed: randomInt(MAX_SEED + 1) }
  tellBlock(io, planPreview(io, seeded, config))
  const { count } = sizeOf(request)
  const agreed = await agreeOnRun(io, client, { projectKeys: [config.projectKey], count })
  return agreed === null ? null : { ...seeded, ...agreed }
}
