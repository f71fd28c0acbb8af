import {
  Bell,
  Bookmark,
  Command,
  Ellipsis,
  GitCompareArrows,
  Keyboard,
  Moon,
  Settings,
  Share2,
  Sun,
  type LucideIcon,
} from 'lucide-react'
import { Popover } from 'radix-ui'
import { Suspense, useRef, useSyncExternalStore } from 'react'
import { Button, IconButton } from '../controls/button.tsx'
import { lazyPart } from '../controls/lazy-part.tsx'
import popover from '../controls/popover.module.css'
import { useIsDark } from '../settings/preferences.ts'
import { commandKey } from './keys.ts'
import styles from './tools.module.css'
import { useView, useWorkbench, type ViewState } from './workbench.ts'

/** Narrower, what there is less need of is in one menu. */
const narrow = '(width < 560px)'

function useIsNarrow(): boolean {
  return useSyncExternalStore(onWidth, () => matchMedia(narrow).matches)
}

function onWidth(listener: () => void): () => void {
  const query = matchMedia(narrow)
  query.addEventListener('change', listener)
  return () => query.removeEventListener('change', listener)
}

/** Files of their own, fetched when they are opened first. */
const AlertsPanel = lazyPart(async () => (await import('../alerts/alerts-panel.tsx')).AlertsPanel)
const ComparePanel = lazyPart(async () => (await import('../compare/compare-panel.tsx')).ComparePanel)
const SharePanel = lazyPart(async () => (await import('../share/share-panel.tsx')).SharePanel)
const ViewsPanel = lazyPart(async () => (await import('../views/views-panel.tsx')).ViewsPanel)

/** The way to everything that is not when and where. */
export function Tools(): React.ReactNode {
  const { view } = useWorkbench()
  const edge = useRef<HTMLDivElement>(null)
  return (
    <div ref={edge} className={styles['tools']}>
      {useIsNarrow() ? <FoldedTools edge={edge} /> : <AllTools edge={edge} />}
      <IconButton
        icon={Command}
        label="Find a ticket, time, view or command"
        shortcut={`${commandKey} K`}
        onClick={() => view.put({ dialog: 'commands' })}
      />
      <IconButton
        icon={Settings}
        label="Settings"
        shortcut=","
        onClick={() => view.put({ page: 'settings' })}
      />
    </div>
  )
}

function AllTools({ edge }: AtEdge): React.ReactNode {
  const { view } = useWorkbench()
  const theme = useTheme()
  return (
    <>
      <Tool edge={edge} name="compare" icon={GitCompareArrows} label="Compare">
        <ComparePanel />
      </Tool>
      <Tool edge={edge} name="alerts" icon={Bell} label="Alerts">
        <AlertsPanel />
      </Tool>
      <Tool edge={edge} name="views" icon={Bookmark} label="Views">
        <ViewsPanel />
      </Tool>
      <Tool edge={edge} name="share" icon={Share2} label="Share">
        <SharePanel />
      </Tool>
      <IconButton icon={Keyboard} label="Keys" shortcut="?" onClick={() => view.put({ dialog: 'keys' })} />
      <IconButton icon={theme.icon} label={theme.label} shortcut="D" onClick={theme.toggle} />
    </>
  )
}

function useTheme(): { readonly icon: LucideIcon; readonly label: string; readonly toggle: () => void } {
  const { view } = useWorkbench()
  const isDark = useIsDark(useView((state) => state.theme))
  return {
    icon: isDark ? Sun : Moon,
    label: isDark ? 'Use the light theme' : 'Use the dark theme',
    toggle: () => view.put({ theme: isDark ? 'light' : 'dark' }),
  }
}

type ToolName = NonNullable<ViewState['tool']>

interface AtEdge {
  /** What opens ends where this does, at the window's edge: over the list beside the chart, as little over the chart as may be. */
  readonly edge: React.RefObject<HTMLDivElement | null>
}

interface ToolProps extends AtEdge {
  readonly name: ToolName
  readonly icon: LucideIcon
  readonly label: string
  readonly children: React.ReactNode
}

/** Something that opens below its button. */
function Tool({ edge, name, icon: Icon, label, children }: ToolProps): React.ReactNode {
  const { view } = useWorkbench()
  const open = useView((state) => state.tool === name)
  return (
    <Popover.Root open={open} onOpenChange={(next) => view.put({ tool: next ? name : null })}>
      <Popover.Trigger asChild>
        <Button className={styles['tool']} aria-label={label} title={label}>
          <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
          <span className={styles['label']}>{label}</span>
        </Button>
      </Popover.Trigger>
      <ToolContent edge={edge} label={label}>
        {children}
      </ToolContent>
    </Popover.Root>
  )
}

type ToolContentProps = Pick<ToolProps, 'edge' | 'label' | 'children'>

function ToolContent({ edge, label, children }: ToolContentProps): React.ReactNode {
  return (
    <>
      <Popover.Anchor virtualRef={edge} />
      <Popover.Portal>
        <Popover.Content
          ref={showButtonOf}
          className={popover['popover']}
          align="end"
          sideOffset={6}
          collisionPadding={8}
          aria-label={label}
        >
          <Suspense fallback={<p className={styles['loading']}>Loading…</p>}>{children}</Suspense>
        </Popover.Content>
      </Popover.Portal>
    </>
  )
}

/** A page may be scrolled where a tool is opened by a key: it stands at its button, which is to be in sight. */
function showButtonOf(tool: HTMLElement | null): void {
  if (tool === null) return
  document.querySelector(`[aria-controls="${tool.id}"]`)?.scrollIntoView({ block: 'nearest' })
}

/** The same in one menu, which each of them opens in the place of. */
function FoldedTools({ edge }: AtEdge): React.ReactNode {
  const { view } = useWorkbench()
  const tool = useView((state) => state.tool)
  const theme = useTheme()
  const close = (): void => view.put({ tool: null })
  return (
    <Popover.Root open={tool !== null} onOpenChange={(next) => view.put({ tool: next ? 'menu' : null })}>
      <Popover.Trigger asChild>
        <IconButton icon={Ellipsis} label="More" />
      </Popover.Trigger>
      <ToolContent edge={edge} label="More">
        {tool === 'alerts' && <AlertsPanel />}
        {tool === 'compare' && <ComparePanel />}
        {tool === 'share' && <SharePanel />}
        {tool === 'views' && <ViewsPanel />}
        {tool === 'menu' && (
          <div className={styles['menu']}>
            <Button onClick={() => view.put({ tool: 'compare' })}>
              <GitCompareArrows size={16} aria-hidden="true" />
              Compare…
            </Button>
            <Button onClick={() => view.put({ tool: 'alerts' })}>
              <Bell size={16} aria-hidden="true" />
              Alerts…
            </Button>
            <Button onClick={() => view.put({ tool: 'views' })}>
              <Bookmark size={16} aria-hidden="true" />
              Views…
            </Button>
            <Button onClick={() => view.put({ tool: 'share' })}>
              <Share2 size={16} aria-hidden="true" />
              Share…
            </Button>
            <Button
              onClick={() => {
                close()
                view.put({ dialog: 'keys' })
              }}
            >
              <Keyboard size={16} aria-hidden="true" />
              Keys
            </Button>
            <Button
              onClick={() => {
                close()
                theme.toggle()
              }}
            >
              <theme.icon size={16} aria-hidden="true" />
              {theme.label}
            </Button>
          </div>
        )}
      </ToolContent>
    </Popover.Root>
  )
}
