import { useDashboard, useView, useWorkbench } from '../app/workbench.ts'
import { Segments } from '../controls/segments.tsx'
import styles from './settings-page.module.css'

const themes = [
  { value: 'system', label: 'System' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
] as const

/** How the window looks, and in which zone it tells times. */
export function DisplaySection(): React.ReactNode {
  const { view } = useWorkbench()
  const theme = useView((state) => state.theme)
  const zone = useDashboard((state) => state.session?.zone)
  return (
    <section className={styles['section']} aria-labelledby="settings-display">
      <h2 id="settings-display">Display</h2>
      <div>
        <Segments
          label="Theme"
          value={theme}
          options={themes}
          onChange={(chosen) => view.set((state) => ({ ...state, theme: chosen }))}
        />
      </div>
      {zone !== undefined && <p className={styles['quiet']}>Times are shown in {zone}.</p>}
    </section>
  )
}
