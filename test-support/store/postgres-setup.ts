import { pino } from 'pino'
import type { TestProject } from 'vitest/node'
import { machineClock } from '../../src-main/runtime/clock.ts'
import { openStore } from '../../src-main/store/open-store.ts'
import { findPostgres } from './postgres-bin.ts'
import { testConfig } from './postgres-config.ts'
import { startPostgres } from './postgres.ts'
import { queryOnce } from './postgres-query.ts'

/** The server of a test run. */
export interface TestServer {
  readonly version: string
  readonly host: string
  readonly port: number
  /** The database with our tables, and nothing in them, that every test store is a copy of. */
  readonly template: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: TestServer
  }
}

/** vitest's globalSetup: one server for a project's run, of the major version that the project's name ends with, if any. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const major = /-(\d+)$/.exec(project.name)?.[1]
  const bin = major === undefined ? undefined : findPostgres(Number(major))?.bin
  // Six workers, each with some stores open: each store has a pool of four, and one connection that listens.
  const settings = { max_connections: 200, shared_buffers: '128MB' }
  const server = await startPostgres({ settings, ...(bin !== undefined && { bin }) })
  try {
    const { version, host, port } = server
    const template = 'tpm_template'
    await queryOnce(server.url(), `CREATE DATABASE ${template}`)
    const parts = { clock: machineClock, log: pino({ level: 'silent' }), password: null }
    const store = await openStore(testConfig({ host, port, database: template }), parts)
    await store.close()
    project.provide('postgres', { version, host, port, template })
    return () => server.stop()
  } catch (error) {
    await server.stop()
    throw error
  }
}
