import type { Tool } from './schema.ts';

const READ = 'A public list whose author read each manifest';
const CHROMIUM = 'Chromium source (lists of known ids)';

/** Products that live in a browser alone. Extensions of products with programs of their own stand with those. */
export const BROWSER: readonly Tool[] = [
  extension({
    ...{ id: 'chrome-rdp', name: 'Chrome RDP', vendor: 'Fusion Labs' },
    category: 'remote-access',
    extensions: ['cbkkbcmdlboombapidmoeolnmdacpkch'],
    sources: [CHROMIUM, 'Chrome Web Store address in several texts'],
  }),
  extension({
    ...{ id: 'secure-shell-extension', name: 'Secure Shell', vendor: 'Google' },
    category: 'remote-access',
    extensions: ['iodihamcpbpeioajjeobimgagajmlibd', 'pnhechapfaindjhompbnflcldabbghjo'],
    sources: [CHROMIUM],
  }),
  vpn({ id: 'hola-vpn', name: 'Hola VPN', vendor: 'Hola' }, 'gkojfkhlekighikafcpjkiklfbnlmeio'),
  vpn({ id: 'browsec', name: 'Browsec VPN', vendor: 'Browsec' }, 'omghfjlpggmjjaagoclmmobgdodcjboh'),
  vpn(
    { id: 'urban-vpn', name: 'Urban VPN', vendor: 'Urban Cyber Security' },
    'eppiocemhmnlbhjplcgkofciiegomcon',
  ),
  vpn({ id: 'touch-vpn', name: 'Touch VPN', vendor: 'Aura' }, 'bihmplhobchoageeokmgbdihknkjbknd'),
  vpn({ id: 'betternet', name: 'Betternet', vendor: 'Aura' }, 'gjknjjomckknofjidppipffbpoekiipm'),
  vpn({ id: 'veepn', name: 'VeePN', vendor: 'VeePN' }, 'majdfhpaihoncoakbjgbdhglocklcgno'),
  vpn(
    { id: 'one-click-vpn', name: '1clickVPN', vendor: '1clickVPN' },
    'fcfhplploccackoneaefokcmbjfbkenj',
    'pphgdbgldlmicfdkhondlafkiomnelnk',
  ),
  vpn({ id: 'zenmate', name: 'ZenMate', vendor: 'Kape' }, 'fdcgdnkidjaadafnichfpabhfomcebme'),
  vpn({ id: 'setup-vpn', name: 'SetupVPN', vendor: 'SetupVPN' }, 'oofgbpoabipfcfjapgnbbjjaenockbdp'),
  vpn({ id: 'hoxx', name: 'Hoxx VPN', vendor: 'Hoxx' }, 'nbcojefnccbanplpoffopkoepjmhgdgh'),
  vpn({ id: 'dotvpn', name: 'DotVPN', vendor: 'DotVPN' }, 'kpiecbcckbofpmkkkdibbllpinceiihk'),
  vpn(
    { id: 'turbo-vpn', name: 'Turbo VPN', vendor: 'Innovative Connecting' },
    'bnlofglpdlboacepdieejiecfbfpmhlb',
  ),
  vpn({ id: 'uvpn', name: 'uVPN', vendor: 'uVPN' }, 'jaoafpkngncfpfggjefnekilbkcpjdgp'),
  vpn({ id: 'planet-vpn', name: 'Planet VPN', vendor: 'Planet VPN' }, 'jpadbaildllggkcgibilkeacpcodailn'),
  vpn({ id: 'troywell-vpn', name: 'Troywell VPN', vendor: 'Troywell' }, 'adlpodnneegcnbophopdmhedicjbcgco'),
  vpn({ id: 'one-vpn', name: '1VPN', vendor: '1VPN' }, 'akcocjjpkmlniicdeemdceeajlmoabhg'),
  vpn({ id: 'hide-me-proxy', name: 'hide.me Proxy', vendor: 'eVenture' }, 'ohjocgmpmlfahafbipehkhbaacoemojp'),
  vpn({ id: 'fastest-vpn', name: 'FastestVPN', vendor: 'FastestVPN' }, 'jedieiamjmoflcknjdjhpieklepfglin'),
];

function vpn(known: Pick<Tool, 'id' | 'name' | 'vendor'>, ...extensions: readonly string[]): Tool {
  return extension({ ...known, category: 'vpn', extensions, sources: [READ] });
}

function extension(known: Omit<Tool, 'direction' | 'confidence'>): Tool {
  return { ...known, direction: 'outbound', confidence: 'listed' };
}
