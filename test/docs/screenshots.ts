import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openLog } from '../../server/log.ts';
import { letPeopleWork } from '../demo/people.ts';
import { demoStories, REVERTED } from '../demo/stories.ts';
import { buildConsole, openBrowser } from '../support/browser.ts';
import { temporaryFolder } from '../support/collector.ts';
import { startSimulation } from '../support/simulation.ts';
import { picture } from './views.ts';

// Lives through the demo and pictures it: with a folder, every view in every size and color; without, what the README shows.
const folderGiven = process.argv[2];
const target = folderGiven ?? join(import.meta.dirname, 'screenshots');
const README = ['queue-light', 'finding-light', 'case-dark', 'contractor-light'];

const folder = temporaryFolder();
await mkdir(target, { recursive: true });
try {
  using built = await buildConsole();
  await using simulation = await startSimulation({
    stories: demoStories(),
    reverted: REVERTED,
    folder,
    port: 0,
    log: openLog('error'),
    consoleDir: built.dir,
  });
  const { collector } = simulation;
  await simulation.live();
  await letPeopleWork(collector);
  const browser = await openBrowser();
  await picture({
    browser,
    url: collector.url,
    signInLink: () => collector.signInLink('demo'),
    folder: target,
    wants: (name) => folderGiven !== undefined || README.includes(name),
    whole: false,
  });
  await browser.close();
} finally {
  await rm(folder, { recursive: true, force: true });
}
