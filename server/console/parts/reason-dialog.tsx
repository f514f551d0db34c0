import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useId, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Dialog, DialogTrigger, Heading } from 'react-aria-components/Dialog';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { Refusal } from './notice.tsx';

const MOST = 500;

/** A button that says what will happen and asks why before it does it. */
export function ReasonDialog(props: {
  readonly label: string;
  readonly title: string;
  /** What will happen, in words. */
  readonly children: ReactNode;
  readonly confirm: string;
  readonly danger?: boolean;
  readonly act: (reason: string) => Promise<unknown>;
}) {
  const { label, title, children, confirm, danger = false, act } = props;
  return (
    <DialogTrigger>
      <Button className={danger ? 'button danger' : 'button'}>{label}</Button>
      <ModalOverlay className="overlay" isDismissable>
        <Modal className="modal">
          <Dialog className="dialog">
            {({ close }) => (
              <>
                <Heading slot="title">{title}</Heading>
                <div className="dialog-text">{children}</div>
                <ReasonForm confirm={confirm} danger={danger} act={act} close={close} />
              </>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}

function ReasonForm(props: {
  readonly confirm: string;
  readonly danger: boolean;
  readonly act: (reason: string) => Promise<unknown>;
  readonly close: () => void;
}) {
  const { confirm, danger, act, close } = props;
  const id = useId();
  const [reason, setReason] = useState('');
  const doing = useMutation({ mutationFn: act, onSuccess: close });
  const ready = reason.trim() !== '';
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) doing.mutate(reason.trim());
      }}
    >
      <label className="field" htmlFor={id}>
        <span className="field-label">Reason</span>
        <textarea
          id={id}
          className="input area"
          rows={3}
          maxLength={MOST}
          required
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <span className="field-note">It goes on the action log with your name.</span>
      </label>
      <Refusal error={doing.error} />
      <div className="form-row">
        <Button className="button" onPress={close}>
          Cancel
        </Button>
        <Button
          type="submit"
          className={danger ? 'button danger' : 'button primary'}
          isDisabled={!ready || doing.isPending}
        >
          {confirm}
        </Button>
      </div>
    </form>
  );
}
