import { sameJson } from '../domain/text/same-json.ts';

/**
 * Gives a value those parts of another one that are equal, so that both share their memory: the pods of a template
 * differ in little but their name, node and address. The value is changed in place.
 */
export function sharingWith<T>(value: T, model: unknown): T {
  if (!isObject(value) || !isObject(model)) return value;
  const fields = value as Record<string, unknown>;
  for (const name of Object.keys(fields)) {
    const field = fields[name];
    if (!isObject(field) || !Object.hasOwn(model, name)) continue;
    const counterpart = (model as Record<string, unknown>)[name];
    if (sameJson(field, counterpart)) fields[name] = counterpart;
    else sharingWith(field, counterpart);
  }
  return value;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
