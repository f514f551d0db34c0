import { useEffect, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Dialog, Heading } from 'react-aria-components/Dialog';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { navigate } from 'wouter/use-browser-location';
import { moveRow } from '../parts/row-link.tsx';

const SHORTCUTS: readonly (readonly [string, string])[] = [
  ['j', 'Next row'],
  ['k', 'Previous row'],
  ['Enter', 'Open the row'],
  ['o', 'Open the row'],
  ['x', 'Select the row'],
  ['X', 'Select up to the row'],
  ['a', 'Assign to me'],
  ['r', 'Resolve'],
  ['n', 'Add a note'],
  ['e', 'Ask for an exception'],
  ['u', 'Undo what was just done'],
  ['Esc', 'Leave the row'],
  ['.', 'Show new findings'],
  ['/', 'Search this page'],
  ['g q', 'Go to the queue'],
  ['g s', 'Go to cases'],
  ['g c', 'Go to contractors'],
  ['g e', 'Go to endpoints'],
  ['g p', 'Go to places'],
  ['g r', 'Go to rules'],
  ['g x', 'Go to exceptions'],
  ['g o', 'Go to the overview'],
  ['g a', 'Go to audit packs'],
  ['g m', 'Go to the administration'],
  ['g h', 'Go to what words mean'],
  ['Ctrl K', 'Search and command'],
  ['?', 'This list'],
];
const PLACES = new Map([
  ['q', '/'],
  ['o', '/overview'],
  ['m', '/admin'],
  ['s', '/cases'],
  ['c', '/contractors'],
  ['e', '/endpoints'],
  ['a', '/audit'],
  ['p', '/places'],
  ['r', '/rules'],
  ['x', '/exceptions'],
  ['h', '/help'],
]);

/** Asked for by `.`: the queue shows the findings that wait. */
export const SHOW_NEW_EVENT = 'farhand:show-new';
const SHOW_SHORTCUTS_EVENT = 'farhand:show-shortcuts';

/** Keys that act on the row with the focus, on the selected rows, or on what the page is about. */
export const ACTS = ['a', 'r', 'n', 'e', 'u', 'x', 'X'] as const;
export type Act = (typeof ACTS)[number];
const ACT_EVENT = 'farhand:act';

export function tellAct(act: Act): void {
  window.dispatchEvent(new CustomEvent<Act>(ACT_EVENT, { detail: act }));
}

/** Calls `onAct` until the function it returns is called. */
export function listenToActs(onAct: (act: Act) => void): () => void {
  const listener = (event: Event) => {
    const act = event instanceof CustomEvent ? ACTS.find((known) => known === event.detail) : undefined;
    if (act) onAct(act);
  };
  window.addEventListener(ACT_EVENT, listener);
  return () => window.removeEventListener(ACT_EVENT, listener);
}

export function showShortcuts(): void {
  window.dispatchEvent(new Event(SHOW_SHORTCUTS_EVENT));
}

/** The keyboard of the whole console, and the dialog that explains it. */
export function Shortcuts() {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const onKey = keyHandler();
    const show = () => setOpen(true);
    window.addEventListener('keydown', onKey);
    window.addEventListener(SHOW_SHORTCUTS_EVENT, show);
    return () => {
      window.removeEventListener('keydown', onKey);
      window.removeEventListener(SHOW_SHORTCUTS_EVENT, show);
    };
  }, []);
  return (
    <ModalOverlay className="overlay" isOpen={open} onOpenChange={setOpen} isDismissable>
      <Modal className="modal">
        <Dialog className="dialog">
          <Heading slot="title">Keyboard shortcuts</Heading>
          <dl className="shortcuts">
            {SHORTCUTS.map(([keys, what]) => (
              <div key={keys}>
                <dt>
                  {keys.split(' ').map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
          <div className="form-row">
            <Button slot="close" className="button">
              Close
            </Button>
            <Button
              className="button plain"
              onPress={() => {
                setOpen(false);
                navigate('/help');
              }}
            >
              What words mean
            </Button>
          </div>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

function keyHandler(): (event: KeyboardEvent) => void {
  let afterG = false;
  return (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isBusy(event.target))
      return;
    const place = afterG ? PLACES.get(event.key) : undefined;
    afterG = event.key === 'g';
    const act = place ? () => navigate(place) : ACTIONS.get(event.key);
    if (!act) return;
    event.preventDefault();
    act();
  };
}

const ACTIONS = new Map<string, () => void>([
  ['j', () => moveRow(1)],
  ['k', () => moveRow(-1)],
  ['.', () => window.dispatchEvent(new Event(SHOW_NEW_EVENT))],
  ['/', () => document.querySelector<HTMLElement>('[data-page-search], .combo input')?.focus()],
  ['?', showShortcuts],
  ['o', openRow],
  ['Escape', leaveRow],
  ...ACTS.map((act): [string, () => void] => [act, () => tellAct(act)]),
]);

function openRow(): void {
  const focused = document.activeElement;
  if (focused instanceof HTMLElement && focused.hasAttribute('data-row-link')) focused.click();
}

function leaveRow(): void {
  const focused = document.activeElement;
  if (focused instanceof HTMLElement && focused.hasAttribute('data-row-link')) focused.blur();
}

/** Keys belong to whoever is typed into, and to an open dialog or menu. */
function isBusy(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      'input:not([type=checkbox]), textarea, select, [contenteditable], [role=dialog], [role=menu], [role=listbox]',
    ) !== null
  );
}
