import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { watchOtherWork } from './other-work.mjs'

test.runIf(process.platform === 'linux')(
  'what others take is counted, and not what we and ours take',
  async () => {
    const procDir = mkdtempSync(path.join(tmpdir(), 'jira-tpm-proc-'))
    onTestFinished(() => rmSync(procDir, { recursive: true }))
    const is = (pid, parent, ticks, ofEnded = 0) => {
      mkdirSync(path.join(procDir, String(pid)), { recursive: true })
      const stat = `${pid} (a (b) c) R ${parent} 1 1 0 -1 0 0 0 0 0 ${ticks} 0 ${ofEnded} 0 20 0 1`
      writeFileSync(path.join(procDir, String(pid), 'stat'), stat)
    }
    is(1, 0, 5_000)
    is(10, 1, 100)
    is(11, 10, 50)
    const other = watchOtherWork(procDir, 10)
    is(10, 1, 100_000)
    is(11, 10, 100_000)
    is(12, 11, 100_000)
    // A daemon of ours, and what it has started.
    is(13, 1, 100_000)
    writeFileSync(path.join(procDir, '13', 'environ'), `PATH=/bin\0JIRA_TPM_BENCH=${process.pid}\0`)
    is(14, 13, 100_000)
    is(1, 0, 5_000, 100_000) // one that has ended
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(other()).toBe(0)
    // Another benchmark's.
    writeFileSync(path.join(procDir, '13', 'environ'), `JIRA_TPM_BENCH=${process.pid}0\0`)
    expect(other()).toBeGreaterThan(0)
    writeFileSync(path.join(procDir, '13', 'environ'), `JIRA_TPM_BENCH=${process.pid}\0`)
    is(20, 1, 300)
    is(1, 0, 5_100)
    const [share, longest] = [other(), 4 / 0.05]
    expect(share).toBeGreaterThan(0)
    expect(share).toBeLessThanOrEqual(longest)
  },
)
