import type { AuditFinding } from '../../../api/audit-result.ts';
import { anchor, escapedLines } from '../xml.ts';

type Fixed = Pick<AuditFinding, 'id' | 'patch'>;

/** Of a page with more findings, lines that mend several stand once. */
const MOST_APART = 200;

/** What mends several findings of a page, and where on it that stands. */
export class SharedFixes {
  /** The places by the lines, by the id of the findings. */
  readonly #places = new Map<string, Map<string, string>>();

  constructor(findings: readonly Fixed[]) {
    if (findings.length <= MOST_APART) return;
    for (const [id, theirs] of Map.groupBy(findings, (each) => each.id)) {
      const several = [...Map.groupBy(theirs, ({ patch }) => patch)].flatMap(([patch, each]) =>
        patch !== null && each.length > 1 ? [patch] : [],
      );
      const place = (index: number) => (index === 0 ? id : `${id}-${index}`);
      if (several.length > 0)
        this.#places.set(id, new Map(several.map((patch, index) => [patch, place(index)])));
    }
  }

  /** The anchor of the lines that mend it: of the first of an id, that of what the page says of the id. Undefined where they stand beside it. */
  placeOf({ id, patch }: Fixed): string | undefined {
    const place = patch === null ? undefined : this.#places.get(id)?.get(patch);
    return place === undefined ? undefined : anchor(place);
  }

  /** All lines that mend several findings of an id. */
  of(id: string): string {
    const fixes = [...(this.#places.get(id) ?? [])];
    return fixes
      .map(([patch, place]) => {
        const at = place === id ? '' : ` id="${anchor(place)}"`;
        return `<details><summary>Fix</summary><pre${at}>${escapedLines(patch.trimEnd())}</pre></details>`;
      })
      .join('');
  }
}
