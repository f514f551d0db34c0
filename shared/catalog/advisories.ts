import type { Advisory } from './schema.ts';
import { TRADECRAFT } from './tradecraft.ts';

type Document = Pick<Advisory, 'publisher' | 'title' | 'published' | 'url'>;
type Row = readonly [id: string, confidence: Advisory['confidence'], indicator: string];

const US_2022: Document = {
  publisher: 'US Department of State, Treasury and FBI',
  title: 'Guidance on DPRK information technology workers',
  published: '2022-05-16',
  url: 'https://home.treasury.gov/system/files/126/20220516_dprk_it_worker_advisory.pdf',
};
const US_ROK_2023: Document = {
  publisher: 'FBI (IC3) and Republic of Korea',
  title: 'PSA231018: additional guidance on DPRK IT workers',
  published: '2023-10-18',
  url: 'https://www.ic3.gov/PSA/2023/PSA231018',
};
const FBI_2024: Document = {
  publisher: 'FBI (IC3)',
  title: 'Public service announcement on US-based facilitators of DPRK IT workers',
  published: '2024-05-16',
  url: 'https://www.ic3.gov/PSA/2024/PSA240516',
};
const FBI_2025: Document = {
  publisher: 'FBI (IC3)',
  title: 'Public service announcement on DPRK IT workers conducting data extortion',
  published: '2025-01-23',
  url: 'https://www.ic3.gov/PSA/2025/PSA250123',
};

/** Every indicator of the published advisories, in our own words, whether or not a program on a machine could see it. */
export const ADVISORIES: readonly Advisory[] = [
  ...from(US_2022, [
    [
      'us-2022-platform-1',
      'quoted',
      'One account is signed in to from several addresses within a short time, all the more so from different countries.',
    ],
    ['us-2022-platform-2', 'quoted', 'Several accounts are used from one address.'],
    ['us-2022-platform-3', 'quoted', 'An account stays signed in without a break for a day or longer.'],
    [
      'us-2022-platform-4',
      'quoted',
      'A router port or setting points to remote desktop sharing, such as port 3389, where that is not how the company works.',
    ],
    [
      'us-2022-platform-5',
      'quoted',
      'A client account exists only to raise a developer’s rating, and one payment account serves both sides.',
    ],
    [
      'us-2022-platform-6',
      'quoted',
      'The same document templates turn up under different developer accounts.',
    ],
    [
      'us-2022-platform-7',
      'quoted',
      'One client rates many developer accounts highly in a short time, and their papers are made alike.',
    ],
    ['us-2022-platform-8', 'unconfirmed', 'An account places very many bids, and few of them are accepted.'],
    ['us-2022-platform-9', 'quoted', 'Money often moves to accounts tied to China, by way of other firms.'],
    [
      'us-2022-hr-1',
      'quoted',
      'Payment through digital services tied to China, or in virtual currency, is asked for.',
    ],
    [
      'us-2022-hr-2',
      'quoted',
      'Names, contact data, education, history and place of work differ between profiles; the place and hours that are assessed do not fit what was said. Farhand uses place and hours alone.',
    ],
    ['us-2022-hr-3', 'unconfirmed', 'The portfolio or profile page is strangely simple.'],
    ['us-2022-hr-4', 'unconfirmed', 'Supposed managers of development firms write unasked.'],
    ['us-2022-hr-5', 'unconfirmed', 'The person wants to move the conversation to another platform.'],
    [
      'us-2022-hr-6',
      'unconfirmed',
      'Equipment is to be sent to an address that is not the one on the identity document, or cannot be received there.',
    ],
    ['us-2022-hr-7', 'unconfirmed', 'Payment is asked for without milestones or check-ins.'],
    [
      'us-2022-hr-8',
      'quoted',
      'The person cannot work the hours that the business needs, or cannot be reached in time.',
    ],
    ['us-2022-hr-9', 'unconfirmed', 'Contact data is wrong or keeps changing.'],
    ['us-2022-hr-10', 'unconfirmed', 'Co-workers are asked to lend their personal data.'],
    [
      'us-2022-mitigation-1',
      'quoted',
      'Verify identity and history, interview by video, and bind sign-in to something that cannot be lent.',
    ],
    [
      'us-2022-mitigation-2',
      'unconfirmed',
      'Check ports regularly to learn whether an account is reached through desktop sharing, a VPN or a virtual private server.',
    ],
    [
      'us-2022-body-1',
      'unconfirmed',
      'Workers hide behind VPNs, virtual private servers, addresses bought in third countries and accounts of others.',
    ],
    [
      'us-2022-body-2',
      'unconfirmed',
      'A device is kept for each account, and the computer of a stand-in is reached by remote desktop.',
    ],
  ]),
  ...from(US_ROK_2023, [
    [
      'us-rok-2023-1',
      'confirmed',
      'The person will not or cannot appear on camera; time, place or looks do not fit when they do.',
    ],
    ['us-rok-2023-2', 'confirmed', 'There is undue concern about a drug test or about meeting in person.'],
    ['us-rok-2023-3', 'confirmed', 'There are signs of cheating in tests, such as answers being read out.'],
    [
      'us-rok-2023-4',
      'quoted',
      'Profiles do not match the résumé, or one identity has several profiles with different pictures.',
    ],
    [
      'us-rok-2023-5',
      'quoted',
      'Payment in advance is asked for again and again, with anger when it is refused.',
    ],
    [
      'us-rok-2023-6',
      'quoted',
      'Language preference does not fit the claimed origin. Excluded: it rests on where a person is from, and no rule of Farhand uses it.',
    ],
    [
      'us-rok-2023-7',
      'unconfirmed',
      'The laptop is to go to a freight forwarder, or to an address that keeps changing.',
    ],
    ['us-rok-2023-8', 'unconfirmed', 'The person evades biometric checks or showing a document in person.'],
    [
      'us-rok-2023-mitigation-1',
      'quoted',
      'Have freelancers switch commercial VPNs off while they are on the company’s network.',
    ],
    [
      'us-rok-2023-mitigation-2',
      'unconfirmed',
      'Stop RDP on company devices and forbid remote desktop programs for work.',
    ],
    [
      'us-rok-2023-mitigation-3',
      'unconfirmed',
      'Monitor devices for insider threats and take local administrator rights away.',
    ],
    [
      'us-rok-2023-mitigation-4',
      'unconfirmed',
      'Locate company laptops regularly and compare the place with the addresses of sign-ins.',
    ],
  ]),
  ...from(FBI_2024, [
    ['fbi-2024-1', 'quoted', 'A facilitator houses the company laptop, so that the connection is domestic.'],
    [
      'fbi-2024-2',
      'quoted',
      'A facilitator lets others in by remote desktop, by its protocol or by installing remote software.',
    ],
    ['fbi-2024-3', 'quoted', 'The laptop is shipped on to another country.'],
    ['fbi-2024-4', 'quoted', 'A facilitator does the sign-ups, opens the accounts and sits the interviews.'],
    [
      'fbi-2024-mitigation-1',
      'unconfirmed',
      'Watch for unusual network traffic, remote connections and forbidden remote desktop software; vet staffing firms.',
    ],
  ]),
  ...from(
    {
      publisher: 'FBI counterintelligence',
      title: 'Bulletin on DPRK IT workers, as passed on in a supplier notice',
      published: '2024-07',
    },
    [
      [
        'fbi-2024-counterintelligence-1',
        'quoted',
        'Work is passed on to others, so that several operators use one device; cameras are avoided.',
      ],
    ],
  ),
  ...from(FBI_2025, [
    [
      'fbi-2025-1',
      'quoted',
      'Code is copied to personal accounts, and the company is extorted once the worker is found out.',
    ],
    [
      'fbi-2025-2',
      'confirmed',
      'Credentials and session cookies are gathered to start sessions from devices that are not the company’s.',
    ],
    [
      'fbi-2025-3',
      'quoted',
      'One account is signed in to many times within a short period from various addresses, often in different countries.',
    ],
    ['fbi-2025-4', 'unconfirmed', 'Software runs that allows several audio or video calls at once.'],
    ['fbi-2025-5', 'quoted', 'Faces are swapped during interviews.'],
    [
      'fbi-2025-mitigation-1',
      'confirmed',
      'Give least privilege: no local administrators, and few who may install remote desktop programs.',
    ],
    [
      'fbi-2025-mitigation-2',
      'confirmed',
      'Monitor remote connections to devices and the presence of forbidden remote desktop protocols and programs; review logs and browser sessions.',
    ],
  ]),
  ...from(
    {
      publisher: 'FBI (IC3)',
      title: 'PSA250723 and companions on DPRK IT workers',
      published: '2025-07-23',
      url: 'https://www.ic3.gov/PSA/2025/PSA250723-4',
    },
    [
      [
        'fbi-2025-7',
        'quoted',
        'Ship equipment only to the address on the verified document; test video live; note frequent changes of bank and requests for virtual currency.',
      ],
    ],
  ),
  ...from(
    {
      publisher: 'FBI (IC3)',
      title: 'PSA260312 on residential proxy networks',
      published: '2026-03-12',
      url: 'https://www.ic3.gov/PSA/2026/PSA260312',
    },
    [
      [
        'fbi-2026-1',
        'quoted',
        'Residential proxy networks, fed by bandwidth-sharing apps, free VPNs and household devices, make traffic look like a home user’s.',
      ],
    ],
  ),
  ...from(
    {
      publisher: 'Japan NPA and NCO, FBI, DC3, ASD ACSC, BND, BfV',
      title: 'Joint advisory on WaterPlum and DPRK IT workers',
      published: '2026-09-18',
    },
    [
      [
        'joint-2026-1',
        'quoted',
        'Work is routed through an enabler’s home computer or a virtual private server that the enabler rents; the same addresses serve laptop farms, crowdsourcing and job applications. Compare the access address with the claimed residence.',
      ],
      [
        'joint-2026-mitigation-1',
        'quoted',
        'Clarify sub-contracting, keep access least, and revoke sessions quickly.',
      ],
    ],
  ),
  ...from(
    {
      publisher: 'Japan NPA, NCO, MOFA, MOF and METI with the US, Republic of Korea and others',
      title: 'Alert NK_IT_202607 on DPRK IT workers',
      published: '2026-07-31',
    },
    [
      [
        'japan-2026-1',
        'quoted',
        'The alert exists; its text was not read, so no indicator is taken from it yet.',
      ],
    ],
  ),
  ...from(
    {
      publisher: 'Republic of Korea, interagency',
      title: 'Advisory on DPRK IT workers',
      published: '2022-12-08',
    },
    [
      [
        'rok-2022-1',
        'unconfirmed',
        'The pattern is that of the US advisory: shared accounts, borrowed identities, VPNs and remote access, payment by detours.',
      ],
    ],
  ),
  ...from({ publisher: 'Japan NPA and others', title: 'Alert on DPRK IT workers', published: '2024-03-26' }, [
    ['japan-2024-1', 'unconfirmed', 'One account is used from many addresses within a short time.'],
    ['japan-2024-2', 'unconfirmed', 'Many accounts are used from one address.'],
    ['japan-2024-3', 'unconfirmed', 'Sign-ins last very long.'],
    [
      'japan-2024-4',
      'unconfirmed',
      'The account’s name differs from the bank account’s, pictures of documents are reused, or profiles change often.',
    ],
  ]),
  ...from(
    {
      publisher: 'Japan, US and Republic of Korea',
      title: 'Updated alert and joint statement on DPRK IT workers',
      published: '2025-08-27',
    },
    [
      [
        'japan-2025-1',
        'quoted',
        'False identities and false places are claimed with the help of AI tools and facilitators abroad, and the same people likely take part in attacks.',
      ],
    ],
  ),
  ...from({ publisher: 'UK OFSI', title: 'Advisory on DPRK IT workers', published: '2024-09-12' }, [
    [
      'uk-2024-1',
      'quoted',
      'VPNs hide where a worker is, behind false documents and a claimed third country.',
    ],
    [
      'uk-2024-2',
      'quoted',
      'Payment is asked for in virtual currency or through money institutions of little supervision.',
    ],
  ]),
  ...from(
    {
      publisher: 'Multilateral Sanctions Monitoring Team',
      title: 'Report on DPRK cyber activity and IT workers',
      published: '2025-10',
    },
    [
      [
        'msmt-2025-1',
        'quoted',
        'An overview of the program; the report exists, and no indicator is taken from it yet.',
      ],
    ],
  ),
  ...TRADECRAFT,
];

function from(document: Document, rows: readonly Row[]): readonly Advisory[] {
  return rows.map(([id, confidence, indicator]) => ({ ...document, id, confidence, indicator }));
}
