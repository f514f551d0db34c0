import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { Autocomplete } from 'react-aria-components/Autocomplete';
import { Dialog } from 'react-aria-components/Dialog';
import { Header, Menu, MenuItem, MenuSection } from 'react-aria-components/Menu';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { Input, TextField } from 'react-aria-components/TextField';
import { navigate } from 'wouter/use-browser-location';
import type { SearchResult } from '../../../shared/api/desk.ts';
import { searchQuery } from '../data/queries.ts';
import { type Target, useMe } from '../data/use-triage.ts';
import { Inert } from '../parts/inert.tsx';
import { plural, SEVERITY_LABELS } from '../text/labels.ts';
import { showShortcuts, tellAct } from './shortcuts.tsx';

interface Command {
  readonly id: string;
  readonly text: string;
  readonly note?: string;
  readonly run: () => void;
}

interface Group {
  readonly name: string;
  readonly commands: readonly Command[];
}

/** Everything by name: pages, people, machines, rules, findings, and what can be done with the row that has the focus. */
export function Palette(props: { readonly targets: readonly Target[]; readonly close: () => void }) {
  const { targets, close } = props;
  const [typed, setTyped] = useState('');
  const q = useDeferredValue(typed.trim());
  const { data, isPlaceholderData } = useQuery(searchQuery(q));
  const { mayTriage } = useMe();
  const groups = [
    { name: 'Actions', commands: mayTriage ? actionsOn(targets).filter(named(q)) : [] },
    { name: 'Pages', commands: PAGES.filter(named(q)) },
    // Until the answer to what is typed comes, only what also fits it is offered: Enter must not lead elsewhere.
    ...(data && q !== '' ? found(data).map((group) => (isPlaceholderData ? narrowed(group, q) : group)) : []),
  ].filter(({ commands }) => commands.length > 0);
  const all = new Map(groups.flatMap(({ commands }) => commands.map((command) => [command.id, command])));
  return (
    <ModalOverlay
      className="overlay overlay-top"
      isOpen
      isDismissable
      onOpenChange={(open) => !open && close()}
    >
      <Modal className="modal palette">
        <Dialog className="palette-dialog" aria-label="Search and command">
          <Autocomplete inputValue={typed} onInputChange={setTyped}>
            <TextField aria-label="Search and command" autoFocus maxLength={100}>
              <Input
                className="palette-input"
                placeholder="Go to a page, contractor, endpoint, rule or finding"
              />
            </TextField>
            <Menu
              className="menu palette-menu"
              aria-label="Commands"
              items={groups}
              renderEmptyState={() => <p className="list-empty">Nothing is called so.</p>}
              onAction={(key) => {
                close();
                // After the dialog has given the focus back, so that it can go on from there.
                setTimeout(() => all.get(String(key))?.run());
              }}
            >
              {(group: Group) => (
                <MenuSection id={group.name} items={group.commands}>
                  <Header className="menu-header">{group.name}</Header>
                  {group.commands.map(({ id, text, note }) => (
                    <MenuItem key={id} id={id} textValue={text} className="list-item palette-item">
                      <Inert text={text} />
                      {note !== undefined && (
                        <span className="faint">
                          <Inert text={note} />
                        </span>
                      )}
                    </MenuItem>
                  ))}
                </MenuSection>
              )}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

const PAGES: readonly Command[] = [
  page('Queue', '/', 'g q'),
  page('My findings', '/?assignee=me'),
  page('Cases', '/cases', 'g s'),
  page('Contractors', '/contractors', 'g c'),
  page('Endpoints', '/endpoints', 'g e'),
  { id: 'shortcuts', text: 'Keyboard shortcuts', note: '?', run: showShortcuts },
];

function page(text: string, path: string, note?: string): Command {
  return { id: path, text, ...(note !== undefined && { note }), run: () => navigate(path) };
}

function actionsOn(targets: readonly Target[]): readonly Command[] {
  const [first] = targets;
  if (!first) return [];
  const on = targets.length > 1 ? plural(targets.length, 'finding') : first.title;
  const action = (key: 'a' | 'r' | 'n' | 'e', text: string): Command => ({
    id: `act-${key}`,
    text: `${text}: ${on}`,
    note: key,
    run: () => tellAct(key),
  });
  return [
    action('a', 'Assign to me'),
    action('r', 'Resolve'),
    action('n', 'Add a note'),
    ...(targets.length === 1 && first.about === 'finding' ? [action('e', 'Ask for an exception')] : []),
  ];
}

function found({ contractors, endpoints, rules, findings }: SearchResult): readonly Group[] {
  const to = (path: string, id: string) => () => navigate(`${path}${encodeURIComponent(id)}`);
  return [
    {
      name: 'Contractors',
      commands: contractors.map(({ id, label }) => ({
        ...{ id: `contractor ${id}`, text: label ?? id, note: id },
        run: to('/contractors/', id),
      })),
    },
    {
      name: 'Endpoints',
      commands: endpoints.map(({ id, hostname, contractor }) => ({
        ...{ id: `endpoint ${id}`, text: hostname || id, note: contractor },
        run: to('/endpoints/', id),
      })),
    },
    {
      name: 'Rules',
      commands: rules.map(({ id, title }) => ({
        ...{ id: `rule ${id}`, text: title, note: 'its findings' },
        run: to('/?rule=', id),
      })),
    },
    {
      name: 'Findings',
      commands: findings.map(({ id, title, severity, contractors: about }) => ({
        ...{ id: `finding ${id}`, text: title, note: `${SEVERITY_LABELS[severity]}, ${about.join(', ')}` },
        run: to('/findings/', id),
      })),
    },
  ];
}

function narrowed({ name, commands }: Group, q: string): Group {
  return { name, commands: commands.filter(named(q)) };
}

function named(q: string): (command: Command) => boolean {
  const wanted = q.toLowerCase();
  return ({ text }) => text.toLowerCase().includes(wanted);
}
