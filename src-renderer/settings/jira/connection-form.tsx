import { CheckPanel } from '../form/check-panel.tsx'
import { isFixed } from '../form/form-state.ts'
import { SettingsForm } from '../form/settings-form.tsx'
import page from '../settings-page.module.css'
import { AccountFields } from './account-fields.tsx'
import { useJiraDesk, useJiraDeskState } from './jira-desk-context.ts'
import { JiraNow } from './jira-now.tsx'
import { preflightTitles } from './preflight-words.ts'
import { WatchedFields } from './watched-fields.tsx'

/** The Jira that is watched and what of it is, and beside them the way to another choice. */
export function ConnectionForm({ onClose }: { onClose: () => void }): React.ReactNode {
  const desk = useJiraDesk()
  return (
    <SettingsForm label="Jira" check={<JiraCheck onClose={onClose} />} onSubmit={desk.connect}>
      <section className={page['section']} aria-labelledby="settings-jira">
        <h2 id="settings-jira">Jira</h2>
        <JiraNow />
        <AccountFields />
      </section>
      <section className={page['section']} aria-labelledby="settings-watched">
        <h2 id="settings-watched">Watched</h2>
        <WatchedFields />
      </section>
    </SettingsForm>
  )
}

function JiraCheck({ onClose }: { onClose: () => void }): React.ReactNode {
  const desk = useJiraDesk()
  const state = useJiraDeskState((all) => all)
  const fixed = isFixed(state)
  const nothing = fixed && state.settings?.jira === null
  return (
    <CheckPanel
      of="settings-jira"
      busy={state.busy}
      outcome={state.outcome}
      steps={state.steps}
      titles={preflightTitles}
      take={{ verb: 'Connect', underWay: 'Connecting…', disabled: fixed }}
      onCheck={nothing ? null : desk.check}
      about="Connect goes through the same steps as Check, and changes nothing where one fails."
      onClose={onClose}
    />
  )
}
