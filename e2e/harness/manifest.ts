import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { repository } from './environment.ts';

/** What the manifest gives the operator's container. */
export interface ContainerTerms {
  /** The variables that have a value. */
  environment: Readonly<Record<string, string>>;
  /** In bytes. */
  memoryLimit: number;
}

const UNITS: Readonly<Record<string, number>> = { Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 };

export function operatorTerms(): ContainerTerms {
  const file = path.join(repository, 'config/manager/deployment.yaml');
  const { env, resources } = parse(readFileSync(file, 'utf8')).spec.template.spec.containers[0];
  const given = (env as { name: string; value?: string }[]).flatMap(({ name, value }) =>
    value === undefined ? [] : [[name, value] as const],
  );
  const [, number, unit = ''] = /^(\d+)(Ki|Mi|Gi)$/.exec(resources.limits.memory) ?? [];
  return {
    environment: Object.fromEntries(given),
    memoryLimit: Number(number) * (UNITS[unit] ?? Number.NaN),
  };
}
