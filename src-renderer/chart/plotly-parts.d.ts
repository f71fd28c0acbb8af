// The parts of Plotly that its types, made for its entry points, do not name.

declare module 'plotly.js/src/registry' {
  export const register: typeof import('plotly.js').register
}

declare module 'plotly.js/src/plot_api/plot_api' {
  export const react: typeof import('plotly.js').react
  export const purge: typeof import('plotly.js').purge
}

declare module 'plotly.js/src/components/colorscale' {
  const component: import('plotly.js').PlotlyModule
  export default component
}

declare module 'plotly.js/src/components/fx' {
  const component: import('plotly.js').PlotlyModule
  export default component
}

declare module 'plotly.js/src/components/modebar' {
  const component: import('plotly.js').PlotlyModule
  export default component
}

declare module 'plotly.js/src/locale-en' {
  const locale: import('plotly.js').PlotlyModule
  export default locale
}
