// A dialog that is loaded when it is first opened. One that cannot be loaded says so in its place, and leaves the page behind as it is.

import { CatchBoundary } from '@tanstack/react-router';
import { type ReactNode, Suspense } from 'react';
import { Dialog } from './dialog.tsx';
import { Failure, Loading } from './states.tsx';

interface DialogPartProps {
  /** Of the dialog that says that the other one could not be loaded. */
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

export function DialogPart({ title, onClose, children }: DialogPartProps) {
  return (
    <CatchBoundary
      getResetKey={() => title}
      errorComponent={({ error }) => (
        <Dialog title={title} onClose={onClose}>
          <Failure error={error} />
        </Dialog>
      )}
    >
      <Suspense fallback={<Loading />}>{children}</Suspense>
    </CatchBoundary>
  );
}
