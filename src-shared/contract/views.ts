import { Type, type Static } from 'typebox'
import { EpochMs, method, model, Nothing, ONE_LINE, params, record } from './schema.ts'

/** Of an address that a person can read, and of a view with everything in it that there is. */
export const AddressState = record(
  '^[a-z][A-Za-z]{0,31}$',
  Type.String({ maxLength: 512, pattern: `^${ONE_LINE}*$` }),
  {
    $id: 'AddressState',
    description:
      'What the address of the dashboard holds after its `#`, each key with its value as text: `from`, `to`, `interval`, `view` and others. Keys that this version does not know are kept as they are.',
    maxProperties: 32,
  },
)
export type AddressState = Static<typeof AddressState>

const ViewName = Type.String({
  description: 'Unique at its site.',
  minLength: 1,
  maxLength: 80,
  pattern: `^${ONE_LINE}*$`,
})
const Revision = Type.String({
  description: 'Another one after each change: who brings it back has seen the view as it is.',
  minLength: 1,
  maxLength: 64,
})

export const SavedView = model('SavedView', 'What the dashboard shows, under a name.', {
  name: ViewName,
  state: AddressState,
  revision: Revision,
  createdMs: EpochMs,
})
export type SavedView = Static<typeof SavedView>

export const SavedViews = model(
  'SavedViews',
  'The views of a site, in the order in which they were first saved.',
  {
    views: Type.Array(SavedView),
  },
)

/** The menu items of the desktop window that open the first of them. */
export const SAVED_VIEW_ITEMS = [
  'saved-view-1',
  'saved-view-2',
  'saved-view-3',
  'saved-view-4',
  'saved-view-5',
  'saved-view-6',
  'saved-view-7',
  'saved-view-8',
  'saved-view-9',
] as const

export type SavedViews = Static<typeof SavedViews>

export const viewMethods = {
  'views.list': method({
    scope: 'read',
    summary: 'The saved views',
    description:
      'What people saved under a name of what the dashboard shows, for all who share the store. The event `views.changed` brings all of them again when one changes.',
    params: Nothing,
    result: SavedViews,
  }),
  'views.save': method({
    scope: 'run',
    summary: 'Save a view',
    description:
      'Saves a view under a name. One that is there already is replaced where `seen` is its revision; else it was saved by another person or changed since, and nothing is written: `busy`. `usage` where the span of the view is none, or there are 100 views.',
    params: params({ name: ViewName, state: AddressState, seen: Type.Optional(Revision) }),
    result: SavedView,
    example: { name: 'Last 6 hours', state: { from: 'now-6h', to: 'now', interval: '5' } },
  }),
  'views.delete': method({
    scope: 'run',
    summary: 'Delete a view',
    description:
      'Deletes the view of that name, where `seen` is its revision; `busy` where it was changed since. `deleted` is false where there is none.',
    params: params({ name: ViewName, seen: Revision }),
    result: Type.Object({ deleted: Type.Boolean() }),
    example: { name: 'Last 6 hours', seen: 'k3v9x0ab' },
  }),
}
