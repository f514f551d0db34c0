import type { Matcher } from '../../shared/catalog/match.ts';
import { CodedError } from '../../shared/errors.ts';
import type { FactOf } from '../../shared/facts.ts';
import { MINUTE } from '../../shared/time.ts';
import type { Host } from '../host/host.ts';
import type { Probe } from './probe.ts';
import { type Recognized, recognize } from './recognize.ts';
import { type Evidence, type Sign, type Survey, signOf, surveyOf } from './survey.ts';

const SURVEY_MS = 10 * MINUTE;
const SURVEY_TIMEOUT_MS = 5_000;
const MAX_SIGNS = 16;

/** Running is asked each round; installed every ten minutes, and when something runs that the last survey does not explain. */
export const toolProbe: Probe = {
  name: 'tool',
  kinds: ['tool'],
  everySeconds: 5,
  timeoutMs: 10_000,
  reads:
    'The names of running programs, of installed packages and of system services, and whether certain files and browser extensions exist; each is compared with a published list of remote-access, VPN, proxy, tunnel and keep-awake products.',
  never:
    'Programs that are not on the list, and the arguments of any program, are never kept or reported. Window titles, what is typed or shown, and the contents of your files are never read.',
  needs:
    'Programs and home folders of other accounts are seen only with the rights of the system administrator.',
  async run({ host, matcher }) {
    const seen = (await host.processes()).flatMap((process) => recognize(matcher, process));
    const survey = await currentSurvey(host, matcher, seen);
    return [...runningFacts(seen, survey), ...installedFacts(survey)];
  },
};

interface Kept {
  readonly matcher: Matcher;
  readonly at: number;
  readonly unexplained: string;
  readonly survey: Survey;
}

const surveys = new WeakMap<Host, Kept>();
const underWay = new WeakMap<Host, Promise<Survey>>();

/** A home folder on a network may hang: then the last survey holds on, and what runs is told nevertheless. */
async function currentSurvey(host: Host, matcher: Matcher, seen: readonly Recognized[]): Promise<Survey> {
  const kept = surveys.get(host);
  const isFresh = kept?.matcher === matcher && host.mono() - kept.at < SURVEY_MS;
  if (kept && isFresh && unexplainedBy(kept.survey, seen) === kept.unexplained) return kept.survey;
  const survey = await newSurvey(host, matcher).catch((thrown: unknown) => {
    if (kept?.matcher === matcher) return kept.survey;
    throw thrown;
  });
  surveys.set(host, { matcher, at: host.mono(), unexplained: unexplainedBy(survey, seen), survey });
  return survey;
}

/** Never a second one beside one that hangs. */
async function newSurvey(host: Host, matcher: Matcher): Promise<Survey> {
  const work = underWay.get(host) ?? surveyOf(host, matcher).finally(() => underWay.delete(host));
  underWay.set(host, work);
  const late = Promise.withResolvers<never>();
  const reason = `no survey within ${SURVEY_TIMEOUT_MS} ms`;
  const timer = setTimeout(() => late.reject(new CodedError('PROBE_FAILED', { reason })), SURVEY_TIMEOUT_MS);
  try {
    return await Promise.race([work, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function unexplainedBy(survey: Survey, seen: readonly Recognized[]): string {
  const ids = seen.map(({ tool }) => tool.id).filter((id) => !survey.has(id));
  return [...new Set(ids)].sort().join(' ');
}

function runningFacts(seen: readonly Recognized[], survey: Survey): readonly FactOf<'tool'>[] {
  const byTool = Map.groupBy(seen, ({ tool }) => tool);
  return [...byTool].flatMap(([tool, all]) => {
    const evidence = survey.get(tool.id);
    const strong = all.some(({ weak }) => !weak);
    if (!strong && !evidence) return [];
    const signs = all.map(({ name }) => signOf('process', name));
    return [
      factOf('running', {
        tool,
        startsAlone: false,
        ...evidence,
        signs: strong ? signs : [...signs, ...(evidence?.signs ?? [])],
      }),
    ];
  });
}

function installedFacts(survey: Survey): readonly FactOf<'tool'>[] {
  return [...survey.values()].map((evidence) => factOf('installed', evidence));
}

function factOf(
  state: 'running' | 'installed',
  { tool, signs, version, startsAlone }: Evidence,
): FactOf<'tool'> {
  return {
    kind: 'tool',
    tool: tool.id,
    state,
    category: tool.category,
    signs: inOrder(signs),
    ...(version ? { version } : {}),
    ...(startsAlone && tool.category === 'remote-access' ? { unattended: true } : {}),
  };
}

/** Each once and always in the same order, or the fact would seem to change. */
function inOrder(signs: readonly Sign[]): Sign[] {
  const byText = new Map(signs.map((sign) => [`${sign.by} ${sign.name}`, sign]));
  return [...byText]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, sign]) => sign)
    .slice(0, MAX_SIGNS);
}
