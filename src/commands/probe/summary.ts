import { OUTCOMES } from '../../domain/probing/reading.ts';
import { countOf } from '../count-of.ts';
import type { AddressResult, ProbeResult } from './result.ts';

/** Addresses that are summed up one by one; of more, the table tells enough. */
const MOST_ADDRESSES_SUMMED_UP = 10;
const MOST_REASONS = 5;

/** The result in a few lines for a person: what was seen of each address, and what it comes to. */
export function summaryOf(result: ProbeResult): string[] {
  const { addresses, silentAddresses } = result;
  const some = addresses.length <= MOST_ADDRESSES_SUMMED_UP ? addresses : [];
  const silent =
    silentAddresses === 0
      ? []
      : [`${countOf(silentAddresses, 'address', 'addresses')} gave no answer`];
  return [...some.map(countsLine), ...silent, ...verdictLines(result)];
}

function countsLine(each: AddressResult): string {
  const counts = OUTCOMES.filter((outcome) => each.counts[outcome] > 0).map(
    (outcome) => `${each.counts[outcome].toLocaleString('en')} ${outcome}`,
  );
  return `${nameOf(each)}: ${counts.join(', ') || 'no port tried'}`;
}

function verdictLines({ verdict, addresses }: ProbeResult): string[] {
  if (verdict === 'Clean') {
    const hasPods = addresses.some(({ pod }) => pod !== undefined);
    return [
      hasPods
        ? 'No undeclared port is reachable from here'
        : 'No pod is known there, so nothing is declared or undeclared',
    ];
  }
  const undeclared = new Set(
    addresses.flatMap(({ ports }) =>
      ports.filter(({ finding }) => finding === 'UndeclaredReachable').map(({ port }) => port),
    ),
  );
  const found =
    undeclared.size === 0
      ? []
      : [
          `${countOf(undeclared.size, 'undeclared port is', 'undeclared ports are')} reachable: ${named([...undeclared])}`,
        ];
  const unknown = addresses.filter((each) => each.verdict === 'Unknown');
  const reasons = unknown
    .slice(0, MOST_REASONS)
    .map((each) => `It cannot be told of ${nameOf(each)}: ${each.reason}`);
  const more = unknown.length - reasons.length;
  return [
    ...found,
    ...reasons,
    ...(more > 0 ? [`It cannot be told of ${countOf(more, 'address', 'addresses')} more`] : []),
  ];
}

function nameOf({ address, pod }: AddressResult): string {
  return pod === undefined ? address : `${pod.namespace}/${pod.name} (${address})`;
}

function named(ports: readonly number[]): string {
  const shown = ports.toSorted((a, b) => a - b).slice(0, 20);
  return shown.join(', ') + (ports.length > shown.length ? ' and more' : '');
}
