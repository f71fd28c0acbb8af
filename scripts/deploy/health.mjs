import { setTimeout as delay } from 'node:timers/promises'
import { compose } from './release.mjs'

const EVERY_MS = 1_000

/**
 * Asks until every container of the release runs and, where it has a check of its own, is healthy. Resolves to null, or to
 * what is wrong: at once where one is unhealthy, else when `timeoutMs` is over.
 */
export async function waitUntilHealthy(ssh, { folder, tag, timeoutMs, everyMs = EVERY_MS }) {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const states = await ask(ssh, folder, tag)
    const ill = states.find(({ health }) => health === 'unhealthy')
    if (ill !== undefined) return `${ill.name} is unhealthy`
    const waiting = states.filter(
      ({ state, health }) => state !== 'running' || !['healthy', 'none'].includes(health),
    )
    if (states.length > 0 && waiting.length === 0) return null
    if (performance.now() > deadline) {
      const what = waiting.map(({ name, state, health }) => `${name} is ${state}, health ${health}`)
      return `after ${timeoutMs / 1_000} s ${what.join('; ') || 'no container is there'}`
    }
    await delay(everyMs)
  }
}

/** A container that was to run once and ended well is left out: it is done. */
async function ask(ssh, folder, tag) {
  const format =
    '{{.Name}} {{.State.Status}} {{if .State.Health}}{{.State.Health.Status}}{{else}}none{{end}} {{.State.ExitCode}} {{.HostConfig.RestartPolicy.Name}}'
  const script = `ids=$(${compose(folder, tag, 'ps', '-aq')}) && [ -n "$ids" ] && docker inspect --format '${format}' $ids || true`
  const { stdout } = await ssh.run(script, { timeoutMs: 60_000 })
  return stdout
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.trim().split(' '))
    .filter(([, state, , code, restart]) => !(state === 'exited' && code === '0' && restart === 'no'))
    .map(([name = '', state = '', health = '']) => ({ name: name.replace(/^\//, ''), state, health }))
}
