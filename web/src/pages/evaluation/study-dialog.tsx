import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call, read } from '../../api/client.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/states.tsx';
import { toast } from '../../ui/toasts.tsx';

/** What is compared, by how many raters. It is registered before the first answer, so it cannot be changed afterwards. */
export function StudyDialog({ onClose }: { readonly onClose: () => void }) {
  const runs = useQuery(read('listTuningRuns')).data?.runs ?? [];
  const tuned = [...new Set([...runs.map((run) => run.name), 'tuned'])];
  const settings = useQuery(read('getSettings')).data?.settings ?? [];
  // What the project evaluates: another number would have as many pictures of each prompt drawn.
  const bestOf = Number(settings.find(({ path }) => path === 'evaluate.bestOf')?.value ?? 0);
  const models = [...tuned, ...(bestOf > 0 ? [`best-of-${bestOf}`] : []), 'base'].map(
    (model) => [model, model.replaceAll('-', ' ')] as const,
  );
  const [first, setFirst] = useState('tuned');
  const [second, setSecond] = useState('base');
  const [name, setName] = useState('tuned-against-base');
  const [pairs, setPairs] = useState(1);
  const [raters, setRaters] = useState(3);
  const create = useMutation({
    mutationFn: () =>
      call('createStudy', {
        body: { name, compare: `${first}:${second}`, pairsPerPrompt: pairs, ratersPerPair: raters },
      }),
    onSuccess: () => {
      toast('What is missing is drawn now; then raters find the pairs on the Rate page.');
      onClose();
    },
  });
  return (
    <Dialog title="New comparison" onClose={onClose}>
      <form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          create.mutate();
        }}
      >
        <p className="soft small">
          Prompts, pairs, questions and the analysis are hashed before the first answer and cannot be changed
          afterwards.
        </p>
        <TextField
          label="Name"
          hint="Lower-case letters, digits and dashes."
          required
          pattern="[a-z0-9][a-z0-9\-]*"
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <SelectField label="Compare" value={first} options={models} onChange={setFirst} />
        <SelectField label="with" value={second} options={models} onChange={setSecond} />
        <TextField
          label="Pairs of each prompt"
          type="number"
          min={1}
          max={100}
          value={pairs}
          onChange={(event) => setPairs(Number(event.target.value))}
        />
        <TextField
          label="Raters for each pair"
          hint="The paper has nine."
          type="number"
          min={1}
          max={100}
          value={raters}
          onChange={(event) => setRaters(Number(event.target.value))}
        />
        <div className="row">
          <FormFailure error={create.error} />
          <button type="submit" className="button primary" disabled={create.isPending || first === second}>
            Open the comparison
          </button>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </form>
    </Dialog>
  );
}
