import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/client.ts';
import type { Contestant } from '../../api/stages.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { SelectField, TextField } from '../../ui/field.tsx';
import { FormFailure } from '../../ui/states.tsx';
import { toast } from '../../ui/toasts.tsx';
import { nameOf } from './tones.ts';

interface StudyDialogProps {
  readonly contestants: readonly Contestant[];
  readonly onClose: () => void;
}

/** What is compared, by how many raters. It is registered before the first answer, so it cannot be changed afterwards. */
export function StudyDialog({ contestants, onClose }: StudyDialogProps) {
  const client = useQueryClient();
  const options = contestants.map((contestant) => [contestant.name, nameOf(contestant)] as const);
  const [first, setFirst] = useState(options[0]![0]);
  const [second, setSecond] = useState((options[1] ?? options[0]!)[0]);
  const [name, setName] = useState('comparison-1');
  const [pairs, setPairs] = useState(100);
  const [raters, setRaters] = useState(3);
  const create = useMutation({
    mutationFn: () =>
      call('createStudy', { body: { name, contestants: [first, second], pairs, ratersPerPair: raters } }),
    onSuccess: () => {
      toast('The comparison is open. Raters find it on the Rate page, under Pairs.');
      void client.invalidateQueries({ queryKey: ['listStudies'] });
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
        <SelectField label="Compare" value={first} options={options} onChange={setFirst} />
        <SelectField label="with" value={second} options={options} onChange={setSecond} />
        <TextField
          label="Pairs"
          type="number"
          min={1}
          max={10000}
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
          <button type="submit" className="button primary" disabled={create.isPending || first === second}>
            Open the comparison
          </button>
          <button type="button" className="button" onClick={onClose}>
            Cancel
          </button>
        </div>
        <FormFailure error={create.error} />
      </form>
    </Dialog>
  );
}
