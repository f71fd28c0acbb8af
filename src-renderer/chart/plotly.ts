// oxlint-disable-next-line typescript/triple-slash-reference -- the types of modules that have none: nothing to import
/// <reference path="./plotly-parts.d.ts" />
import 'plotly.js/dist/plotly.css'
import scatter from 'plotly.js/lib/scatter'
import colorscale from 'plotly.js/src/components/colorscale'
import fx from 'plotly.js/src/components/fx'
import modebar from 'plotly.js/src/components/modebar'
import english from 'plotly.js/src/locale-en'
import { purge, react } from 'plotly.js/src/plot_api/plot_api'
import { register } from 'plotly.js/src/registry'

// `plotly.js/lib/core` would add ten components that no chart of ours shows (sliders, menus, legends, images …), a
// tenth of the window's size; Plotly does without any that is not registered, but for the mode bar, whose settings it
// reads though we hide it. Bars need no trace type of their own: all of a colour are one filled area, which is one element
// of the page where Plotly's bars would be thousands (`bar-outlines.ts`).
register([scatter, colorscale, fx, modebar, english])

/** What we use of Plotly: areas and lines, drawn and taken away again. */
export const Plotly = { react, purge }
