// oxlint-disable-next-line typescript/triple-slash-reference -- the types of modules that have none: nothing to import
/// <reference path="./plotly-parts.d.ts" />
import 'plotly.js/dist/plotly.css'
import bar from 'plotly.js/lib/bar'
import scatter from 'plotly.js/lib/scatter'
import colorscale from 'plotly.js/src/components/colorscale'
import fx from 'plotly.js/src/components/fx'
import modebar from 'plotly.js/src/components/modebar'
import english from 'plotly.js/src/locale-en'
import { purge, react } from 'plotly.js/src/plot_api/plot_api'
import { register } from 'plotly.js/src/registry'

// `plotly.js/lib/core` would add ten components that no chart of ours shows (sliders, menus, legends, images …), a
// tenth of the window's size; Plotly does without any that is not registered, but for the mode bar, whose settings it
// reads though we hide it. The histogram's bars are binned by the panel, whose table and readout show the same
// numbers, and so need no trace type of their own.
register([bar, scatter, colorscale, fx, modebar, english])

/** What we use of Plotly: bars and lines, drawn and taken away again. */
export const Plotly = { react, purge }
