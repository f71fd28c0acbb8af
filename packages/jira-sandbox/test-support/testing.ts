/** For tests that use a sandbox: ways to start one, to spoil it, and to see what really is in it. */
export { startTestServer, type TestServer } from './server.ts'
export {
  createTestHandles,
  startTestSandbox,
  type TestHandles,
  type TestSandbox,
  type TrueIssue,
} from './sandbox.ts'
export { manualClock, type ManualClock } from './site.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The sandbox's thread, bundled: from source each start of one reads a hundred files. */
    sandboxWorker: string
  }
}
