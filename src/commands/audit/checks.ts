/** How much a finding matters. A note alone makes no exit code. */
export const SEVERITIES = ['high', 'medium', 'low', 'note'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What is looked for. The ids are stable: a new check gets a new one, and none is used again. */
export const CHECKS = {
  PL001: { name: 'NoPolicy', severity: 'medium' },
  PL002: { name: 'WiderThanDeclared', severity: 'high' },
  PL003: { name: 'UndeclaredInUse', severity: 'medium' },
  PL004: { name: 'UnknownPortName', severity: 'note' },
  PL005: { name: 'NoDeclaredPorts', severity: 'medium' },
  PL006: { name: 'DeclaredClosed', severity: 'medium' },
  PL007: { name: 'HostNetwork', severity: 'note' },
  PL008: { name: 'InvalidSettings', severity: 'high' },
  PL009: { name: 'WouldWiden', severity: 'low' },
  PL010: { name: 'SelectsOthers', severity: 'low' },
  PL011: { name: 'NotUnderstood', severity: 'low' },
  PL012: { name: 'TooManyPorts', severity: 'medium' },
  PL013: { name: 'DeclaredUnused', severity: 'note' },
} as const satisfies Record<string, { name: string; severity: Severity }>;

export type CheckId = keyof typeof CHECKS;

/** Whether it makes a command end with 1. */
export function counts(id: CheckId): boolean {
  return CHECKS[id].severity !== 'note';
}
