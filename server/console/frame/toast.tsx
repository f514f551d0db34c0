import { useEffect } from 'react';
import { Button } from 'react-aria-components/Button';

export interface ToastText {
  readonly text: string;
  readonly undo?: () => void;
}

const SHOWN_MS = 8_000;

/** What was just done, said to everybody, with a way back for a while. */
export function Toast({
  toast,
  close,
}: {
  readonly toast: ToastText | undefined;
  readonly close: () => void;
}) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another toast begins the time anew.
  useEffect(() => {
    if (!toast) return undefined;
    const timer = setTimeout(close, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [toast]);
  const undo = toast?.undo;
  return (
    <div className="toasts" role="status">
      {toast && (
        <p className="toast">
          <span>{toast.text}</span>
          {undo && (
            <Button
              className="button plain"
              onPress={() => {
                close();
                undo();
              }}
            >
              Undo <kbd>u</kbd>
            </Button>
          )}
        </p>
      )}
    </div>
  );
}
