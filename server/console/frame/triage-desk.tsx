import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import type { TriageChange } from '../../../shared/triage.ts';
import { currentTargets } from '../data/targets.ts';
import { type Target, useMe, useTriage } from '../data/use-triage.ts';
import { failureText } from '../text/failure-text.ts';
import { plural } from '../text/labels.ts';
import { triageText } from '../text/triage-text.ts';
import { listenToActs, tellAct } from './shortcuts.tsx';
import { Toast, type ToastText } from './toast.tsx';

const TriageDialog = lazy(() =>
  import('./triage-dialog.tsx').then(({ TriageDialog: component }) => ({ default: component })),
);
const ExceptionDialog = lazy(() =>
  import('./exception-dialog.tsx').then(({ ExceptionDialog: component }) => ({ default: component })),
);

type Open = { readonly what: 'resolve' | 'note' | 'exception'; readonly targets: readonly Target[] };

/** Does what the keys ask for, wherever the analyst is: at once, or by a dialog that asks for words first. */
export function TriageDesk() {
  const [open, setOpen] = useState<Open>();
  const [toast, setToast] = useState<ToastText>();
  const { account, mayTriage } = useMe();
  const triage = useTriage();
  const undo = useRef<() => void>(undefined);

  const takeBack = async (before: readonly Target[], done: readonly Target[]) => {
    undo.current = undefined;
    try {
      // Many that stood alike are taken back together.
      for (const group of Map.groupBy(done, ({ id }) => JSON.stringify(formerly(before, id))).values()) {
        const [first] = group;
        if (first) await triage(group, formerly(before, first.id));
      }
      setToast({ text: 'Taken back.' });
    } catch (error) {
      setToast({ text: failureText(error).title });
    }
  };
  /** Gives what could not be done since somebody was faster. */
  const apply = async (targets: readonly Target[], change: TriageChange, said: string) => {
    const { done, missed } = await triage(targets, change);
    const back = change.note === undefined || change.decision !== undefined;
    undo.current = back && done.length > 0 ? () => void takeBack(targets, done) : undefined;
    const [first] = missed;
    if (done.length > 0 || !first)
      setToast({
        text: `${said}${done.length > 1 ? ` ${plural(done.length, 'finding')}` : ''}.${missed.length > 0 ? ` ${plural(missed.length, 'other')} changed meanwhile.` : ''}`,
        ...(undo.current && { undo: () => undo.current?.() }),
      });
    else if (missed.length === targets.length)
      setToast({ text: `Somebody changed it meanwhile: it is ${triageText(first.triage)}.` });
    return missed;
  };
  const act = (what: string) => {
    if (what === 'u') undo.current?.();
    const targets = currentTargets();
    if (targets.length === 0 || !mayTriage) return;
    if (what === 'a')
      apply(targets, { assign: account }, 'Assigned to you').catch((error: unknown) =>
        setToast({ text: failureText(error).title }),
      );
    if (what === 'r') setOpen({ what: 'resolve', targets });
    if (what === 'n') setOpen({ what: 'note', targets });
    if (what === 'e' && targets.length === 1) setOpen({ what: 'exception', targets });
  };
  useEffect(() => listenToActs(act));

  return (
    <>
      <Suspense>
        {open && open.what !== 'exception' && (
          <TriageDialog
            what={open.what}
            targets={open.targets}
            apply={apply}
            close={() => setOpen(undefined)}
          />
        )}
        {open?.what === 'exception' && open.targets[0] && (
          <ExceptionDialog
            target={open.targets[0]}
            close={(said) => {
              setOpen(undefined);
              if (said !== undefined) setToast({ text: said });
            }}
          />
        )}
      </Suspense>
      <Toast toast={toast} close={() => setToast(undefined)} />
    </>
  );
}

export function askFor(what: 'resolve' | 'note' | 'exception' | 'assign'): void {
  tellAct(({ resolve: 'r', note: 'n', exception: 'e', assign: 'a' } as const)[what]);
}

/** The change that leads back to how a target stood. */
function formerly(before: readonly Target[], id: string): TriageChange {
  const was = before.find((target) => target.id === id)?.triage;
  if (!was) return {};
  const { status, assignee, decision, reason } = was;
  return {
    status,
    assign: assignee,
    ...(decision !== undefined && { decision }),
    ...(reason !== undefined && { reason }),
  };
}
