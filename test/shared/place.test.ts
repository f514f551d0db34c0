import { describe, expect, it } from 'vitest';
import { inNetwork, normalIp } from '../../shared/ip.ts';
import { peerAddressOf, placeKindOf, placeOfEgress, placesOf } from '../../shared/place.ts';
import { SAMPLES } from '../support/facts.ts';

describe('placeOfEgress', () => {
  it('is the address itself for IPv4, however it is written', () => {
    expect(placeOfEgress('198.51.100.7')).toBe('egress:198.51.100.7');
    expect(placeOfEgress('::ffff:198.51.100.7')).toBe('egress:198.51.100.7');
    expect(placeOfEgress('::ffff:c633:6407')).toBe('egress:198.51.100.7');
  });

  it('is the /64 for IPv6', () => {
    expect(placeOfEgress('2001:db8::1')).toBe('egress:2001:db8::/64');
    expect(placeOfEgress('2001:DB8:0:0:aaaa:bbbb:cccc:dddd')).toBe('egress:2001:db8::/64');
    expect(placeOfEgress('2001:db8:1:2:3:4:5:6')).toBe('egress:2001:db8:1:2::/64');
  });

  it.each([
    '10.1.2.3',
    '127.0.0.1',
    '100.64.9.9',
    '192.168.0.1',
    '::1',
    'fe80::1',
    'fd00::5',
    'x',
    '',
    '1.2.3.999',
    '1::2::3',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7::8:9',
  ])('%j is no place', (ip) => {
    expect(placeOfEgress(ip)).toBeUndefined();
  });
});

describe('placesOf', () => {
  const { network, display, peripheral, platform, egress } = SAMPLES;

  it('names the network, desk and machine that a fact tells of', () => {
    expect(placesOf(egress)).toEqual(['egress:198.51.100.7']);
    expect(placesOf(network)).toEqual([
      `gateway:${network.gateway}`,
      'access-point:c0ffee00c0ffee00c0ffee00c0ffee00',
    ]);
    expect(placesOf(display)).toEqual([`display:${display.serial}`]);
    expect(placesOf(peripheral)).toEqual([`usb:${peripheral.serial}`]);
    expect(placesOf(platform)).toEqual([`machine:${platform.serial}`]);
    expect(placesOf(network).map(placeKindOf)).toEqual(['gateway', 'access-point']);
  });

  it('passes over what has no number of its own, or one that software or a preset gave it', () => {
    const { gateway: _, accessPoint: __, ...nowhere } = network;
    const { serial: ___, ...unnumbered } = peripheral;
    expect(placesOf(nowhere)).toEqual([]);
    expect(placesOf(unnumbered)).toEqual([]);
    expect(placesOf({ ...network, medium: 'virtual' })).toEqual([]);
    expect(placesOf({ ...display, match: 'jetkvm' })).toEqual([]);
    expect(placesOf({ ...platform, virtual: 'vmware' })).toEqual([]);
  });

  it('is nothing for facts that put nobody anywhere', () => {
    const { egress: _, network: __, display: ___, peripheral: ____, platform: _____, ...others } = SAMPLES;
    expect(Object.values(others).flatMap(placesOf)).toEqual([]);
  });
});

describe('peerAddressOf', () => {
  const { session, control } = SAMPLES;

  it('is the public address of a login or of remote control', () => {
    expect(peerAddressOf({ ...session, from: '::ffff:198.51.100.4' })).toEqual({
      ip: '198.51.100.4',
      by: 'session',
    });
    expect(peerAddressOf(control)).toEqual({ ip: '198.51.100.23', by: 'control' });
  });

  it.each(['192.168.1.4', '10.0.0.1', '100.64.0.9', '127.0.0.1', 'fe80::1', 'fd00::2'])(
    '%s is none',
    (from) => {
      expect(peerAddressOf({ ...session, from })).toBeUndefined();
    },
  );
});

describe('inNetwork', () => {
  it('compares the prefix within one family', () => {
    expect(inNetwork('198.51.100.7', '198.51.100.0/24')).toBe(true);
    expect(inNetwork('198.51.101.7', '198.51.100.0/24')).toBe(false);
    expect(inNetwork('2001:db8:5::1', '2001:db8::/32')).toBe(true);
    expect(inNetwork('198.51.100.7', '::/0')).toBe(false);
    expect(inNetwork('198.51.100.7', '198.51.100.0/33')).toBe(false);
  });
});

describe('normalIp', () => {
  it.each([
    ['2001:0db8:0000:0000:0001:0000:0000:0000', '2001:db8:0:0:1::'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['192.0.2.255', '192.0.2.255'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['1', undefined],
    ['0x7f.1', undefined],
    ['fe80::1%eth0', 'fe80::1'],
  ])('%s is %s', (text, spelled) => {
    expect(normalIp(text)).toBe(spelled);
  });
});
