import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { root } from './build-if-stale.mjs'

test(
  'a test file that holds the event loop is ended and named, and the others run',
  { timeout: 60_000 },
  () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'jira-tpm-watchdog-'))
    onTestFinished(() => fs.rmSync(folder, { recursive: true, force: true }))
    const write = (name, text) => fs.writeFileSync(path.join(folder, name), text)
    const watchdog = path.join(root, 'scripts', 'vitest-watchdog.mjs')
    write(
      'setup.mjs',
      `import { expect } from 'vitest'
import { watch } from ${JSON.stringify(watchdog)}
watch(expect.getState().testPath)`,
    )
    write('vitest.config.mjs', "export default { test: { pool: 'forks', setupFiles: ['./setup.mjs'] } }")
    write('held.test.mjs', "import { test } from 'vitest'\ntest('holds', () => { for (;;); })")
    write('well.test.mjs', "import { test } from 'vitest'\ntest('is well', () => {})")
    fs.symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'), 'junction')

    const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs')
    const args = [vitest, 'run', '--root', folder]
    const { status, stdout, stderr } = spawnSync(process.execPath, [...args, '--reporter=verbose'], {
      encoding: 'utf8',
      env: { ...process.env, JIRA_TPM_WATCHDOG_S: '2', NO_COLOR: '1' },
      timeout: 50_000,
    })

    expect(stderr).toContain('held.test.mjs has held the event loop for 2 seconds. Its process is ended.')
    expect(stdout).toContain('✓ well.test.mjs > is well')
    expect(status).toBe(1)
  },
)
