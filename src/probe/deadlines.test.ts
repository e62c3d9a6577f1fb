import { describe, expect, it } from 'vitest';
import { Deadlines, type Waiting } from './deadlines.ts';

interface Named extends Waiting {
  name: string;
}
const named = (name: string, timeout: number): Named => ({ name, timeout, deadline: 0 });
const names = (waiting: Iterable<Named>) => [...waiting].map(({ name }) => name);

describe('Deadlines', () => {
  it('yields what is due, of every timeout, and nothing else', () => {
    const deadlines = new Deadlines<Named>();
    deadlines.add(named('long', 100), 0);
    deadlines.add(named('short', 10), 0);
    deadlines.add(named('later', 10), 50);
    expect(names(deadlines.due(9))).toEqual([]);
    expect(names(deadlines.due(10))).toEqual(['short']);
    expect(names(deadlines.due(60)).sort()).toEqual(['later', 'short']);
    expect(names(deadlines.due(100)).sort()).toEqual(['later', 'long', 'short']);
  });

  it('forgets what is deleted, also while it is walked through', () => {
    const deadlines = new Deadlines<Named>();
    for (const name of ['a', 'b', 'c']) deadlines.add(named(name, 10), 0);
    deadlines.add(named('d', 20), 0);
    expect(names(deadlines.all())).toEqual(['a', 'b', 'c', 'd']);
    for (const waiting of deadlines.due(10)) deadlines.delete(waiting);
    expect(names(deadlines.all())).toEqual(['d']);
  });

  it('may be asked to forget what never waited', () => {
    const deadlines = new Deadlines<Named>();
    deadlines.add(named('waiting', 10), 0);
    deadlines.delete(named('ended before its start', 20));
    expect(names(deadlines.all())).toEqual(['waiting']);
  });
});
