import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '../free-port.ts'

const PROGRAM = 'prometheus-alertmanager'
/** Until it answers, in ms. */
const PATIENCE_MS = 30_000

/** Why no real Alertmanager can be tried here; null where one can. */
export function whyNoAlertmanager(): string | null {
  return spawnSync(PROGRAM, ['--version']).status === 0 ? null : `${PROGRAM} is not here`
}

/** What its webhook is told of a group. */
export interface Notification {
  readonly status: 'firing' | 'resolved'
  readonly alerts: readonly {
    readonly status: string
    readonly labels: Record<string, string>
    readonly annotations: Record<string, string>
  }[]
}

/** Debian's, which notifies the webhook at `hookUrl` of groups by the rule's name, and keeps what it has in `folder`. */
export async function startAlertmanager(hookUrl: string, folder: string) {
  const file = path.join(folder, 'alertmanager.yml')
  const route = {
    receiver: 'hook',
    group_by: ['alertname', 'rule'],
    group_wait: '1s',
    group_interval: '1s',
    repeat_interval: '1h',
  }
  const hook = { name: 'hook', webhook_configs: [{ url: hookUrl, send_resolved: true }] }
  // YAML takes JSON.
  writeFileSync(file, JSON.stringify({ route, receivers: [hook] }))
  const url = `http://127.0.0.1:${await freePort()}`
  const child = spawn(
    PROGRAM,
    [
      `--config.file=${file}`,
      `--storage.path=${folder}`,
      `--web.listen-address=${new URL(url).host}`,
      '--cluster.listen-address=',
    ],
    { stdio: 'ignore' },
  )
  const ended = once(child, 'exit')
  const stop = async (): Promise<void> => {
    child.kill('SIGKILL')
    await ended
  }
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += 100) {
    if ((await fetch(`${url}/-/ready`).catch(() => null))?.ok === true) return { url, stop }
    await sleep(100)
  }
  await stop()
  throw new Error(`${PROGRAM} did not answer within ${PATIENCE_MS / 1_000} s`)
}
