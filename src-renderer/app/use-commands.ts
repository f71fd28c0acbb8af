import { useMemo } from 'react'
import { useIsDark } from '../settings/theme.ts'
import { useStore } from '../store.ts'
import { forScope } from './command-scopes.ts'
import { commandsFor, type Command } from './commands.ts'
import { useDashboard, useView, useWorkbench } from './workbench.ts'

/** All commands, as they stand now. */
export function useCommands(): readonly Command[] {
  const workbench = useWorkbench()
  const run = useDashboard((state) => state.run)
  const following = useDashboard((state) => state.following)
  const session = useDashboard((state) => state.session)
  const startFailure = useDashboard((state) => state.startFailure)
  const storeStatus = useDashboard((state) => state.storeStatus)
  const asTable = useView((state) => state.asTable)
  const scope = useStore(workbench.door.scope, (held) => held)
  const isDark = useIsDark(useView((state) => state.theme))
  return useMemo(
    () =>
      forScope(
        commandsFor(workbench, { run, following, session, startFailure, storeStatus }, { asTable }, isDark),
        scope,
      ),
    [workbench, run, following, session, startFailure, storeStatus, asTable, isDark, scope],
  )
}
