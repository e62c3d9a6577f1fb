import { describe, expect, it } from 'vitest';
import { Overlay } from './overlay.ts';
import { Store } from './store.ts';

function create() {
  const clock = { now: 0 };
  const store = new Store<string>({
    onDefect: (error) => {
      throw error;
    },
  });
  const seen = (resourceVersion: string, value: string | undefined, uid = 'u') => {
    if (value === undefined) store.delete('k', 'watch');
    else store.set({ key: 'k', uid, resourceVersion }, value, 'watch');
    store.observe(resourceVersion);
  };
  return { clock, seen, overlay: new Overlay(store, () => clock.now) };
}

describe('Overlay', () => {
  it('shows what was written until the store has it', () => {
    const { overlay, seen } = create();
    seen('10', 'old');
    overlay.written('k', 'written', '12');
    expect(overlay.get('k')).toBe('written');
    seen('11', 'by another');
    expect(overlay.get('k')).toBe('written');
    seen('12', 'as the server has it');
    expect(overlay.get('k')).toBe('as the server has it');
  });

  it('believes the store when what was written is gone again before it was read', () => {
    const { overlay, seen } = create();
    overlay.written('k', 'written', '12');
    seen('12', 'written');
    seen('13', undefined);
    expect(overlay.get('k')).toBeUndefined();
  });

  it('believes the store after half a minute, whatever it shows', () => {
    const { overlay, seen, clock } = create();
    seen('10', 'old');
    overlay.written('k', 'written', '12');
    clock.now = 29_999;
    expect(overlay.get('k')).toBe('written');
    clock.now = 30_000;
    expect(overlay.get('k')).toBe('old');
  });

  it('hides what was deleted until the store knows', () => {
    const { overlay, seen } = create();
    seen('10', 'old');
    overlay.deleted('k');
    expect(overlay.get('k')).toBeUndefined();
    seen('11', undefined);
    seen('12', 'recreated', 'v');
    expect(overlay.get('k')).toBe('recreated');
  });

  it('hides what was written and deleted before the store saw either', () => {
    const { overlay, seen } = create();
    overlay.written('k', 'written', '12');
    overlay.deleted('k');
    expect(overlay.get('k')).toBeUndefined();
    seen('12', 'written');
    expect(overlay.get('k')).toBeUndefined();
    seen('13', undefined);
    seen('14', 'recreated', 'v');
    expect(overlay.get('k')).toBe('recreated');
  });

  it('believes the store at once after a write that changed nothing', () => {
    const { overlay, seen } = create();
    seen('10', 'as the store has it');
    overlay.written('k', 'as it was written', '10');
    expect(overlay.get('k')).toBe('as the store has it');
  });

  it('has nothing to hide where there was nothing to delete', () => {
    const { overlay, seen } = create();
    overlay.deleted('k');
    expect(overlay.get('k')).toBeUndefined();
    seen('10', 'created');
    expect(overlay.get('k')).toBe('created');
  });
});
