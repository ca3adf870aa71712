// Images that somebody already has, under the prompt that they are to show.

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { Field, TextField } from '../../ui/field.tsx';
import { plural } from '../../ui/format.ts';
import { FormFailure } from '../../ui/states.tsx';
import { toast } from '../../ui/toasts.tsx';

export function UploadDialog({ onClose }: { readonly onClose: () => void }) {
  const client = useQueryClient();
  const [prompt, setPrompt] = useState('');
  const [files, setFiles] = useState<readonly File[]>([]);
  const upload = useMutation({
    mutationFn: () => {
      const form = new FormData();
      form.set('prompt', prompt);
      for (const file of files) form.append('files', file);
      return call('uploadImages', { body: form as never });
    },
    onSuccess: ({ stored, known, remarks }) => {
      const there = known > 0 ? `; ${known} were there already` : '';
      toast(`${plural(stored, 'image')} added${there}${remarks ? ` (${remarks})` : ''}.`);
      void client.invalidateQueries();
      onClose();
    },
  });
  return (
    <Dialog title="Add own images" onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          upload.mutate();
        }}
      >
        <p className="soft small">Many images with captions at once are an import: see Settings → Import and export.</p>
        <TextField
          label="Prompt"
          hint="What the images are to show."
          required
          maxLength={1000}
          value={prompt}
          onChange={(event) => setPrompt(event.target.value)}
        />
        <Field label="Files" hint="PNG, JPEG, WebP, GIF, AVIF or TIFF.">
          {(attributes) => (
            <input
              {...attributes}
              type="file"
              multiple
              required
              accept="image/png,image/jpeg,image/webp,image/gif,image/avif,image/tiff"
              onChange={(event) => setFiles([...(event.target.files ?? [])])}
            />
          )}
        </Field>
        <div className="row">
          <FormFailure error={upload.error} />
          <button type="submit" className="button primary" disabled={upload.isPending}>
            {upload.isPending ? 'Adding…' : 'Add'}
          </button>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}
