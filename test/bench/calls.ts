import { ROUTES } from '../../server/api/routes/index.ts';

/** What consoles ask of each route that reads; `#` stands for a number that changes from call to call. */
const ASKED: Readonly<Record<string, readonly string[]>> = {
  '/sign-in': [''],
  '/session': [''],
  '/session/sessions': [''],
  '/status': [''],
  '/overview': [''],
  '/overview/world': [''],
  '/checklist': [''],
  '/collector': [''],
  '/findings': [
    '?limit=100',
    '?outcome=open&status=new,investigating&limit=100',
    '?outcome=open&status=new,investigating&sort=severity&limit=100',
    '?outcome=open&status=new,investigating&sort=risk&limit=100',
    '?outcome=open&status=new,investigating&sort=age&limit=100',
    '?outcome=open&severity=critical&limit=100',
    '?severity=low&limit=100',
    '?outcome=open&assignee=me&sort=severity&limit=100',
    '?assignee=grace@example.com&limit=100',
    '?outcome=open&assignee=none&limit=100',
    '?rule=shared-egress&limit=100',
    '?family=remote-access&outcome=open&limit=100',
    '?outcome=open&minRisk=60&limit=100',
    '?outcome=open&q=remote&limit=100',
    '?q=person%2012#&limit=100',
    '?q=nobody-is-called-so&limit=100',
    '?outcome=open&contractor=person-#&limit=100',
  ],
  '/findings/counts': [
    '?outcome=open',
    '?outcome=open&assignee=me',
    '?outcome=open&q=remote',
    '?q=nobody-is-called-so',
    '',
  ],
  '/findings/:id': ['finding-#'],
  '/cases': ['?limit=100', '?status=new&limit=100'],
  '/cases/:id': ['case-#'],
  '/contractors': ['?limit=100', '?limit=50&q=person%2012', '?limit=50&q=nobody-is-called-so'],
  '/contractor-labels': ['?ids=person-1,person-2'],
  '/contractors/:id': ['person-#', 'person-busy'],
  '/contractors/:id/timeline': ['person-#', 'person-busy', `person-busy${months(3)}`],
  '/contractors/:id/spans': ['person-#?lane=egress&key=egress', 'person-busy?lane=tools&key=tool-1'],
  '/contractors/:id/hours': ['person-#', 'person-busy?weeks=12'],
  '/contractors/:id/places': ['person-#', `person-busy${months(3)}`],
  '/contractors/:id/held': ['person-#', 'person-busy'],
  '/contractors/:id/as-of': [
    'person-#?at=2026-02-20T12:00:00.000Z',
    'person-busy?at=2026-02-20T12:00:00.000Z',
  ],
  '/endpoints': [
    '?limit=100',
    '?limit=100&state=offline',
    '?limit=100&state=silent&sort=seen',
    '?limit=100&sort=enrolled',
    '?limit=100&probe=sessions&health=denied',
    '?limit=100&probe=sessions&health=failed',
    '?limit=100&q=laptop-99',
    '?limit=100&contractor=person-#',
  ],
  '/fleet': [''],
  '/endpoints/:id': ['ep-#'],
  '/endpoints/:id/gaps': ['ep-#?limit=50'],
  '/endpoints/:id/silences': ['ep-#', 'ep-busy'],
  '/gaps': ['?limit=100', '?cause=clock-step&limit=100'],
  '/places': ['?limit=50', '?visitors=2&limit=50', '?visitors=2&kind=egress', '?q=203.0.113&limit=50'],
  '/places/graph': ['', '?kind=egress'],
  '/places/:id': ['egress:203.0.113.7', 'egress:198.51.100.7'],
  '/proposals': ['', '?status=pending', '?kind=exception&subject=person-#'],
  '/proposals/:id': ['pr-000000000007'],
  '/rules': [''],
  '/rules/:id': ['unapproved-remote-tool'],
  '/advisories': [''],
  '/search': ['?q=person-12', '?q=laptop', '?q=nobody-is-called-so'],
  '/saved-filters': [''],
  '/accounts': [''],
  '/api-tokens': [''],
  '/tokens': [''],
  '/holds': [''],
  '/actions': ['?limit=100'],
  '/actions/verify': [''],
  '/exports': [''],
};

/** What reads too, and is no call of a view. */
const APART: Readonly<Record<string, string>> = {
  '/feed': 'a stream without an end; measured with consoles on it',
  '/exports/:id/file': 'a download',
  '/exports/:id/report': 'made from a pack that somebody asked for; `npm run bench -- pack` tells of packs',
  '/exports/:id/report.pdf': 'a download',
  '/schedules': 'of packs, which the world of the bench does not have',
  '/schedules/preview': 'reckons from the clock alone',
  '/roster.csv': 'a download',
  '/contractors/:id/report': 'a download',
  '/sign-in/oidc': 'a way to another site',
  '/sign-in/oidc/callback': 'a way back from another site',
};

/** Route → what is asked of it, for every route that reads. Throws when the routes have one that nobody thought of here, or one less. */
export function callsOfViews(): ReadonlyMap<string, readonly string[]> {
  const reading = ROUTES.filter(({ method }) => method === 'get').map(({ path }) => path);
  const forgotten = reading.filter((path) => !(path in ASKED) && !(path in APART));
  const gone = Object.keys({ ...ASKED, ...APART }).filter((path) => !reading.includes(path));
  if (forgotten.length + gone.length > 0)
    throw new Error(`the bench asks nothing of ${forgotten.join(', ')}, and in vain of ${gone.join(', ')}`);
  return new Map(
    Object.entries(ASKED).map(([path, asked]) => [path, asked.map((each) => called(path, each))]),
  );
}

/** What stands for `:id` comes first. */
function called(path: string, asked: string): string {
  if (!path.includes(':id')) return path + asked;
  const [id = '', query] = asked.split('?');
  return path.replace(':id', id) + (query === undefined ? '' : `?${query}`);
}

function months(count: number): string {
  return `?from=2025-${15 - count}-02T16:00:00.000Z&to=2026-03-02T16:00:00.000Z`;
}
