import { Segments } from '../../controls/segments.tsx'
import { CheckPanel } from '../form/check-panel.tsx'
import { isFixed } from '../form/form-state.ts'
import { SettingsForm } from '../form/settings-form.tsx'
import page from '../settings-page.module.css'
import { ServerFields } from './server-fields.tsx'
import { storeCheckTitles } from './store-check-words.ts'
import { useStoreDesk, useStoreDeskState } from './store-desk-context.ts'
import { StoreNow } from './store-now.tsx'

const kinds = [
  { value: 'sqlite', label: 'This computer' },
  { value: 'postgres', label: 'PostgreSQL' },
] as const

const about = {
  postgres: 'Use goes through the same steps as Check, and changes nothing where one fails.',
  sqlite: 'Use goes over to the file, and fetches into it. What the database has stays there.',
}

/** Where tickets are kept: on this computer or in a team's database, and beside it the way to another choice. */
export function StoreForm({ onClose }: { onClose: () => void }): React.ReactNode {
  const desk = useStoreDesk()
  const fixed = useStoreDeskState(isFixed)
  const kind = useStoreDeskState((state) => state.fields.kind)
  const leavesServer = useStoreDeskState(({ settings }) => settings?.store.kind === 'postgres')
  return (
    <SettingsForm label="Store" check={<StoreCheck onClose={onClose} />} onSubmit={desk.use}>
      <section className={page['section']} aria-labelledby="settings-store">
        <h2 id="settings-store">Store</h2>
        <StoreNow />
        {!fixed && (
          <div>
            <Segments
              label="Keep tickets in"
              value={kind}
              options={kinds}
              onChange={(chosen) => desk.edit({ kind: chosen })}
            />
          </div>
        )}
        {kind === 'postgres' && <ServerFields />}
        {kind === 'sqlite' && leavesServer && (
          <p className={page['quiet']}>
            An SQLite file in this program’s own folder, for one person. It needs no server and no password.
          </p>
        )}
      </section>
    </SettingsForm>
  )
}

function StoreCheck({ onClose }: { onClose: () => void }): React.ReactNode {
  const desk = useStoreDesk()
  const state = useStoreDeskState((all) => all)
  const { kind } = state.fields
  const isUsed = kind === 'sqlite' && state.settings?.store.kind === 'sqlite'
  return (
    <CheckPanel
      of="settings-store"
      busy={state.busy}
      outcome={state.outcome}
      steps={kind === 'postgres' ? state.steps : []}
      titles={storeCheckTitles}
      take={{ verb: 'Use', underWay: 'Going over…', disabled: isFixed(state) || isUsed }}
      onCheck={kind === 'postgres' ? desk.check : null}
      about={isUsed ? 'This file is used now. There is nothing to check.' : about[kind]}
      onClose={onClose}
    />
  )
}
