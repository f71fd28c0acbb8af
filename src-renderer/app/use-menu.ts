import { useEffect, useEffectEvent } from 'react'
import type { EventPayload } from '../../src-shared/contract/events.ts'
import type { Command } from './commands.ts'
import { useWorkbench } from './workbench.ts'

/** Does what is chosen in the desktop's menu: its items have the names of our commands. */
export function useMenu(commands: readonly Command[]): void {
  const { client } = useWorkbench().door
  const onChoice = useEffectEvent(({ command }: EventPayload<'menu.chosen'>) => {
    commands.find(({ id, enabled }) => id === command && enabled)?.run()
  })
  useEffect(() => client.on('menu.chosen', onChoice), [client])
}
