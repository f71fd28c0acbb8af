import type { Client } from '../../../src-shared/contract/client.ts'
import type { App } from '../../app/app.ts'
import type { Config } from '../../config/config.ts'
import type { CliIo } from '../io.ts'
import type { Dashboard } from './dashboard.ts'
import type { News } from './news.ts'
import type { OwnRun } from './own-run.ts'

/** What every item of the menu works with. */
export interface MenuWorld {
  readonly io: CliIo
  readonly app: App
  readonly client: Client
  readonly config: Config
  readonly news: News
  readonly ownRun: OwnRun
  readonly dashboard: Dashboard
}
