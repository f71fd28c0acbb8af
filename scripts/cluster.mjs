// A whole team over a database cluster on this machine, parts of which are killed: e2e/cluster/run.ts.
import './require-node.mjs'
import { buildIfStale } from './build-if-stale.mjs'

buildIfStale()
await import('../e2e/cluster/run.ts')
