/** The parts of the settings, by their names in the address. */
export const TABS = {
  people: 'People',
  rating: 'Guidelines, gold and flags',
  configuration: 'Configuration',
  exchange: 'Import and export',
  machines: 'Tokens',
  audit: 'Audit log',
} as const;

export type Tab = keyof typeof TABS;

/** The part that an address names. */
export function readTab({ tab }: Record<string, unknown>): { tab?: Tab } {
  return typeof tab === 'string' && tab in TABS && tab !== 'people' ? { tab: tab as Tab } : {};
}
