import { toast } from '../../ui/toasts.tsx';

interface CopyOnceProps {
  readonly label: string;
  readonly value: string;
}

/** A secret that is shown this once, with a button that copies it. */
export function CopyOnce({ label, value }: CopyOnceProps) {
  return (
    <div className="notice" role="status">
      <p className="small">{label} It is shown this once.</p>
      <div className="row">
        <code className="secret">{value}</code>
        <button
          type="button"
          className="button little"
          onClick={() =>
            void navigator.clipboard
              .writeText(value)
              .then(() => toast('Copied.'))
              .catch(() => toast('The browser does not let the page copy: select the text and copy it yourself.'))
          }
        >
          Copy
        </button>
      </div>
    </div>
  );
}
