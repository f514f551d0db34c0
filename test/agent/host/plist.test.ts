import { expect, test } from 'vitest';
import { plistOf } from '../../../agent/host/macos/plist.ts';

const of = (body: string) => plistOf(`<?xml version="1.0"?>\n<plist version="1.0">${body}</plist>\n`);

test('every kind of value is read', () => {
  const read = of(
    '<dict><key>a &amp; b</key><string>&lt;x&gt; &#233;&#x20ac;</string><key>n</key><integer>-7</integer><key>r</key><real>0.5</real><key>t</key><true/><key>f</key><false/><key>d</key><data>\n\tAAEC\n\t</data><key>l</key><array><string/><dict/><array/></array></dict>',
  );
  expect(read).toEqual(
    new Map<string, unknown>([
      ['a & b', '<x> é€'],
      ['n', -7],
      ['r', 0.5],
      ['t', true],
      ['f', false],
      ['d', Buffer.from([0, 1, 2])],
      ['l', ['', new Map(), []]],
    ]),
  );
});

test('a search without a hit prints nothing, which is an empty list', () => {
  expect(plistOf('')).toEqual([]);
});

test.each([
  ['that stops', '<plist version="1.0"><array><dict><key>a</key>'],
  ['whose end is missing', '<plist version="1.0"><array></array>'],
  ['out of order', '<plist version="1.0"><array><dict></array></dict></plist>'],
  ['that closes what was never open', '<plist version="1.0"></array></plist>'],
  ['without a value', '<plist version="1.0"></plist>'],
  ['that is none', '+-o Root  <class IORegistryEntry>'],
  ['far too deep', `<plist>${'<array>'.repeat(300)}${'</array>'.repeat(300)}</plist>`],
])('a property list %s is a failure', (_, text) => {
  expect(() => plistOf(text)).toThrow('PROBE_FAILED');
});

test('an unknown entity is left as it is', () => {
  expect(of('<string>&nbsp; &#x110000; &amp;lt;</string>')).toBe('&nbsp; &#x110000; &lt;');
});
