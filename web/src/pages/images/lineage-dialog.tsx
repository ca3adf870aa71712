// From the picture to its prompt, model, answers and rewards, and to what it taught.

import { useQuery } from '@tanstack/react-query';
import type { ModelLineage } from '../../../../src/studio/contract/images.ts';
import { call, read } from '../../api/client.ts';
import { maySteer, sessionQuery } from '../../api/session.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { formatNumber, formatTime, plural, shortHash } from '../../ui/format.ts';
import { RemoveButton } from '../../ui/remove-button.tsx';
import { Failure, Loading } from '../../ui/states.tsx';
import { Thumb } from '../../ui/thumb.tsx';
import { GoldChoice } from './gold-choice.tsx';
import './lineage.css';

/** Letters of a prompt that the title of the dialog shows in any window. */
const LONG_TITLE = 80;

interface LineageDialogProps {
  readonly id: string;
  readonly onClose: () => void;
  /** Shows the image before (−1) or after (1) this one; undefined where there is none. */
  readonly onStep: { readonly [By in '-1' | '1']: (() => void) | undefined };
}

export function LineageDialog({ id, onClose, onStep }: LineageDialogProps) {
  const { data, error } = useQuery(read('getImage', { params: { id } }));
  const user = useQuery(sessionQuery).data?.user;
  const mayChange = user !== undefined && user !== null && maySteer(user.role);
  const keys: Readonly<Record<string, (() => void) | undefined>> = { ArrowLeft: onStep[-1], ArrowRight: onStep[1] };
  return (
    <Dialog
      title={data?.prompt.text ?? 'Image'}
      shape="side"
      onClose={onClose}
      onKeyDown={({ key, altKey }) => !altKey && keys[key]?.()}
      returnTo={() => document.querySelector<HTMLElement>(`[data-image="${CSS.escape(id)}"]`)}
      tools={
        <>
          <StepButton name="Previous" sign="←" onStep={onStep[-1]} />
          <StepButton name="Next" sign="→" onStep={onStep[1]} />
        </>
      }
    >
      {error ? (
        <Failure error={error} />
      ) : !data ? (
        <Loading />
      ) : (
        <div className="lineage">
          <Thumb hash={data.image.hash} alt={data.prompt.text} />
          <Section title="Prompt">
            {!data.prompt.cut && data.prompt.text.length > LONG_TITLE && <p dir="auto">{data.prompt.text}</p>}
            {data.prompt.cut && (
              <p className="cut-prompt">
                {data.prompt.cut.kept}
                <mark title={`The model reads no more of its ${data.prompt.cut.tokens} tokens`}>
                  <del>{data.prompt.cut.lost}</del>
                </mark>
                <span className="soft small"> The marked part is too long for the model, which did not read it.</span>
              </p>
            )}
            <p>
              {data.prompt.category}, {data.prompt.split}
              {Object.keys(data.prompt.slots).length > 0 && (
                <span className="soft">
                  {' '}
                  (
                  {Object.entries(data.prompt.slots)
                    .map(([slot, value]) => `${slot} ${String(value)}`)
                    .join(', ')}
                  )
                </span>
              )}
            </p>
          </Section>
          <Section title="Drawn">
            <dl className="facts">
              <Fact name="seed" value={data.image.seed} />
              <Fact name="sampler" value={`${data.image.sampler}, ${plural(data.image.steps, 'step')}`} />
              <Fact name="guidance scale" value={data.image.guidanceScale} />
              {data.image.precision !== 'float32' && <Fact name="precision" value={data.image.precision} />}
              {data.image.vaeTile !== null && (
                <Fact name="decoded in tiles of" value={`${data.image.vaeTile} pixels`} />
              )}
              {data.image.width !== null && <Fact name="size" value={`${data.image.width} × ${data.image.height}`} />}
              {data.image.negativePrompt && <Fact name="negative prompt" value={data.image.negativePrompt} />}
              <Fact name="for" value={data.image.purpose} />
              <Fact name="at" value={formatTime(data.image.createdAt)} />
              {data.names.length > 0 && <Fact name="came as" value={data.names.join(', ')} />}
              {data.model.path === 'outside' && data.image.parameters !== null && (
                <Fact name="the file says" value={data.image.parameters} />
              )}
              <Fact name="file" value={<code>{shortHash(data.image.hash)}</code>} />
            </dl>
          </Section>
          <Section title="Model">
            <ModelChain model={data.model} />
          </Section>
          <Section title="Answers">
            {data.ratings.length === 0 && <p className="soft">None yet.</p>}
            <ul>
              {data.ratings.map(({ rater, answer, ratedAt, milliseconds, guidelineVersion, words, note, scales }) => (
                <li key={rater.id}>
                  <b className={`verdict ${answer}`}>{answer}</b> by {rater.name}
                  {rater.excluded && ' (excluded)'}
                  {words.length > 0 && `: not shown: ${words.join(', ')}`}
                  {Object.entries(scales).map(([scale, step]) => `, ${scale} ${step} of 5`)}
                  {note && ` “${note}”`}{' '}
                  <span className="soft small">
                    {milliseconds > 0 && `in ${formatNumber(milliseconds / 1000, 1)} s, `}guidelines {guidelineVersion},{' '}
                    {formatTime(ratedAt)}
                  </span>
                </li>
              ))}
            </ul>
          </Section>
          {mayChange && (
            <Section title={data.gold ? `Gold: ${data.gold.answer}` : 'Gold'}>
              <GoldChoice key={data.image.id} imageId={data.image.id} gold={data.gold} />
            </Section>
          )}
          <Section title="Rewards">
            {data.rewards.length === 0 && <p className="soft">No reward function has scored it.</p>}
            <ul>
              {data.rewards.map(({ rewardHash, score }) => (
                <li key={rewardHash}>
                  <b>{formatNumber(score, 3)}</b> by <code>{shortHash(rewardHash)}</code>
                </li>
              ))}
            </ul>
          </Section>
          <Section title="What it taught">
            {data.taught.length + data.learned.length === 0 && (
              <p className="soft">Nothing has learned from it or its answers yet.</p>
            )}
            <ul>
              {data.taught.map(({ rewardHash, part, tuned }) => (
                <li key={rewardHash}>
                  reward <code>{shortHash(rewardHash)}</code>, in {part === 'train' ? 'training' : part}
                  {tuned.map(({ runId, step, modelHash }) => (
                    <span key={`${runId} ${step}`} className="soft small block">
                      which steered {runId}, step {step}: <code>{shortHash(modelHash)}</code>
                    </span>
                  ))}
                </li>
              ))}
              {data.learned.map(({ runId, weight, tuned }) => (
                <li key={runId}>
                  {runId}, which learned from the picture itself with weight {formatNumber(weight, 3)}
                  {tuned.map(({ step, modelHash }) => (
                    <span key={step} className="soft small block">
                      step {step}: <code>{shortHash(modelHash)}</code>
                    </span>
                  ))}
                </li>
              ))}
            </ul>
          </Section>
          {mayChange && (
            <Section title="Remove">
              <div className="row">
                <RemoveButton
                  key={data.image.id}
                  what="the image"
                  remove={(force) => call('removeImage', { params: { id: data.image.id }, body: { force } })}
                  onDone={onClose}
                />
              </div>
            </Section>
          )}
        </div>
      )}
    </Dialog>
  );
}

interface StepButtonProps {
  readonly name: string;
  readonly sign: string;
  readonly onStep: (() => void) | undefined;
}

function StepButton({ name, sign, onStep }: StepButtonProps) {
  return (
    <button
      type="button"
      className="button quiet little"
      aria-disabled={!onStep}
      title={`${name} image (${sign})`}
      onClick={onStep}
    >
      <span aria-hidden="true">{sign}</span>
      <span className="hidden-text">{name} image</span>
    </button>
  );
}

function Section({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <section>
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: React.ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  );
}

function ModelChain({ model }: { readonly model: ModelLineage }) {
  const { hash, kind, path, checkpoints, parent } = model;
  return (
    <>
      <p>
        {kind} <code>{shortHash(hash)}</code> <span className="soft small">{path}</span>
      </p>
      {checkpoints.map(({ runId, step, reward }) => (
        <p key={`${runId} ${step}`} className="soft small">
          step {step} of {runId}
          {reward && (
            <>
              , by reward <code>{shortHash(reward.hash)}</code> that learned from{' '}
              {plural(reward.examples.train, 'image')}
            </>
          )}
        </p>
      ))}
      {parent && (
        <>
          <p className="soft small">tuned from</p>
          <ModelChain model={parent} />
        </>
      )}
    </>
  );
}
