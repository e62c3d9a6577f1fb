import { beforeEach, expect, test } from 'vitest';
import { Overlay } from './overlay.ts';
import { Store } from './store.ts';
import { StorePart } from './store-part.ts';

let store: Store<string>;
let shop: StorePart<string>;
let pay: StorePart<string>;
beforeEach(() => {
  const onDefect = (error: unknown) => {
    throw error;
  };
  store = new Store<string>({ onDefect });
  shop = new StorePart(store, 'shop');
  pay = new StorePart(store, 'pay');
});

const identity = (key: string) => ({ key, uid: key, resourceVersion: '5' });

test('is about its namespace alone', () => {
  const told: string[] = [];
  shop.addListener(({ key }) => told.push(key));
  shop.set(identity('shop/web'), 'web', 'list');
  pay.set(identity('pay/web'), 'web', 'list');
  store.set(identity('shop-2/web'), 'web', 'list');
  expect([...shop.keys()]).toEqual(['shop/web']);
  expect(told).toEqual(['shop/web']);
});

test('has been seen as far as its own reflector has got', () => {
  shop.observe('9');
  pay.observe('5');
  expect(store.hasObserved('9', 'shop/web')).toBe(true);
  expect(store.hasObserved('9', 'pay/web')).toBe(false);
  expect(store.hasObserved('1', 'other/web')).toBe(false);
});

test('a write to one namespace is shown until that one has caught up', () => {
  const overlay = new Overlay(store);
  overlay.written('pay/web', 'written', '7');
  shop.observe('9');
  expect(overlay.get('pay/web')).toBe('written');
  pay.observe('7');
  expect(overlay.get('pay/web')).toBeUndefined();
});

test('reads and removes what the store has', () => {
  store.set(identity('shop/web'), 'web', 'list');
  store.foretellBy((key, resourceVersion) => `${key}@${resourceVersion}`);
  expect([shop.uid('shop/web'), shop.resourceVersion('shop/web')]).toEqual(['shop/web', '5']);
  expect(shop.model('shop/web', 'other')).toBe('web');
  expect(shop.foretold(identity('shop/web'))).toBe('shop/web@5');
  const told: unknown[] = [];
  shop.addListener((change) => told.push(change));
  shop.delete('shop/web', 'watch');
  expect(store.list()).toEqual([]);
  expect(told).toEqual([{ type: 'deleted', key: 'shop/web', source: 'watch', previous: 'web' }]);
});

test('stops telling when it is asked to', () => {
  const told: string[] = [];
  const stop = shop.addListener(({ key }) => told.push(key));
  stop();
  shop.set(identity('shop/web'), 'web', 'list');
  expect(told).toEqual([]);
});
