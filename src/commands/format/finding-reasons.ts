import type { AuditFinding } from '../../api/audit-result.ts';
import { CHECKS, type Check } from '../audit/checks.ts';

/** What is wrong where that is found, and why it matters; the finding's own words where no check says it. */
export function whyOf({ id, message }: AuditFinding): string {
  return checkOf(id)?.why ?? message;
}

/** What mends all findings of that id; the finding's own words where no check says it. */
export function generalFixOf({ id, fix }: AuditFinding): string {
  return checkOf(id)?.fix ?? fix;
}

/** `PL001 NoPolicy`; the id alone where it is none of a check, and so the name. */
export function titleOf({ id, name }: Pick<AuditFinding, 'id' | 'name'>): string {
  return id === name ? id : `${id} ${name}`;
}

/** The message with what mends it, where it does not say that itself. */
export function messageAndFix({ message, fix }: AuditFinding): string {
  return message.includes(fix) ? message : `${message}. ${fix}`;
}

function checkOf(id: string): Check | undefined {
  return Object.entries(CHECKS).find(([key]) => key === id)?.[1];
}
