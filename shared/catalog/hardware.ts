import type { Hardware } from './schema.ts';

const FROM_KNOWLEDGE = 'General knowledge, to be verified on a device';
const USB_IDS = 'github.com/vcrhonek/hwdata (usb.ids)';
/** Linux offers these ids to any gadget: phones, boards, KVMs. */
const GADGET = { vendorId: '1d6b', productIds: ['0104'] } as const;
const JETKVM_LOT = '\\d&[0-9a-f]{1,7}&0&1';

/** IP-KVMs first: what is exact there must not be taken for anything else. */
export const HARDWARE: readonly Hardware[] = [
  {
    id: 'pikvm',
    name: 'PiKVM',
    vendor: 'PiKVM',
    kind: 'ip-kvm',
    harmless: false,
    usb: [
      { confidence: 'exact', manufacturer: 'PiKVM' },
      { confidence: 'exact', ...GADGET, product: 'PiKVM*' },
      { confidence: 'exact', ...GADGET, product: 'Composite KVM Device' },
      { confidence: 'exact', ...GADGET, serial: 'CAFEBABE' },
    ],
    displays: [
      { confidence: 'exact', manufacturer: 'LNX', model: 'PiKVM*' },
      ...[0x7770, 0x7771, 0x7772, 0x7773].map(
        (productCode) => ({ confidence: 'exact', manufacturer: 'LNX', productCode }) as const,
      ),
      { confidence: 'preset', serial: 'CAFEBABE', serialNumber: 0x01010101 },
    ],
    confidence: 'confirmed',
    note: 'Every text can be changed, and it can borrow the identity of a real device; then only its shape tells. Boards with a Pico as keyboard say PiKVM with the ids of the board.',
    sources: ['github.com/pikvm/kvmd', 'Linux kernel log in a public archive of tests (older product text)'],
  },
  {
    id: 'tinypilot',
    name: 'TinyPilot',
    vendor: 'TinyPilot',
    kind: 'ip-kvm',
    harmless: false,
    usb: [
      { confidence: 'exact', manufacturer: 'tinypilot' },
      { confidence: 'exact', ...GADGET, serial: '6b65796d696d6570690' },
    ],
    displays: [
      { confidence: 'exact', model: 'TinyPilot' },
      { confidence: 'exact', manufacturer: 'TSB', productCode: 0x9876 },
    ],
    confidence: 'confirmed',
    note: 'The serial is that of the Key Mime Pi project, from which several home-made KVMs took it.',
    sources: ['github.com/tiny-pilot/tinypilot'],
  },
  {
    id: 'blikvm',
    name: 'BliKVM',
    vendor: 'BliKVM',
    kind: 'ip-kvm',
    harmless: false,
    usb: [
      { confidence: 'exact', manufacturer: 'smart-kvm' },
      { confidence: 'exact', vendorId: '1d6b', productIds: ['0106'], serial: '6b65796d696d6570690' },
    ],
    confidence: 'confirmed',
    note: 'Also sold with the software of PiKVM, and then looks like one.',
    sources: ['github.com/ThomasVon2021/blikvm'],
  },
  {
    id: 'jetkvm',
    name: 'JetKVM',
    vendor: 'JetKVM',
    kind: 'ip-kvm',
    harmless: false,
    usb: [
      { confidence: 'exact', manufacturer: 'JetKVM' },
      { confidence: 'exact', vendorId: '1d6b', product: 'JetKVM*' },
      { confidence: 'exact', ...GADGET, product: 'USB Emulation Device' },
      { confidence: 'preset', vendorId: '046d', productIds: ['c52b'], manufacturer: 'Logitech (x64)' },
      { confidence: 'preset', vendorId: '046d', productIds: ['c52b'], product: 'Logitech USB Input Device' },
      { confidence: 'preset', vendorId: '046d', productIds: ['c52b'], serialPattern: JETKVM_LOT },
      { confidence: 'preset', vendorId: '046d', productIds: ['c52b'], anyInterface: ['storage', 'network'] },
      ...(
        [
          ['045e', '005f'],
          ['413c', '2011'],
        ] as const
      ).flatMap(
        ([vendorId, productId]) =>
          [
            { confidence: 'preset', vendorId, productIds: [productId], serialPattern: JETKVM_LOT },
            {
              confidence: 'preset',
              vendorId,
              productIds: [productId],
              anyInterface: ['absolute-pointer', 'storage', 'network'],
            },
          ] as const,
      ),
    ],
    displays: [
      { confidence: 'exact', model: 'JetKVM*' },
      { confidence: 'exact', manufacturer: 'TSB', productCode: 0x8801 },
      { confidence: 'exact', manufacturer: 'TSB', model: 'T749-fHD720' },
      { confidence: 'preset', manufacturer: 'ACR', serial: 'T8NEE0038522' },
      { confidence: 'preset', manufacturer: 'AUS', serial: 'M1LMQS052157' },
      { confidence: 'preset', manufacturer: 'DEL', serial: '3S5GQ23' },
    ],
    confidence: 'confirmed',
    note: 'Three presets name other makers’ keyboards and three other makers’ monitors, whose serials are those of single real ones. The real keyboards have no serial, pointer or disk. The TSB monitor comes from a chip maker’s example and home-made KVMs show it too.',
    sources: ['github.com/jetkvm/kvm'],
  },
  {
    id: 'nanokvm',
    name: 'NanoKVM',
    vendor: 'Sipeed',
    kind: 'ip-kvm',
    harmless: false,
    usb: [
      { confidence: 'exact', product: 'NanoKVM*' },
      { confidence: 'exact', vendorId: '3346', productIds: ['1009'], manufacturer: 'sipeed' },
    ],
    displays: [
      { confidence: 'exact', model: 'NanoKVM*' },
      { confidence: 'exact', manufacturer: 'SPD', productCode: 0x3301 },
      { confidence: 'preset', manufacturer: 'PHL', serial: 'UK02143047718' },
    ],
    confidence: 'confirmed',
    note: 'Ids can be changed by a file on its card. The maker’s other boards share the ids, so that a text is needed. Its monitor is a copy of one real Philips.',
    sources: ['github.com/sipeed/NanoKVM'],
  },
  {
    id: 'gl-comet',
    name: 'GL.iNet Comet',
    vendor: 'GL.iNet',
    kind: 'ip-kvm',
    harmless: false,
    usb: [
      { confidence: 'exact', manufacturer: 'Glinet' },
      { confidence: 'exact', product: 'Glinet*' },
      { confidence: 'exact', vendorId: '38eb', serial: 'CAFEBABE' },
      { confidence: 'exact', vendorId: '38eb', anyInterface: ['boot-keyboard', 'absolute-pointer'] },
    ],
    displays: [{ confidence: 'exact', model: 'Glinet*' }],
    confidence: 'confirmed',
    note: 'The product id differs from model to model. Its repository carries the monitors of PiKVM; the display text is general knowledge.',
    sources: ['github.com/gl-inet/glkvm', FROM_KNOWLEDGE],
  },
  {
    id: 'raritan-kvm',
    name: 'Raritan KVM over IP',
    vendor: 'Raritan',
    kind: 'ip-kvm',
    harmless: false,
    usb: [{ confidence: 'exact', vendorId: '14dd', productIds: ['1002', '1005', '1007', '1010'] }],
    confidence: 'listed',
    note: 'Made for server rooms: on a desktop in a company’s rack it is everyday, on an issued laptop it is not. 1002 is general knowledge.',
    sources: ['Linux kernel mailing lists (device lists in bug reports)', FROM_KNOWLEDGE],
  },
  {
    id: 'avocent-kvm',
    name: 'Avocent KVM over IP adapter',
    vendor: 'Vertiv',
    kind: 'ip-kvm',
    harmless: false,
    usb: [{ confidence: 'exact', vendorId: '0624', productIds: ['0200'] }],
    confidence: 'listed',
    note: 'The adapter between a computer and a rack’s KVM, reachable over a network with most of them.',
    sources: ['Public USBGuard rules (name DSRIQ)'],
  },

  board({ id: 'digispark', name: 'Digispark', vendor: 'Digistump' }, [['16d0', '0753']]),
  board({ id: 'arduino', name: 'Arduino with a keyboard', vendor: 'Arduino' }, [
    ['2341', '8036'],
    ['2341', '8037'],
    ['1b4f', '9206'],
  ]),
  board({ id: 'teensy', name: 'Teensy', vendor: 'PJRC' }, [
    ['16c0', '0478', '0482', '0483', '0487', '048b', '048c', '04d0'],
  ]),
  board({ id: 'raspberry-pi-pico', name: 'Raspberry Pi Pico', vendor: 'Raspberry Pi' }, [
    ['2e8a', '0003', '0005', '000a'],
    ['239a', '80f4'],
  ]),
  board({ id: 'nordic-dongle', name: 'Nordic input dongle', vendor: 'Nordic Semiconductor' }, [
    ['1915', '520c'],
  ]),
  {
    id: 'ch9329',
    name: 'CH9329 keyboard chip',
    vendor: 'WCH',
    kind: 'input-board',
    harmless: false,
    usb: [{ confidence: 'exact', vendorId: '1a86', productIds: ['e129', 'e329'] }],
    confidence: 'unconfirmed',
    note: 'Turns a serial line into a keyboard and mouse: home-made KVMs, and the target side of Openterface.',
    sources: [FROM_KNOWLEDGE],
  },

  {
    id: 'openterface',
    name: 'Openterface KVM',
    vendor: 'TechxArtisan',
    kind: 'capture',
    harmless: false,
    usb: [
      { confidence: 'exact', vendorId: '345f', productIds: ['2132', '2109'] },
      { confidence: 'exact', vendorId: '1a86', productIds: ['fe0c'] },
    ],
    confidence: 'confirmed',
    note: 'Seen by the computer that controls, not by the one that is controlled.',
    sources: ['github.com/TechxArtisanStudio/Openterface_QT'],
  },
  {
    id: 'hdmi-capture',
    name: 'HDMI capture dongle',
    vendor: 'MacroSilicon',
    kind: 'capture',
    harmless: false,
    usb: [
      { confidence: 'exact', vendorId: '534d', productIds: ['2109'] },
      { confidence: 'exact', vendorId: '345f', productIds: ['2130', '2131'] },
    ],
    confidence: 'listed',
    note: 'Brings another computer’s screen to this one; people who stream have them. 2130 is general knowledge.',
    sources: ['github.com/TechxArtisanStudio/Openterface_QT', FROM_KNOWLEDGE],
  },

  {
    id: 'qemu-guest',
    name: 'QEMU guest devices',
    vendor: 'QEMU',
    kind: 'virtual-machine',
    harmless: false,
    usb: [{ confidence: 'exact', vendorId: '0627', productIds: ['0001'] }],
    displays: [{ confidence: 'exact', manufacturer: 'RHT', model: 'QEMU Monitor' }],
    confidence: 'listed',
    note: 'The monitor is general knowledge.',
    sources: [USB_IDS, FROM_KNOWLEDGE],
  },
  {
    id: 'virtualbox-guest',
    name: 'VirtualBox guest devices',
    vendor: 'Oracle',
    kind: 'virtual-machine',
    harmless: false,
    usb: [{ confidence: 'exact', vendorId: '80ee', productIds: ['0021', '0022'] }],
    displays: [{ confidence: 'exact', manufacturer: 'VBX' }],
    confidence: 'listed',
    note: 'The monitor and 0022 are general knowledge.',
    sources: [USB_IDS, FROM_KNOWLEDGE],
  },
  {
    id: 'vmware-guest',
    name: 'VMware guest devices',
    vendor: 'Broadcom',
    kind: 'virtual-machine',
    harmless: false,
    usb: [{ confidence: 'exact', vendorId: '0e0f', productIds: ['0003'] }],
    confidence: 'listed',
    sources: [USB_IDS],
  },
  {
    id: 'parallels-guest',
    name: 'Parallels guest devices',
    vendor: 'Parallels',
    kind: 'virtual-machine',
    harmless: false,
    usb: [{ confidence: 'exact', vendorId: '203a' }],
    displays: [{ confidence: 'exact', manufacturer: 'PRL' }],
    confidence: 'listed',
    note: 'The monitor is general knowledge.',
    sources: [USB_IDS, FROM_KNOWLEDGE],
  },
  {
    id: 'hyper-v-guest',
    name: 'Hyper-V guest display',
    vendor: 'Microsoft',
    kind: 'virtual-machine',
    harmless: false,
    displays: [{ confidence: 'exact', manufacturer: 'MSH' }],
    confidence: 'unconfirmed',
    sources: [FROM_KNOWLEDGE],
  },

  {
    id: 'parsec-virtual-display',
    name: 'Parsec Virtual Display',
    vendor: 'Unity',
    kind: 'virtual-display',
    harmless: false,
    displays: [
      { confidence: 'exact', manufacturer: 'PSC', productCode: 0xcdd0 },
      { confidence: 'exact', model: 'ParsecVDA' },
    ],
    confidence: 'unconfirmed',
    note: 'A screen that no one looks at on the spot, for remote desktops and streaming.',
    sources: [FROM_KNOWLEDGE],
  },
  {
    id: 'mtt-virtual-display',
    name: 'Virtual Display Driver',
    vendor: 'Virtual Drivers project',
    kind: 'virtual-display',
    harmless: false,
    displays: [
      { confidence: 'exact', manufacturer: 'MTT', productCode: 0x1337 },
      { confidence: 'exact', model: 'VDD by MTT' },
    ],
    confidence: 'listed',
    note: 'A screen that no one looks at on the spot, for remote desktops and streaming.',
    sources: ['Public code that looks for DISPLAY\\MTT1337 and for the name'],
  },

  everyday({ id: 'hp-ilo', name: 'HP iLO virtual input', vendor: 'HPE', kind: 'management' }, [
    ['03f0', '1027', '7029'],
  ]),
  everyday({ id: 'dell-drac', name: 'Dell DRAC virtual input', vendor: 'Dell', kind: 'management' }, [
    ['413c', '0000', 'a101', 'a102'],
  ]),
  everyday(
    { id: 'ami-bmc', name: 'AMI management controller', vendor: 'American Megatrends', kind: 'management' },
    [['046b', 'ff01', 'ff10', 'ff20', 'ff31', 'ffb0']],
  ),
  everyday({ id: 'aten-bmc', name: 'ATEN management controller', vendor: 'ATEN', kind: 'management' }, [
    ['0557', '2419', '2221'],
  ]),
  everyday({ id: 'aten-desk-kvm', name: 'ATEN desk KVM switch', vendor: 'ATEN', kind: 'desk-kvm' }, [
    ['0557', '2202', '2213', '8021'],
  ]),
  everyday({ id: 'belkin-desk-kvm', name: 'Belkin desk KVM switch', vendor: 'Belkin', kind: 'desk-kvm' }, [
    ['050d', '3201', '103a', '7cd7'],
  ]),
  everyday({ id: 'avocent-desk-kvm', name: 'Avocent desk KVM switch', vendor: 'Vertiv', kind: 'desk-kvm' }, [
    ['0624', '0013', '1940'],
  ]),
];

type Ids = readonly (readonly [vendorId: string, ...productIds: string[]])[];

/** A board that people program. It is no sign by itself: an embedded developer has drawers full of them. */
function board(known: Pick<Hardware, 'id' | 'name' | 'vendor'>, ids: Ids): Hardware {
  return {
    ...known,
    kind: 'input-board',
    harmless: false,
    usb: identitiesOf(ids),
    confidence: 'listed',
    note: 'A programmable board that can type and move the pointer. Context only.',
    sources: ['A public list of boards used as jigglers', FROM_KNOWLEDGE],
  };
}

/** Servers and desks have them for good reasons. */
function everyday(known: Pick<Hardware, 'id' | 'name' | 'vendor' | 'kind'>, ids: Ids): Hardware {
  return {
    ...known,
    harmless: true,
    usb: identitiesOf(ids),
    confidence: 'listed',
    note: 'The first product ids were read; others are general knowledge.',
    sources: [USB_IDS, 'Public USBGuard rules', FROM_KNOWLEDGE],
  };
}

function identitiesOf(ids: Ids): NonNullable<Hardware['usb']> {
  return ids.map(([vendorId, ...productIds]) => ({ confidence: 'exact', vendorId, productIds }));
}
