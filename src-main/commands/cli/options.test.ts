import { mkdtempSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCliFixture, type CliFixture } from '../../../test-support/commands/cli.ts'
import { workspaceFlags } from './options.ts'

let cli: CliFixture
beforeAll(() => {
  cli = createCliFixture()
})
afterAll(() => cli.close())

test('a hint names the workspace that was named', async () => {
  const dataDir = mkdtempSync(path.join(cli.cwd, 'other-'))
  const argv = ['--data-dir', dataDir, 'resume', '--jira', 'sandbox']
  const { code, stderr } = await cli.run(argv)
  expect(stderr).toContain(`jira-tpm --jira sandbox --data-dir ${dataDir} create-tickets starts one.`)
  expect(code).toBe(1)
  expect((await cli.run(['resume'])).stderr).toContain(' jira-tpm create-tickets starts one.')
})

test('who called it by npx types npx again', async () => {
  const env = { npm_command: 'exec' }
  expect((await cli.run(['resume'], { env })).stderr).toContain(' npx jira-tpm create-tickets starts one.')
  expect((await cli.run(['frobnicate'], { env })).stderr).toContain('npx jira-tpm -h shows what there is.')
})

test('as a shell takes it', () => {
  expect(workspaceFlags({ dataDir: '/home/me/Jira TPM', envFile: 'team.env' }, 'audit')).toBe(
    '--data-dir "/home/me/Jira TPM" --env-file team.env ',
  )
})

test('a password is not repeated, nor what the hinted command refuses', () => {
  expect(workspaceFlags({ store: 'postgres://me:secret@db/tickets' }, 'resume')).toBe('')
  const options = { store: 'postgres://me@db/tickets', jira: 'https://a.example', dataDir: 'd' }
  expect(workspaceFlags(options, 'resume')).toBe(
    '--jira https://a.example --store postgres://me@db/tickets --data-dir d ',
  )
  expect(workspaceFlags(options, 'connect')).toBe('--data-dir d ')
})

test('a team server is repeated, but not to the commands that name one themselves', () => {
  const options = { server: 'tpm.example.com', dataDir: 'd' }
  expect(workspaceFlags(options, 'counts')).toBe('--server tpm.example.com --data-dir d ')
  for (const command of ['login', 'logout', 'servers']) {
    expect(workspaceFlags(options, command)).toBe('--data-dir d ')
  }
})
