interface ScrollRegionProps {
  readonly label: string
  readonly className: string | undefined
  readonly children: React.ReactNode
}

/** Something that scrolls. It takes the focus, or the keyboard alone could not scroll it. */
export function ScrollRegion({ label, className, children }: ScrollRegionProps): React.ReactNode {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- see above
    <section className={className} aria-label={label} tabIndex={0}>
      {children}
    </section>
  )
}
