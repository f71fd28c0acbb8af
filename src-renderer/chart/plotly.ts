import 'plotly.js/dist/plotly.css'
import bar from 'plotly.js/lib/bar'
import Plotly from 'plotly.js/lib/core'
import scatter from 'plotly.js/lib/scatter'

// The histogram's bars are binned by the panel, whose table and readout tell the same numbers, and so need no trace
// type of their own.
Plotly.register([bar, scatter])

export { Plotly }
