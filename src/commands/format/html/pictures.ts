import type { AuditedWorkload } from '../../../api/audit-result.ts';
import { type Picture, pictureOf, sharedDrawing, svgOf, svgOfShared } from './matrix.ts';

/**
 * The pictures of a page. Of a large one most look alike, since a picture has no name in it: there those of several workloads
 * are drawn once. A browser does not find the texts of these by its own search, so a small page has all in their places.
 */
export class Pictures {
  readonly #pictures: ReadonlyMap<AuditedWorkload, Picture>;
  /** By the drawing. */
  readonly #shared = new Map<string, { id: string; picture: Picture }>();

  constructor(workloads: readonly AuditedWorkload[], { isLarge }: { isLarge: boolean }) {
    this.#pictures = new Map(workloads.map((workload) => [workload, pictureOf(workload)]));
    if (!isLarge) return;
    for (const [drawing, [picture, second]] of Map.groupBy(
      this.#pictures.values(),
      (each) => each.drawing,
    ))
      if (picture && second) this.#shared.set(drawing, { id: `p${this.#shared.size}`, picture });
  }

  of(workload: AuditedWorkload): string {
    const picture = this.#pictures.get(workload) ?? pictureOf(workload);
    const shared = this.#shared.get(picture.drawing);
    return shared ? svgOfShared(picture, shared.id) : svgOf(picture);
  }

  /** What is drawn for several, out of sight; empty where nothing is. */
  drawnOnce(): string {
    if (this.#shared.size === 0) return '';
    const drawings = [...this.#shared.values()].map(({ id, picture }) =>
      sharedDrawing(picture, id),
    );
    return `<svg hidden>${drawings.join('')}</svg>`;
  }
}
