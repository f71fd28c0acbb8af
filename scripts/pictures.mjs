// Makes the pictures in docs/pictures anew, of a sandbox in the browser that tests run in.
import './require-node.mjs'
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { buildIfStale, root } from './build-if-stale.mjs'

buildIfStale()
const args = [
  path.join(root, 'node_modules/playwright/cli.js'),
  'test',
  '-c',
  'e2e/playwright.config.ts',
  'pictures',
]
const { status } = spawnSync(process.execPath, args, {
  cwd: root,
  env: { ...process.env, JIRA_TPM_PICTURES: '1' },
  stdio: 'inherit',
})
process.exitCode = status ?? 1
