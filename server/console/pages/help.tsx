import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Button } from 'react-aria-components/Button';
import { Link } from 'wouter';
import { rulesQuery } from '../data/fleet-queries.ts';
import { showShortcuts } from '../frame/shortcuts.tsx';
import { Inert } from '../parts/inert.tsx';
import { PageHead, Section } from '../parts/page.tsx';
import { SearchBox } from '../parts/search-box.tsx';
import { Empty, Loaded } from '../parts/states.tsx';
import { useParams } from '../parts/use-params.ts';
import { GLOSSARY } from '../text/glossary.ts';

/** What the words of the console mean, and every rule by its name. */
export function HelpPage() {
  const { params, change } = useParams();
  const text = params.get('q') ?? '';
  const term = params.get('term');
  const rules = useQuery(rulesQuery);
  useEffect(() => {
    if (term !== null) document.getElementById(term)?.scrollIntoView({ block: 'center' });
  }, [term]);
  const fits = (...words: readonly string[]) =>
    words.join(' ').toLowerCase().includes(text.trim().toLowerCase());
  const groups = GLOSSARY.map(({ title, entries }) => ({
    title,
    entries: entries.filter(({ label, meaning }) => fits(title, label, meaning)),
  })).filter(({ entries }) => entries.length > 0);
  return (
    <>
      <PageHead
        title="What words mean"
        aside={
          <Button className="button" onPress={showShortcuts}>
            Keyboard shortcuts <kbd>?</kbd>
          </Button>
        }
      >
        <search className="filters">
          <SearchBox label="Find a word" value={text} onChange={(value) => change('q', value)} />
        </search>
      </PageHead>
      {groups.length === 0 && <Empty title="No word fits. Rules may, below." />}
      <div className="glossary">
        {groups.map(({ title, entries }) => (
          <Section key={title} title={title}>
            <dl>
              {entries.map(({ id, label, meaning }) => (
                <div key={id} id={id} className={id === term ? 'glossary-here' : undefined}>
                  <dt>{label}</dt>
                  <dd>{meaning}</dd>
                </div>
              ))}
            </dl>
          </Section>
        ))}
      </div>
      <Section title="Rules" note="each page says what it answers and what it cannot see">
        <Loaded query={rules}>
          {({ rules: all }) => (
            <ul className="glossary-rules">
              {all
                .filter(({ id, title }) => fits(id, title))
                .map(({ id, title }) => (
                  <li key={id}>
                    <Link href={`/rules/${encodeURIComponent(id)}`} className="quiet-link">
                      <Inert text={title} />
                    </Link>
                  </li>
                ))}
            </ul>
          )}
        </Loaded>
      </Section>
    </>
  );
}
