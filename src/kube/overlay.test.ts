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
  it('case 29: shows what was written until the store has it', () => {
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

  it('counts the half minute from the last write, not from the first', () => {
    const { overlay, seen, clock } = create();
    seen('10', 'old');
    clock.now = 100_000;
    overlay.written('k', 'first', '12');
    clock.now = 120_000;
    overlay.written('k', 'second', '13');
    clock.now = 149_999;
    expect(overlay.get('k')).toBe('second');
    clock.now = 150_000;
    expect(overlay.get('k')).toBe('old');
  });

  it('goes on hiding and showing what others were written after', () => {
    const { overlay, clock } = create();
    overlay.written('k', 'k', '12');
    clock.now = 1_000;
    overlay.written('other', 'other', '13');
    expect(overlay.get('k')).toBe('k');
    clock.now = 30_000;
    overlay.written('third', 'third', '14');
    expect(overlay.get('k')).toBeUndefined();
    expect(overlay.get('other')).toBe('other');
  });

  it('once it has believed the store, believes it for good', () => {
    const { overlay, seen, clock } = create();
    overlay.written('k', 'written', '12');
    clock.now = 30_000;
    expect(overlay.get('k')).toBeUndefined();
    clock.now = 0;
    expect(overlay.get('k')).toBeUndefined();
    seen('13', 'as the store has it');
    expect(overlay.get('k')).toBe('as the store has it');
  });

  it('remembers what a write left at its version, and of no other', () => {
    const { overlay } = create();
    overlay.written('k', 'written', '12');
    expect(overlay.writtenAt('k', '12')).toBe('written');
    expect(overlay.writtenAt('k', '11')).toBeUndefined();
    expect(overlay.writtenAt('other', '12')).toBeUndefined();
    overlay.deleted('k');
    expect(overlay.writtenAt('k', '12')).toBeUndefined();
  });

  it('forgets what was written half a minute ago with the next write, whoever asks for it', () => {
    const { overlay, clock } = create();
    overlay.written('k', 'k', '12');
    clock.now = 10_000;
    overlay.written('other', 'other', '13');
    clock.now = 20_000;
    overlay.written('k', 'k again', '14');
    clock.now = 39_999;
    overlay.written('third', 'third', '15');
    expect(overlay.writtenAt('other', '13')).toBe('other');
    clock.now = 40_000;
    overlay.written('third', 'third', '16');
    expect(overlay.writtenAt('other', '13')).toBeUndefined();
    expect(overlay.writtenAt('k', '14')).toBe('k again');
  });

  it('measures by a clock of its own where none is given', () => {
    const store = new Store<string>({ onDefect: () => {} });
    const overlay = new Overlay(store);
    overlay.written('k', 'written', '12');
    expect(overlay.get('k')).toBe('written');
  });
});
